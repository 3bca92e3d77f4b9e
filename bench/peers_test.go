package bench

import (
	"flag"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/proptest"
)

var write = flag.Bool("write", false, "write docs/peers.md anew")

const page = "../docs/peers.md"

// The tables are as published. The counterexamples are not compared: where a library leaves something to chance, they may differ.
func TestPeers(t *testing.T) {
	peers, strategies := Peers(t), Strategies(t)
	if *write {
		if err := os.WriteFile(page, []byte(document(peers, strategies)), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	published, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	tables := []string{table(peers)}
	if runtime.GOARCH == "amd64" { // a float that is too large for an integer is another one elsewhere
		tables = append(tables, table(strategies))
	}
	for _, got := range tables {
		if !strings.Contains(string(published), got) {
			t.Errorf("%s says otherwise; if this is right, run: cd bench && go test -run TestPeers -write\n%s", page, got)
		}
	}
}

func TestRepriseBreaksNothing(t *testing.T) { proptest.TestDo(t, proptest.Reprise{}) }
