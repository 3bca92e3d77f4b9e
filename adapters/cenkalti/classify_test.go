package cenkalti_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	v4 "github.com/cenkalti/backoff/v4"

	"github.com/reprise-go/reprise/adapters/cenkalti"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{nil, classify.Verdict{}},
		{v4.Permanent(io.EOF), classify.Verdict{Class: classify.Permanent}},
		{errors.New("something"), classify.Verdict{Class: classify.Ambiguous}},
		{io.EOF, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Connection}},
		{&net.OpError{Op: "dial", Err: errDown}, classify.Verdict{Class: classify.Transient, Kind: classify.Connection}},
		{context.Canceled, classify.Verdict{Class: classify.Ambiguous, Kind: classify.Canceled}},
		{errors.New("LOADING Redis is loading the dataset in memory"), classify.Verdict{Class: classify.Transient, Kind: classify.BusyLoading}},
		{errors.New("OOM command not allowed when used memory > 'maxmemory'"), classify.Verdict{Class: classify.Transient, Kind: classify.OutOfMemory}},
		{errors.New("MOVED 3999 127.0.0.1:6381"), classify.Verdict{Class: classify.Transient, Kind: classify.Moved}},
		{errors.New("WRONGTYPE Operation against a key"), classify.Verdict{Class: classify.Ambiguous, Kind: classify.Response}},
	} {
		if got := cenkalti.Classify(tt.err); got != tt.want {
			t.Errorf("Classify(%#v) = %+v, want %+v", tt.err, got, tt.want)
		}
		if tt.err == nil {
			continue
		}
		if got := cenkalti.Classify(fmt.Errorf("wrapped: %w", tt.err)); got != tt.want {
			t.Errorf("Classify of %#v wrapped = %+v, want %+v", tt.err, got, tt.want)
		}
	}
}

func TestClassifyANilPointer(t *testing.T) {
	if got, want := cenkalti.Classify((*v4.PermanentError)(nil)), (classify.Verdict{Class: classify.Ambiguous}); got != want {
		t.Errorf("Classify of a nil *PermanentError = %+v, want %+v", got, want)
	}
}

// backoff.Permanent is the operation's own word. A list of kinds does not overrule it.
func TestPermanentStandsAgainstOn(t *testing.T) {
	v := cenkalti.Classify(v4.Permanent(io.EOF))
	if got := v.Only(classify.Kinds()...); got.Class != classify.Permanent {
		t.Errorf("with all kinds listed the class is %v, want permanent", got.Class)
	}
}

// With Mark a v4 loop stops at what the policy does not retry.
func TestMark(t *testing.T) {
	only := policy.RetryOn(classify.Timeout)
	only.Retries = 2
	for _, tt := range []struct {
		r        policy.Retry
		err      error
		attempts int
	}{
		{policy.Retry{Retries: 2}, io.EOF, 3},
		{policy.Retry{Retries: 2}, errDown, 1}, // nobody knows it
		{policy.Retry{Retries: 2}, errors.New("LOADING Redis is loading the dataset in memory"), 3},
		{policy.Retry{Retries: 2}, v4.Permanent(io.EOF), 1},
		{policy.Retry{Retries: 2}, v4.Permanent(errDown), 1},
		{only, io.EOF, 1},
		{only, os.ErrDeadlineExceeded, 3},
		{policy.Retry{}, io.EOF, 1},
	} {
		tt.r.Backoff = backoff.NoBackoff{}
		b, err := cenkalti.To(t.Context(), tt.r)
		if err != nil {
			t.Fatal(err)
		}
		attempts := 0
		err = v4.Retry(func() error { attempts++; return cenkalti.Mark(tt.r, tt.err) }, b)
		want := tt.err
		if marked := errors.Unwrap(want); marked != nil {
			want = marked // as v4 does
		}
		if attempts != tt.attempts || err != want { //nolint:errorlint // it must be the very error
			t.Errorf("%v after %v: %d attempts and %v, want %d and %v", tt.r, tt.err, attempts, err, tt.attempts, want)
		}
	}
	if err := cenkalti.Mark(policy.Retry{}, nil); err != nil {
		t.Errorf("Mark of nil = %v", err)
	}
}
