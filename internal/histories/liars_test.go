package histories_test

import (
	"context"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
)

func TestMain(m *testing.M) {
	// go-redis logs each failed dial; here they are meant to fail.
	redis.SetLogger(quiet{log.New(io.Discard, "", 0)})
	os.Exit(m.Run())
}

type quiet struct{ *log.Logger }

func (quiet) Printf(context.Context, string, ...any) {}

// plain returns go-redis with as many retries of its own.
func plain(o histories.Options, retries int) redisdriver.Client {
	own := redisdriver.Options(o)
	own.MaxRetries, own.DialerRetries, own.PipelinePoolSize = retries, 1, -1
	own.MinRetryBackoff = -1
	if retries == 0 {
		own.MaxRetries = -1
	}
	return redisdriver.Client{UniversalClient: redis.NewClient(own), Judge: classify.Default}
}

// liar is a client that breaks a law. What it does not define it does as go-redis without retries.
type liar struct {
	redisdriver.Client
	do       func(context.Context, redisdriver.Client, []string) histories.Result
	pipeline func(context.Context, redisdriver.Client, [][]string) []histories.Result
	block    func(context.Context, redisdriver.Client, [][]string) []histories.Result
	watch    func(context.Context, redisdriver.Client, string, func(), [][]string) []histories.Result
}

func (l liar) Do(ctx context.Context, cmd []string) histories.Result {
	if l.do == nil {
		return l.Client.Do(ctx, cmd)
	}
	return l.do(ctx, l.Client, cmd)
}

func (l liar) Pipeline(ctx context.Context, cmds [][]string) []histories.Result {
	if l.pipeline == nil {
		return l.Client.Pipeline(ctx, cmds)
	}
	return l.pipeline(ctx, l.Client, cmds)
}

func (l liar) Transaction(ctx context.Context, cmds [][]string) []histories.Result {
	if l.block == nil {
		return l.Client.Transaction(ctx, cmds)
	}
	return l.block(ctx, l.Client, cmds)
}

func (l liar) Watch(ctx context.Context, key string, between func(), cmds [][]string) []histories.Result {
	if l.watch == nil {
		return l.Client.Watch(ctx, key, between, cmds)
	}
	return l.watch(ctx, l.Client, key, between, cmds)
}

