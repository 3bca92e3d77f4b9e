package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const head = "date: 2026-11-28\ngoos: linux\ngoarch: amd64\npkg: example.org/bench\ncpu: some\n"

const some = head + `BenchmarkSuccess/lib=bare-2 1000 2.0 ns/op 0 B/op 0 allocs/op
BenchmarkSuccess/lib=loop-2 1000 8.0 ns/op 0 B/op 0 allocs/op
BenchmarkSuccess/lib=loop-2 1000 10.0 ns/op 0 B/op 0 allocs/op
BenchmarkSuccess/lib=loop-2 1000 700.0 ns/op 0 B/op 0 allocs/op
BenchmarkSuccess/lib=reprise-2 1000 1234 ns/op 64 B/op 1 allocs/op
what a benchmark prints
BenchmarkFail/lib=reprise-2 1000 99.6 ns/op 64 B/op 1 allocs/op
BenchmarkBigThing/op=take/n=10-2 1000 30 ns/op
BenchmarkBigThing/op=take/n=1-2 1000 20 ns/op
BenchmarkBigThing/op=give/n=1-2 1000 9960000 ns/op
BenchmarkBigThing/op=give/n=10-2 1000 99.7 ns/op
PASS
`

const filled = `<!-- machine -->

Measured: date 2026-11-28, goos linux, goarch amd64, cpu some; medians of 1 to 3 samples. How noisy it was: the slowest sample of a benchmark took 1.0 times as long as its fastest for half of the benchmarks, and 87.5 times for one in ten.

<!-- end -->
text
<!-- time: ^(Success|Fail)$ -->

| work | bare | loop | reprise |
|---|--:|--:|--:|
| Success | 2.0 ns (0.20×) | 10 ns | 1.2 µs (120×) |
| Fail | – | – | 100 ns |

<!-- end -->
<!-- allocs: Success -->

| work | bare | loop | reprise |
|---|--:|--:|--:|
| Success | 0 | 0 | 1 (64 B) |

<!-- end -->
<!-- growth: . -->

| n | 1 | 10 |
|---|--:|--:|
| BigThing/op=take | 20 ns | 30 ns |
| BigThing/op=give | 10 ms | 100 ns |

<!-- end -->
<!-- include: nothing.md -->

Not run yet.

<!-- end -->
`

// file writes a file for the test, and returns its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReport(t *testing.T) {
	input := file(t, "some.txt", some)
	page := file(t, "page.md", strings.ReplaceAll(filled, "Success | 2.0", "Success | 3.0"))
	plots := t.TempDir()
	for range 2 { // the second time over what the first has made
		if err := run(page, plots, []string{input}); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(page); string(got) != filled { //nolint:errcheck // then it is not filled
			t.Fatalf("got\n%s\nwant\n%s", got, filled)
		}
	}
	if _, err := os.Stat(filepath.Join(plots, "big-thing.svg")); err != nil {
		t.Fatal(err)
	}
}

func TestTheSameCurve(t *testing.T) {
	r, err := read([]string{file(t, "some.txt", some)})
	if err != nil {
		t.Fatal(err)
	}
	var drawn [2][]byte
	for i := range drawn {
		if drawn[i], err = r.curves()[0].draw(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(drawn[0], drawn[1]) {
		t.Error("the same curve is drawn in two ways")
	}
	for _, text := range []string{">take<", ">give<", ">time per operation<", ">BigThing<"} {
		if !bytes.Contains(drawn[0], []byte(text)) {
			t.Errorf("%s is missing", text)
		}
	}
}

// What cannot be read is refused, with the place.
func TestRefuses(t *testing.T) {
	const good = "<!-- time: . -->\n<!-- end -->"
	for _, tt := range []struct{ input, page, want string }{
		{"no benchmark", good, "some.txt: no benchmark in it"},
		{head + "BenchmarkX 10 fast ns/op\n", good, "some.txt:6: parsing measurement"},
		{head + "BenchmarkX/n=few 10 1 ns/op\n", good, "some.txt:6: X/n=few: n=few is no size"},
		{head + "BenchmarkX/lib=a 10 0 ns/op\n", good, "some.txt:6: X/lib=a: it took no time"},
		{some + "--- FAIL: BenchmarkX\n", good, "some.txt:18: the run failed: --- FAIL: BenchmarkX"},
		{strings.TrimPrefix(some, "date: 2026-11-28\n"), good, `no line "date: …" in the results`},
		{some + "cpu: other\nBenchmarkX 10 1 ns/op\n", good, "results of several machines cannot be compared: cpu is some and other"},
		{some + "pkg: other\nBenchmarkFail/lib=reprise-2 10 1 ns/op\n", good, "two packages have it, example.org/bench and other"},
		{some, "<!-- time: Gone -->\n<!-- end -->", "line 1: no benchmark matches Gone"},
		{some, "<!-- time: ( -->\n<!-- end -->", "line 1: error parsing regexp"},
		{some, "<!-- tiem: . -->\n<!-- end -->", `line 1: unknown marker "tiem"`},
		{some, "<!-- time: . -->\n", "the marker in line 1 has no end"},
		{some, "<!-- time: . -->\n<!-- machine -->\n<!-- end -->", "line 2: the marker in line 1 has no end"},
		{some, "text\n<!-- end -->", "line 2: an end without a marker"},
		{some + "BenchmarkOne/n=1-2 10 1 ns/op\n", good, "the curve of One: \"\" has one size only"},
	} {
		page := file(t, "page.md", tt.page)
		err := run(page, t.TempDir(), []string{file(t, "some.txt", tt.input)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.input, err, tt.want)
		}
		if got, err := os.ReadFile(page); err != nil || string(got) != tt.page {
			t.Errorf("%q: the page is written all the same: %q, %v", tt.input, got, err)
		}
	}
}
