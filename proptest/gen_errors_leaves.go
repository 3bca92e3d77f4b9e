package proptest

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
)

// connectionErrors come from the standard library.
var connectionErrors = slices.Concat([]error{
	io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded,
	&net.OpError{Op: "dial", Net: "tcp"}, &net.OpError{Op: "read", Net: "tcp"}, &net.OpError{Op: "remote error"},
	&net.DNSError{Err: "no such host", Name: "a", IsNotFound: true}, &net.DNSError{Err: "i/o timeout", Name: "b", IsTimeout: true},
	&net.AddrError{Err: "missing port in address", Addr: "a"}, net.UnknownNetworkError("tpc"),
	tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, x509.UnknownAuthorityError{}, x509.SystemRootsError{},
	fs.ErrNotExist, fs.ErrClosed, &fs.PathError{Op: "open", Path: "/", Err: fs.ErrNotExist},
}, numbers)

// replyErrors are error replies of a server, in its words: of each kind, one.
var replyErrors = texts(
	"LOADING Redis is loading the dataset in memory",
	"READONLY You can't write against a read only replica.",
	"CLUSTERDOWN The cluster is down",
	"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
	"TRYAGAIN Multiple keys request during rehashing of slot",
	"NOREPLICAS Not enough good replicas to write.",
	"MISCONF Errors writing to the AOF file: No space left on device",
	"ERR max number of clients reached",
	"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
	"OOM command not allowed when used memory > 'maxmemory'.",
	"MOVED 3999 127.0.0.1:6381",
	"ASK 3999 127.0.0.1:6381",
	"OOM command not allowed when used memory > 'maxmemory'. script: 6b1bf486c81ceb7edf3c093f4c48582e38c0e791, on @user_script:1.",
	"NOAUTH Authentication required.",
	"NOPERM this user has no permissions to run the 'get' command",
	"NOSCRIPT No matching script. Please use EVAL.",
	"EXECABORT Transaction discarded because of previous errors.",
	"CROSSSLOT Keys in request don't hash to the same slot",
	"WRONGTYPE Operation against a key holding the wrong kind of value",
	"ERR syntax error",
)

// clientErrors are those that clients and their users make up.
var clientErrors = []error{
	errors.New("boom"), errors.New(""), errors.New("loading"), list{"a"}, fmt.Errorf("LOADING: %w", errors.New("boom")),
	broken{}, broken{timeout: true}, lateError{}, hidingIsError{context.Canceled}, hidingIsError{net.ErrClosed}, hidingIsError{os.ErrDeadlineExceeded},
	hidingAsError{&net.OpError{Op: "read", Net: "tcp"}},
}

// strangers are errors of which hardly any classifier has an opinion.
var strangers = []error{
	errors.New("boom"), errors.New(""), errors.New("loading"), list{"a"}, fmt.Errorf("LOADING: %w", errors.New("boom")),
	fs.ErrNotExist, fs.ErrClosed, &fs.PathError{Op: "open", Path: "/", Err: fs.ErrNotExist}, (*net.OpError)(nil), (*fs.PathError)(nil),
}

// hollow are nil pointers that came to be errors, as the classic mistake makes them: a function that returns a *MyError
// variable as an error. Their methods panic.
var hollow = []error{
	(*net.OpError)(nil), (*net.DNSError)(nil), (*os.SyscallError)(nil), (*fs.PathError)(nil), (*url.Error)(nil),
	(*tls.CertificateVerificationError)(nil), (*lateError)(nil),
}

func texts(all ...string) []error {
	errs := make([]error, len(all))
	for i, text := range all {
		errs[i] = errors.New(text)
	}
	return errs
}
