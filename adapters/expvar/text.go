package expvar

import (
	"encoding/json"
	"time"

	"github.com/reprise-go/reprise/internal/observed"
)

// The form of the variable.
type (
	counts struct {
		Attempts int64                       `json:"attempts"`
		Retries  int64                       `json:"retries"`
		Delays   float64                     `json:"retry_delay_seconds"`
		GiveUps  map[string]map[string]int64 `json:"give_ups"`
		Budgets  map[string]level            `json:"budgets,omitempty"`
		Cluster  *refreshes                  `json:"cluster,omitempty"`
	}
	level struct {
		Tokens   int `json:"tokens"`
		Capacity int `json:"capacity"`
	}
	refreshes struct {
		Ended   int64   `json:"refreshes"`
		Failed  int64   `json:"failed_refreshes"`
		Took    float64 `json:"refresh_seconds"`
		Demoted int     `json:"demoted_nodes"`
	}
)

// String returns the counters as JSON: see the package comment. They are read one after the other, while events go on to be
// counted.
func (o *Observer) String() string {
	c := counts{
		Attempts: o.attempts.Load(), Retries: o.retries.Load(), Delays: seconds(o.delays.Load()),
		GiveUps: map[string]map[string]int64{},
	}
	for k, n := range o.giveUps.All() {
		reason := k.reason.String()
		if c.GiveUps[reason] == nil {
			c.GiveUps[reason] = map[string]int64{}
		}
		c.GiveUps[reason][k.kind] = n.Load()
	}
	c.Budgets = o.levels()
	if last := o.demoted.Load(); last != nil {
		c.Cluster = &refreshes{o.refreshes.Load(), o.failed.Load(), seconds(o.refreshing.Load()), observed.Demoted(*last)}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "{}" // numbers and names can be marshaled, all of them
	}
	return string(text)
}

// levels returns how full the budgets are.
func (o *Observer) levels() map[string]level {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := make(map[string]level, len(o.budgets))
	for name, b := range o.budgets {
		found[name] = level{b.Least(), observed.Capacity(b)}
	}
	return found
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
