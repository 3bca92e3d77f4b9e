package classify_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// The verdicts that Net gives, by the names that the tables use.
var (
	noOpinion       = classify.Verdict{}
	unsent          = classify.Verdict{Class: classify.Transient, Kind: classify.Connection}
	unsentTimeout   = classify.Verdict{Class: classify.Transient, Kind: classify.Timeout}
	unanswered      = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}
	unansweredLate  = classify.Verdict{Class: classify.Ambiguous, Kind: classify.Timeout}
	undialable      = classify.Verdict{Class: classify.Permanent, Kind: classify.Connection}
	badTLS          = classify.Verdict{Class: classify.Permanent, Kind: classify.TLS}
	alerted         = classify.Verdict{Class: classify.Ambiguous, Kind: classify.TLS}
	canceledContext = classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}
)

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// netCase is one way to get an error from the standard library, and what it means.
type netCase struct {
	name    string
	provoke func(t *testing.T) error
	want    classify.Verdict
}

// runNetCases provokes each error and checks the verdict, which wrapping and Default share.
func runNetCases(t *testing.T, cases []netCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.provoke(t)
			if err == nil {
				t.Fatal("no error was provoked")
			}
			if got := classify.Net(err); got != tt.want {
				t.Errorf("Net(%#v: %v) = %+v, want %+v", err, err, got, tt.want)
			}
			if got := classify.Default(err); got != tt.want {
				t.Errorf("Default(%#v: %v) = %+v, want %+v", err, err, got, tt.want)
			}
			if got := classify.Redis(err); got != noOpinion {
				t.Errorf("Redis(%#v: %v) = %+v, want no opinion", err, err, got)
			}
		})
	}
}

// listen returns a listener on the loopback that closes with the test.
func listen(t testing.TB) *net.TCPListener {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// connect returns both ends of a TCP connection over the loopback.
func connect(t testing.TB) (client, server *net.TCPConn) {
	t.Helper()
	l := listen(t)
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	return c.(*net.TCPConn), s
}

// reset returns a connection that the peer has reset, and the error that told so.
func reset(t testing.TB) (*net.TCPConn, error) {
	t.Helper()
	c, s := connect(t)
	_ = s.SetLinger(0)
	_ = s.Close()
	_, err := c.Read(make([]byte, 1))
	return c, err
}

// freeAddress returns an address on the loopback at which nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	l := listen(t)
	_ = l.Close()
	return l.Addr().String()
}

// dial dials as most clients do, and closes what it got.
func dial(ctx context.Context, d net.Dialer, network, address string) error {
	c, err := d.DialContext(ctx, network, address)
	if err == nil {
		_ = c.Close()
	}
	return err
}

// readByte reads one byte from r for the sake of the error.
func readByte(r io.Reader) error {
	_, err := r.Read(make([]byte, 1))
	return err
}
