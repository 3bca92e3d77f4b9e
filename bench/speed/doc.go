// Package speed measures what a retry costs, in this library, in others and in the loop that people write by hand, on the
// same work in the same run:
//
//	go test -bench . ./speed
//
// A column is a library, used as its documentation recommends: the policy is made once and shared where it may be, and per
// operation where it must not. Each benchmark is one kind of work, with a sub-benchmark per column, lib=NAME, so that
// benchstat puts them side by side.
package speed
