package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is an edit that breaks something.
type mutant struct {
	file   string // from the root of the module
	old    string // what stands there, once
	new    string // what takes its place
	breaks string // what is no longer so
	tests  []suite
	why    string // why no test can notice, if none can
}

// suite is a package whose tests are to notice, and which of them.
type suite struct {
	pkg  string
	skip string // a pattern of tests that take too long to be run for each edit
}

// The tests of the adapters that need a cluster, a Sentinel or some seconds are left out.
var (
	policies  = []suite{{pkg: "./policy"}}
	backoffs  = []suite{{pkg: "./backoff"}}
	classifys = []suite{{pkg: "./classify"}}
	clusters  = []suite{{pkg: "./cluster"}}
	gates     = []suite{{pkg: "./internal/gate"}}
	batches   = []suite{{pkg: "./internal/batch"}}
	goredis   = []suite{{pkg: "./adapters/goredis", skip: slow + "|OnACluster"}}
	observers = []suite{{pkg: "./internal/bounded"}, {pkg: "./adapters/otel"}, {pkg: "./adapters/expvar"}}
	rueidises = []suite{{pkg: "./adapters/rueidis", skip: slow + "|Lifetime|BehindSentinel|HungNode|NodesAreThemselves|TestNodes|EverythingElse|" +
		"RecycleTheirCommands|NoGoroutine|ClosedCluster|SameReplies|OfThePeer"}}
)

const slow = "InACluster|TestHistories|Failover|NodeElsewhere|RestartOfAll|OfClusters|Resharding|Loading|ReadsAndWrites|LastSeed|Counter"

// apply returns the file with the edit in it.
func (m mutant) apply(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		return "", fmt.Errorf("%s has it %d times, want once:\n%s", m.file, n, m.old)
	}
	return strings.Replace(string(source), m.old, m.new, 1), nil
}

// place returns the file and the line of the edit.
func (m mutant) place(root string) string {
	source, _ := os.ReadFile(filepath.Join(root, m.file)) // apply has told of an error
	before, _, _ := strings.Cut(string(source), m.old)
	return fmt.Sprintf("%s:%d", m.file, strings.Count(before, "\n")+1)
}

// diff returns the edit for people.
func (m mutant) diff() string {
	mark := func(sign, text string) string {
		return "\t" + sign + strings.ReplaceAll(text, "\n", "\n\t"+sign) + "\n"
	}
	return mark("-", m.old) + mark("+", m.new)
}

// mutants returns all edits.
func mutants() []mutant {
	return slices.Concat(policyMutants, loopMutants, backoffMutants, classifyMutants, clusterMutants, refreshMutants,
		gateMutants, batchMutants, goredisMutants, rueidisMutants, observerMutants)
}
