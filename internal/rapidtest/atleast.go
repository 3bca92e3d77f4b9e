// Package rapidtest helps tests that check laws with rapid.
package rapidtest

import (
	"flag"
	"strconv"
	"testing"
)

// AtLeast has rapid run at least n checks until the test ends, unless -short is set. The test must import rapid, whose
// flag it sets.
func AtLeast(tb testing.TB, n int) {
	tb.Helper()
	const name = "rapid.checks"
	now := flag.Lookup(name).Value.String()
	if set, err := strconv.Atoi(now); testing.Short() || err == nil && set >= n {
		return
	}
	set := func(to string) {
		if err := flag.Set(name, to); err != nil {
			tb.Fatal(err)
		}
	}
	set(strconv.Itoa(n))
	tb.Cleanup(func() { set(now) })
}
