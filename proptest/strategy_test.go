package proptest_test

import (
	"slices"
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

// A survey finds each law that is broken, and no other; by chance where no edge shows it.
func TestSurveyStrategy(t *testing.T) {
	for _, tt := range []struct {
		s    strategy
		want []proptest.Finding // of the laws that are not kept
	}{
		{func(n int, _ time.Duration, _ float64) time.Duration { return time.Duration(max(n, 0)) }, []proptest.Finding{
			{Law: proptest.StrategyCap, Offered: true, Broken: "  Delay(6, 0s, 0) = 6ns, and the cap is 5ns\n"},
			{Law: proptest.StrategyShared},
		}},
		{func(n int, _ time.Duration, u float64) time.Duration {
			switch {
			case n > 65 && n < 1000:
				panic("no edge")
			case n == 3:
				return -1
			case u > 0.3:
				return 2
			}
			return 5
		}, []proptest.Finding{
			{Law: proptest.StrategyTotal, Offered: true, Broken: "  Delay(66, 0s, 0) panics: no edge\n"},
			{Law: proptest.StrategyNotNegative, Offered: true, Broken: "  Delay(3, 0s, 0) = -1ns\n"},
			{Law: proptest.StrategyQuantile, Offered: true, Broken: "  Delay(1, 0s, 0) = 5ns, but Delay(1, 0s, 0.5) = 2ns\n"},
			{Law: proptest.StrategyShared},
		}},
	} {
		var got []proptest.Finding
		for _, f := range proptest.SurveyStrategy(t, tt.s, 5, proptest.StrategyShared) {
			if f.Broken != "" || !f.Offered {
				got = append(got, f)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, tt.want)
		}
	}
}
