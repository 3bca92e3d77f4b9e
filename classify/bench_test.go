package classify_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// verdict keeps the compiler from leaving out what is measured.
var verdict classify.Verdict

// BenchmarkDefault measures the classifier of a policy that names none.
func BenchmarkDefault(b *testing.B) {
	reset := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", errors.New("connection reset by peer"))}
	for name, err := range map[string]error{
		"reply":          errors.New("LOADING Redis is loading the dataset in memory"),
		"reply, wrapped": fmt.Errorf("get: %w", errors.New("LOADING Redis is loading the dataset in memory")),
		"reset":          reset,
		"reset, wrapped": fmt.Errorf("cache: %w", fmt.Errorf("get: %w", reset)),
		"unknown":        errors.New("boom"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				verdict = classify.Default(err)
			}
		})
	}
}

// BenchmarkAs measures the look for a type in a tree.
func BenchmarkAs(b *testing.B) {
	err := fmt.Errorf("get: %w", &net.OpError{Op: "read", Net: "tcp", Err: io.EOF})
	f := classify.As(func(e *net.OpError) classify.Verdict { return refused(classify.Kind(e.Op)) })
	b.ReportAllocs()
	for b.Loop() {
		verdict = f(err)
	}
}
