package proptest

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"reflect"
	"strings"
)

// named are the errors that a program knows by name.
var named = []struct {
	err  error
	name string
}{
	{io.EOF, "io.EOF"}, {io.ErrUnexpectedEOF, "io.ErrUnexpectedEOF"}, {io.ErrClosedPipe, "io.ErrClosedPipe"}, {net.ErrClosed, "net.ErrClosed"},
	{os.ErrDeadlineExceeded, "os.ErrDeadlineExceeded"}, {context.Canceled, "context.Canceled"}, {context.DeadlineExceeded, "context.DeadlineExceeded"},
	{fs.ErrNotExist, "fs.ErrNotExist"}, {fs.ErrClosed, "fs.ErrClosed"},
}

// String returns a Go expression for the tree, or as good as one: "errors.Join(io.EOF, &net.OpError{dial})".
func (e Tree) String() string { return expression(e.Err) }

// GoString is String, for the log of rapid.
func (e Tree) GoString() string { return e.String() }

func expression(err error) string {
	if err == nil {
		return "nil"
	}
	for _, n := range named {
		if reflect.TypeOf(err).Comparable() && err == n.err { //nolint:errorlint // the error itself, not one that wraps it
			return n.name
		}
	}
	kind := fmt.Sprintf("%T", err)
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "(" + kind + ")(nil)"
		}
		kind = "&" + kind[1:]
	}
	switch e := err.(type) { //nolint:errorlint // node by node
	case *net.OpError:
		return arguments("&net.OpError", e.Op, e.Err)
	case *os.SyscallError:
		return arguments("&os.SyscallError", e.Syscall, e.Err)
	case *fs.PathError:
		return arguments("&fs.PathError", e.Op, e.Err)
	case *url.Error:
		return arguments("&url.Error", e.Op, e.Err)
	case interface{ Unwrap() []error }:
		name := "errors.Join"
		if kind != "&errors.joinError" {
			name = "fmt.Errorf"
		}
		var inner []string
		for _, one := range e.Unwrap() {
			inner = append(inner, expression(one))
		}
		return name + "(" + strings.Join(inner, ", ") + ")"
	case interface{ Unwrap() error }:
		if kind == "&fmt.wrapError" {
			text, _ := strings.CutSuffix(err.Error(), message(e.Unwrap()))
			return fmt.Sprintf("fmt.Errorf(%q, %s)", text+"%w", expression(e.Unwrap()))
		}
		return kind + "{" + expression(e.Unwrap()) + "}"
	case hidingIsError:
		return kind + "{" + expression(e.cause) + "}"
	case hidingAsError:
		return kind + "{" + expression(e.cause) + "}"
	}
	if kind == "&errors.errorString" {
		return fmt.Sprintf("errors.New(%q)", message(err))
	}
	return fmt.Sprintf("%s{%q}", kind, message(err))
}

// arguments writes an error of the standard library that names what was done.
func arguments(kind, what string, err error) string {
	if err == nil {
		return kind + "{" + what + "}"
	}
	return kind + "{" + what + ": " + expression(err) + "}"
}

// message returns the text of an error as package fmt prints it: one whose method panics has a text too.
func message(err error) string { return fmt.Sprintf("%v", err) }
