package policy_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

// texts are policies with the text that they print as.
var texts = []struct {
	r    policy.Retry
	text string
}{
	{policy.Retry{}, "retries=0"},
	{policy.Retry{Retries: 3}, "retries=3"},
	{policy.Retry{Retries: policy.Unlimited}, "retries=unlimited"},
	{policy.Retry{Retries: math.MaxInt32}, "retries=2147483647"},
	{policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}}, "retries=1 backoff=none"},
	{policy.RetryOn(classify.Timeout, classify.Connection), "retries=1 backoff=none on=timeout,connection"},
	{
		policy.Retry{
			Retries: 3, Backoff: backoff.Full(backoff.Exponential{Base: 8 * ms, Cap: 512 * ms}), On: []classify.Kind{classify.BusyLoading},
			Replay: classify.Convergent, MaxElapsed: 10 * time.Second, AttemptTimeout: 1500 * time.Microsecond, Budget: &policy.Budget{Capacity: 100},
		},
		"retries=3 backoff=full(exponential(8ms,512ms)) on=busy_loading replay=convergent max_elapsed=10s attempt_timeout=1.5ms budget=100",
	},
	{policy.Retry{Budget: &policy.Budget{}}, "retries=0 budget=0"},
	{policy.Retry{Budget: &policy.Budget{Cost: 7}}, "retries=0 budget=0,7"},
	{policy.Retry{Budget: &policy.Budget{Capacity: 500, Cost: 5, OverloadCost: 10, Refund: 1}}, "retries=0 budget=500,5,10,1"},
	{policy.Retry{Budget: &policy.Budget{Refund: 2}}, "retries=0 budget=0,0,0,2"},
	{policy.Retry{Budget: &policy.Budget{Cost: 14, OverloadCost: 5, Floor: policy.NoFloor}}, "retries=0 budget=0,14,5,0,none"},
	{policy.Retry{Budget: &policy.Budget{Capacity: 500, Cost: 5, OverloadCost: 5, Refund: 1, Floor: 10, Keep: true}}, "retries=0 budget=500,5,5,1,10,keep"},
	{policy.Retry{Budget: &policy.Budget{Keep: true}}, "retries=0 budget=0,0,0,0,0,keep"},
	{policy.Retry{MinAttempt: 50 * time.Millisecond, Inform: true}, "retries=0 min_attempt=50ms inform=true"},
	{policy.Retry{Replay: classify.ReadOnly, MaxElapsed: math.MaxInt64}, "retries=0 replay=read_only max_elapsed=2562047h47m16.854775807s"},
}

func TestStringAndParse(t *testing.T) {
	for _, tt := range texts {
		if got := tt.r.String(); got != tt.text {
			t.Errorf("got %q, want %q", got, tt.text)
		}
		if got, err := policy.Parse(tt.text); err != nil || !reflect.DeepEqual(got, tt.r) {
			t.Errorf("Parse(%q) = %#v, %v, want %#v", tt.text, got, err, tt.r)
		}
	}
}

func TestParseTakesFieldsInAnyOrder(t *testing.T) {
	want := policy.Retry{Retries: 2, Backoff: backoff.Exponential{Base: ms, Cap: time.Second}, Replay: classify.Accumulating}
	for _, text := range []string{
		"replay=accumulating backoff=exponential(1ms,1s) retries=2",
		"  backoff=exponential( 1ms , 1s )   retries=+2  replay=accumulating ",
	} {
		if got, err := policy.Parse(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Parse(%q) = %v, %v, want %v", text, &got, err, &want)
		}
	}
}

const (
	names  = "retries, backoff, on, replay, max_elapsed, attempt_timeout, min_attempt, inform, budget"
	number = "; allowed: unlimited, or a number from 0 up"
	timing = " is not a duration above 0; allowed: 500ms, 10s, 1m30s …; leave the field out for none"
	rungs  = "; allowed: read_only, idempotent, convergent, accumulating"
)

