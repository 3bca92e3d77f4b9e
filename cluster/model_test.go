package cluster_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/policy"
)

// simOp is one operation and what became of it.
type simOp struct {
	slot   int
	rung   classify.Replay
	multi  bool // of several keys, which a slot in motion cannot serve
	losses int  // of its replies
	at     time.Duration

	attempts, executed, answered int
	took                         time.Duration
	err                          error
	done                         bool
}

// simEvent is what happens to the cluster.
type simEvent struct {
	at    time.Duration
	kind  eventKind
	shard int
}

type eventKind uint8

const (
	killMaster eventKind = iota
	killReplica
	reviveAll
	cutMaster
	healAll
	failOver
	moveSlot
	settleSlots
	eventKinds
)

func (k eventKind) String() string {
	return [...]string{"kill master", "kill replica", "revive all", "cut master", "heal all", "fail over", "move slot", "settle slots"}[k]
}

// history is one run.
type history struct {
	retries, errorRetries int
	ops                   []simOp
	events                []simEvent
	refreshs              []simRefresh
}

func (h history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d retries, %d error retries, refreshes %v\n", h.retries, h.errorRetries, h.refreshs)
	for _, e := range h.events {
		fmt.Fprintf(&b, "  %v: %v %d\n", e.at, e.kind, e.shard)
	}
	for _, op := range h.ops {
		fmt.Fprintf(&b, "  %v: %v on slot %d, multi %v, losses %d\n", op.at, op.rung, op.slot, op.multi, op.losses)
	}
	return b.String()
}

// span is how long things happen.
const span = 6 * time.Second

func histories() *rapid.Generator[history] {
	millis := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, int(span/time.Millisecond)).Draw(t, "ms")) * time.Millisecond
	})
	return rapid.Custom(func(t *rapid.T) history {
		h := history{retries: rapid.IntRange(0, 2).Draw(t, "retries"), errorRetries: rapid.IntRange(-1, 4).Draw(t, "error retries")}
		h.refreshs = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) simRefresh {
			return simRefresh(rapid.IntRange(0, int(refreshes)-1).Draw(t, "how"))
		}), 0, 6).Draw(t, "refreshes")
		for range rapid.IntRange(0, 6).Draw(t, "events") {
			h.events = append(h.events, simEvent{
				at: millis.Draw(t, "at"), shard: rapid.IntRange(0, simShards-1).Draw(t, "shard"),
				kind: eventKind(rapid.IntRange(0, int(eventKinds)-1).Draw(t, "kind")),
			})
		}
		slices.SortStableFunc(h.events, func(a, b simEvent) int { return int(a.at - b.at) })
		for range rapid.IntRange(1, 12).Draw(t, "ops") {
			h.ops = append(h.ops, simOp{
				slot: rapid.IntRange(0, simSlots-1).Draw(t, "slot"), at: millis.Draw(t, "at"),
				rung:  rapid.SampledFrom([]classify.Replay{classify.ReadOnly, classify.Idempotent, classify.Convergent, classify.Accumulating, classify.Never}).Draw(t, "rung"),
				multi: rapid.IntRange(0, 5).Draw(t, "multi") == 5, losses: max(0, rapid.IntRange(-3, 3).Draw(t, "losses")),
			})
		}
		return h
	})
}

func (h history) config() cluster.Config {
	return cluster.Config{
		Seeds:        []string{"m0:1", "m1:1", "m2:1"},
		Retry:        policy.Retry{Retries: h.retries, Backoff: backoff.Constant(10 * time.Millisecond)},
		ErrorRetries: h.errorRetries,
		Refresh:      cluster.Refresh{Timeout: 200 * time.Millisecond},
	}
}

