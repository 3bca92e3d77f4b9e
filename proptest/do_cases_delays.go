package proptest

import (
	"time"

	"pgregory.net/rapid"
)

// grow asks for delays that double, up to a cap which is a power of two or is not, and for so many that they overflow but for it:
// a second does at the 34th doubling.
func (d *drawing) grow(retries *rapid.Generator[int]) {
	d.c.Spec.Retries = retries.Draw(d.T, "retries")
	d.c.Spec.Delay = time.Second
	d.c.Spec.Cap = rapid.SampledFrom([]time.Duration{3 * time.Second, time.Minute, time.Hour}).Draw(d.T, "cap")
}

// doGrowing fails for ever, with delays that double.
func doGrowing() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.grow(rapid.OneOf(rapid.IntRange(1, 6), rapid.IntRange(1, 100)))
		d.fail(1)
	})
}

// doDrawn fails for ever, with delays that double and are drawn at random.
func doDrawn(retries *rapid.Generator[int]) *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.grow(retries)
		d.c.Spec.Jitter = true
		d.fail(1)
	})
}

// attemptTimeout is long enough for all attempts but those of the cases below.
const attemptTimeout = 2 * time.Second

// doTimingOut has an attempt that goes on until it is told to end, and then succeeds, with a retry left.
func doTimingOut() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(2, 0)
		d.c.Spec.Delay = min(d.c.Spec.Delay, time.Second)
		d.c.Spec.AttemptTimeout = attemptTimeout
		d.fail(rapid.IntRange(0, d.c.Spec.Retries-2).Draw(d.T, "failures"))
		d.c.Scenario.Outcomes = append(d.c.Scenario.Outcomes, Outcome{Takes: Forever}, Outcome{})
	})
}

// doLate has an attempt that hears of nothing and succeeds when its time is over.
func doLate() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(0, 0)
		d.c.Spec.AttemptTimeout = attemptTimeout
		d.fail(d.failures())
		d.c.Scenario.Outcomes = append(d.c.Scenario.Outcomes, Outcome{Takes: attemptTimeout + time.Second})
	})
}

// doTimingOutAndEnding has attempts that go on until they are told to end, one of them by the caller's context.
func doTimingOutAndEnding() *rapid.Generator[doCase] {
	return doCases(func(d *drawing) {
		d.spec(2, 1)
		d.c.Spec.Delay, d.c.Spec.AttemptTimeout = time.Second, attemptTimeout
		s := &d.c.Scenario
		s.Outcomes = []Outcome{{Takes: Forever}}
		end := time.Duration(rapid.SampledFrom([]int{0, 1, 3, 4}).Draw(d.T, "seconds"))*time.Second + time.Second/2
		if rapid.Bool().Draw(d.T, "a deadline") {
			s.Deadline = end
		} else {
			s.Cancel = end
		}
	})
}
