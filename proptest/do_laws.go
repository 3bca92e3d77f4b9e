package proptest

import (
	"errors"
	"slices"

	"pgregory.net/rapid"
)

// The laws of a loop, which [TestDo] holds it to.
const (
	DoUsable   Law = "whatever can be asked for can be used: nothing panics, and it comes back"
	DoAttempts Law = "N retries are N+1 attempts"
	DoDelays   Law = "the delays are those that were asked for"
	DoGrows    Law = "delays double up to the cap, however many they are"
	DoBounded  Law = "a delay that is drawn at random is no longer than the cap"
	DoSpread   Law = "delays that are drawn at random differ, at the cap too"
	DoDraws    Law = "two operations do not draw the same delays"
	DoLast     Law = "there is no delay after the last attempt"
	DoSuccess  Law = "a success ends the loop and comes back as one, even if the context has ended meanwhile"
	DoFinal    Law = "an error that is final is not retried"
	DoError    Law = "the error of the last attempt is in the error that comes back"
	DoPanic    Law = "a panic of the operation passes through"
	DoTold     Law = "each attempt is told of the caller's context"
	DoEnded    Law = "nothing is run under a context that has ended before"
	DoCanceled Law = "no attempt begins after the context has ended"
	DoWait     Law = "a delay ends when the context does"
	DoDeadline Law = "no delay is begun that the deadline cuts short"
	DoKept     Law = "when the context ends, the last error is still in the error that comes back"
	DoCause    Law = "when the context ends, its cause is in the error that comes back"
	DoLimit    Law = "no attempt begins after the total time"
	DoFits     Law = "no delay is begun, or shortened, that the total time cuts short"
	DoTimeout  Law = "each attempt is told when its own time is over, and not before"
	DoTimedOut Law = "an attempt whose time is over is retried"
	DoLate     Law = "an attempt that succeeds has succeeded, even if its time is over"
	DoApart    Law = "an attempt that ends with the caller's context is not taken for one whose time is over"
	DoReuse    Law = "a policy is used again as if it were new"
	DoShare    Law = "a policy is used by several goroutines at once as if each had its own"
)

// doLaw is how a law is tested.
type doLaw struct {
	law   Law
	cases *rapid.Generator[doCase]
	uses  doUses
	note  string // what the histories do not show
	// judge reports whether a history breaks the law. alone is the first of the histories. Where a history breaks another
	// law, it is not for this one to say so.
	judge func(c doCase, h, alone History) bool
}