// happen makes an event so.
func (s *sim) happen(e simEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	master := s.masterOf(e.shard)
	switch e.kind {
	case killMaster:
		s.nodes[master].dead = true
		time.AfterFunc(simElection, func() { s.promote(e.shard, false) })
	case killReplica:
		for addr, n := range s.nodes {
			n.dead = n.dead || n.shard == e.shard && addr != master
		}
	case reviveAll:
		for _, n := range s.nodes {
			n.dead = false
		}
	case cutMaster:
		s.nodes[master].cut = true
	case healAll:
		for _, n := range s.nodes {
			n.cut = false
		}
	case failOver:
		time.AfterFunc(0, func() { s.promote(e.shard, true) })
	case moveSlot:
		s.slots[e.shard].to = (s.slots[e.shard].shard + 1) % simShards
		s.epoch++
	case settleSlots:
		for i := range s.slots {
			s.slots[i].shard = s.slots[i].to
		}
		s.epoch++
	}
}

// run runs the history and returns the laws that were broken.
func (h history) run(t *testing.T) []string {
	s := newSim()
	s.refreshs = slices.Clone(h.refreshs)
	config := h.config()
	o := must(cluster.New(s, config))
	defer o.Close()
	var all sync.WaitGroup
	for _, e := range h.events {
		time.AfterFunc(e.at, func() { s.happen(e) })
	}
	for i := range h.ops {
		op := &h.ops[i]
		all.Go(func() {
			time.Sleep(op.at)
			begun := time.Now()
			op.err = o.Do(t.Context(), op.rung, func(ctx context.Context) (string, error) { return s.run(ctx, op) })
			op.took, op.done = time.Since(begun), true
		})
	}
	all.Wait()
	for i := range h.ops {
		if law := h.ops[i].judge(config.Plan()); law != "" {
			s.break1("operation %d: %s", i, law)
		}
	}
	s.recover(t, o)
	for _, seed := range config.Seeds {
		if !slices.Contains(o.Seeds(), seed) {
			s.break1("the seed %s is lost", seed)
		}
	}
	return s.broken
}

// judge returns the law that the operation has broken.
func (op *simOp) judge(p cluster.Plan) string {
	// What an attempt of the simulation takes at most.
	own := time.Duration(op.attempts) * 50 * time.Millisecond
	switch {
	case !op.done:
		return "it never ended"
	case op.err == nil && op.answered != 1:
		return fmt.Sprintf("acknowledged, and answered %d times", op.answered)
	case op.err != nil && op.answered > 0:
		return fmt.Sprintf("its answer is lost: %v", op.err)
	case op.executed > 1 && op.rung > classify.Idempotent:
		return fmt.Sprintf("it is %v, and was executed %d times", op.rung, op.executed)
	case op.attempts > p.Attempts*6:
		return fmt.Sprintf("%d attempts and redirects, of at most %d times 6", op.attempts, p.Attempts)
	case op.took > p.Wait.Max+p.Refreshing+own:
		return fmt.Sprintf("it took %v, of at most %v, %v for refreshes and %v", op.took, p.Wait.Max, p.Refreshing, own)
	}
	return ""
}

// recover makes the cluster whole: each slot is served again, with the next operation or the one after it.
func (s *sim) recover(t *testing.T, o *cluster.Orchestrator) {
	time.Sleep(span) // all that is to happen has happened
	for _, kind := range []eventKind{reviveAll, healAll, settleSlots} {
		s.happen(simEvent{kind: kind})
	}
	s.mu.Lock()
	s.refreshs = nil
	s.mu.Unlock()
	time.Sleep(simElection + time.Second)
	for slot := range simSlots {
		var err error
		for range 2 {
			op := &simOp{slot: slot, rung: classify.Never}
			if err = o.Do(t.Context(), op.rung, func(ctx context.Context) (string, error) { return s.run(ctx, op) }); err == nil {
				break
			}
		}
		if err != nil {
			s.break1("slot %d is not served though the cluster is well: %v", slot, err)
		}
	}
}

// TestModel draws what happens to a cluster and what is asked of it meanwhile.
func TestModel(t *testing.T) {
	rapidtest.AtLeast(t, 10_000)
	rapid.Check(t, func(rt *rapid.T) {
		h := histories().Draw(rt, "history")
		var broken []string
		synctest.Test(t, func(t *testing.T) { broken = h.run(t) })
		if len(broken) > 0 {
			rt.Fatalf("%s\nin the history\n%v", strings.Join(broken, "\n"), h)
		}
	})
}
