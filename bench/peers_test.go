package bench

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/proptest"
)

var write = flag.Bool("write", false, "write docs/peers.md anew")

const page = "../docs/peers.md"

// The table is as published. The counterexamples are not compared: where a library leaves something to chance, they may differ.
func TestPeers(t *testing.T) {
	peers := Peers(t)
	if *write {
		if err := os.WriteFile(page, []byte(document(peers)), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	published, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if got := table(peers); !strings.Contains(string(published), got) {
		t.Errorf("%s says otherwise; if this is right, run: cd bench && go test -run TestPeers -write\n%s", page, got)
	}
}

func TestRepriseBreaksNothing(t *testing.T) { proptest.TestDo(t, proptest.Reprise{}) }
