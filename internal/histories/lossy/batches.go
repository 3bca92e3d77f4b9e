package lossy

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/policy"
)

// patient allows for the many commands of a batch, of which one lost reply in fifty stops every third.
var patient = policy.Retry{Retries: 10, Backoff: backoff.NoBackoff{}}

// size is the number of commands in a batch.
const size = 20

// mixed returns the commands of a batch, of which no two share a key, but for those that count: they add up. counts
// tells which these are.
func mixed(batch int) (cmds [][]string) {
	n := strconv.Itoa(batch)
	for j := range size {
		own := "k" + strconv.Itoa(j)
		cmds = append(cmds, [][]string{
			{"RPUSH", "list", element(batch, j)},
			{"SET", own, n},
			{"EXISTS", "missing"},
			{"HSET", own, "f", n},
			{"SADD", own, n},
		}[j%5])
	}
	return cmds
}

// counts reports whether the jth command of a batch counts.
func counts(j int) bool { return j%5 == 0 }

// element is what the jth command of a batch appends to the list.
func element(batch, j int) string { return fmt.Sprintf("%d/%d", batch, j) }

// list returns what was appended to the list.
func (l *load) list(t *testing.T) []string {
	t.Helper()
	v, err := l.server.Do(t.Context(), "LRANGE", "list", "0", "-1")
	require.NoError(t, err)
	require.IsType(t, []any{}, v)
	var all []string
	for _, e := range v.([]any) {
		require.IsType(t, "", e)
		all = append(all, e.(string))
	}
	return all
}

// CheckPipelinesUnderLoss runs 500 pipelines while replies are lost: each command is run again or not by what it is.
func CheckPipelinesUnderLoss(t *testing.T, open func(histories.Options) histories.Driver, on ...On) {
	t.Helper()
	safe := patient
	safe.Replay = classify.Convergent // SADD and HSET tell another reply the second time
	l := newLoad(t, open, safe, on)
	var acknowledged []string
	failed := 0
	for i := range batches {
		cmds := mixed(i)
		results := l.Pipeline(t.Context(), cmds)
		require.Len(t, results, size)
		for j, r := range results {
			switch {
			case !counts(j):
				require.NoError(t, r.Err, "%v", cmds[j])
			case r.Err != nil:
				l.inDoubt(t, r.Err)
				failed++
			default:
				acknowledged = append(acknowledged, element(i, j))
			}
		}
	}
	list := l.list(t)
	t.Logf("%d pipelines of %d, %d replies lost: %d RPUSHes acknowledged, %d ambiguous errors, %d elements, executed twice %d",
		batches, size, l.lost(), len(acknowledged), failed, len(list), twice(list))
	require.Zero(t, twice(list))
	require.Empty(t, missing(list, acknowledged))
	require.Greater(t, failed, 100)
}

// PipelinedTwice is the load of [CheckPipelinesUnderLoss] without its judgment. It returns how often a command that
// counts was executed twice, and how many of the others failed, to show that the check can fail.
func PipelinedTwice(t *testing.T, open func(histories.Options) histories.Driver, on ...On) (again, failed int) {
	t.Helper()
	l := newLoad(t, open, three, on)
	for i := range batches {
		for j, r := range l.Pipeline(t.Context(), mixed(i)) {
			if !counts(j) && r.Err != nil {
				failed++
			}
		}
	}
	list := l.list(t)
	t.Logf("%d pipelines of %d, %d replies lost: %d elements, executed twice %d; %d commands failed that may run twice",
		batches, size, l.lost(), len(list), twice(list), failed)
	return twice(list), failed
}

// CheckTransactionsUnderLoss runs 500 transactions that count and 500 that do not while replies are lost: one that
// counts is executed once or not at all, and whole.
func CheckTransactionsUnderLoss(t *testing.T, open func(histories.Options) histories.Driver, on ...On) {
	t.Helper()
	l := newLoad(t, open, patient, on)
	var acknowledged []string
	failed := 0
	for i := range batches {
		own := strconv.Itoa(i)
		err := l.block(t, [][]string{{"INCR", "{list}a"}, {"RPUSH", "list", own}, {"INCR", "{list}b"}})
		if err != nil {
			l.inDoubt(t, err)
			failed++
		} else {
			acknowledged = append(acknowledged, own)
		}
		err = l.block(t, [][]string{{"SET", "{list}x", own}, {"SET", "{list}y", own}, {"EXISTS", "{list}missing"}})
		require.NoError(t, err, "it does no harm to run it again")
	}
	list, a, b := l.list(t), l.number(t, "{list}a"), l.number(t, "{list}b")
	t.Logf("%d transactions that count, %d that do not, %d replies lost: %d acknowledged, %d ambiguous errors, %d executed, twice %d",
		batches, batches, l.lost(), len(acknowledged), failed, len(list), twice(list))
	require.Equal(t, []int{len(list), len(list)}, []int{a, b}, "all or nothing")
	require.Zero(t, twice(list))
	require.Empty(t, missing(list, acknowledged))
	require.Greater(t, failed, 20)
}

// block runs a transaction and returns the first error in it.
func (l *load) block(t *testing.T, cmds [][]string) error {
	t.Helper()
	results := l.Transaction(t.Context(), cmds)
	require.Len(t, results, len(cmds))
	for _, r := range results {
		if r.Err != nil {
			return r.Err
		}
	}
	return nil
}

// twice returns how many elements are there once too often.
func twice(list []string) int {
	return len(list) - len(slices.Compact(slices.Sorted(slices.Values(list))))
}

// missing returns which of the wanted are not in the list.
func missing(list, wanted []string) []string {
	in := map[string]bool{}
	for _, e := range list {
		in[e] = true
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(e string) bool { return in[e] })
}
