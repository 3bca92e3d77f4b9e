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

// Check runs all cases, on one cluster.
func Check(t *testing.T, open Open) {
	t.Helper()
	r := NewRig(t, open)
	for _, tt := range slices.Concat(redirects, failures, pipelines, transactions, watches) {
		t.Run(tt.from+" "+tt.name, func(t *testing.T) {
			defer r.heal(t)
			tt.run(t, r)
		})
	}
}
