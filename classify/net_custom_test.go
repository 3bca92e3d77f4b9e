package classify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// plainNetError is a net.Error of a client's own.
type plainNetError struct{ timeout bool }

func (e plainNetError) Error() string   { return "client: broken" }
func (e plainNetError) Timeout() bool   { return e.timeout }
func (e plainNetError) Temporary() bool { return false }

// timeoutOnly says that it is a timeout, and wraps what timed out.
type timeoutOnly struct{ cause error }

func (e timeoutOnly) Error() string { return "client: too late" }
func (e timeoutOnly) Timeout() bool { return true }
func (e timeoutOnly) Unwrap() error { return e.cause }

// outspoken is a wrapper whose Is speaks for everything inside, as some libraries' do.
type outspoken struct{ cause error }

func (e outspoken) Error() string        { return "client: " + e.cause.Error() }
func (e outspoken) Is(target error) bool { return errors.Is(e.cause, target) }
func (e outspoken) Unwrap() error        { return e.cause }

// secretive is outspoken without an Unwrap method.
type secretive struct{ cause error }

func (e secretive) Error() string        { return "client: broken" }
func (e secretive) Is(target error) bool { return errors.Is(e.cause, target) }

// TestNetClients holds the verdicts on what clients and dialers make of network errors.
func TestNetClients(t *testing.T) {
	t.Parallel()
	refused := func(t *testing.T) error { return dial(t.Context(), net.Dialer{}, "tcp", freeAddress(t)) }
	dialLate := func(t *testing.T) error {
		return dial(t.Context(), net.Dialer{Deadline: longAgo}, "tcp", listen(t).Addr().String())
	}
	runNetCases(t, []netCase{
		{"net.Error, not a timeout", func(*testing.T) error { return plainNetError{} }, unanswered},
		{"net.Error, a timeout", func(*testing.T) error { return plainNetError{timeout: true} }, unansweredLate},
		{"Timeout method alone", func(*testing.T) error { return timeoutOnly{} }, unansweredLate},
		{"Timeout method around a text", func(*testing.T) error { return timeoutOnly{errors.New("why")} }, unansweredLate},
		{"Timeout method around a refused dial", func(t *testing.T) error { return timeoutOnly{refused(t)} }, unsent},
		{"Is method around a dial that timed out", func(t *testing.T) error { return outspoken{dialLate(t)} }, unsentTimeout},
		{"Is method around a reset", func(t *testing.T) error { _, err := reset(t); return outspoken{err} }, unanswered},
		{"Is method that says canceled", func(*testing.T) error { return secretive{context.Canceled} }, canceledContext},
		{"Is method that says deadline exceeded", func(*testing.T) error { return secretive{context.DeadlineExceeded} }, canceledContext},
		{"Is method that says i/o timeout", func(*testing.T) error { return secretive{os.ErrDeadlineExceeded} }, unansweredLate},
		{"Is method that says closed", func(*testing.T) error { return secretive{net.ErrClosed} }, unanswered},
		{"Is method that says EOF", func(*testing.T) error { return secretive{io.EOF} }, unanswered},
		{"Is method that says unexpected EOF", func(*testing.T) error { return secretive{io.ErrUnexpectedEOF} }, unanswered},
		{"url.Error around a refused dial", func(t *testing.T) error {
			return &url.Error{Op: "Get", URL: "redis://localhost", Err: refused(t)}
		}, unsent},
		{"url.Error around a text", func(*testing.T) error {
			return &url.Error{Op: "Get", URL: "redis://localhost", Err: errors.New("why")}
		}, noOpinion},
		{"dial through a proxy that is not there", func(t *testing.T) error {
			return &net.OpError{Op: "socks connect", Net: "tcp", Err: refused(t)} // as golang.org/x/net/proxy wraps it
		}, unsent},
		{"dial through a proxy that is too slow", func(t *testing.T) error {
			return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dialLate(t)} // as net/http wraps it
		}, unsentTimeout},
		{"no socket, unwrapped once by the client", func(*testing.T) error {
			return os.NewSyscallError("socket", errors.New("too many open files"))
		}, unsent},
		{"refused on Windows, unwrapped once by the client", func(*testing.T) error {
			return os.NewSyscallError("connectex", errors.New("the target machine actively refused it"))
		}, unsent},
		{"dial with no cause", func(*testing.T) error { return &net.OpError{Op: "dial"} }, unsent},
		{"read with no cause", func(*testing.T) error { return &net.OpError{Op: "read"} }, unanswered},
		{"plain text", func(*testing.T) error { return errors.New("connection refused") }, noOpinion},
	})
}

// TestNetNilPointers holds that a nil pointer anywhere in a tree neither panics nor has an
// opinion, although the methods of these types would.
func TestNetNilPointers(t *testing.T) {
	t.Parallel()
	for _, hollow := range []error{
		(*net.OpError)(nil), (*net.DNSError)(nil), (*net.AddrError)(nil), (*net.ParseError)(nil),
		(*os.SyscallError)(nil), (*fs.PathError)(nil), (*url.Error)(nil), (*outspoken)(nil), (*plainNetError)(nil),
	} {
		t.Run(fmt.Sprintf("%T", hollow), func(t *testing.T) {
			t.Parallel()
			for _, tt := range []struct {
				name string
				err  error
				want classify.Verdict
			}{
				{"bare", hollow, noOpinion},
				{"wrapped", fmt.Errorf("wrapped: %w", hollow), noOpinion},
				{"joined", errors.Join(hollow, errors.New("other")), noOpinion},
				{"joined with EOF", errors.Join(hollow, io.EOF), unanswered},
				{"in a dial", &net.OpError{Op: "dial", Err: hollow}, func() classify.Verdict {
					switch hollow.(type) {
					case *net.AddrError, *net.ParseError:
						return undialable
					}
					return unsent
				}()},
				{"in a read, wrapped twice", &net.OpError{Op: "read", Err: &net.OpError{Op: "read", Err: hollow}}, unanswered},
				{"in a system call", &os.SyscallError{Syscall: "connect", Err: hollow}, unsent},
				{"in a path error", &fs.PathError{Op: "read", Err: hollow}, noOpinion},
			} {
				if got := classify.Default(tt.err); got != tt.want {
					t.Errorf("%s: Default(%T) = %+v, want %+v", tt.name, tt.err, got, tt.want)
				}
			}
			if got := classify.As(func(*net.OpError) classify.Verdict { return unsent })(hollow); got != noOpinion {
				t.Errorf("As(%T) = %+v, want no opinion", hollow, got)
			}
			if got := classify.Is(io.EOF, unsent)(fmt.Errorf("wrapped: %w", hollow)); got != noOpinion {
				t.Errorf("Is(%T) = %+v, want no opinion", hollow, got)
			}
		})
	}
}
