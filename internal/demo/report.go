package demo

import (
	"math"
	"slices"
	"time"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// Report is what a run has shown.
type Report struct {
	Seed   uint64           `json:"seed"`
	Server string           `json:"server,omitempty"` // "" is one in this process
	Rates  faultproxy.Rates `json:"rates"`
	Rows   []Row            `json:"rows"` // one for each client
}

// Row is how one client fared. Its times are in nanoseconds in JSON.
type Row struct {
	Client     string `json:"client"`
	Operations int    `json:"operations"`
	Succeeded  int    `json:"succeeded"`
	Failed     int    `json:"failed"`
	// FailedPlain is the part of Failed that held no increment.
	FailedPlain int `json:"failed_without_increment"`
	// Attempts is the number of times that an operation, or what was left of it,
	// reached the proxy, and of refused dials.
	Attempts int `json:"attempts"`

	// Increments is the number of operations that hold an INCR.
	Increments int `json:"increments"`
	// Twice is the number of increments that were executed more than once, and
	// TwiceAcked the part of it that the caller was told had succeeded.
	Twice      int `json:"executed_twice"`
	TwiceAcked int `json:"executed_twice_acknowledged"`
	// Acked is the number of increments that the caller was told had succeeded,
	// and Lost the part of it that was never executed.
	Acked int `json:"acknowledged"`
	Lost  int `json:"acknowledged_not_executed"`
	// Unsure is the number of increments that failed for the caller although they
	// were executed: the reply was lost.
	Unsure int `json:"failed_but_executed"`

	P50     time.Duration `json:"p50"`
	P99     time.Duration `json:"p99"`
	Slowest time.Duration `json:"slowest"`

	// Faults is what the client met, by the names of [faultproxy.Fault].
	Faults map[string]int `json:"faults"`
}

// newRow sums up. The nth outcome is that of the nth operation, executed[n] is how
// often its increment was executed.
func newRow(client string, outcomes []outcome, executed []int, rounds int, c faultproxy.Counts) Row {
	r := Row{
		Client:     client,
		Operations: len(outcomes),
		Attempts:   rounds + c.Faults[faultproxy.RefuseDial],
		Faults:     make(map[string]int),
	}
	took := make([]time.Duration, len(outcomes))
	for n, o := range outcomes {
		took[n] = o.took
		if o.failed {
			r.Failed++
		} else {
			r.Succeeded++
		}
		if !kind(n).increments() {
			if o.failed {
				r.FailedPlain++
			}
			continue
		}
		r.Increments++
		if o.acked {
			r.Acked++
		}
		switch times := executed[n]; {
		case times > 1:
			r.Twice++
			if o.acked {
				r.TwiceAcked++
			}
		case times == 1 && !o.acked:
			r.Unsure++
		case times == 0 && o.acked:
			r.Lost++
		}
	}
	slices.Sort(took)
	r.P50, r.P99, r.Slowest = quantile(took, 0.50), quantile(took, 0.99), quantile(took, 1)
	for f, n := range c.Faults {
		if n > 0 {
			r.Faults[faultproxy.Fault(f).String()] = n
		}
	}
	return r
}

// quantile returns the smallest of the sorted values that at least the share q of
// them does not exceed (nearest rank), 0 if there are none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}
