package speed

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// BenchmarkClassify is what it costs to find out what an error means, and what a command does when it is run twice. No
// other library asks. The first is paid once for each failure, the second too: neither allocates.
func BenchmarkClassify(b *testing.B) {
	for _, c := range []struct {
		what string
		err  error
		want classify.Class
	}{
		{"reply", errors.New("LOADING Redis is loading the dataset in memory"), classify.Transient},
		{"reset", fmt.Errorf("get: %w", &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), classify.Ambiguous},
	} {
		b.Run("of="+c.what+"/lib=reprise", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := classify.Default(c.err).Class; got != c.want {
					b.Fatal(got)
				}
			}
		})
	}
	for _, c := range []struct {
		name string
		args []string
		want classify.Replay
	}{
		{"GET", []string{"GET", "user:1000"}, classify.ReadOnly},
		{"SET", []string{"SET", "user:1000", "value", "EX", "60"}, classify.Idempotent},
	} {
		b.Run("of="+c.name+"/lib=reprise", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := classify.Command(c.args...); got != c.want {
					b.Fatal(got)
				}
			}
		})
	}
}
