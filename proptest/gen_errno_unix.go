//go:build unix

package proptest

import "syscall"

// numbers are error numbers, as a client that strips all else returns them.
var numbers = []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.ETIMEDOUT, syscall.EAGAIN, syscall.ENOENT}
