//go:build !race

package otel_test

const racing = false
