package backoff_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/reprise-go/reprise/backoff"
)

// texts are strategies with the text that they print as.
var texts = []struct {
	s    backoff.Strategy
	text string
}{
	{backoff.NoBackoff{}, "none"},
	{backoff.Constant(0), "constant(0s)"},
	{backoff.Constant(1500 * time.Microsecond), "constant(1.5ms)"},
	{backoff.Linear{}, "linear"},
	{backoff.Linear{Base: 8 * ms}, "linear(8ms)"},
	{backoff.Linear{Cap: time.Second}, "linear(default,1s)"},
	{backoff.Fibonacci{Base: ms, Cap: backoff.Uncapped}, "fibonacci(1ms,uncapped)"},
	{backoff.Exponential{}, "exponential"},
	{backoff.Exponential{Base: 10 * ms, Cap: time.Second}, "exponential(10ms,1s)"},
	{backoff.Exponential{Factor: 1.5}, "exponential(default,default,1.5)"},
	{backoff.Exponential{Base: time.Hour, Cap: backoff.Uncapped, Factor: 1e+30}, "exponential(1h0m0s,uncapped,1e+30)"},
	{backoff.NewSequence(0, 50*ms, time.Second), "sequence(0s,50ms,1s)"},
	{backoff.NewSequence(1), "sequence(1ns)"},
	{backoff.Decorrelated{Base: 3 * time.Microsecond}, "decorrelated(3µs)"},
	{backoff.Default, "full(exponential)"},
	{backoff.Equal(backoff.Linear{Base: ms}), "equal(linear(1ms))"},
	{backoff.Spread(backoff.Constant(time.Minute), 0.5), "spread(constant(1m0s),0.5)"},
	{backoff.Cap(backoff.Full(backoff.Exponential{Cap: backoff.Uncapped}), time.Second), "cap(full(exponential(default,uncapped)),1s)"},
	{backoff.Cap(backoff.NoBackoff{}, backoff.Uncapped), "cap(none,uncapped)"},
}

func TestStringAndParse(t *testing.T) {
	for _, tt := range texts {
		if got := fmt.Sprint(tt.s); got != tt.text {
			t.Errorf("%#v prints as %q, want %q", tt.s, got, tt.text)
		}
		if got, err := backoff.Parse(tt.text); got != tt.s {
			t.Errorf("Parse(%q) = %#v, %v, want %#v", tt.text, got, err, tt.s)
		}
	}
}

// What has no text form still prints, and is not read back.
func TestStringOfWhatParseCannotRead(t *testing.T) {
	for want, s := range map[string]backoff.Strategy{
		"func":                               backoff.Func(nil),
		"full(nil)":                          backoff.Full(nil),
		"cap(backoff_test.negative,1s)":      backoff.Cap(negative{}, time.Second),
		"equal(spread(func,0.25))":           backoff.Equal(backoff.Spread(backoff.Func(nil), 0.25)),
		"sequence":                           backoff.Sequence{},
		"exponential(-1ms,default,NaN)":      backoff.Exponential{Base: -ms, Factor: math.NaN()},
		"cap(constant(-1ns),0s)":             backoff.Cap(backoff.Constant(-1), 0),
		"decorrelated(uncapped,-2562047h47m": backoff.Decorrelated{Base: backoff.Uncapped, Cap: -backoff.Uncapped - 1},
	} {
		if got := fmt.Sprint(s); !strings.HasPrefix(got, want) {
			t.Errorf("%#v prints as %q, want %q", s, got, want)
		}
		if got, err := backoff.Parse(fmt.Sprint(s)); err == nil {
			t.Errorf("Parse(%q) = %#v, want an error", s, got)
		}
	}
}

func TestParseIsLenientInSpacesAndBrackets(t *testing.T) {
	for text, want := range map[string]backoff.Strategy{
		"none()":                              backoff.NoBackoff{},
		" linear ( ) ":                        backoff.Linear{},
		"exponential()":                       backoff.Exponential{},
		"linear(default)":                     backoff.Linear{},
		"  full (  none )  ":                  backoff.Full(backoff.NoBackoff{}),
		"spread( constant( 1s ) , .5 )":       backoff.Spread(backoff.Constant(time.Second), 0.5),
		"constant(uncapped)":                  backoff.Constant(backoff.Uncapped),
		"constant(1m30s)":                     backoff.Constant(90 * time.Second),
		"exponential(default,default,0x1p+1)": backoff.Exponential{Factor: 2},
	} {
		if got, err := backoff.Parse(text); got != want {
			t.Errorf("Parse(%q) = %#v, %v, want %#v", text, got, err, want)
		}
	}
}

