package rueidis_test

import (
	"testing"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/internal/histories"
	"github.com/reprise-go/reprise/internal/histories/promised"
	"github.com/reprise-go/reprise/internal/histories/rueidisdriver"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
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

// TestLaws holds the client to what users hold theirs to, under the policy as it comes but for the waiting.
func TestLaws(t *testing.T) {
	server := redistest.Start(t)
	proptest.TestClientAt(t, server.Addr(), func(addr string) proptest.Client {
		return promised.Client(driver, policy.Retry{Retries: 3, Backoff: backoff.NoBackoff{}}, addr)
	})
}
