package classify_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/reprise-go/reprise/internal/nameserver"
)

// TestNetDial holds the verdicts on dials that failed: nothing was sent.
func TestNetDial(t *testing.T) {
	t.Parallel()
	plain := func(network, address string) func(*testing.T) error {
		return func(*testing.T) error { return dial(context.Background(), net.Dialer{}, network, address) }
	}
	runNetCases(t, []netCase{
		{"refused", func(t *testing.T) error {
			return dial(t.Context(), net.Dialer{}, "tcp", freeAddress(t))
		}, unsent},
		{"refused, unwrapped once by the client", func(t *testing.T) error {
			return errors.Unwrap(dial(t.Context(), net.Dialer{}, "tcp", freeAddress(t)))
		}, unsent},
		{"refused, unwrapped to the number", func(t *testing.T) error {
			err := dial(t.Context(), net.Dialer{}, "tcp", freeAddress(t))
			return errors.Unwrap(errors.Unwrap(err))
		}, unsent},
		{"dialer's deadline has passed", func(t *testing.T) error {
			return dial(t.Context(), net.Dialer{Deadline: longAgo}, "tcp", listen(t).Addr().String())
		}, unsentTimeout},
		{"dialer's deadline has passed, unwrapped once by the client", func(t *testing.T) error {
			err := dial(t.Context(), net.Dialer{Deadline: longAgo}, "tcp", listen(t).Addr().String())
			return errors.Unwrap(err) // net's own "i/o timeout": the operation is lost
		}, unansweredLate},
		{"context's deadline has passed", func(t *testing.T) error {
			ctx, cancel := context.WithDeadline(t.Context(), longAgo)
			defer cancel()
			return dial(ctx, net.Dialer{}, "tcp", listen(t).Addr().String())
		}, unsentTimeout},
		{"context canceled before", func(t *testing.T) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return dial(ctx, net.Dialer{}, "tcp", listen(t).Addr().String())
		}, unsent},
		{"context canceled meanwhile", func(t *testing.T) error {
			ctx, cancel := context.WithCancel(t.Context())
			d := net.Dialer{Control: func(_, _ string, _ syscall.RawConn) error { cancel(); return nil }}
			return dial(ctx, d, "tcp", listen(t).Addr().String())
		}, unsent},
		{"socket option refused", func(t *testing.T) error {
			d := net.Dialer{Control: func(_, _ string, _ syscall.RawConn) error { return errors.New("no") }}
			return dial(t.Context(), d, "tcp", listen(t).Addr().String())
		}, unsent},
		{"Unix socket is not there", func(t *testing.T) error {
			return dial(t.Context(), net.Dialer{}, "unix", filepath.Join(t.TempDir(), "redis.sock"))
		}, unsent},
		{"no port", plain("tcp", "127.0.0.1"), undialable},
		{"two ports", plain("tcp", "127.0.0.1:1:2"), undialable},
		{"port out of range", plain("tcp", "127.0.0.1:99999"), undialable},
		{"unknown network", plain("tpc", "127.0.0.1:6379"), undialable},
		{"address of the other family", plain("tcp6", "127.0.0.1:6379"), undialable},
	})
}

// TestNetAddress holds the verdicts on addresses that cannot be dialled, from the functions
// that a custom dialer calls first.
func TestNetAddress(t *testing.T) {
	t.Parallel()
	runNetCases(t, []netCase{
		{"SplitHostPort", func(*testing.T) error { _, _, err := net.SplitHostPort("redis"); return err }, undialable},
		{"ParseCIDR", func(*testing.T) error { _, _, err := net.ParseCIDR("10.0.0.1"); return err }, undialable},
		{"ResolveTCPAddr of an unknown network", func(*testing.T) error {
			_, err := net.ResolveTCPAddr("tpc", "127.0.0.1:1")
			return err
		}, undialable},
		{"ParseMAC", func(*testing.T) error { _, err := net.ParseMAC("redis"); return err }, undialable},
	})
}

// TestNetDNS holds the verdicts on names that did not resolve, asked of a name server on the
// loopback. No query leaves the machine.
func TestNetDNS(t *testing.T) {
	t.Parallel()
	const name = "nothing.invalid." // rooted, so that no search domain is tried
	runNetCases(t, []netCase{
		{"no such host", func(t *testing.T) error {
			return dial(t.Context(), net.Dialer{Resolver: nameserver.Start(t, nameserver.NoName)}, "tcp", name+":6379")
		}, unsent},
		{"no such host, looked up before the dial", func(t *testing.T) error {
			_, err := nameserver.Start(t, nameserver.NoName).LookupHost(t.Context(), name)
			return err
		}, unsent},
		{"name server fails", func(t *testing.T) error {
			return dial(t.Context(), net.Dialer{Resolver: nameserver.Start(t, nameserver.Failed)}, "tcp", name+":6379")
		}, unsent},
		{"name server is not there", func(t *testing.T) error {
			r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "tcp", freeAddress(t))
			}}
			return dial(t.Context(), net.Dialer{Resolver: r}, "tcp", name+":6379")
		}, unsent},
		{"name server is silent", func(t *testing.T) error {
			d := net.Dialer{Resolver: nameserver.Start(t, nameserver.Silent), Timeout: 20 * time.Millisecond}
			return dial(t.Context(), d, "tcp", name+":6379")
		}, unsentTimeout},
		{"name server is silent, looked up before the dial", func(t *testing.T) error {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			_, err := nameserver.Start(t, nameserver.Silent).LookupHost(ctx, name)
			return err
		}, unsentTimeout},
		{"look-up canceled", func(t *testing.T) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := nameserver.Start(t, nameserver.Silent).LookupHost(ctx, name)
			return err
		}, unsent},
	})
}
