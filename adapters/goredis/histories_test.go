package goredis_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/promised"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

func driver(o histories.Options) histories.Driver {
	return redisdriver.Client{
		UniversalClient: goredis.NewClient(redisdriver.Options(o), o.Retry),
		Judge:           goredis.Classify,
	}
}

// TestHistories draws what happens to a client and holds it against a model: see the package histories.
func TestHistories(t *testing.T) { histories.Check(t, 2000, driver) }

// TestHistoriesOnceFound runs the smallest histories that have ever broken a law.
func TestHistoriesOnceFound(t *testing.T) {
	on := func(key string, args ...string) histories.Command {
		return histories.Command{Args: args, Keys: []string{key}}
	}
	h := histories.New(t, driver)
	for name, op := range map[string]histories.Op{
		"a write that was lost, then refused, keeps an earlier one back": {
			Shape:    histories.Pipeline,
			Commands: []histories.Command{on("s", "SET", "s", "v1"), on("s", "SET", "s", "v2")},
			Faults:   []histories.Fault{histories.CutBefore, histories.CutAfter, histories.Loading},
		},
		"a refused write does not run after a read that was answered": {
			Shape:    histories.Pipeline,
			Commands: []histories.Command{on("s", "SET", "s", "v1"), on("s", "MGET", "s", "x2")},
			Faults:   []histories.Fault{histories.Loading},
		},
		"a command refused by LOADING gets no free try when another is refused by READONLY": {
			Shape:    histories.Pipeline,
			Commands: []histories.Command{on("list", "LPUSH", "list", "e1"), on("s", "MGET", "s", "x2")},
			Faults: append([]histories.Fault{histories.Loading, histories.ReadOnly},
				slices.Repeat([]histories.Fault{histories.Loading}, 8)...),
		},
	} {
		t.Run(name, func(t *testing.T) {
			// The first operation leaves a connection in the pool.
			first := histories.Op{Commands: []histories.Command{on("s", "MGET", "s", "x0")}}
			history := histories.History{Replay: classify.Idempotent, Retries: 3, Ops: []histories.Op{first, op}}
			violations, err := h.Run(history)
			require.NoError(t, err)
			require.Empty(t, violations, history)
		})
	}
}

// TestLaws holds the client to what users hold theirs to, under the policy as it comes but for the waiting.
func TestLaws(t *testing.T) {
	server := redistest.Start(t)
	proptest.TestClientAt(t, server.Addr(), func(addr string) proptest.Client {
		return promised.Client(driver, policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}, addr)
	})
}
