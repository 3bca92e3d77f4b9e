package policy

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// String returns the policy as the text that [Parse] reads, its inverse: the fields that
// are said, "retries=3 backoff=full(exponential(8ms,512ms)) on=timeout,connection" for example.
// Observe is left out, as it decides nothing. A Classify, or a strategy from elsewhere, has no text form:
// it is named, and Parse refuses it.
func (r Retry) String() string {
	r = *r.Current()
	var b strings.Builder
	b.WriteString("retries=")
	if r.Retries == Unlimited {
		b.WriteString("unlimited")
	} else {
		b.WriteString(strconv.Itoa(r.Retries))
	}
	field := func(name string, value any) { fmt.Fprintf(&b, " %s=%v", name, value) }
	if s, ok := r.Backoff.(fmt.Stringer); ok {
		field("backoff", s)
	} else if r.Backoff != nil {
		field("backoff", fmt.Sprintf("%T", r.Backoff))
	}
	if r.On != nil {
		kinds := make([]string, len(r.On))
		for i, k := range r.On {
			kinds[i] = string(k)
		}
		field("on", strings.Join(kinds, ","))
	}
	if r.Replay != 0 {
		field("replay", r.Replay)
	}
	if r.MaxElapsed != 0 {
		field("max_elapsed", r.MaxElapsed)
	}
	if r.AttemptTimeout != 0 {
		field("attempt_timeout", r.AttemptTimeout)
	}
	if r.MinAttempt != 0 {
		field("min_attempt", r.MinAttempt)
	}
	if r.Inform {
		field("inform", r.Inform)
	}
	if r.Budget != nil {
		field("budget", r.Budget)
	}
	if r.Classify != nil {
		field("classify", "custom")
	}
	return b.String()
}

// String returns the budget's fields, "500,5,10,1,none,keep" for example, as they stand in the text form of a policy;
// fields left at zero are left out from the end, or are 0.
func (b *Budget) String() string {
	var texts []string
	for i, n := range []int{b.Capacity, b.Cost, b.OverloadCost, b.Refund, b.Floor} {
		if n == NoFloor && i == 4 {
			texts = append(texts, "none")
		} else {
			texts = append(texts, strconv.Itoa(n))
		}
	}
	if b.Keep {
		return strings.Join(append(texts, "keep"), ",")
	}
	for len(texts) > 1 && texts[len(texts)-1] == "0" {
		texts = texts[:len(texts)-1]
	}
	return strings.Join(texts, ",")
}

// MarshalText returns String's text, for JSON, YAML, flags and the environment. It is an
// error if [Parse] would not read the same policy from it: a Classify, or a strategy without a
// text form.
func (r Retry) MarshalText() ([]byte, error) {
	r = *r.Current()
	text := r.String()
	parsed, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("policy: no text form: %w", err)
	}
	// A strategy that embeds one of package backoff has that one's String.
	if r.Backoff != nil && !reflect.DeepEqual(parsed.Backoff, r.Backoff) {
		return nil, fmt.Errorf("policy: no text form: Backoff is a %T, but its text %q stands for a %T", r.Backoff, r.Backoff, parsed.Backoff)
	}
	return []byte(text), nil
}

// UnmarshalText sets the policy to what the text says, as [Parse] does. Observe and Classify, which
// a text cannot say, stay as they are. After an error the policy is what it was. One that has a Live is not changed this
// way: Set is for that.
func (r *Retry) UnmarshalText(text []byte) error {
	if r.Live != nil {
		return errors.New("policy: UnmarshalText of a policy that has a Live; allowed: Live.Set")
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	parsed.Observe, parsed.Classify = r.Observe, r.Classify
	*r = parsed
	return nil
}
