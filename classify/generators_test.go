package classify_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/proptest"
)

// rare are errors that the kit for everybody does not have: every reply in the server's words, errors that are hardly any, and
// nil pointers that became errors.
var rare = func() []error {
	all := []error{
		slice{"a"}, (*net.OpError)(nil), (*net.DNSError)(nil), (*os.SyscallError)(nil), (*fs.PathError)(nil), (*url.Error)(nil),
		(*tls.CertificateVerificationError)(nil), (*outspoken)(nil), (*timeoutOnly)(nil), outspoken{io.EOF}, secretive{context.Canceled},
	}
	for _, r := range replies {
		all = append(all, errors.New(r.text))
	}
	return all
}()

// anyError draws a tree of errors.
func anyError() *rapid.Generator[error] {
	return rapid.Map(proptest.Errors(rare...), func(e proptest.Tree) error { return e.Err })
}

// chain draws an error that wraps one that wraps one, and so on, but joins nothing.
func chain() *rapid.Generator[error] {
	return rapid.Map(proptest.Errors(rare...).Filter(func(e proptest.Tree) bool {
		return !strings.Contains(e.String(), "errors.Join(")
	}), func(e proptest.Tree) error { return e.Err })
}
