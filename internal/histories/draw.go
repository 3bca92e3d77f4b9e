package histories

import (
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// Histories draws histories of any kind. Numbers that rapid makes small when it shrinks stand for
// what is simple: no faults, single commands, strings.
func Histories() *rapid.Generator[History] {
	return rapid.Custom(func(t *rapid.T) History {
		d := drawer{t: t}
		h := History{
			Replay:  rapid.SampledFrom(rungs).Draw(t, "replay"),
			Retries: rapid.IntRange(0, 4).Draw(t, "retries"),
		}
		// Stalls cost real time, so few histories have them, and those have one or two.
		if d.one(80) {
			d.stalls = 2
		}
		for range rapid.IntRange(1, 6).Draw(t, "ops") {
			h.Ops = append(h.Ops, d.op())
		}
		return h
	})
}

var rungs = []classify.Replay{classify.Idempotent, classify.Convergent, classify.Accumulating, classify.ReadOnly}

// mostCommands is how many commands an operation of the shape has at most.
var mostCommands = [...]int{Single: 1, Pipeline: 20, Transaction: 8, Watch: 4}

// drawer remembers what is unique in a history or bounded.
type drawer struct {
	t      *rapid.T
	n      int // commands so far
	stalls int // that may yet be drawn
}

// one is true once in n draws, and false after shrinking.
func (d *drawer) one(n uint64) bool {
	// rapid favours small numbers and the bounds; a product spreads them evenly.
	u := rapid.Uint64().Draw(d.t, "chance")
	return u != 0 && u*0x9e3779b97f4a7c15>>32%n == 0
}

// even draws from [0, n) without favour, and 0 after shrinking.
func (d *drawer) even(n uint64, label string) int {
	return int(rapid.Uint64().Draw(d.t, label) * 0x9e3779b97f4a7c15 >> 32 % n)
}

func (d *drawer) op() Op {
	op := Op{Shape: []Shape{Single, Pipeline, Transaction, Single, Pipeline, Watch}[d.even(6, "shape")]}
	most := mostCommands[op.Shape]
	for range rapid.IntRange(1, most).Draw(d.t, "commands") {
		op.Commands = append(op.Commands, d.command())
	}
	if op.Shape == Watch {
		op.Rival = d.one(3)
	}
	for range rapid.IntRange(0, 3).Draw(d.t, "dials") {
		op.Dials = append(op.Dials, []Fault{Pass, RefuseDial, Pass, CutHello}[d.even(4, "dial")])
	}
	// Faults come in the order of the requests, and the interesting ones of a batch are not all at
	// its beginning.
	for range rapid.IntRange(0, min(4+2*len(op.Commands), 24)).Draw(d.t, "requests") {
		op.Faults = append(op.Faults, d.fault())
	}
	return op
}

func (d *drawer) command() Command {
	d.n++
	key, other := "", ""
	if d.one(8) {
		key = rapid.SampledFrom(keys).Draw(d.t, "key")
	}
	if d.one(4) {
		other = rapid.SampledFrom(keys).Draw(d.t, "other")
	}
	return command(d.even(uint64(len(shapes)), "command"), key, other, d.n)
}

// fault draws what a command meets: nothing, more often than not.
func (d *drawer) fault() Fault {
	if d.stalls > 0 && d.one(4) {
		d.stalls--
		return StallAfter + Fault(d.even(2, "stall"))
	}
	if d.one(2) {
		return CutAfter + Fault(d.even(uint64(StallAfter-CutAfter), "fault"))
	}
	return Pass
}
