package classify_test

import (
	"syscall"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// TestNetNumbers holds the verdicts on Winsock's bare error numbers.
func TestNetNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[syscall.Errno]classify.Verdict{
		10061: unsent,         // WSAECONNREFUSED
		10060: unansweredLate, // WSAETIMEDOUT
		10054: unanswered,     // WSAECONNRESET
		10053: unanswered,     // WSAECONNABORTED
		10065: unanswered,     // WSAEHOSTUNREACH
		2:     noOpinion,      // ERROR_FILE_NOT_FOUND
	} {
		if got := classify.Net(number); got != want {
			t.Errorf("Net(%d) = %+v, want %+v", uint32(number), got, want)
		}
	}
}
