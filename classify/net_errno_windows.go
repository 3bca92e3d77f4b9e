package classify

import "syscall"

// errno judges a bare error number, if err is one: those that Winsock gives, since package
// syscall's ECONNRESET and its like are inventions of Go's there. Others, of files for
// example, get no opinion.
func errno(err error) (v Verdict, ok bool) {
	e, ok := err.(syscall.Errno)
	if !ok {
		return Verdict{}, false
	}
	// The numbers are those of winsock2.h.
	switch e {
	case 10061: // WSAECONNREFUSED
		return unsent(false), true
	case 10060: // WSAETIMEDOUT
		return unanswered(true), true
	case 10054, 10053, 10057, 10058, // WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN, WSAESHUTDOWN
		10050, 10051, 10052, 10065: // WSAENETDOWN, WSAENETUNREACH, WSAENETRESET, WSAEHOSTUNREACH
		return unanswered(false), true
	}
	return Verdict{}, true
}
