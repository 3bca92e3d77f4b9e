package bench

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/proptest"
)

// Peer is a library and what came of its survey.
type Peer struct {
	Name     string
	Module   string // its path, "" if it has none
	Findings []proptest.Finding
}

// Peers surveys them all.
func Peers(t *testing.T) []Peer {
	t.Helper()
	return []Peer{
		{"reprise", "", proptest.Survey(t, proptest.Reprise{})},
		{"a loop by hand", "", proptest.Survey(t, Loop{})},
		{"cenkalti v4", "github.com/cenkalti/backoff/v4", proptest.Survey(t, CenkaltiV4{})},
		{"cenkalti v5", "github.com/cenkalti/backoff/v5", proptest.Survey(t, CenkaltiV5{})},
		{"avast v4", "github.com/avast/retry-go/v4", proptest.Survey(t, AvastV4{})},
		{"avast v5", "github.com/avast/retry-go/v5", proptest.Survey(t, AvastV5{})},
		{"sethvargo", "github.com/sethvargo/go-retry", proptest.Survey(t, Sethvargo{})},
		{"failsafe-go", "github.com/failsafe-go/failsafe-go", proptest.Survey(t, Failsafe{})},
		{"eapache", "github.com/eapache/go-resiliency", proptest.Survey(t, Eapache{})},
	}
}

const intro = `# What libraries of retries do

Each law of [TestDo](../proptest/do_laws.go), and which library keeps it. This page is written by

    cd bench && go test -run TestPeers -write

from the findings of the kit, which knows nothing of the libraries: see [bench](../bench) for the adapters. Without
-write the same command fails if a cell of the table is no longer so.

A law is checked on some hundred drawn inputs in virtual time. ✓ means that no counterexample was found, ✗ that one was: the
smallest is [below](#counterexamples). A dash means that the library does not offer what the law is about: that is not an
offence. Some of the laws are a matter of taste, and a library may have decided otherwise; but then its users should know.
cenkalti's documentation, for one, says that MaxInterval bounds the interval and not what is drawn around it, and that
goroutines may not share a backoff.

Where a library has several ways to ask for jitter, its default is used. avast's other way, FullJitterBackoffDelay, keeps its
jitter at the cap. sethvargo has no default; jitter is drawn after the cap, since the other order collapses too.

`

// table writes law by library.
func table(peers []Peer) string {
	var b strings.Builder
	b.WriteString("| law |")
	for _, p := range peers {
		b.WriteString(" " + p.Name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(peers)) + "\n")
	for i, f := range peers[0].Findings {
		fmt.Fprintf(&b, "| %v |", f.Law)
		for _, p := range peers {
			b.WriteString(" " + p.cell(i) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell says what came of a law.
func (p Peer) cell(law int) string {
	switch f := p.Findings[law]; {
	case f.Broken != "":
		return fmt.Sprintf("[✗](#%s)", strings.ReplaceAll(p.Name, " ", "-"))
	case !f.Offered:
		return "–"
	}
	return "✓"
}

const introToStrategies = `
## Their backoffs alone

No loop gets to the 38th delay that doubles, within a year. The laws of [TestStrategy](../proptest/strategy.go) ask for it all
the same, and for the thousandth: these are the backoffs that can be had without their loop, from 100 ms, with a cap of a minute
and without one. Most draw for themselves, so that it makes no sense to ask whether they are functions. Where a number is too large
for an integer the processor decides: this is what amd64 makes of it.

`

// document writes the page.
func document(peers, strategies []Peer) string {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString(table(peers))
	b.WriteString(introToStrategies)
	b.WriteString(table(strategies))
	b.WriteString("\n## Versions\n\n")
	for _, p := range peers {
		if p.Module != "" {
			fmt.Fprintf(&b, "- %s: %s %s\n", p.Name, p.Module, version(p.Module))
		}
	}
	b.WriteString("\nThe [loop by hand](../bench/loop.go) is the one that people write.\n\n## Counterexamples\n")
	for _, p := range slices.Concat(peers, strategies) {
		fmt.Fprintf(&b, "\n### %s\n", p.Name)
		broken := 0
		for _, f := range p.Findings {
			if f.Broken != "" {
				broken++
				fmt.Fprintf(&b, "\n%s\n\n```\n%s```\n", f.Law, f.Broken)
			}
		}
		if broken == 0 {
			b.WriteString("\nNone was found.\n")
		}
	}
	return b.String()
}

//go:embed go.mod
var gomod string

// version returns the version of a module that go.mod names.
func version(module string) string {
	_, rest, _ := strings.Cut(gomod, module+" ")
	v, _, _ := strings.Cut(rest, "\n")
	return v
}
