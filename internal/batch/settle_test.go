package batch

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// reply is an error reply.
type reply string

func (r reply) Error() string { return string(r) }

const (
	loading = reply("LOADING Redis is loading the dataset in memory")
	replica = reply("READONLY You can't write against a read only replica.")
	wrong   = reply("WRONGTYPE Operation against a key holding the wrong kind of value")
)

func TestSettle(t *testing.T) {
	type command struct {
		words Command
		err   error
		ran   bool
	}
	for _, tt := range []struct {
		name  string
		batch []command
		again []int
		worst error
	}{
		{"everything was answered", []command{{words: Command{"INCR", "a"}}, {words: Command{"GET", "b"}}}, nil, nil},
		{"each by what it is", []command{
			{words: Command{"SET", "a", "1"}, err: io.EOF}, {words: Command{"INCR", "b"}, err: io.EOF}, {words: Command{"GET", "c"}, err: io.EOF},
		}, []int{0, 2}, io.EOF},
		{"a refusal says that none has run", []command{{words: Command{"INCR", "a"}, err: loading}, {words: Command{"INCR", "a"}, err: loading}}, []int{0, 1}, loading},
		{"not after a later write of the same key", []command{{words: Command{"SET", "a", "1"}, err: loading}, {words: Command{"SET", "a", "2"}}}, nil, loading},
		{"not a read either", []command{{words: Command{"GET", "a"}, err: io.EOF}, {words: Command{"SET", "a", "2"}}}, nil, io.EOF},
		{"not after a read that was answered", []command{{words: Command{"SET", "a", "1"}, err: loading}, {words: Command{"GET", "a"}}}, nil, loading},
		{"nor by one that was lost before and is refused now", []command{{words: Command{"SET", "a", "1"}, err: loading}, {words: Command{"SET", "a", "2"}, err: loading, ran: true}}, []int{1}, loading},
		{"what is final comes back, the first of it", []command{{words: Command{"LPUSH", "a", "1"}, err: wrong}, {words: Command{"INCR", "b"}, err: io.EOF}}, nil, wrong},
		{"the failure that asks for most care sets the pace", []command{{words: Command{"GET", "a"}, err: replica}, {words: Command{"GET", "b"}, err: io.EOF}, {words: Command{"GET", "c"}, err: loading}}, []int{0, 1, 2}, io.EOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := make([]Item, len(tt.batch))
			for i, c := range tt.batch {
				items[i] = Item{Reach: c.words.Reach(), Writes: c.words.Writes(), Ran: c.ran}
				if c.err != nil {
					items[i].Failure = Fail(&policy.Retry{}, c.words.Replay(), c.err)
				}
			}
			again, worst := Settle(items)
			require.Equal(t, tt.again, again)
			require.ErrorIs(t, worst.Err, tt.worst)
			if len(again) == 0 && worst.Err != nil {
				require.NotEqual(t, policy.Retrying, (&policy.Retry{Retries: 9, Classify: of}).Decide(policy.State{Replay: worst.Replay}, worst.Err).Reason)
			}
		})
	}
}

func of(err error) classify.Verdict { return judged.Of(err, classify.Default) }

func TestDiscarded(t *testing.T) {
	aborted := reply("EXECABORT Transaction discarded because of previous errors.")
	for _, tt := range []struct {
		name   string
		exec   error
		causes []error
		want   classify.Verdict
	}{
		{"a cause that may pass", aborted, []error{nil, loading}, classify.Verdict{Class: classify.Transient, Kind: classify.BusyLoading}},
		{"one that may not", aborted, []error{loading, wrong}, classify.Verdict{Class: classify.Permanent, Kind: classify.ExecAbort}},
		{"no cause", aborted, []error{nil, aborted}, classify.Verdict{Class: classify.Permanent, Kind: classify.ExecAbort}},
		{"EXEC itself", reply("EXECABORT Transaction discarded because of: " + replica.Error()), nil, classify.Verdict{Class: classify.Transient, Kind: classify.ReadOnlyReplica}},
		{"EXEC itself, for good", reply("EXECABORT Transaction discarded because of: " + wrong.Error()), nil, classify.Verdict{Class: classify.Permanent, Kind: classify.ExecAbort}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Discarded(tt.exec, tt.causes, classify.Default)
			require.ErrorIs(t, err, tt.exec)
			require.Equal(t, tt.want, of(err))
		})
	}
}
