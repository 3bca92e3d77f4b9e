package overload

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reprise-go/reprise/policy"
)

var write = flag.Bool("write", false, "write the table of docs/choosing.md anew")

// storm is 1,000 clients, and an outage of 10 s of a server that falls over at 120 % of their load.
func storm(perSecond int, of func() policy.Retry) Config {
	return Config{
		Clients: 1_000, PerSecond: perSecond, Falls: 1.2,
		Healthy: 5 * time.Second, Outage: 10 * time.Second, After: 15 * time.Second, Policy: of,
	}
}

func play(t *testing.T, c Config) (seconds []Second) {
	t.Helper()
	synctest.Test(t, func(*testing.T) { seconds = Run(c) })
	return seconds
}

// rows are the plays of the table, and what is promised of them.
var rows = []struct {
	name      string
	perSecond int
	policy    func() policy.Retry
	recovers  bool
}{
	{"no retries", 10, func() policy.Retry { return policy.Retry{} }, true},
	{"3 retries, no budget", 10, func() policy.Retry { return policy.Retry{Retries: 3} }, false},
	{"3 retries, default budget", 10, func() policy.Retry { return policy.Retry{Retries: 3, Budget: new(policy.Budget)} }, true},
	{"3 retries, the AWS SDKs' budget of 2026", 10, func() policy.Retry {
		return policy.Retry{Retries: 3, Budget: &policy.Budget{Cost: 14, OverloadCost: 5, Floor: policy.NoFloor}}
	}, true},
	{"3 retries, Finagle's budget: a floor of 10 for 10 operations a second", 10, func() policy.Retry {
		return policy.Retry{Retries: 3, Budget: &policy.Budget{Capacity: 500, Cost: 5, OverloadCost: 5, Keep: true, Floor: 10}}
	}, false},
	{"3 retries, default budget, 2 operations a second", 2, func() policy.Retry { return policy.Retry{Retries: 3, Budget: new(policy.Budget)} }, false},
}

const (
	page        = "../../docs/choosing.md"
	begin, stop = "<!-- storm -->\n", "<!-- /storm -->"
)

// TestStorm: without a budget the load stays up when the outage is over, and nothing succeeds any more; with the default
// budget all is as it was within seconds. The figures are those of the page, but for chance.
func TestStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds of work")
	}
	var table strings.Builder
	table.WriteString("| policy of each client | load before | in the outage | 5 s behind it | 14 s behind it | normal again after |\n|---|--:|--:|--:|--:|--:|\n")
	for _, row := range rows {
		c := storm(row.perSecond, row.policy)
		seconds := play(t, c)
		took, recovered := Recovered(c, seconds)
		if recovered != row.recovers || recovered && took > 5*time.Second {
			t.Errorf("%s: recovered: %v, %v after the outage; want %v, within 5 s", row.name, recovered, took, row.recovers)
		}
		again := "never"
		if recovered {
			again = took.String()
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", row.name,
			percent(seconds[3].Load), percent(seconds[12].Load), percent(seconds[20].Load), percent(seconds[29].Load), again)
	}
	check(t, table.String())
}

// percent rounds to 10, which chance does not reach.
func percent(load float64) string { return fmt.Sprintf("%.0f %%", 10*float64(int(load*10+0.5))) }

// check compares the table with the page's, or writes it there.
func check(t *testing.T, table string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, stop)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", page)
	}
	if *write {
		if err := os.WriteFile(page, []byte(before+begin+table+stop+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != table {
		t.Errorf("%s says\n%s\nand it is\n%s\nwrite it anew by: go test ./internal/overload -write", page, old, table)
	}
}
