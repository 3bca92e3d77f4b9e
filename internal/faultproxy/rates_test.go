package faultproxy

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestRatesValidate(t *testing.T) {
	for _, tt := range []struct {
		rates Rates
		want  string
	}{
		{Rates{}, ""},
		{Rates{RefuseDial: 1, CutBefore: 0.25, CutAfter: 0.25, CutMidReply: 0.25, Loading: 0.25, Latency: time.Hour}, ""},
		{Rates{RefuseDial: -0.1}, "faultproxy: RefuseDial is -0.1; allowed: 0 to 1"},
		{Rates{CutBefore: 1.5}, "faultproxy: CutBefore is 1.5; allowed: 0 to 1"},
		{Rates{CutAfter: math.NaN()}, "faultproxy: CutAfter is NaN; allowed: 0 to 1"},
		{Rates{CutMidReply: math.Inf(1)}, "faultproxy: CutMidReply is +Inf; allowed: 0 to 1"},
		{Rates{Loading: 2}, "faultproxy: Loading is 2; allowed: 0 to 1"},
		{Rates{CutBefore: 0.75, Loading: 0.5}, "faultproxy: CutBefore + CutAfter + CutMidReply + Loading is 1.25; allowed: at most 1"},
		{Rates{Latency: -time.Second}, "faultproxy: Latency is -1s; allowed: 0 or more"},
	} {
		got := ""
		if _, err := tt.rates.Plan(1); err != nil {
			got = err.Error()
		}
		equal(t, tt.want, got)
	}
}

func TestRatesPlan(t *testing.T) {
	rates := Rates{RefuseDial: 0.5, CutBefore: 0.1, CutAfter: 0.2, CutMidReply: 0.15, Loading: 0.05, Latency: time.Millisecond}
	const n = 100_000
	decide := func(seed uint64, dials bool, name string) (actions []Action, share [faults]float64) {
		plan, err := rates.Plan(seed)
		ok(t, err)
		for range n {
			if dials {
				share[plan(Request{}).Fault] += 1. / n
			}
			a := plan(Request{Args: []string{name}})
			actions = append(actions, a)
			share[a.Fault] += 1. / n
		}
		return actions, share
	}
	one, share := decide(7, true, "GET")
	for f, want := range map[Fault]float64{RefuseDial: 0.5, CutBefore: 0.1, CutAfter: 0.2, CutMidReply: 0.15, Answer: 0.05} {
		// Six standard deviations and more; the seed is fixed besides.
		if math.Abs(share[f]-want) > 0.01 {
			t.Errorf("%v: share %.3f, want %.3f", f, share[f], want)
		}
	}
	same, _ := decide(7, false, "GET")
	equal(t, one, same, "same seed, other dials")
	other, _ := decide(8, true, "GET")
	if differ := func() bool {
		for i := range one {
			if one[i] != other[i] {
				return true
			}
		}
		return false
	}(); !differ {
		t.Error("another seed draws the same")
	}
	multi, share := decide(7, true, "multi")
	equal(t, 0., share[Answer], "MULTI is not refused")
	for i := range one {
		if one[i].Fault != Answer && one[i] != multi[i] {
			t.Fatalf("decision %d depends on the one before: %+v, %+v", i, one[i], multi[i])
		}
	}
}

// TestRepeatable runs a sequential go-redis client twice.
func TestRepeatable(t *testing.T) {
	run := func() (Counts, []string) {
		plan, err := Rates{RefuseDial: 0.2, CutBefore: 0.05, CutAfter: 0.05, CutMidReply: 0.05, Loading: 0.05}.Plan(42)
		ok(t, err)
		p, err := Start(server(t).Addr(), Config{Plan: plan, Exempt: Handshake, Record: true})
		ok(t, err)
		c := redis.NewClient(&redis.Options{Addr: p.Addr(), MinRetryBackoff: -1})
		ctx := context.Background()
		var log []string
		for range 150 {
			log = append(log, c.Incr(ctx, "n").String())
			cmds, _ := c.Pipelined(ctx, func(pipe redis.Pipeliner) error {
				pipe.Set(ctx, "k", "v", 0)
				pipe.Get(ctx, "k")
				return nil
			})
			for _, cmd := range cmds {
				log = append(log, cmd.String())
			}
		}
		ok(t, c.Close())
		ok(t, p.Close())
		return p.Counts(), log
	}
	counts, log := run()
	again, logAgain := run()
	equal(t, counts, again)
	// Ports differ, so errors are compared by their number only.
	equal(t, len(log), len(logAgain))
	for _, f := range []Fault{RefuseDial, CutBefore, CutAfter, CutMidReply, Answer} {
		if counts.Faults[f] == 0 {
			t.Errorf("no %v in %v", f, counts)
		}
	}
}
