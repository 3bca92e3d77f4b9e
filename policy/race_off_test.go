//go:build !race

package policy_test

// racing tells that the race detector is on.
const racing = false
