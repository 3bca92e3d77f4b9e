package main

import (
	"errors"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestMutantsFitTheSource holds that every snippet stands in its file once, and that the edit leaves Go code: else the
// list would rot without a word.
func TestMutantsFitTheSource(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[3]string]bool{}
	for _, m := range mutants() {
		edited, err := m.apply(root)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, edited, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: %v", m.place(root), err)
		}
		if id := [3]string{m.file, m.old, m.new}; seen[id] || m.old == m.new {
			t.Errorf("%s is there twice, or changes nothing", m.place(root))
		} else {
			seen[id] = true
		}
		if m.breaks == "" || len(m.tests) == 0 {
			t.Errorf("%s does not say what it breaks, or who is to notice", m.place(root))
		}
	}
	if len(seen) < 40 {
		t.Errorf("there are %d edits", len(seen))
	}
}

// TestMutantsOnceOnly holds that a snippet that is gone, or stands there twice, is an error.
func TestMutantsOnceOnly(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{"no such snippet", "return"} {
		if _, err := (mutant{file: "policy/decide.go", old: old}).apply(root); err == nil || !strings.Contains(err.Error(), "want once") {
			t.Errorf("%q: %v", old, err)
		}
	}
	if _, err := (mutant{file: "policy/nosuch.go"}).apply(root); err == nil {
		t.Error("a file that is gone is no error")
	}
}

// TestJudge holds how the output of go test is read.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		out  string
		want outcome
	}{
		{"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\nFAIL", outcome{killed, "TestA"}},
		{"panic: test timed out after 45s\n\trunning tests:\n\t\tTestLoop (45s)\n", outcome{timedOut, "TestLoop"}},
		{"panic: index out of range\n\ngoroutine 7\nx/policy.TestDeep(0x1)\n", outcome{killed, "TestDeep panic: index out of range"}},
		{"fatal error: all goroutines are asleep - deadlock!\n", outcome{killed, "fatal error: all goroutines are asleep - deadlock!"}},
		{"no such tool", outcome{broken, "exit status 1\nno such tool"}},
	} {
		if got := judge(tt.out, errors.New("exit status 1")); got != tt.want {
			t.Errorf("judge(%q) = %q, want %q", tt.out, got, tt.want)
		}
	}
}

// TestSummary holds what ends with an error: a survivor without an explanation, an explanation that is not true, and an
// edit that says nothing.
func TestSummary(t *testing.T) {
	plain := mutant{file: "policy/decide.go", old: "package policy", new: "package", breaks: "all"}
	explained := plain
	explained.why = "it cannot be"
	for _, tt := range []struct {
		m    mutant
		fate fate
		ok   bool
	}{
		{plain, killed, true}, {plain, timedOut, true}, {plain, survived, false}, {plain, broken, false},
		{explained, survived, true}, {explained, killed, false}, {explained, timedOut, false}, {explained, broken, false},
	} {
		var b strings.Builder
		err := summary(&b, "../..", []mutant{tt.m}, []outcome{{fate: tt.fate}})
		if (err == nil) != tt.ok {
			t.Errorf("%s, why %q: %v", tt.fate, tt.m.why, err)
		}
		if !strings.Contains(b.String(), "1 edits: ") {
			t.Errorf("no summary in %q", b.String())
		}
	}
}
