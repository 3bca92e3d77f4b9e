package proptest_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/proptest"
)

// The shipped strategies keep the laws, edges included.
func TestShippedStrategiesKeepTheLaws(t *testing.T) {
	for name, s := range map[string]proptest.Bounded{
		"Default":      {backoff.Default, 512 * time.Millisecond},
		"NoBackoff":    {backoff.NoBackoff{}, 0},
		"Uncapped":     {backoff.Spread(backoff.Exponential{Cap: backoff.Uncapped}, 1), backoff.Uncapped},
		"Decorrelated": {backoff.Decorrelated{Base: time.Second, Cap: time.Minute}, time.Minute},
		"Cap":          {backoff.Cap(backoff.Equal(backoff.Fibonacci{}), 100*time.Millisecond), 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) { proptest.TestStrategy(t, s.Strategy, s.Cap) })
	}
}

func TestStrategiesAreValidAndKeepTheLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := proptest.Strategies().Draw(t, "strategy")
		if err := backoff.Validate(s.Strategy); err != nil {
			t.Fatal(err)
		}
		proptest.TestStrategy(t, s.Strategy, s.Cap)
	})
}