// TestLiars runs clients that break the laws, each in its own way. Each is caught, and for what it does.
func TestLiars(t *testing.T) {
	for name, tt := range map[string]struct {
		retries bool // of go-redis' own, as many as the policy says
		liar    liar
		breaks  []histories.Law // these among others
	}{
		"go-redis with its own retries": {
			retries: true,
			breaks:  []histories.Law{histories.ExecutedTwice, histories.RunAgain},
		},
		"gives up at once": {
			breaks: []histories.Law{histories.GaveUpEarly},
		},
		"retries for ever": {
			liar:   liar{do: stubborn},
			breaks: []histories.Law{histories.TooMany, histories.ExecutedTwice},
		},
		"runs whole pipelines again": {
			liar:   liar{pipeline: wholeAgain},
			breaks: []histories.Law{histories.RunAgain, histories.ExecutedTwice, histories.OutOfOrder},
		},
		"runs what is left of a pipeline one by one": {
			liar:   liar{pipeline: leftovers},
			breaks: []histories.Law{histories.OutOfOrder},
		},
		"swaps replies": {
			liar: liar{pipeline: func(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
				all := c.Pipeline(ctx, cmds)
				slices.Reverse(all)
				return all
			}},
			breaks: []histories.Law{histories.OtherReply},
		},
		"swaps replies in a transaction": {
			liar: liar{block: func(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
				all := c.Transaction(ctx, cmds)
				slices.Reverse(all)
				return all
			}},
			breaks: []histories.Law{histories.OtherReply},
		},
		"drops a reply that it has": {
			liar: liar{do: func(ctx context.Context, c redisdriver.Client, cmd []string) histories.Result {
				c.Do(ctx, cmd)
				return histories.Result{Err: io.EOF}
			}},
			breaks: []histories.Law{histories.ReplyLost},
		},
		"makes replies up": {
			liar: liar{
				do: func(context.Context, redisdriver.Client, []string) histories.Result {
					return histories.Result{Value: "OK"}
				},
				block: func(_ context.Context, _ redisdriver.Client, cmds [][]string) []histories.Result {
					return make([]histories.Result, len(cmds))
				},
			},
			breaks: []histories.Law{histories.NeverExecuted},
		},
		"makes errors up": {
			liar: liar{do: func(context.Context, redisdriver.Client, []string) histories.Result {
				return histories.Result{Err: os.ErrInvalid}
			}},
			breaks: []histories.Law{histories.Unexplained, histories.GaveUpEarly},
		},
		"says that a lost command was refused": {
			liar: liar{do: func(ctx context.Context, c redisdriver.Client, cmd []string) histories.Result {
				r := c.Do(ctx, cmd)
				if classify.Default(r.Err).Class == classify.Ambiguous {
					r.Err = refused{}
				}
				return r
			}},
			breaks: []histories.Law{histories.Unexplained},
		},
		"sends a transaction as a pipeline": {
			liar: liar{block: func(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
				return c.Pipeline(ctx, cmds)
			}},
			breaks: []histories.Law{histories.Torn},
		},
		"runs lost transactions again": {
			liar: liar{block: func(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
				return again(c.Transaction(ctx, cmds), func() []histories.Result { return c.Transaction(ctx, cmds) })
			}},
			breaks: []histories.Law{histories.ExecutedTwice},
		},
		"runs a watched transaction again without its WATCH": {
			liar: liar{watch: func(ctx context.Context, c redisdriver.Client, key string, between func(), cmds [][]string) []histories.Result {
				return again(c.Watch(ctx, key, between, cmds), func() []histories.Result { return c.Transaction(ctx, cmds) })
			}},
			breaks: []histories.Law{histories.Unwatched},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := histories.New(t, func(o histories.Options) histories.Driver {
				l := tt.liar
				retries := 0
				if tt.retries {
					retries = o.Retry.Retries
				}
				l.Client = plain(o, retries)
				return l
			})
			caught := map[histories.Law]bool{}
			for seed := 1; seed <= 400 && !all(caught, tt.breaks); seed++ {
				history := histories.Histories().Example(seed)
				violations, err := h.Run(history)
				if err != nil {
					t.Fatalf("%v\n%v", err, history)
				}
				for _, v := range violations {
					if v.Law == histories.ModelDiffers {
						t.Fatalf("%s\n%v", histories.Report(violations), history)
					}
					caught[v.Law] = true
				}
			}
			if !all(caught, tt.breaks) {
				t.Errorf("got %v, want %v", slices.Sorted(maps.Keys(caught)), tt.breaks)
			}
		})
	}
}

func all(caught map[histories.Law]bool, laws []histories.Law) bool {
	return !slices.ContainsFunc(laws, func(l histories.Law) bool { return !caught[l] })
}

// refused is an error that claims that nothing was executed.
type refused struct{}

func (refused) Error() string { return "LOADING not at all" }

// stubborn runs a command until it succeeds.
func stubborn(ctx context.Context, c redisdriver.Client, cmd []string) histories.Result {
	for range 20 {
		if r := c.Do(ctx, cmd); r.Err == nil {
			return r
		}
	}
	return c.Do(ctx, cmd)
}

// wholeAgain runs a pipeline again if any command failed.
func wholeAgain(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
	return again(c.Pipeline(ctx, cmds), func() []histories.Result { return c.Pipeline(ctx, cmds) })
}

// leftovers runs each failed command of a pipeline again, whatever came after it.
func leftovers(ctx context.Context, c redisdriver.Client, cmds [][]string) []histories.Result {
	all := c.Pipeline(ctx, cmds)
	for i, r := range all {
		if r.Err != nil {
			all[i] = c.Do(ctx, cmds[i])
		}
	}
	return all
}

// again returns the results, or if one is an error what a second run gives.
func again(all []histories.Result, run func() []histories.Result) []histories.Result {
	if slices.ContainsFunc(all, func(r histories.Result) bool { return r.Err != nil }) {
		return run()
	}
	return all
}
