// Command waiting measures the memory of operations that wait for their next attempt, in this library and in others:
//
//	go run ./waiting
//
// It has 100,000 operations fail and wait 30 s each, in a process of its own for each library and depth of the
// caller's stack, since neither the heap nor the stacks of a process shrink reliably. It prints the bytes of live heap and of stack for each
// operation, after a collection, as a table in Markdown, and the libraries in order of their sum.
//
// Stacks have 2, 4, 8 … KB, so that which library is best on the stack depends on how deep its caller is already: hence
// the depths. A handler of an HTTP server is some KB deep.
package main
