package goredis_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/redisdriver"
)

// TestCounter: a counter is not counted twice, and what was acknowledged is in it.
func TestCounter(t *testing.T) { histories.CheckCounter(t, driver) }

// TestReadsAndWrites: what may run twice succeeds.
func TestReadsAndWrites(t *testing.T) { histories.CheckReadsAndWrites(t, driver) }

// TestPipelinesUnderLoss: in a pipeline each command is run again or not by what it is.
func TestPipelinesUnderLoss(t *testing.T) { histories.CheckPipelinesUnderLoss(t, driver) }

// TestTransactionsUnderLoss: a transaction that counts is executed once or not at all, and whole.
func TestTransactionsUnderLoss(t *testing.T) { histories.CheckTransactionsUnderLoss(t, driver) }

// peer is go-redis with its own retries, as it comes, but for the waiting.
func peer(o histories.Options) histories.Driver {
	own := redisdriver.Options(o)
	own.MinRetryBackoff = -1
	return redisdriver.Client{Client: redis.NewClient(own), Judge: goredis.Classify}
}

// TestCounterOfThePeer: the same load with go-redis' own retries, to show that the test above can fail.
func TestCounterOfThePeer(t *testing.T) {
	require.Greater(t, histories.CountedTwice(t, peer), 50)
}

// TestPipelinesOfThePeer shows that the test above can fail.
func TestPipelinesOfThePeer(t *testing.T) {
	twice, _ := histories.PipelinedTwice(t, peer)
	require.Greater(t, twice, 50)
}
