//go:build !plan9 && !windows

package classify

import "syscall"

// errno judges a bare error number, if err is one: those of the socket calls; others, of files
// for example, get no opinion. net wraps its own, so that the operation is known; this is for clients that
// strip the wrapping.
func errno(err error) (v Verdict, ok bool) {
	e, ok := err.(syscall.Errno)
	if !ok {
		return Verdict{}, false
	}
	switch e {
	case syscall.ECONNREFUSED:
		return unsent(false), true // only connect gives it for a TCP or Unix socket
	case syscall.ETIMEDOUT:
		return unanswered(true), true
	case syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, syscall.ENOTCONN,
		syscall.ENETDOWN, syscall.ENETUNREACH, syscall.ENETRESET, syscall.EHOSTUNREACH:
		return unanswered(false), true
	}
	return Verdict{}, true
}
