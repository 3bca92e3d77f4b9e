package histories

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// Kind says which histories are drawn.
type Kind struct {
	// Shapes are those of the operations, as often as they are in it.
	Shapes []Shape
	// Stalls says that one history in so many has a stall or two; 0 means that none has.
	Stalls uint64
	// Rough adds what a model of every error has no rules for: connections that end between commands,
	// and callers that leave.
	Rough bool
	// Together adds operations that run at the same time.
	Together bool
	// Endless adds faults without an end.
	Endless bool
	// Without names commands that are not drawn.
	Without []string
}

// Histories draws histories for drivers that do all there is, under policies.
func Histories() *rapid.Generator[History] {
	// Stalls cost real time.
	kind := Kind{Shapes: []Shape{Single, Pipeline, Transaction, Single, Pipeline, Watch}, Stalls: 80}
	return rapid.Custom(func(t *rapid.T) History {
		h := History{
			Replay:  rapid.SampledFrom(rungs).Draw(t, "replay"),
			Retries: rapid.IntRange(0, 4).Draw(t, "retries"),
		}
		h.Ops = kind.Ops().Draw(t, "ops")
		return h
	})
}

// Ops draws the operations of a history. Numbers that rapid makes small when it shrinks stand for what is
// simple: no faults, single commands, strings.
func (k Kind) Ops() *rapid.Generator[[]Op] {
	return rapid.Custom(func(t *rapid.T) []Op {
		d := drawer{Kind: k, t: t}
		if k.Stalls > 0 && d.one(k.Stalls) {
			d.stalls = 2
		}
		if k.Rough {
			d.cancels = 2
		}
		return several(&d, 1, 6, "ops", d.op)
	})
}

var rungs = []classify.Replay{classify.Idempotent, classify.Convergent, classify.Accumulating, classify.ReadOnly}

// mostCommands is how many commands an operation of the shape has at most.
var mostCommands = [...]int{Single: 1, Pipeline: 20, Transaction: 8, Watch: 4}

// mostCallers is how many operations run at the same time at most: two show what more would show, and a few more
// show it sooner.
const mostCallers = 4

// drawer remembers what is unique in a history or bounded.
type drawer struct {
	Kind
	t       *rapid.T
	n       int // commands so far
	callers int // of the last operation and those that run at the same time
	stalls  int // that may yet be drawn
	cancels int // the same
}

// one is true once in n draws, and false after shrinking.
func (d *drawer) one(n uint64) bool {
	// rapid favours small numbers and the bounds; a product spreads them evenly.
	u := drawn.Draw(d.t, "chance")
	return u != 0 && u*0x9e3779b97f4a7c15>>32%n == 0
}

// even draws from [0, n) without favour, and 0 after shrinking.
func (d *drawer) even(n uint64, label string) int {
	return int(drawn.Draw(d.t, label) * 0x9e3779b97f4a7c15 >> 32 % n)
}

// drawn is what chances are made of: bits enough for those here, and few, so that they shrink quickly.
var drawn = rapid.Uint64Range(0, 1<<12-1)

// several draws between least and most of a kind. rapid can leave out each of them when it shrinks, which it cannot
// where a number is drawn first.
func several[V any](d *drawer, least, most int, label string, one func() V) []V {
	outer := d.t
	defer func() { d.t = outer }()
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) V {
		d.t = t
		return one()
	}), least, most).Draw(outer, label)
}

func (d *drawer) op() Op {
	op := Op{Shape: d.Shapes[d.even(uint64(len(d.Shapes)), "shape")]}
	// Drawn in any case: the operations are to look the same to rapid, which then can leave out each.
	beside := d.Together && d.one(2)
	op.Beside = beside && d.callers > 0 && d.callers < mostCallers
	if !op.Beside {
		d.callers = 0
	}
	d.callers++
	most := mostCommands[op.Shape]
	if d.Rough {
		most = min(most, 6)
	}
	op.Commands = several(d, 1, most, "commands", d.command)
	if op.Shape == Watch {
		op.Rival = d.one(3)
	}
	op.Dials = several(d, 0, 3, "dials", func() Fault {
		return []Fault{Pass, RefuseDial, Pass, CutHello, Pass, ResetDial}[d.even(6, "dial")]
	})
	// Faults come in the order of the requests, and the interesting ones of a batch are not all at
	// its beginning.
	op.Faults = several(d, 0, min(4+2*len(op.Commands), 24), "requests", func() Fault { return d.fault(op.Shape) })
	if d.Rough && op.Shape == Transaction && d.one(3) {
		// EXEC is the last of many requests, and most faults come before it.
		op.Faults = append(make([]Fault, 1+len(op.Commands)), CutAfter)
	}
	if d.Endless && d.one(3) {
		op.Ever = []Fault{Loading, CutBefore, RefuseDial}[d.even(3, "ever")]
		if d.one(2) {
			op.Faults = nil // or they end most calls before what has no end begins
		}
	}
	return op
}

// hurting are the faults that every history may have.
var hurting = []Fault{CutAfter, CutBefore, CutMidReply, Loading, ReadOnly, Reset, CutAll}

func (d *drawer) command() Command {
	d.n++
	key, other := "", ""
	if d.one(8) {
		key = rapid.SampledFrom(keys).Draw(d.t, "key")
	}
	if d.one(4) {
		other = rapid.SampledFrom(keys).Draw(d.t, "other")
	}
	c := command(d.even(uint64(len(shapes)), "command"), key, other, d.n)
	if slices.Contains(d.Without, c.Args[0]) {
		c = command(0, key, other, d.n)
	}
	return c.of(d.callers)
}

// fault draws what a command meets: nothing, more often than not. A half-closed connection is not among it, nor a
// caller that leaves a batch: what the server then finds in the rest of the batch, it runs while the client runs it
// again elsewhere, and no client can keep the order.
func (d *drawer) fault(shape Shape) Fault {
	if d.stalls > 0 && d.one(4) {
		d.stalls--
		return StallAfter + Fault(d.even(2, "stall"))
	}
	if d.Rough && shape != Single && d.one(4) {
		return CutAll // no other shows what becomes of the commands behind a lost one
	}
	if hurts := d.one(2) || d.Rough && d.one(2); !hurts {
		return Pass
	}
	n := uint64(len(hurting))
	if d.Rough {
		n += 3
	}
	switch i := d.even(n, "fault"); {
	case i < len(hurting):
		return hurting[i]
	case i > len(hurting) && d.cancels > 0 && shape == Single:
		d.cancels--
		return Cancel
	}
	return HangUp
}