// doLaws are all of them.
var doLaws = []doLaw{
	{law: DoUsable, cases: doAskedFor(), judge: func(_ doCase, h, _ History) bool { return h.Hung && len(h.Began) <= most || h.foreign() }},
	{law: DoAttempts, cases: doFailing(), judge: func(c doCase, h, _ History) bool {
		return !h.foreign() && len(h.Began) != c.Spec.Retries+1
	}},
	{law: DoDelays, cases: doFailing(), judge: func(c doCase, h, _ History) bool { return !h.delayed(c) }},
	{law: DoGrows, cases: doGrowing(), judge: func(c doCase, h, _ History) bool { return !h.doubled(c) }},
	{law: DoBounded, note: "a delay is longer than the cap", cases: doDrawn(rapid.IntRange(1, 6)), uses: doUses{times: 12}, judge: func(c doCase, h, _ History) bool {
		return slices.Max(append(h.delays(), 0)) > c.Spec.Cap
	}},
	{law: DoSpread, note: "most of the last 50 delays are the same", cases: doDrawn(rapid.Just(100)), judge: func(_ doCase, h, _ History) bool { return h.collapsed() }},
	{law: DoDraws, note: "another operation drew the same", cases: doDrawn(rapid.Just(30)), uses: doUses{times: 2}, judge: func(_ doCase, h, alone History) bool {
		return h.repeats(alone)
	}},
	{law: DoLast, cases: doFailing(), judge: func(_ doCase, h, _ History) bool { return h.usual() && h.Took > h.end() }},
	{law: DoSuccess, cases: doSucceeding(), judge: func(c doCase, h, _ History) bool {
		return h.reaches(c, Succeeds) && (h.Hung || len(h.Began) > len(c.Scenario.Outcomes) || h.Err != nil)
	}},
	{law: DoFinal, cases: doFinallyFailing(), judge: func(c doCase, h, _ History) bool {
		return h.reaches(c, Fails) && len(h.Began) > len(c.Scenario.Outcomes)
	}},
	{law: DoError, note: "errors.Is(err, failure) is false", cases: rapid.OneOf(doFailing(), doFinallyFailing()), judge: func(_ doCase, h, _ History) bool { return h.usual() && !h.says() }},
	{law: DoPanic, cases: doPanicking(), judge: func(c doCase, h, _ History) bool {
		last := len(c.Scenario.Outcomes)
		f, ok := h.Panic.(Failure)
		return len(h.Began) >= last && (len(h.Began) > last || !ok || f.Attempt != last)
	}},
	{law: DoTold, note: "an attempt's context is not made from the caller's, or does not end with it", cases: doBlocking(), judge: func(_ doCase, h, _ History) bool { return h.Deaf != 0 }},
	{law: DoEnded, cases: doEndedBefore(), judge: func(_ doCase, h, _ History) bool { return len(h.Began) > 0 }},
	{law: DoCanceled, cases: doEnding(0), uses: doUses{times: 12}, judge: func(c doCase, h, _ History) bool {
		n := len(h.Began)
		return n > 1 && h.Began[n-1] > c.Scenario.ends()
	}},
	{law: DoWait, cases: doEnding(1), judge: func(c doCase, h, _ History) bool {
		return h.ended(c) && h.Took > max(c.Scenario.ends(), h.end())
	}},
	{law: DoDeadline, cases: doMeeting(), judge: func(c doCase, h, _ History) bool {
		return h.ended(c) && h.end() < c.Scenario.Deadline && h.end()+c.Spec.Delay >= c.Scenario.Deadline && h.Took > h.end()
	}},
	{law: DoKept, note: "errors.Is(err, failure) is false", cases: doEnding(1), judge: func(c doCase, h, _ History) bool { return h.ended(c) && !h.says() }},
	{law: DoCause, note: "errors.Is(err, context.Cause(ctx)) is false", cases: rapid.OneOf(doEnding(1), doEndedBefore()), judge: func(c doCase, h, _ History) bool {
		return h.ended(c) && h.Cause != nil && h.Err != nil && !errors.Is(h.Err, h.Cause)
	}},
	{law: DoLimit, cases: doLimited(), judge: func(c doCase, h, _ History) bool {
		n := len(h.Began)
		return n > 1 && h.Began[n-1] > c.Spec.MaxElapsed
	}},
	{law: DoFits, cases: doLimited(), judge: func(c doCase, h, _ History) bool {
		return h.hurried(c) || h.ended(c) && h.Took > h.end()
	}},
	{law: DoTimeout, cases: doTimingOut(), judge: func(c doCase, h, _ History) bool { return !h.timed(c) }},
	{law: DoTimedOut, cases: doTimingOut(), judge: func(c doCase, h, _ History) bool {
		n := len(h.Began)
		return h.usual() && c.Scenario.Outcome(n).Takes == Forever
	}},
	{law: DoLate, cases: doLate(), judge: func(c doCase, h, _ History) bool {
		return h.reaches(c, Succeeds) && (h.Hung || len(h.Began) > len(c.Scenario.Outcomes) || h.Err != nil)
	}},
	{law: DoApart, cases: doTimingOutAndEnding(), judge: func(c doCase, h, _ History) bool {
		n := len(h.Began)
		return n > 1 && h.Began[n-1] >= c.Scenario.ends()
	}},
	{law: DoReuse, cases: doReused(), uses: doUses{again: true, times: 3}, judge: doDiffers},
	{law: DoShare, cases: doDelayed(doMixed()), uses: doUses{again: true, together: true, times: 7}, judge: doDiffers},
}