const allowed = "allowed: none, constant(delay), linear(base,cap), fibonacci(base,cap), exponential(base,cap,factor), " +
	"sequence(delay,…), decorrelated(base,cap), full(strategy), equal(strategy), spread(strategy,fraction), cap(strategy,max)"

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		text    string
		offset  int
		problem string
	}{
		{"", 0, `unknown strategy ""; ` + allowed},
		{"   ", 3, `unknown strategy ""; ` + allowed},
		{"expo", 0, `unknown strategy "expo"; ` + allowed},
		{"Full(none)", 0, `unknown strategy "Full"; ` + allowed},
		{"full(expo(8ms))", 5, `unknown strategy "expo"; ` + allowed},
		{"full( nil)", 6, `unknown strategy "nil"; ` + allowed},
		{"none none", 0, `unknown strategy "none none"; ` + allowed},
		{"none,", 4, `unexpected "," after the strategy`},
		{"none)", 4, `unexpected ")" after the strategy`},
		{"constant(1s) x", 13, `unexpected "x" after the strategy`},
		{"none(1s)", 5, "expected )"},
		{"linear(1ms,1s,1s)", 13, "expected )"},
		{"linear(1ms,1s", 13, "expected )"},
		{"constant", 8, "delay is missing"},
		{"constant()", 9, "delay is missing"},
		{"sequence()", 9, "delay is missing"},
		{"full", 4, "strategy is missing"},
		{"spread(none)", 11, "fraction is missing"},
		{"cap(none)", 8, "max is missing"},
		{"constant(8)", 9, `"8" is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …`},
		{"sequence(1s,)", 12, `"" is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …`},
		{"linear(,1s)", 7, `"" is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …`},
		{"linear(1ms, 1 s)", 12, `"1 s" is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …`},
		{"linear(0s)", 7, "0 is not a base or cap; allowed: more than 0, default"},
		{"linear(1ms,0s)", 11, "0 is not a base or cap; allowed: more than 0, default"},
		{"exponential(default,default,0)", 28, `factor "0" is not a number from 1 up`},
		{"exponential(default,default,two)", 28, `factor "two" is not a number from 1 up`},
		{"exponential(1s,2s,0.5)", 0, "Exponential.Factor is 0.5; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{"full(exponential(1s,2s,NaN))", 5, "Exponential.Factor is NaN; allowed: 0 (meaning 2) or a finite number from 1 up"},
		{"spread(none,half)", 12, `fraction "half" is not a number`},
		{"spread(none,2)", 0, "Spread fraction is 2; allowed: 0 to 1"},
		{"cap(none,0s)", 0, "Cap max is 0s; allowed: more than 0"},
		{"equal(linear(-1s))", 6, "Linear.Base is -1s; allowed: 0 (meaning 8ms) or more"},
		{"decorrelated(1s)", 0, "Decorrelated.Cap is 512ms; allowed: Base (1s) or more; Uncapped for none"},
		{"sequence(1s,-1s)", 0, "Sequence delay 2 is -1s; allowed: 0 or more"},
	} {
		s, err := backoff.Parse(tt.text)
		var got *backoff.ParseError
		if !errors.As(err, &got) {
			t.Errorf("Parse(%q) = %v, %v, want a ParseError", tt.text, s, err)
			continue
		}
		if want := (backoff.ParseError{Text: tt.text, Offset: tt.offset, Problem: tt.problem}); *got != want {
			t.Errorf("Parse(%q) gives\n\t%+v, want\n\t%+v", tt.text, *got, want)
		}
	}
}

func TestParseErrorText(t *testing.T) {
	_, err := backoff.Parse("cap(none)")
	const want = `backoff: cannot read "cap(none)" at offset 8: max is missing`
	if err == nil || err.Error() != want {
		t.Errorf("Parse gives %q, want %q", err, want)
	}
}

func TestParseBoundsNesting(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("full(", n) + "none" + strings.Repeat(")", n) }
	if _, err := backoff.Parse(nested(32)); err != nil {
		t.Errorf("32 wrappers: %v", err)
	}
	_, err := backoff.Parse(nested(33))
	var got *backoff.ParseError
	if !errors.As(err, &got) || got.Offset != 33*len("full(") || got.Problem != "nested more than 32 deep" {
		t.Errorf("33 wrappers: %v, want an error at offset %d", err, 33*len("full("))
	}
	if _, err := backoff.Parse(strings.Repeat("full(", 1e6)); err == nil {
		t.Error("a million brackets were read")
	}
}
