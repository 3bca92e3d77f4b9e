package redispy

import (
	"slices"
	"testing"
)

// testCase is one of redis-py's, or several that say the same.
type testCase struct {
	from string // the file and line there, those of its asyncio twin in parentheses
	name string // what it says
	run  func(t *testing.T, r *Rig)
}

// Check runs all cases, on one cluster, but those that mean nothing for the client: except has why, by what they are from.
func Check(t *testing.T, open Open, except map[string]string) {
	t.Helper()
	r := NewRig(t, open)
	for _, tt := range slices.Concat(redirects, failures, pipelines, transactions, watches) {
		t.Run(tt.from+" "+tt.name, func(t *testing.T) {
			if why := except[tt.from]; why != "" {
				t.Skip(why)
			}
			defer r.heal(t)
			tt.run(t, r)
		})
	}
}
