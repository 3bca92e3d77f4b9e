package rapidtest

import (
	"fmt"
	"runtime"
	"strings"

	"pgregory.net/rapid"
)

// Recorder is a test that may fail: it keeps what is said to it. [Record] makes one.
type Recorder struct {
	behind rapid.TB

	Lines  []string // what was said, in order
	Errors []string // what of it was said by Error, Fatal and their kin

	failed, ended bool
}

// Record runs a test as go test would, on a goroutine of its own. behind is the test in which it runs; nil if there is none.
// What is skipped counts as failed: nobody has seen it hold.
func Record(behind rapid.TB, test func(rapid.TB)) *Recorder {
	r := &Recorder{behind: behind}
	done := make(chan struct{})
	go func() { // which FailNow ends
		defer close(done)
		test(r)
	}()
	<-done
	return r
}

var _ rapid.TB = (*Recorder)(nil)

// Unwrap returns the test behind it, in which a *testing.T may be, which virtual time needs.
func (r *Recorder) Unwrap() rapid.TB { return r.behind }

// Name returns the name of the test behind it.
func (r *Recorder) Name() string {
	if r.behind == nil {
		return "recorded"
	}
	return r.behind.Name()
}

// Text returns what was said as one text.
func (r *Recorder) Text() string { return strings.Join(r.Lines, "\n") }

// Ended reports whether the test was over by FailNow, Fatal or a Skip.
func (r *Recorder) Ended() bool { return r.ended }

// Failed reports whether the test has failed.
func (r *Recorder) Failed() bool { return r.failed }

func (r *Recorder) say(text string) { r.Lines = append(r.Lines, text) }

func (r *Recorder) fault(text string) {
	r.say(text)
	r.Errors = append(r.Errors, text)
	r.Fail()
}

// Helper does nothing.
func (r *Recorder) Helper() {}

// Log keeps a line.
func (r *Recorder) Log(args ...any) { r.say(fmt.Sprint(args...)) }

// Logf keeps a line.
func (r *Recorder) Logf(format string, args ...any) { r.say(fmt.Sprintf(format, args...)) }

// Fail takes note of a failure.
func (r *Recorder) Fail() { r.failed = true }

// FailNow takes note of a failure, and ends the test.
func (r *Recorder) FailNow() {
	r.failed, r.ended = true, true
	runtime.Goexit()
}

// Error is Log and Fail.
func (r *Recorder) Error(args ...any) { r.fault(fmt.Sprint(args...)) }

// Errorf is Logf and Fail.
func (r *Recorder) Errorf(format string, args ...any) { r.fault(fmt.Sprintf(format, args...)) }

// Fatal is Error and FailNow.
func (r *Recorder) Fatal(args ...any) {
	r.Error(args...)
	r.FailNow()
}

// Fatalf is Errorf and FailNow.
func (r *Recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	r.FailNow()
}

// Skip is Fatal.
func (r *Recorder) Skip(args ...any) { r.Fatal(args...) }

// Skipf is Fatalf.
func (r *Recorder) Skipf(format string, args ...any) { r.Fatalf(format, args...) }

// SkipNow is FailNow.
func (r *Recorder) SkipNow() { r.FailNow() }
