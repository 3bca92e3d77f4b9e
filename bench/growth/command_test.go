package growth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// words returns a command of n words: the first of them, and then the cycle again and again.
func words(n int, first, cycle string) []string {
	args, rest := strings.Fields(first), strings.Fields(cycle)
	for i := 0; len(args) < n; i++ {
		args = append(args, rest[i%len(rest)])
	}
	return slices.Clip(args)
}

// commands measures the grading of one command for each size.
func commands(b *testing.B, name string, of func(n int) []string, want classify.Replay) {
	for _, n := range []int{10, 100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("command=%s/n=%d", name, n), func(b *testing.B) {
			b.ReportAllocs()
			args := of(n)
			if got := classify.Command(args...); got != want {
				b.Fatalf("%v, want %v", got, want)
			}
			for b.Loop() {
				classify.Command(args...)
			}
		})
	}
}

// BenchmarkCommandUnread is commands of n words whose rung does not depend on the many: none of them needs to be read.
func BenchmarkCommandUnread(b *testing.B) {
	for _, c := range []struct {
		first, cycle string
		want         classify.Replay
	}{
		{"DEL", "key", classify.Convergent},
		{"MSET", "key value", classify.Idempotent},
		{"SADD set", "member", classify.Convergent},
		{"HSET hash", "field value", classify.Convergent},
		{"EVAL script 1 key", "argument", classify.Accumulating},
		{"ZADD set", "1 member", classify.Convergent},
		{"XADD stream *", "field value", classify.Accumulating},
		{"XREADGROUP GROUP g c STREAMS", "key >", classify.Accumulating},
	} {
		name := strings.ToLower(strings.Fields(c.first)[0])
		commands(b, name, func(n int) []string { return words(n, c.first, c.cycle) }, c.want)
	}
	// Counted: what the number names is stepped over.
	commands(b, "msetex", func(n int) []string { return words(n, fmt.Sprintf("MSETEX %d", n/2-1), "key value") }, classify.Idempotent)
	commands(b, "hgetex", func(n int) []string { return words(n, fmt.Sprintf("HGETEX hash FIELDS %d", n-4), "field") }, classify.ReadOnly)
}

// BenchmarkCommandRead is commands of n words that have to be read, because the last of them may change the rung.
func BenchmarkCommandRead(b *testing.B) {
	for _, c := range []struct {
		first, cycle string
		want         classify.Replay
	}{
		{"SET key value", "KEEPTTL", classify.Idempotent},
		{"SORT key", "GET pattern_*", classify.ReadOnly},
		{"BITFIELD key", "GET u8 0", classify.ReadOnly},
		{"SDIFFSTORE destination", "key", classify.Idempotent},
		{"BITOP XOR destination", "key", classify.Idempotent},
		{"FT.AGGREGATE index *", "APPLY", classify.ReadOnly},
	} {
		name := strings.ToLower(strings.Fields(c.first)[0])
		commands(b, name, func(n int) []string {
			// Whole cycles, or the server would refuse the command.
			first, cycle := len(strings.Fields(c.first)), len(strings.Fields(c.cycle))
			return words(first+(n-first)/cycle*cycle, c.first, c.cycle)
		}, c.want)
	}
	commands(b, "zunionstore", func(n int) []string { return words(n, fmt.Sprintf("ZUNIONSTORE destination %d", n-3), "key") }, classify.Idempotent)
}
