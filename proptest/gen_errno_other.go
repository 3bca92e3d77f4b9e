//go:build !unix

package proptest

// numbers are error numbers: none where package syscall has others.
var numbers []error
