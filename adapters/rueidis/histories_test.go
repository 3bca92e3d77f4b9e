package rueidis_test

import (
	"testing"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/rueidisdriver"
)

func driver(o histories.Options) histories.Driver {
	c, err := retry.NewClient(rueidisdriver.Options(o), o.Retry)
	if err != nil {
		panic(err) // the proxy is there, and lets the first connection through
	}
	return rueidisdriver.Client{Client: c, Judge: retry.Classify}
}

// TestHistories draws what happens to a client and holds it against a model: see the package histories.
func TestHistories(t *testing.T) { histories.Check(t, 2000, driver) }
