package policy_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
)

const (
	sample     = "retries=3 backoff=full(exponential(8ms,512ms)) on=timeout,connection budget=100"
	sampleJSON = `{"Reads":"` + sample + `","Writes":"retries=0"}`
)

type config struct{ Reads, Writes policy.Retry }

func TestThroughJSON(t *testing.T) {
	var c config
	if err := json.Unmarshal([]byte(sampleJSON), &c); err != nil {
		t.Fatal(err)
	}
	want, err := policy.Parse(sample)
	if err != nil || !reflect.DeepEqual(c, config{Reads: want}) {
		t.Errorf("got %+v, want %v", c, &want)
	}
	if got, err := json.Marshal(c); err != nil || string(got) != sampleJSON {
		t.Errorf("got %s, %v, want %s", got, err, sampleJSON)
	}
	rapid.Check(t, func(t *rapid.T) {
		want := config{sayable().Draw(t, "reads"), sayable().Draw(t, "writes")}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got config
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s reads back as %+v, %v", text, got, err)
		}
	})
}

func TestThroughFlags(t *testing.T) {
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	var got policy.Retry
	fs.TextVar(&got, "retry", policy.Retry{Retries: 2}, "retry `policy`")
	if got.Retries != 2 {
		t.Errorf("the default is %v", &got)
	}
	if def := fs.Lookup("retry").DefValue; def != "retries=2" {
		t.Errorf("the default prints as %q", def)
	}
	if err := fs.Parse([]string{"-retry", sample}); err != nil || got.String() != sample {
		t.Errorf("got %v, %v, want %s", &got, err, sample)
	}
	const want = `invalid value "retries=-1" for flag -retry: policy: cannot read "retries=-1" at offset 8: retries "-1"` + number
	if err := fs.Parse([]string{"-retry", "retries=-1"}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestThroughTheEnvironment(t *testing.T) {
	t.Setenv("RETRY", sample)
	got, err := policy.Parse(os.Getenv("RETRY"))
	if err != nil || got.String() != sample {
		t.Errorf("got %v, %v, want %s", &got, err, sample)
	}
}

// What a text cannot say stays, and after an error everything does.
func TestUnmarshalTextKeepsFunctions(t *testing.T) {
	observed := 0
	r := policy.Retry{
		Retries: 9, MaxElapsed: time.Second, Classify: always(permanent),
		Observe: func(context.Context, policy.Event) { observed++ },
	}
	before := r.String()
	if err := r.UnmarshalText([]byte("retries=1 backoff=fast")); err == nil || r.String() != before {
		t.Errorf("after %v the policy is %v, want %s", err, &r, before)
	}
	if err := r.UnmarshalText([]byte("retries=1 replay=read_only")); err != nil {
		t.Fatal(err)
	}
	if want := "retries=1 replay=read_only classify=custom"; r.String() != want {
		t.Errorf("the policy is %v, want %s", &r, want)
	}
	if d := r.Decide(policy.State{}, errTransient); d.Verdict != permanent {
		t.Errorf("Classify is another: %+v", d)
	}
	if _ = r.Do(t.Context(), fails(errTransient).run); observed != 1 {
		t.Errorf("Observe is another")
	}
}

// slower has the methods of Exponential, its String too, and a Delay of its own.
type slower struct{ backoff.Exponential }

func (s slower) Delay(n int, prev time.Duration, u float64) time.Duration {
	return 2 * s.Exponential.Delay(n, prev, u)
}

// bare has no String.
type bare struct{}

func (bare) Delay(int, time.Duration, float64) time.Duration { return 0 }

// liar has the text of other fields.
type liar struct{ bare }

func (liar) String() string { return "none max_elapsed=1s" }

func TestMarshalTextRefusesWhatItCannotSay(t *testing.T) {
	const cannot = "policy: no text form: policy: cannot read "
	for _, tt := range []struct {
		r    policy.Retry
		want string
	}{
		{policy.Retry{Classify: classify.Redis}, cannot + `"retries=0 classify=custom" at offset 10: classify is a function and has no text form; set it in the program`},
		{
			policy.Retry{Backoff: slower{}},
			`policy: no text form: Backoff is a policy_test.slower, but its text "exponential" stands for a backoff.Exponential`,
		},
		{
			policy.Retry{Backoff: liar{}},
			`policy: no text form: Backoff is a policy_test.liar, but its text "none max_elapsed=1s" stands for a backoff.NoBackoff`,
		},
		{policy.Retry{Retries: -2}, cannot + `"retries=-2" at offset 8: retries "-2"` + number},
		{policy.Retry{Replay: classify.Never}, cannot + `"retries=0 replay=never" at offset 17: replay "never"` + rungs},
		{policy.Retry{Replay: 9}, cannot + `"retries=0 replay=replay(9)" at offset 17: replay "replay(9)"` + rungs},
		{policy.RetryOn(), cannot + `"retries=1 backoff=none on=" at offset 26: unknown kind ""; allowed: ` + kinds},
		{policy.RetryOn("odd"), cannot + `"retries=1 backoff=none on=odd" at offset 26: unknown kind "odd"; allowed: ` + kinds},
		{policy.Retry{MaxElapsed: -1}, cannot + `"retries=0 max_elapsed=-1ns" at offset 22: "-1ns"` + timing},
		{policy.Retry{AttemptTimeout: -time.Second}, cannot + `"retries=0 attempt_timeout=-1s" at offset 26: "-1s"` + timing},
		{policy.Retry{Budget: &policy.Budget{Refund: -1}}, cannot + `"retries=0 budget=0,0,0,-1" at offset 23: budget number "-1"; allowed: 0 (the default) or more`},
	} {
		if text, err := tt.r.MarshalText(); text != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%v: got %q, %v, want %s", &tt.r, text, err, tt.want)
		}
	}
	for _, s := range []backoff.Strategy{bare{}, backoff.Func(nil), backoff.Full(nil), backoff.Full(bare{}), &backoff.Exponential{}, (*backoff.Exponential)(nil)} {
		if text, err := (policy.Retry{Backoff: s}).MarshalText(); err == nil {
			t.Errorf("%T is written as %s", s, text)
		}
	}
}

// What has no text form still prints.
func TestStringOfWhatParseCannotRead(t *testing.T) {
	for want, r := range map[string]policy.Retry{
		"retries=0 backoff=policy_test.bare":       {Backoff: bare{}},
		"retries=0 backoff=func classify=custom":   {Backoff: backoff.Func(nil), Classify: classify.Net},
		"retries=-7 on= replay=replay(77)":         {Retries: -7, Replay: 77, On: []classify.Kind{}},
		"retries=0 backoff=full(policy_test.bare)": {Backoff: backoff.Full(bare{})},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
