package policy

import (
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
	if r.Budget != nil {
		field("budget", r.Budget)
	}
	if r.Classify != nil {
		field("classify", "custom")
	}
	return b.String()
}

// String returns the budget's fields, "500,5,10,1" for example, as they stand in the text
// form of a policy; fields left at zero are left out from the end, or are 0.
func (b *Budget) String() string {
	fields := []int{b.Capacity, b.Cost, b.OverloadCost, b.Refund}
	for len(fields) > 1 && fields[len(fields)-1] == 0 {
		fields = fields[:len(fields)-1]
	}
	texts := make([]string, len(fields))
	for i, n := range fields {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// MarshalText returns String's text, for JSON, YAML, flags and the environment. It is an
// error if [Parse] would not read the same policy from it: a Classify, or a strategy without a
// text form.
func (r Retry) MarshalText() ([]byte, error) {
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
// a text cannot say, stay as they are. After an error the policy is what it was.
func (r *Retry) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	parsed.Observe, parsed.Classify = r.Observe, r.Classify
	*r = parsed
	return nil
}
