package main

import (
	"cmp"
	"flag"
	"fmt"
	"strconv"
	"time"
)

// The shortest and the longest -timeout. Below the shortest a healthy connection
// can be taken for a stalled one on a busy machine, and runs no longer repeat.
const (
	minTimeout = 10 * time.Millisecond
	maxTimeout = time.Hour
)

// rangedValue is a flag.Value within bounds.
type rangedValue[T cmp.Ordered] struct {
	p        *T
	parse    func(string) (T, error)
	min, max T
}

// ranged returns a flag.Value that stores into p what lies within [min, max].
func ranged[T cmp.Ordered](p *T, parse func(string) (T, error), min, max T) flag.Value {
	return &rangedValue[T]{p, parse, min, max}
}

// Set parses and checks. NaN lies within no bounds.
func (v *rangedValue[T]) Set(text string) error {
	value, err := v.parse(text)
	if err != nil || !(value >= v.min && value <= v.max) {
		return fmt.Errorf("allowed: %v to %v", v.min, v.max)
	}
	*v.p = value
	return nil
}

// String returns the value. flag calls it on the zero value too.
func (v *rangedValue[T]) String() string {
	if v.p == nil {
		var zero T
		return fmt.Sprint(zero)
	}
	return fmt.Sprint(*v.p)
}

func parseInt(text string) (int, error)                { return strconv.Atoi(text) }
func parseUint(text string) (uint64, error)            { return strconv.ParseUint(text, 10, 64) }
func parseFloat(text string) (float64, error)          { return strconv.ParseFloat(text, 64) }
func parseDuration(text string) (time.Duration, error) { return time.ParseDuration(text) }
