package main

import "fmt"

// callers are the functions that call an operation with so many bytes of stack in use.
var callers = []struct {
	bytes int
	call  func(func())
}{
	{0, func(f func()) { f() }},
	{512, under512},
	{1536, under1536},
}

func depths() (all []int) {
	for _, c := range callers {
		all = append(all, c.bytes)
	}
	return all
}

func caller(bytes int) (func(func()), error) {
	for _, c := range callers {
		if c.bytes == bytes {
			return c.call, nil
		}
	}
	return nil, fmt.Errorf("-depth is %d; allowed: %v", bytes, depths())
}

//go:noinline
func under512(f func()) {
	var pad [512]byte
	touch(pad[:])
	f()
	touch(pad[:])
}

//go:noinline
func under1536(f func()) {
	var pad [1536]byte
	touch(pad[:])
	f()
	touch(pad[:])
}

// touch keeps its argument in use.
//
//go:noinline
func touch(pad []byte) { pad[0]++ }
