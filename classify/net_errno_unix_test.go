//go:build unix

package classify_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// TestNetNumbers holds the verdicts on bare error numbers, for clients that strip all else.
func TestNetNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		number syscall.Errno
		want   classify.Verdict
	}{
		{syscall.ECONNREFUSED, unsent},
		{syscall.ETIMEDOUT, unansweredLate},
		{syscall.ECONNRESET, unanswered},
		{syscall.ECONNABORTED, unanswered},
		{syscall.EPIPE, unanswered},
		{syscall.ENOTCONN, unanswered},
		{syscall.ENETDOWN, unanswered},
		{syscall.ENETUNREACH, unanswered},
		{syscall.ENETRESET, unanswered},
		{syscall.EHOSTUNREACH, unanswered},
		{syscall.ENOENT, noOpinion},
		{syscall.EACCES, noOpinion},
		{syscall.ENOSPC, noOpinion},
		{syscall.EINTR, noOpinion},  // calls itself temporary
		{syscall.EAGAIN, noOpinion}, // calls itself a timeout
		{0, noOpinion},
	} {
		if got := classify.Net(tt.number); got != tt.want {
			t.Errorf("Net(%v) = %+v, want %+v", tt.number, got, tt.want)
		}
	}
	// The call says more than the number: a connect comes before anything was sent.
	for _, number := range []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL} {
		if got := classify.Net(os.NewSyscallError("connect", number)); got != unsent {
			t.Errorf("Net(connect: %v) = %+v, want %+v", number, got, unsent)
		}
	}
	if got := classify.Net(os.NewSyscallError("connect", syscall.ETIMEDOUT)); got != unsentTimeout {
		t.Errorf("Net(connect: ETIMEDOUT) = %+v, want %+v", got, unsentTimeout)
	}
}
