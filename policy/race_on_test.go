//go:build race

package policy_test

// racing tells that the race detector is on. Its runtime allocates within sync.Pool, which
// drops items at random, so that reused timers cannot be counted.
const racing = true
