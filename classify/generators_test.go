package classify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"

	"pgregory.net/rapid"
)

// strangers are errors of which no classifier here has an opinion.
var strangers = []error{
	errors.New("boom"), errors.New(""), errors.New("loading"), slice{"a"}, fs.ErrNotExist, fs.ErrClosed,
	&fs.PathError{Op: "open", Path: "/", Err: fs.ErrNotExist}, (*net.OpError)(nil), (*fs.PathError)(nil),
	fmt.Errorf("LOADING: %w", errors.New("boom")),
}

// unclassified draws one of the strangers, or two joined.
func unclassified() *rapid.Generator[error] {
	return rapid.OneOf(rapid.SampledFrom(strangers), rapid.Just(errors.Join(strangers[0], strangers[1])))
}

// leaf draws an error that joins nothing: a reply, a network error, a nil pointer or neither.
func leaf() *rapid.Generator[error] {
	reply := rapid.Custom(func(t *rapid.T) error {
		return errors.New(rapid.SampledFrom(replies).Draw(t, "reply").text)
	})
	network := rapid.SampledFrom(slices.Concat(numbers, []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded,
		context.Canceled, context.DeadlineExceeded,
		&net.OpError{Op: "dial"}, &net.OpError{Op: "read"}, &net.OpError{Op: "remote error"},
		&net.DNSError{Name: "a", IsNotFound: true}, &net.DNSError{Name: "b", IsTimeout: true},
		&net.AddrError{Err: "missing port in address"}, net.UnknownNetworkError("tpc"),
		tls.RecordHeaderError{}, x509.UnknownAuthorityError{}, x509.SystemRootsError{},
		plainNetError{}, plainNetError{timeout: true}, timeoutOnly{},
		secretive{context.Canceled}, secretive{net.ErrClosed}, secretive{os.ErrDeadlineExceeded},
	}))
	hollow := rapid.SampledFrom([]error{
		(*net.OpError)(nil), (*net.DNSError)(nil), (*os.SyscallError)(nil), (*fs.PathError)(nil), (*url.Error)(nil),
		(*tls.CertificateVerificationError)(nil), (*outspoken)(nil), (*timeoutOnly)(nil),
	})
	return rapid.OneOf(reply, network, rapid.SampledFrom(strangers), hollow)
}

// chain draws an error that wraps one that wraps one, and so on, but joins nothing.
func chain() *rapid.Generator[error] {
	return rapid.Custom(func(t *rapid.T) error {
		err := leaf().Draw(t, "leaf")
		for range rapid.IntRange(0, 6).Draw(t, "depth") {
			err = wrap(t, err)
		}
		return err
	})
}

// anyError draws a tree of errors.
func anyError() *rapid.Generator[error] {
	return rapid.Custom(func(t *rapid.T) error { return tree(t, 4) })
}

// tree draws a tree of errors of some depth.
func tree(t *rapid.T, depth int) error {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "grow") == 0 {
		return leaf().Draw(t, "leaf")
	}
	if rapid.Bool().Draw(t, "chain") {
		return wrap(t, tree(t, depth-1))
	}
	var some []error
	for range rapid.IntRange(1, 3).Draw(t, "branches") {
		some = append(some, tree(t, depth-1))
	}
	if rapid.Bool().Draw(t, "nil") {
		some = append(some, nil)
	}
	return errors.Join(some...)
}

// wrap draws a wrapper around err.
func wrap(t *rapid.T, err error) error {
	switch rapid.IntRange(0, 9).Draw(t, "wrapper") {
	case 0:
		return &net.OpError{Op: "dial", Net: "tcp", Err: err}
	case 1:
		return &net.OpError{Op: "read", Net: "tcp", Err: err}
	case 2:
		return os.NewSyscallError("read", err)
	case 3:
		return os.NewSyscallError("connect", err)
	case 4:
		return &fs.PathError{Op: "read", Path: "|0", Err: err}
	case 5:
		return &url.Error{Op: "Get", URL: "redis://localhost", Err: err}
	case 6:
		return timeoutOnly{err}
	default:
		return fmt.Errorf("OOM: %w", err)
	}
}
