package faultproxy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Rates says how often each fault happens. The zero value is a perfect network.
type Rates struct {
	// RefuseDial is the share of dials that are refused, in [0, 1].
	RefuseDial float64 `json:"refuse_dial"`
	// CutBefore, CutAfter, CutMidReply and Loading are shares of the commands.
	// A command meets at most one of them, so together they are at most 1.
	CutBefore   float64 `json:"cut_before"`
	CutAfter    float64 `json:"cut_after"`
	CutMidReply float64 `json:"cut_mid_reply"`
	// Loading is the share answered with [Loading]. MULTI is spared: a real server
	// takes it while it is loading and refuses what is queued behind it.
	Loading float64 `json:"loading"`
	// Latency is added to every command, once for those that arrive together.
	Latency time.Duration `json:"latency"`
}

// Validate returns an error that names the first field outside its range, the
// value and what is allowed.
func (r Rates) Validate() error {
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"RefuseDial", r.RefuseDial},
		{"CutBefore", r.CutBefore},
		{"CutAfter", r.CutAfter},
		{"CutMidReply", r.CutMidReply},
		{"Loading", r.Loading},
	} {
		// Stated positively, so that NaN is refused as well.
		if !(f.value >= 0 && f.value <= 1) {
			return fmt.Errorf("faultproxy: %s is %v; allowed: 0 to 1", f.name, f.value)
		}
	}
	if sum := r.PerCommand(); sum > 1 {
		return fmt.Errorf("faultproxy: CutBefore + CutAfter + CutMidReply + Loading is %v; allowed: at most 1", sum)
	}
	if r.Latency < 0 {
		return fmt.Errorf("faultproxy: Latency is %v; allowed: 0 or more", r.Latency)
	}
	return nil
}

// PerCommand returns the share of commands that meet a fault, at most 1 if the rates
// are valid. It is rounded to what a person can have meant: 0.7 + 0.1 + 0.1 + 0.1.
func (r Rates) PerCommand() float64 {
	return math.Round((r.CutBefore+r.CutAfter+r.CutMidReply+r.Loading)*1e9) / 1e9
}

// Plan returns a Plan that draws faults at these rates. It depends on the seed and
// on the order of the requests only. Dials and commands draw from streams of their
// own, so that one dial more does not change what the following commands meet.
func (r Rates) Plan(seed uint64) (Plan, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	dials := rand.New(rand.NewPCG(seed, 1))
	commands := rand.New(rand.NewPCG(seed, 2))
	return func(q Request) Action {
		if q.IsDial() {
			if dials.Float64() < r.RefuseDial {
				return Action{Fault: RefuseDial}
			}
			return Action{}
		}
		// Three draws for every command, needed or not: the nth decision then
		// depends on n alone and not on what was decided before it.
		u, orderly, bytes := commands.Float64(), commands.IntN(2) == 0, 1+commands.IntN(16)
		a := Action{Before: r.Latency}
		switch {
		case u < r.CutBefore:
			a.Fault, a.Orderly = CutBefore, orderly
		case u < r.CutBefore+r.CutAfter:
			a.Fault, a.Orderly = CutAfter, orderly
		case u < r.CutBefore+r.CutAfter+r.CutMidReply:
			a.Fault, a.Bytes = CutMidReply, bytes
		case u < r.CutBefore+r.CutAfter+r.CutMidReply+r.Loading && q.Name() != "MULTI":
			a.Fault = Answer
		}
		return a
	}, nil
}
