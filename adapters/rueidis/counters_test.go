package rueidis_test

import (
	"context"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/lossy"
	"github.com/reprise-go/reprise/internal/histories/rueidisdriver"
)

// TestCounter: a counter is not counted twice, and what was acknowledged is in it.
func TestCounter(t *testing.T) { lossy.CheckCounter(t, driver) }

// TestReadsAndWrites: what may run twice succeeds.
func TestReadsAndWrites(t *testing.T) { lossy.CheckReadsAndWrites(t, driver) }

// TestPipelinesUnderLoss: in a pipeline each command is run again or not by what it is.
func TestPipelinesUnderLoss(t *testing.T) { lossy.CheckPipelinesUnderLoss(t, driver) }

// TestTransactionsUnderLoss: a transaction that counts is executed once or not at all, and whole.
func TestTransactionsUnderLoss(t *testing.T) { lossy.CheckTransactionsUnderLoss(t, driver) }

// peer returns rueidis with its own retries, as it comes.
func peer(o histories.Options) histories.Driver {
	c, err := rueidis.NewClient(rueidisdriver.Options(o))
	if err != nil {
		panic(err) // the proxy lets the handshake through
	}
	return rueidisdriver.Client{Client: c, Judge: retry.Classify}
}

// TestReadsAndWritesOfThePeer: the same load with rueidis' own retries, to show that the test above can fail. Of
// writes rueidis runs none again, not even those of which it would do no harm.
func TestReadsAndWritesOfThePeer(t *testing.T) {
	sets, gets := lossy.FailedSets(t, peer)
	require.Greater(t, sets, 100)
	require.Zero(t, gets)
}

// TestPipelinesOfThePeer shows that the test above can fail: with a write among them, rueidis runs no command of a
// batch again.
func TestPipelinesOfThePeer(t *testing.T) {
	twice, failed := lossy.PipelinedTwice(t, peer)
	require.Zero(t, twice)
	require.Greater(t, failed, 500)
}

// willing is rueidis with its own retries for every command: to retry a write is asked of it by ToRetryable.
type willing struct{ rueidisdriver.Client }

func (w willing) Do(ctx context.Context, cmd []string) histories.Result {
	return histories.Result{Err: w.Client.Client.Do(ctx, w.B().Arbitrary(cmd...).Build().ToRetryable()).Error()}
}

// TestCounterOfThePeer shows that the test above can fail. What was asked of it for a counter, rueidis does: there is
// no "again if it was not executed".
func TestCounterOfThePeer(t *testing.T) {
	twice := lossy.CountedTwice(t, func(o histories.Options) histories.Driver { return willing{peer(o).(rueidisdriver.Client)} })
	require.Greater(t, twice, 50)
}

// TestInACluster: the client of a cluster keeps what one of a single server keeps.
func TestInACluster(t *testing.T) {
	driver := func(o histories.Options) histories.Driver {
		option := rueidisdriver.Options(o)
		option.ForceSingleClient = false
		c, err := retry.NewClusterClient(option, cluster.Config{Retry: o.Retry, ErrorRetries: cluster.None})
		if err != nil {
			panic(err) // the proxy lets the first connections through
		}
		return rueidisdriver.Client{Client: c, Judge: retry.Classify}
	}
	t.Run("counter", func(t *testing.T) { lossy.CheckCounter(t, driver, lossy.ACluster) })
	t.Run("reads and writes", func(t *testing.T) { lossy.CheckReadsAndWrites(t, driver, lossy.ACluster) })
	t.Run("pipelines", func(t *testing.T) { lossy.CheckPipelinesUnderLoss(t, driver, lossy.ACluster) })
	t.Run("transactions", func(t *testing.T) { lossy.CheckTransactionsUnderLoss(t, driver, lossy.ACluster) })
}
