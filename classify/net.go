package classify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"

	"github.com/reprise-go/reprise/internal/errtree"
)

// netNode is the opinion of one error by its type or value, whatever it wraps.
func netNode(err error) Verdict {
	switch e := err.(type) {
	case *net.OpError:
		return opError(e)
	case *net.DNSError:
		return unsent(e.IsTimeout)
	case *net.AddrError, *net.ParseError, net.InvalidAddrError, net.UnknownNetworkError:
		return Verdict{Class: Permanent, Kind: Connection}
	case *os.SyscallError:
		switch e.Syscall {
		case "socket", "connect", "connectex": // the last is that of Windows
			return unsent(timedOut(e))
		}
	case *tls.CertificateVerificationError, tls.RecordHeaderError, *tls.ECHRejectionError,
		x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError, x509.SystemRootsError,
		x509.ConstraintViolationError, x509.UnhandledCriticalExtension, x509.InsecureAlgorithmError:
		// The handshake failed at our own check: it will again, and nothing was sent.
		return Verdict{Class: Permanent, Kind: TLS}
	}
	switch err {
	case io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed:
		return unanswered(false)
	case os.ErrDeadlineExceeded:
		return unanswered(true)
	case context.Canceled, context.DeadlineExceeded:
		return Verdict{Class: Permanent, Kind: Canceled}
	}
	v, _ := errno(err)
	return v
}

// opError judges by the operation: only a dial comes before anything was sent.
func opError(e *net.OpError) Verdict {
	switch e.Op {
	case "dial", "proxyconnect", "socks connect": // net; net/http; golang.org/x/net/proxy
		switch e.Err.(type) {
		case *net.AddrError, *net.ParseError, net.InvalidAddrError, net.UnknownNetworkError:
			return Verdict{Class: Permanent, Kind: Connection}
		}
		return unsent(timedOut(e))
	case "remote error", "local error":
		// A TLS alert. With TLS 1.3 a server refuses a client's certificate only after the
		// client has begun to send, so an alert does not say that nothing was executed.
		return Verdict{Class: Ambiguous, Kind: TLS}
	}
	return unanswered(timedOut(e))
}

// netGuess judges an error of which nobody inside it knew anything: by what it says that
// it is, a context's end for example, or by its calling itself a network error or a timeout.
func netGuess(err error, leaf bool) Verdict {
	if _, ok := errno(err); ok {
		return Verdict{} // has a Timeout method, for file operations too
	}
	timeout := timedOut(err)
	if e, ok := err.(interface{ Is(error) bool }); ok {
		switch {
		case timeout, e.Is(os.ErrDeadlineExceeded):
			return unanswered(true) // net's own "i/o timeout" is a context.DeadlineExceeded too
		case e.Is(context.Canceled), e.Is(context.DeadlineExceeded):
			return Verdict{Class: Permanent, Kind: Canceled}
		case e.Is(net.ErrClosed), e.Is(io.EOF), e.Is(io.ErrUnexpectedEOF):
			return unanswered(false)
		}
	}
	if _, ok := err.(net.Error); timeout || ok && leaf {
		return unanswered(timeout)
	}
	return Verdict{}
}

// timedOut reports whether err calls itself a timeout. The errors of net, os and net/url
// ask the error that they wrap, so a nil pointer below must not be met on the way.
func timedOut(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	if !ok {
		return false
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if errtree.Hollow(e) {
			return false
		}
	}
	return t.Timeout()
}

// unsent is the verdict where the connection was never made.
func unsent(timeout bool) Verdict { return Verdict{Class: Transient, Kind: connectionOr(timeout)} }

// unanswered is the verdict where the connection had been made, so that the operation may
// have been sent and executed.
func unanswered(timeout bool) Verdict {
	return Verdict{Class: Ambiguous, Kind: connectionOr(timeout)}
}

func connectionOr(timeout bool) Kind {
	if timeout {
		return Timeout
	}
	return Connection
}