// kinds is what On may list.
var kinds = strings.ReplaceAll(strings.Trim(fmt.Sprint(classify.Kinds()), "[]"), " ", ", ")

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		text    string
		offset  int
		problem string
	}{
		{"", 0, "retries is missing; allowed: retries=unlimited, retries=0 or more"},
		{"  ", 2, "retries is missing; allowed: retries=unlimited, retries=0 or more"},
		{"backoff=none", 12, "retries is missing; allowed: retries=unlimited, retries=0 or more"},
		{"retries", 0, `"retries" is not name=value; allowed names: ` + names},
		{"retries=1 3", 10, `"3" is not name=value; allowed names: ` + names},
		{"retries=1 tries=2", 10, `unknown field "tries"; allowed: ` + names},
		{"Retries=1", 0, `unknown field "Retries"; allowed: ` + names},
		{"=1", 0, `unknown field ""; allowed: ` + names},
		{"retries=1 observe=x", 10, `unknown field "observe"; allowed: ` + names},
		{"retries=1 classify=custom", 10, "classify is a function and has no text form; set it in the program"},
		{"retries=1 backoff=none retries=1", 23, "retries is said twice"},
		{"retries=", 8, `retries ""` + number},
		{"retries=-1", 8, `retries "-1"` + number},
		{"retries=-2", 8, `retries "-2"` + number},
		{"retries=1.5", 8, `retries "1.5"` + number},
		{"retries=99999999999999999999", 8, `retries "99999999999999999999"` + number},
		{"retries=3\t", 8, `retries "3\t"` + number},
		{"retries=1 backoff=fast", 18, `unknown strategy "fast"; allowed: none, constant(delay), linear(base,cap), fibonacci(base,cap), ` +
			"exponential(base,cap,factor), sequence(delay,…), decorrelated(base,cap), full(strategy), equal(strategy), " +
			"spread(strategy,fraction), cap(strategy,max)"},
		{"retries=1 backoff=full(constant(-1s))", 23, "Constant is -1s; allowed: 0 or more"},
		{"retries=1 backoff=full(none", 27, "expected )"},
		{"retries=1 backoff=none) on=x", 22, `unexpected ")" after the strategy`},
		{"on=timeout,lost retries=1", 11, `unknown kind "lost"; allowed: ` + kinds},
		{"on= retries=1", 3, `unknown kind ""; allowed: ` + kinds},
		{"on=timeout, retries=1", 11, `unknown kind ""; allowed: ` + kinds},
		{"replay=never retries=1", 7, `replay "never"` + rungs},
		{"replay= retries=1", 7, `replay ""` + rungs},
		{"replay=all retries=1", 7, `replay "all"` + rungs},
		{"max_elapsed=-1s retries=1", 12, `"-1s"` + timing},
		{"max_elapsed=0s retries=1", 12, `"0s"` + timing},
		{"max_elapsed=10 retries=1", 12, `"10"` + timing},
		{"attempt_timeout=soon retries=1", 16, `"soon"` + timing},
		{"budget= retries=1", 7, `budget number ""; allowed: 0 (the default) or more`},
		{"budget=500,-5 retries=1", 11, `budget number "-5"; allowed: 0 (the default) or more`},
		{"budget=500,5,10,1,0,0 retries=1", 20, `budget "500,5,10,1,0,0" goes on with "0"; allowed: 1 to 5 numbers: Capacity, Cost, OverloadCost, Refund, Floor, and then keep`},
		{"retries=1 budget=9", 17, "Budget.Capacity is 9; allowed: 0 (meaning 500), or the price of a retry (10) to 1000000000"},
		{"retries=1 budget=0,0,0,0,1000000", 17, "Budget.Floor is 1000000; allowed: NoFloor (-1), or 0 (meaning 1) to 200000, with this Cost"},
		{"retries=1 budget=500,keep", 21, `budget number "keep"; allowed: 0 (the default) or more`},
		{"retries=1 budget=500,5,5,1,10,kept", 30, `budget "500,5,5,1,10,kept" goes on with "kept"; allowed: 1 to 5 numbers: Capacity, Cost, OverloadCost, Refund, Floor, and then keep`},
		{"retries=1 min_attempt=0s", 22, `"0s" is not a duration above 0; allowed: 500ms, 10s, 1m30s …; leave the field out for none`},
		{"retries=1 inform=yes", 17, `inform "yes"; allowed: true, false`},
		{"retries=unlimited min_attempt=1s", 0, "MinAttempt is 1s; allowed: 0 with Retries unlimited, since there is no number of attempts to share the time"},
		{"retries=1 min_attempt=1s attempt_timeout=10ms", 0, "MinAttempt is 1s; allowed: AttemptTimeout (10ms) at most"},
	} {
		got, err := policy.Parse(tt.text)
		var e *policy.ParseError
		if !errors.As(err, &e) || *e != (policy.ParseError{Text: tt.text, Offset: tt.offset, Problem: tt.problem}) || !reflect.DeepEqual(got, policy.Retry{}) {
			t.Errorf("Parse(%q) = %v, %#v, want offset %d, %q", tt.text, &got, err, tt.offset, tt.problem)
			continue
		}
		if want := fmt.Sprintf("policy: cannot read %q at offset %d: %s", tt.text, tt.offset, tt.problem); err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

// sayable draws valid policies that a text can say.
func sayable() *rapid.Generator[policy.Retry] {
	return rapid.Custom(func(t *rapid.T) policy.Retry {
		r := proptest.Retries().Draw(t, "policy")
		r.Retries = rapid.OneOf(rapid.Just(r.Retries), rapid.IntRange(-1, math.MaxInt)).Draw(t, "retries")
		return r
	})
}

func TestParseIsTheInverseOfString(t *testing.T) { rapid.Check(t, parseIsTheInverse) }

// FuzzParseOfString is the same law, for as long as one likes.
func FuzzParseOfString(f *testing.F) { f.Fuzz(rapid.MakeFuzz(parseIsTheInverse)) }

func parseIsTheInverse(t *rapid.T) {
	want := sayable().Draw(t, "policy")
	text := want.String()
	got, err := policy.Parse(text)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("Parse(%q) = %#v, %v, want %#v", text, got, err, want)
	}
	if err := got.Validate(); err != nil {
		t.Fatalf("Parse(%q) is not valid: %v", text, err)
	}
	if got.String() != text {
		t.Fatalf("%q reads back as %q", text, got)
	}
}

// FuzzParse reads any text: it never panics, an error stands at an offset within the text, and
// what parses is valid and prints as a text that reads back as itself. More seeds are in
// testdata/fuzz/FuzzParse.
func FuzzParse(f *testing.F) {
	for _, tt := range texts {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := policy.Parse(text)
		if err != nil {
			var e *policy.ParseError
			if !errors.As(err, &e) || e.Text != text || e.Offset < 0 || e.Offset > len(text) || e.Problem == "" {
				t.Fatalf("Parse(%q) fails with %#v", text, err)
			}
			return
		}
		if err := r.Validate(); err != nil {
			t.Fatalf("Parse(%q) = %v, which is not valid: %v", text, &r, err)
		}
		again, err := policy.Parse(r.String())
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("Parse(%q) = %v, which reads back as %v, %v", text, &r, &again, err)
		}
	})
}
