package batch

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/policy"
)

// TestPace: of two failures the one that asks for more care sets the pace, wherever it stands.
func TestPace(t *testing.T) {
	fail := func(err error) Failure { return Fail(&policy.Retry{}, 0, err) }
	ascending := []Failure{
		{}, // no failure at all
		fail(reply("MOVED 1 127.0.0.1:7001")),
		fail(replica),
		fail(loading),
		fail(io.EOF),
		fail(reply("BUSY Redis is busy running a script.")),
	}
	for i, less := range ascending {
		for _, more := range ascending[i+1:] {
			if less.Or(more) != more || more.Or(less) != more {
				t.Errorf("%v and %v: %v, %v", less.Err, more.Err, less.Or(more).Err, more.Or(less).Err)
			}
		}
	}
}

// TestRedirectAlone: a batch of which nothing but a redirect is left is not done.
func TestRedirectAlone(t *testing.T) {
	moved := reply("MOVED 1 127.0.0.1:7001")
	again, worst := Settle([]Item{{Failure: Fail(&policy.Retry{}, 0, moved)}})
	require.Equal(t, []int{0}, again)
	require.ErrorIs(t, worst.Err, moved)
}

// TestScriptFurtherOn: what a script may have written stays in doubt, whatever comes between.
func TestScriptFurtherOn(t *testing.T) {
	loadingNow := Fail(&policy.Retry{}, 0, loading)
	again, worst := Settle([]Item{
		{Reach: Command{"SET", "a", "1"}.Reach(), Writes: true, Failure: loadingNow},
		{Reach: Command{"SET", "b", "1"}.Reach(), Writes: true},
		{Reach: Command{"EVAL", "return 1", "0"}.Reach(), Writes: true},
	})
	require.Empty(t, again)
	require.ErrorIs(t, worst.Err, loading)
}

// TestRefusalThatWasSeen: a refusal that is final is a reply, which a write before it would make another.
func TestRefusalThatWasSeen(t *testing.T) {
	again, worst := Settle([]Item{
		{Reach: Command{"SET", "a", "1"}.Reach(), Writes: true, Failure: Fail(&policy.Retry{}, 0, loading)},
		{Reach: Command{"LLEN", "a"}.Reach(), Failure: Fail(&policy.Retry{}, 0, wrong)},
	})
	require.Empty(t, again)
	require.ErrorIs(t, worst.Err, loading)
}
