package main

import (
	"os"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// TestPage: what the page says of one command and one fault is so, and its table has the laws there are. The histories
// take minutes: the command runs them.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if !strings.HasPrefix(page, head) {
		t.Error("the page begins otherwise: run go run ./internal/clienttable >docs/clients.md")
	}
	for _, law := range proptest.ClientLaws() {
		if !strings.Contains(page, "\n| "+law.String()+" | ") {
			t.Errorf("the page does not know: %v", law)
		}
	}
	var now strings.Builder
	single(&now, t, redistest.Start(t).Addr())
	if !strings.HasSuffix(page, now.String()) {
		t.Errorf("the page ends otherwise:\n%s", now.String())
	}
}
