package batch

import (
	"errors"
	"strings"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

// Failure is a command that got no reply, or a refusal. The zero value is no failure.
type Failure struct {
	Err     error
	Verdict classify.Verdict
	Replay  classify.Replay
	Again   bool // the policy would run it again
}

// Fail returns the failure of a command on the given rung.
func Fail(r *policy.Retry, rung classify.Replay, err error) Failure {
	// Attempt 0: whether it may be run again at all. How often is for the loop to say.
	d := r.Decide(policy.State{Replay: rung}, err)
	return Failure{
		Err: err, Verdict: d.Verdict, Replay: rung,
		Again: d.Reason != policy.NotRetryable && d.Reason != policy.NotReplayable,
	}
}

// mayHaveRun reports whether the server may have executed the command.
func (f Failure) mayHaveRun() bool { return !judged.Unexecuted(f.Verdict) }

// Or returns the failure that asks for more care: a server in trouble sets the pace for the whole batch. A
// refusal by a replica asks for least, since it may be answered by a try that is not counted.
func (f Failure) Or(g Failure) Failure {
	rank := func(v classify.Verdict) int {
		switch v.Class {
		case classify.Overloaded:
			return 4
		case classify.Ambiguous:
			return 3
		case classify.Transient:
			if v.Kind == classify.ReadOnlyReplica {
				return 1
			}
			return 2
		}
		return 0
	}
	if f.Err == nil || rank(g.Verdict) > rank(f.Verdict) {
		return g
	}
	return f
}

// Discarded judges EXECABORT by what led to it: the errors of the commands in the block that were refused as
// they were queued, or EXEC itself. The block has not run, so it may run again if each of the causes may pass.
// Not under a WATCH, which the server has forgotten with the block: the second EXEC would go through whatever had
// happened to the keys.
func Discarded(exec error, causes []error, of classify.Func) error {
	var worst Failure
	for _, cause := range causes {
		if cause == nil || classify.Redis(cause).Kind == classify.ExecAbort {
			continue
		}
		v := of(cause)
		if !judged.Unexecuted(v) {
			return exec
		}
		worst = worst.Or(Failure{Err: cause, Verdict: v})
	}
	if worst.Err == nil {
		const because = "EXECABORT Transaction discarded because of: "
		text, ok := strings.CutPrefix(exec.Error(), because)
		if !ok {
			return exec
		}
		worst.Verdict = of(errors.New(text))
		if !judged.Unexecuted(worst.Verdict) {
			return exec
		}
	}
	return judged.New(exec, worst.Verdict)
}
