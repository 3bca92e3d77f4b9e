//go:build race

package otel_test

// racing tells that the race detector is on. Its runtime allocates within sync.Pool, which
// drops items at random, so that allocations cannot be counted.
const racing = true
