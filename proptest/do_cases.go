package proptest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// The inputs of the laws. Times are few, so that people can read them; attempts and delays last whole seconds, and contexts
// end at half ones, so that no two things happen at one instant.

// drawing helps to draw a case.
type drawing struct {
	*rapid.T
	c doCase
}

func doCases(f func(*drawing)) *rapid.Generator[doCase] {
	return rapid.Custom(func(t *rapid.T) doCase {
		d := drawing{T: t}
		f(&d)
		return d.c
	})
}

// spec draws what is asked for. Twenty minutes are longer than some libraries go on by themselves.
func (d *drawing) spec(leastRetries int, leastDelay time.Duration) {
	d.c.Spec.Retries = rapid.IntRange(leastRetries, 6).Draw(d.T, "retries")
	delays := []time.Duration{0, time.Second, 20 * time.Minute}
	if leastDelay > 0 {
		delays = delays[1:]
	}
	d.c.Spec.Delay = rapid.SampledFrom(delays).Draw(d.T, "delay")
}

// fail appends a number of failures.
func (d *drawing) fail(n int) {
	for range n {
		d.then(Fails, classify.Transient)
	}
}

// then appends an outcome.
func (d *drawing) then(e Ending, c classify.Class) {
	o := Outcome{Ending: e, Verdict: classify.Verdict{Class: c}, Takes: rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(d.T, "takes")}
	d.c.Scenario.Outcomes = append(d.c.Scenario.Outcomes, o)
}

// failures draws a number of failures that leaves a retry.
func (d *drawing) failures() int { return rapid.IntRange(0, d.c.Spec.Retries).Draw(d.T, "failures") }

// moment draws when the context ends.
func (d *drawing) moment() time.Duration {
	seconds := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 1800}).Draw(d.T, "seconds")
	return time.Duration(seconds)*time.Second + time.Second/2
}

// cause draws one, or none.
func (d *drawing) cause() {
	if rapid.Bool().Draw(d.T, "cause") {
		d.c.Scenario.Cause = errLeft
	}
}

// doFailing fails for ever.
func doFailing() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		d.fail(rapid.IntRange(1, 3).Draw(d.T, "outcomes"))
	})
}

// doAskedFor is anything.
func doAskedFor() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		s := &d.c.Spec
		s.Retries = rapid.SampledFrom([]int{s.Retries, 100}).Draw(d.T, "retries or many")
		if rapid.Bool().Draw(d.T, "a cap") {
			s.Cap = max(time.Minute, s.Delay)
		}
		s.Jitter = rapid.Bool().Draw(d.T, "jitter")
		s.AttemptTimeout = rapid.SampledFrom([]time.Duration{0, attemptTimeout}).Draw(d.T, "attempt timeout")
		d.fail(1)
	})
}

// doSucceeding succeeds in the end. The context may end while that attempt is under way.
func doSucceeding() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		d.fail(d.failures())
		d.then(Succeeds, classify.Unknown)
		if rapid.Bool().Draw(d.T, "the context ends") {
			s, begins := &d.c.Scenario, time.Duration(0)
			for _, o := range s.Outcomes[:len(s.Outcomes)-1] {
				begins += o.Takes + d.c.Spec.Delay
			}
			s.Outcomes[len(s.Outcomes)-1].Takes = time.Second
			s.Cancel = begins + time.Second/2
		}
	})
}

// doFinallyFailing ends with an error that is final, with retries left.
func doFinallyFailing() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(1, 0)
		d.fail(rapid.IntRange(0, d.c.Spec.Retries-1).Draw(d.T, "failures"))
		d.then(Fails, classify.Permanent)
	})
}

// doPanicking ends with a panic.
func doPanicking() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		d.fail(d.failures())
		d.then(Panics, classify.Transient)
	})
}

// doEnding fails for ever, until the context ends.
func doEnding(leastDelay time.Duration) *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(1, leastDelay)
		d.fail(rapid.IntRange(1, 3).Draw(d.T, "outcomes"))
		if s := &d.c.Scenario; rapid.Bool().Draw(d.T, "a deadline") {
			s.Deadline = d.moment()
		} else {
			s.Cancel = d.moment()
		}
		d.cause()
		if d.c.Spec.Delay == 0 { // or the retries are used up before
			for i := range d.c.Scenario.Outcomes {
				d.c.Scenario.Outcomes[i].Takes = time.Second
			}
		}
	})
}

// doBlocking has an attempt that goes on until the context ends.
func doBlocking() *rapid.Generator[doCase] {
	return rapid.Map(doEnding(0), func(c doCase) doCase {
		c.Scenario.Outcomes = append(c.Scenario.Outcomes, Outcome{Takes: Forever})
		return c
	})
}

// doEndedBefore has a context that had ended.
func doEndedBefore() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		d.fail(d.failures())
		d.then(Succeeds, classify.Unknown)
		if s := &d.c.Scenario; rapid.Bool().Draw(d.T, "a deadline") {
			s.Deadline = -time.Second
		} else {
			s.Cancel = -time.Second
		}
		d.cause()
	})
}

// doMeeting meets a deadline, in a delay if it can be.
func doMeeting() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(1, 1)
		d.fail(rapid.IntRange(1, 3).Draw(d.T, "outcomes"))
		d.c.Scenario.Deadline = d.moment()
	})
}

// doLimited fails for ever, with a limit on the total time.
func doLimited() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(1, 1)
		d.fail(rapid.IntRange(1, 3).Draw(d.T, "outcomes"))
		d.c.Spec.MaxElapsed = d.moment()
	})
}

// doMixed is what a policy is used for again.
func doMixed() *rapid.Generator[doCase] {
	return rapid.OneOf(doFailing(), doSucceeding(), doFinallyFailing(), doLimited(), doGrowing())
}

// doReused is doMixed with a limit on the time in half of the cases: what one use leaves behind for the next is a clock more
// often than anything else.
func doReused() *rapid.Generator[doCase] { return rapid.OneOf(doMixed(), doLimited()) }

// doDelayed has no retry without a delay: where several goroutines have timers of 0 at once, the crash that [TestDo] speaks of
// is no rarity.
func doDelayed(g *rapid.Generator[doCase]) *rapid.Generator[doCase] {
	return rapid.Map(g, func(c doCase) doCase {
		c.Spec.Delay = max(c.Spec.Delay, time.Second)
		return c
	})
}
