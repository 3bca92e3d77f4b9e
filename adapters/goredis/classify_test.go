package goredis_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{nil, classify.Verdict{}},
		{redis.Nil, classify.Verdict{}},
		{redis.TxFailedErr, classify.Verdict{}},
		{errors.New("redis: can't parse reply"), classify.Verdict{}},
		{redis.ErrPoolTimeout, classify.Verdict{Class: classify.Transient, Kind: classify.Pool}},
		{redis.ErrPoolExhausted, classify.Verdict{Class: classify.Transient, Kind: classify.Pool}},
		{redis.ErrClosed, classify.Verdict{Class: classify.Permanent, Kind: classify.Closed}},
		{io.EOF, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}},
		{reply("MODULEERR what"), classify.Verdict{Class: classify.Permanent, Kind: classify.Response}},
		{reply("LOADING Redis is loading"), classify.Verdict{Class: classify.Transient, Kind: classify.BusyLoading}},
	} {
		require.Equal(t, tt.want, goredis.Classify(tt.err), "%v", tt.err)
		if tt.err != nil {
			require.Equal(t, tt.want, goredis.Classify(fmt.Errorf("wrapped: %w", tt.err)), "%v wrapped", tt.err)
		}
	}
}

// The laws of classifiers hold for go-redis' errors, too, in trees of all kinds.
func TestClassifyLaws(t *testing.T) {
	proptest.TestClassifier(t, goredis.Classify, redis.Nil, redis.TxFailedErr, redis.ErrPoolTimeout, redis.ErrPoolExhausted, redis.ErrClosed,
		errors.New("redis: can't parse reply"), errors.New("redis: Conn is in a bad state: EOF"), reply("MODULEERR what"), reply("LOADING Redis is loading"))
}

// reply is an error reply, as go-redis' own are.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}
