package goredis_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
)

func driver(o histories.Options) histories.Driver {
	return redisdriver.Client{
		Client: goredis.NewClient(redisdriver.Options(o), o.Retry),
		Judge:  goredis.Classify,
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
	} {
		t.Run(name, func(t *testing.T) {
			history := histories.History{Replay: classify.Idempotent, Retries: 3, Ops: []histories.Op{op}}
			violations, err := h.Run(history)
			require.NoError(t, err)
			require.Empty(t, violations, history)
		})
	}
}
