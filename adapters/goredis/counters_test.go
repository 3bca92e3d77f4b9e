package goredis_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/lossy"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
)

// TestCounter: a counter is not counted twice, and what was acknowledged is in it.
func TestCounter(t *testing.T) { lossy.CheckCounter(t, driver) }

// TestReadsAndWrites: what may run twice succeeds.
func TestReadsAndWrites(t *testing.T) { lossy.CheckReadsAndWrites(t, driver) }

// TestPipelinesUnderLoss: in a pipeline each command is run again or not by what it is.
func TestPipelinesUnderLoss(t *testing.T) { lossy.CheckPipelinesUnderLoss(t, driver) }

// TestTransactionsUnderLoss: a transaction that counts is executed once or not at all, and whole.
func TestTransactionsUnderLoss(t *testing.T) { lossy.CheckTransactionsUnderLoss(t, driver) }

// peer is go-redis with its own retries, as it comes, but for the waiting.
func peer(o histories.Options) histories.Driver {
	own := redisdriver.Options(o)
	own.MinRetryBackoff = -1
	return redisdriver.Client{UniversalClient: redis.NewClient(own), Judge: goredis.Classify}
}

// TestCounterOfThePeer: the same load with go-redis' own retries, to show that the test above can fail.
func TestCounterOfThePeer(t *testing.T) {
	require.Greater(t, lossy.CountedTwice(t, peer), 50)
}

// TestPipelinesOfThePeer shows that the test above can fail.
func TestPipelinesOfThePeer(t *testing.T) {
	twice, _ := lossy.PipelinedTwice(t, peer)
	require.Greater(t, twice, 50)
}

// TestInACluster: the client of a cluster keeps what one of a single server keeps.
func TestInACluster(t *testing.T) {
	driver := func(o histories.Options) histories.Driver {
		c, err := goredis.NewClusterClient(&redis.ClusterOptions{
			Addrs: []string{o.Addr}, ReadTimeout: o.Timeout, WriteTimeout: o.Timeout, DisableIdentity: true,
		}, cluster.Config{Retry: o.Retry, ErrorRetries: cluster.None})
		if err != nil {
			panic(err) // there is nothing wrong with it
		}
		return redisdriver.Client{UniversalClient: c, Judge: goredis.Classify}
	}
	t.Run("counter", func(t *testing.T) { lossy.CheckCounter(t, driver, lossy.ACluster) })
	t.Run("reads and writes", func(t *testing.T) { lossy.CheckReadsAndWrites(t, driver, lossy.ACluster) })
	t.Run("pipelines", func(t *testing.T) { lossy.CheckPipelinesUnderLoss(t, driver, lossy.ACluster) })
	t.Run("transactions", func(t *testing.T) { lossy.CheckTransactionsUnderLoss(t, driver, lossy.ACluster) })
}
