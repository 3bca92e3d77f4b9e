package clusterdemo

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// example returns a report of five seconds, of which two and a half are an outage.
func example() Report {
	r := newReport(moments{killed: 2 * time.Second, promoted: 4300 * ms, end: 5 * time.Second})
	well, down, waited, again := slices.Repeat([]int{16}, 20), slices.Repeat([]int{0}, 24), []int{20}, slices.Repeat([]int{16}, 5)
	backAfter := 70 * ms
	r.Rows = []Row{
		{
			Client: "go-redis alone", Operations: 2464, Succeeded: 2033, Failed: 431, FailedElsewhere: 151, FailedDown: 151,
			Gap: 3 * time.Second, Increments: 800, Dials: 88,
			Timeline: slices.Concat(well, down, make([]int, 6)), Elsewhere: make([]int, 50),
		},
		{
			Client: "Reprise", Operations: 2318, Succeeded: 2315, Failed: 3, FailedUnsure: 3,
			Gap: 2370 * ms, Back: &backAfter, Increments: 790, Twice: 1, Lost: 2, Maps: 19, Dials: 6,
			Timeline: slices.Concat(well, down, waited, again), Elsewhere: make([]int, 50),
		},
	}
	return r
}

const report = `A cluster of 3 masters with a replica each. Each client: 24 goroutines, INCR, SET and GET in turn every 50 ms.
Operations that succeeded per 100 ms, of those on the slots of the killed master:

go-redis alone
  24 ┤
  20 ┤
  16 ┼────────────────────╮
  12 ┤                    │
   8 ┤                    │
   4 ┤                    │
   0 ┤                    ╰─────────────────────────────
     └┬─────────┬─────────┬─────────┬─────────┬─────────┬
      0s        1s        2s        3s        4s        5s
                   killed ▲                      ▲ promoted

Reprise
  24 ┤
  20 ┤                                            ╭╮
  16 ┼────────────────────╮                       │╰────
  12 ┤                    │                       │
   8 ┤                    │                       │
   4 ┤                    │                       │
   0 ┤                    ╰───────────────────────╯
     └┬─────────┬─────────┬─────────┬─────────┬─────────┬
      0s        1s        2s        3s        4s        5s
                   killed ▲                      ▲ promoted

                                                                   go-redis alone  Reprise
  operations                                                                 2464     2318
    succeeded                                                                2033     2315
    failed                                                                    431        3
      of them on the slots of other masters                                   151        0
  longest time without a write, on the slots of the killed master     over 3.00 s   2.37 s
  from the promotion to the first write there                       not in 0.70 s   0.07 s
  INCRs executed twice                                                          0        1
  requests for the slot map since the kill                                      0       19
  dials to the dead master                                                     88        6

The master was killed after 2.00 s, and its replica promoted 2.30 s later.
go-redis alone was not back when the run ended, 0.70 s after the promotion.
go-redis alone passed on CLUSTERDOWN, which a cluster says of every slot while some have no master: 151.
Reprise was back 0.07 s after the promotion.
INCRs of Reprise that failed when they may have been executed, and were not run again: 3.
INCRs that the dead master acknowledged to Reprise and had not sent to its replica yet: 2.
`

func TestWrite(t *testing.T) {
	var b strings.Builder
	if err := example().Write(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != report {
		t.Errorf("Write:\n%s\nwant\n%s", b.String(), report)
	}
}

// A narrow terminal has several steps in a column.
func TestWriteNarrow(t *testing.T) {
	r := example()
	r.Look = Look{Columns: 40}
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = ` (a column is the mean of 200 ms):

go-redis alone
  24 ┤
  20 ┤
  16 ┼──────────╮
  12 ┤          │
   8 ┤          │
   4 ┤          │
   0 ┤          ╰──────────────
     └┬─────────┬─────────┬─────
      0s        2s        4s
         killed ▲          ▲ promoted
`
	if !strings.Contains(b.String(), want) {
		t.Errorf("Write:\n%s\nwant\n%s", b.String(), want)
	}
}

func TestColor(t *testing.T) {
	r := example()
	r.Look.Color = true
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	const red, green, plain = "\x1b[91m", "\x1b[32m", "\x1b[0m"
	if !strings.Contains(b.String(), red) || !strings.Contains(b.String(), green) {
		t.Errorf("no colors in\n%q", b.String())
	}
	if got := strings.NewReplacer(red, "", green, "", plain, "").Replace(b.String()); got != report {
		t.Errorf("besides the colors:\n%q", got)
	}
}

// TestScale covers what a terminal may be and how long a run.
func TestScale(t *testing.T) {
	for _, tt := range []struct {
		steps, columns int
		want           scale
	}{
		{100, 0, scale{fold: 1, top: 12}},
		{100, 110, scale{fold: 1, top: 12}},
		{100, 109, scale{fold: 2, top: 12}},
		{100, 80, scale{fold: 2, top: 12}},
		{1200, 0, scale{fold: 20, top: 12}},
		{1200, 300, scale{fold: 5, top: 12}},
		{1200, 1, scale{fold: 50, top: 12}},
	} {
		if got := newScale([][]int{slices.Repeat([]int{7}, tt.steps)}, tt.columns); got != tt.want {
			t.Errorf("newScale(%d steps, %d) = %+v, want %+v", tt.steps, tt.columns, got, tt.want)
		}
	}
}
