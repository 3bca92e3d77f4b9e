package proptest_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/policy"
	"github.com/reprise-go/reprise/proptest"
)

func TestShippedPoliciesKeepTheLaws(t *testing.T) {
	for _, r := range []policy.Retry{
		{}, {Retries: 3}, policy.RetryOn(classify.Timeout), {Retries: policy.Unlimited}, {Retries: policy.Unlimited, Backoff: backoff.NoBackoff{}},
		{Retries: 5, Backoff: backoff.Decorrelated{}, MaxElapsed: time.Second, AttemptTimeout: 100 * time.Millisecond, Budget: &policy.Budget{Capacity: 40}},
		{Retries: 2, Backoff: backoff.Constant(backoff.Uncapped)}, {Retries: 1 << 40, Backoff: backoff.Linear{Cap: backoff.Uncapped}},
	} {
		t.Run(r.String(), func(t *testing.T) { proptest.TestRetry(t, r) })
	}
}

func TestRetriesAreValidAndKeepTheLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { proptest.TestRetry(t, proptest.Retries().Draw(t, "policy")) })
}
