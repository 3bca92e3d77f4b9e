package classify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
)

// netNode is the opinion of one error, whatever it wraps.
func netNode(err error) Verdict {
	switch e := err.(type) {
	case *net.OpError:
		if e != nil {
			return opError(e)
		}
	case *net.DNSError:
		if e != nil {
			return unsent(e.IsTimeout)
		}
	case *net.AddrError, *net.ParseError, net.InvalidAddrError, net.UnknownNetworkError:
		return Verdict{Class: Permanent, Kind: Connection}
	case *os.SyscallError:
		if e != nil && e.Syscall == "connect" {
			return unsent(e.Timeout())
		}
	case *tls.CertificateVerificationError, tls.RecordHeaderError, *tls.RecordHeaderError, *tls.ECHRejectionError,
		x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError, x509.SystemRootsError,
		x509.ConstraintViolationError, x509.UnhandledCriticalExtension, x509.InsecureAlgorithmError:
		// The handshake failed at our own check: it will again, and nothing was sent.
		return Verdict{Class: Permanent, Kind: TLS}
	}
	if v, ok := errno(err); ok {
		return v
	}
	return sentinel(err)
}

// opError judges by the operation: only a dial comes before anything was sent.
func opError(e *net.OpError) Verdict {
	switch e.Op {
	case "dial", "proxyconnect", "socks connect": // net; net/http; golang.org/x/net/proxy
		switch e.Err.(type) {
		case *net.AddrError, *net.ParseError, net.InvalidAddrError, net.UnknownNetworkError:
			return Verdict{Class: Permanent, Kind: Connection}
		}
		return unsent(e.Timeout())
	}
	return unanswered(e.Timeout())
}

// sentinel knows the errors that are single values.
func sentinel(err error) Verdict {
	switch err {
	case io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed:
		return unanswered(false)
	case os.ErrDeadlineExceeded:
		return unanswered(true)
	case context.Canceled, context.DeadlineExceeded:
		return Verdict{Class: Permanent, Kind: Canceled}
	}
	// Errors that are a sentinel by their own word: tls and poll have some.
	e, ok := err.(interface{ Is(error) bool })
	switch {
	case !ok:
	case e.Is(context.Canceled), e.Is(context.DeadlineExceeded):
		return Verdict{Class: Permanent, Kind: Canceled}
	case e.Is(os.ErrDeadlineExceeded):
		return unanswered(true)
	case e.Is(net.ErrClosed), e.Is(io.EOF), e.Is(io.ErrUnexpectedEOF):
		return unanswered(false)
	}
	return Verdict{}
}

// netGuess judges an error of which nothing is known but that it calls itself a network
// error or a timeout.
func netGuess(err error, leaf bool) Verdict {
	if _, ok := errno(err); ok {
		return Verdict{} // has a Timeout method for file operations too
	}
	switch e := err.(type) {
	case net.Error:
		if e.Timeout() || leaf {
			return unanswered(e.Timeout())
		}
	case interface{ Timeout() bool }:
		if e.Timeout() {
			return unanswered(true)
		}
	}
	return Verdict{}
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
