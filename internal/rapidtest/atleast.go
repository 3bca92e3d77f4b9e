// Package rapidtest helps tests that check laws with rapid.
package rapidtest

import (
	"flag"
	"strconv"
	"testing"
)

// AtLeast has rapid run at least n checks until the test ends, unless -short is set.
func AtLeast(tb testing.TB, n int) {
	tb.Helper()
	const name = "rapid.checks"
	if set, err := strconv.Atoi(flag.Lookup(name).Value.String()); testing.Short() || err == nil && set >= n {
		return
	}
	tb.Cleanup(SetFlag(name, strconv.Itoa(n)))
}

// SetFlag sets a flag of rapid's, "rapid.seed" for example, and returns what sets it back. It panics if there is no such
// flag, or it takes no such value.
func SetFlag(name, value string) (restore func()) {
	before := flag.Lookup(name).Value.String()
	set := func(value string) {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	set(value)
	return func() { set(before) }
}
