package clusterdemo

import (
	"slices"
	"time"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
)

// Report is what a run has shown. Its times are since the load began, in nanoseconds in JSON.
type Report struct {
	// Killed is when the master was killed, Promoted when its replica took over, and End when the load ended.
	Killed   time.Duration `json:"killed"`
	Promoted time.Duration `json:"promoted"`
	End      time.Duration `json:"end"`
	// Step is the time between two numbers of a timeline.
	Step time.Duration `json:"step"`
	Rows []Row         `json:"rows"` // one for each client
	// Look is how Write draws it.
	Look Look `json:"-"`
}

// Row is how one client fared.
type Row struct {
	Client     string `json:"client"`
	Operations int    `json:"operations"`
	Succeeded  int    `json:"succeeded"`
	Failed     int    `json:"failed"`
	// FailedElsewhere is the part of Failed on slots of the other masters, which are well.
	FailedElsewhere int `json:"failed_on_other_masters"`
	// FailedDown is the part of Failed that the cluster refused, on any slot, since some had no master (CLUSTERDOWN).
	FailedDown int `json:"failed_cluster_down"`
	// FailedUnsure is the part of Failed that are INCRs with an error after which they may have been executed.
	FailedUnsure int `json:"failed_maybe_executed"`

	// Gap is the longest time without a successful write on the slots of the killed master.
	Gap time.Duration `json:"longest_gap"`
	// Back is the time from the promotion to the first successful write on these slots; nil if there was none.
	Back *time.Duration `json:"first_write_after_promotion"`

	// Increments is the number of INCRs, and Twice the number of those that were executed more than once.
	Increments int `json:"increments"`
	Twice      int `json:"executed_twice"`
	// Lost is the number of INCRs that were acknowledged and then lost by the cluster itself: the master died
	// before its replica had them.
	Lost int `json:"acknowledged_and_lost"`

	// Maps is the number of requests for the slot map after the master was killed, and Dials that of dials to it.
	Maps  int `json:"slot_map_requests"`
	Dials int `json:"dials_to_dead_master"`

	// Timeline has the number of operations on the slots of the killed master that succeeded, for each Step, and
	// Elsewhere that of the operations on the other slots.
	Timeline  []int `json:"timeline"`
	Elsewhere []int `json:"timeline_other_masters"`
}

func newReport(m moments) Report {
	return Report{Killed: m.killed, Promoted: m.promoted, End: m.end, Step: Step}
}

// newRow sums up what a client has done. counts says how often the INCR of each key was executed.
func newRow(client string, done []operation, counts map[string]int, m moments) Row {
	steps := int(m.end / Step)
	r := Row{Client: client, Operations: len(done), Timeline: make([]int, steps), Elsewhere: make([]int, steps)}
	var writes []time.Duration // the successful ones on the slots of the killed master
	for _, op := range done {
		if op.kind == incr {
			r.count(op, counts[op.key])
		}
		if op.err != nil {
			r.fail(op)
			continue
		}
		r.Succeeded++
		timeline := r.Elsewhere
		if op.lost {
			timeline = r.Timeline
		}
		// What was under way at the end belongs to no step.
		if at := int(op.end / Step); at < steps {
			timeline[at]++
			if op.lost && op.kind != get {
				writes = append(writes, op.end)
			}
		}
	}
	slices.Sort(writes)
	r.Gap, r.Back = gap(writes, m.end), back(writes, m.promoted)
	return r
}

func (r *Row) count(op operation, executed int) {
	r.Increments++
	switch {
	case executed > 1:
		r.Twice++
	case executed == 0 && op.err == nil:
		r.Lost++
	}
}

func (r *Row) fail(op operation) {
	r.Failed++
	if !op.lost {
		r.FailedElsewhere++
	}
	switch v := goredis.Classify(op.err); {
	case v.Kind.Is(classify.ClusterDown):
		r.FailedDown++
	case v.Class == classify.Ambiguous && op.kind == incr:
		r.FailedUnsure++
	}
}

// gap returns the longest time between two of the moments, which are sorted, and the start and the end.
func gap(moments []time.Duration, end time.Duration) (longest time.Duration) {
	before := time.Duration(0)
	for _, at := range append(slices.Clone(moments), end) {
		longest, before = max(longest, at-before), at
	}
	return longest
}

// back returns how long after a moment the next of the others came, or nil.
func back(moments []time.Duration, after time.Duration) *time.Duration {
	for _, at := range moments {
		if at > after {
			d := at - after
			return &d
		}
	}
	return nil
}
