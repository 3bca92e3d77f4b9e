package rueidis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/redistest"
)

// stub answers at once, so that what the wrapper adds is all there is.
type stub struct {
	rueidis.Client
	one  rueidis.RedisResult
	many []rueidis.RedisResult
}

func newStub() *stub {
	return &stub{many: make([]rueidis.RedisResult, 100)}
}

func (s *stub) Mode() rueidis.ClientMode { return rueidis.ClientModeStandalone }

func (s *stub) Do(context.Context, rueidis.Completed) rueidis.RedisResult { return s.one }

func (s *stub) DoCache(context.Context, rueidis.Cacheable, time.Duration) rueidis.RedisResult {
	return s.one
}

func (s *stub) DoMulti(_ context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	return s.many[:len(multi)]
}

// words returns a command of n words. The stub never reads it, so that it may be used again.
func words(n int) rueidis.Completed {
	all := []string{"GET"}
	for i := range n - 1 {
		all = append(all, fmt.Sprint("word", i))
	}
	return rueidis.Builder{}.Arbitrary(all...).ReadOnly()
}

// TestAllocations holds what a success costs: nothing for a command of up to eight words, one allocation for a
// longer one, and for a batch the words, where each command's begin, and a slice.
func TestAllocations(t *testing.T) {
	ctx := context.Background()
	c := retry.Wrap(newStub(), three)
	for n, want := range map[int]int{1: 0, 2: 0, 8: 0, 9: 1, 100: 1} {
		cmd := words(n)
		require.Equal(t, want, int(testing.AllocsPerRun(100, func() { c.Do(ctx, cmd) })), "%d words", n)
		require.Equal(t, want, int(testing.AllocsPerRun(100, func() { c.DoCache(ctx, rueidis.Cacheable(cmd), time.Minute) })), "%d words", n)
	}
	multi := make([]rueidis.Completed, 100)
	for i := range multi {
		multi[i] = words(2)
	}
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { c.DoMulti(ctx, multi...) }), 4.0)
}

// The benchmarks have the plain client beside the one under the policy.
func benchmark(b *testing.B, open func(wrapped bool) rueidis.Client, run func(context.Context, rueidis.Client)) {
	b.Helper()
	for _, wrapped := range []bool{false, true} {
		b.Run(map[bool]string{false: "plain", true: "reprise"}[wrapped], func(b *testing.B) {
			c := open(wrapped)
			b.ReportAllocs()
			for b.Loop() {
				run(b.Context(), c)
			}
		})
	}
}

// stubbed opens a client that answers at once.
func stubbed(wrapped bool) rueidis.Client {
	if wrapped {
		return retry.Wrap(newStub(), three)
	}
	return newStub()
}

// served opens clients to a real server, alike but for the policy.
func served(b *testing.B) func(wrapped bool) rueidis.Client {
	b.Helper()
	server := redistest.Start(b)
	return func(wrapped bool) rueidis.Client {
		o := rueidis.ClientOption{InitAddress: []string{server.Addr()}, ForceSingleClient: true, DisableRetry: true}
		var c rueidis.Client
		var err error
		if wrapped {
			c, err = retry.NewClient(o, three)
		} else {
			c, err = rueidis.NewClient(o)
		}
		require.NoError(b, err)
		b.Cleanup(c.Close)
		return c
	}
}

func BenchmarkStubGet(b *testing.B) {
	get := words(2)
	benchmark(b, stubbed, func(ctx context.Context, c rueidis.Client) { c.Do(ctx, get) })
}

func BenchmarkStubWords8(b *testing.B) {
	cmd := words(8)
	benchmark(b, stubbed, func(ctx context.Context, c rueidis.Client) { c.Do(ctx, cmd) })
}

func BenchmarkStubWords100(b *testing.B) {
	cmd := words(100)
	benchmark(b, stubbed, func(ctx context.Context, c rueidis.Client) { c.Do(ctx, cmd) })
}

func BenchmarkStubPipeline100(b *testing.B) {
	multi := make([]rueidis.Completed, 100)
	for i := range multi {
		multi[i] = words(2)
	}
	benchmark(b, stubbed, func(ctx context.Context, c rueidis.Client) { c.DoMulti(ctx, multi...) })
}

// BenchmarkStubSets100 is a batch that may be a helper's.
func BenchmarkStubSets100(b *testing.B) {
	multi := make([]rueidis.Completed, 100)
	for i := range multi {
		multi[i] = rueidis.Builder{}.Arbitrary("SET", "k", "v").Build()
	}
	benchmark(b, stubbed, func(ctx context.Context, c rueidis.Client) { c.DoMulti(ctx, multi...) })
}

func BenchmarkGet(b *testing.B) {
	benchmark(b, served(b), func(ctx context.Context, c rueidis.Client) { c.Do(ctx, c.B().Get().Key("k").Build()) })
}

func BenchmarkPipeline100(b *testing.B) {
	benchmark(b, served(b), func(ctx context.Context, c rueidis.Client) {
		multi := make([]rueidis.Completed, 100)
		for i := range multi {
			multi[i] = c.B().Get().Key("k").Build()
		}
		c.DoMulti(ctx, multi...)
	})
}

func BenchmarkCacheHit(b *testing.B) {
	benchmark(b, served(b), func(ctx context.Context, c rueidis.Client) {
		c.DoCache(ctx, c.B().Get().Key("k").Cache(), time.Hour)
	})
}

// BenchmarkPin is what the first attempt would cost if the command were pinned for the next: the price is paid by
// whoever builds the next one, which finds nothing recycled.
func BenchmarkPin(b *testing.B) {
	open := served(b)
	for name, pin := range map[string]bool{"recycled": false, "pinned": true} {
		b.Run(name, func(b *testing.B) {
			c := open(false)
			b.ReportAllocs()
			for b.Loop() {
				cmd := c.B().Set().Key("k").Value("v").ExSeconds(100).Build()
				if pin {
					cmd = cmd.Pin()
				}
				c.Do(b.Context(), cmd)
			}
		})
	}
}

// BenchmarkSequential is what rueidis' AlwaysPipelining costs a single caller: why NewClient does not set it.
func BenchmarkSequential(b *testing.B) {
	server := redistest.Start(b)
	for name, always := range map[string]bool{"when needed": false, "always": true} {
		b.Run(name, func(b *testing.B) {
			c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Addr()}, ForceSingleClient: true, AlwaysPipelining: always})
			require.NoError(b, err)
			defer c.Close()
			ctx := context.Background()
			for b.Loop() {
				c.Do(ctx, c.B().Get().Key("k").Build())
			}
		})
	}
}
