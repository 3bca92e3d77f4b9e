//go:build !unix

package classify_test

// numbers are error numbers for the generators: none where package syscall has others.
var numbers []error
