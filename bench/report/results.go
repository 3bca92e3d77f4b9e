package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// results are all that was measured.
type results struct {
	config map[string][]string // by key; the values that differ, in the order of the input
	all    []*measured         // in the order of the input
}

// measured is a benchmark with its samples.
type measured struct {
	pkg   string
	work  string // its name without the library and the size: Budget/op=retry
	lib   string // of lib=…; "" if it is of none
	size  int    // of n=…; 0 if it has none
	procs string // -2 …, what GOMAXPROCS adds to the name

	samples map[string][]float64 // by unit: sec/op, B/op, allocs/op
}

// read takes the output of go test -bench. The lines that a benchmark may print are no part of its format and passed over;
// a failure is not.
func read(paths []string) (*results, error) {
	r := &results{config: map[string][]string{}}
	byName := map[string]*measured{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := passed(path, text); err != nil {
			return nil, err
		}
		count := 0
		for reader := benchfmt.NewReader(bytes.NewReader(text), path); reader.Scan(); {
			switch record := reader.Result().(type) {
			case *benchfmt.SyntaxError:
				return nil, record
			case *benchfmt.Result:
				count++
				if err := r.add(byName, record); err != nil {
					_, line := record.Pos()
					return nil, fmt.Errorf("%s:%d: %s: %w", path, line, record.Name, err)
				}
			}
		}
		if count == 0 {
			return nil, fmt.Errorf("%s: no benchmark in it", path)
		}
	}
	return r, r.check()
}

// passed refuses the output of a run that failed: it may be incomplete, or of operations that did not work.
func passed(path string, text []byte) error {
	for i, line := range strings.Split(string(text), "\n") {
		for _, bad := range []string{"FAIL", "--- FAIL", "panic: ", "fatal error: "} {
			if strings.HasPrefix(line, bad) {
				return fmt.Errorf("%s:%d: the run failed: %s", path, i+1, line)
			}
		}
	}
	return nil
}

func (r *results) add(byName map[string]*measured, record *benchfmt.Result) error {
	for _, c := range record.Config {
		if v := string(c.Value); c.File && !slices.Contains(r.config[c.Key], v) {
			r.config[c.Key] = append(r.config[c.Key], v)
		}
	}
	pkg := record.GetConfig("pkg")
	m := byName[record.Name.String()]
	if m == nil {
		var err error
		if m, err = parse(record.Name); err != nil {
			return err
		}
		m.pkg = pkg
		byName[record.Name.String()] = m
		r.all = append(r.all, m)
	}
	if m.pkg != pkg {
		return fmt.Errorf("two packages have it, %s and %s", m.pkg, pkg)
	}
	if sec, ok := record.Value("sec/op"); !ok || sec <= 0 {
		return fmt.Errorf("it took no time")
	}
	for _, v := range record.Values {
		m.samples[v.Unit] = append(m.samples[v.Unit], v.Value)
	}
	return nil
}

// parse takes a name apart.
func parse(name benchfmt.Name) (*measured, error) {
	base, parts := name.Parts()
	m := &measured{work: string(base), samples: map[string][]float64{}}
	for _, part := range parts {
		text := string(part)
		switch key, value, _ := strings.Cut(text, "="); {
		case key == "/lib":
			m.lib = value
		case key == "/n":
			n, err := strconv.Atoi(value)
			if err != nil || n <= 0 {
				return nil, fmt.Errorf("n=%s is no size", value)
			}
			m.size = n
		case text[0] == '-':
			m.procs = text
		default:
			m.work += text
		}
	}
	return m, nil
}

// check refuses what cannot be compared.
func (r *results) check() error {
	for _, key := range []string{"date", "goos", "goarch"} {
		if len(r.config[key]) == 0 {
			return fmt.Errorf("no line %q in the results: scripts/bench.sh writes it", key+": …")
		}
	}
	for _, key := range []string{"goos", "goarch", "cpu"} {
		if v := r.config[key]; len(v) > 1 {
			return fmt.Errorf("results of several machines cannot be compared: %s is %s", key, strings.Join(v, " and "))
		}
	}
	// The number of processors is a part of the name only where it varies.
	varies := slices.ContainsFunc(r.all, func(m *measured) bool { return m.procs != r.all[0].procs })
	for _, m := range r.all {
		if varies {
			m.work += m.procs
		}
	}
	return nil
}

// median returns that of the samples of a unit.
func (m *measured) median(unit string) (float64, bool) {
	v := m.samples[unit]
	if len(v) == 0 {
		return 0, false
	}
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(v), &benchmath.DefaultThresholds), 0.95).Center, true
}
