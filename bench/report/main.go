// Command report writes what benchmarks have measured into docs/performance.md, as tables between its markers, and draws the
// curves of those that have sizes:
//
//	go run ./report -page ../docs/performance.md -plots ../docs/performance results/*.txt
//
// It reads the output of go test -bench, and computes nothing but medians and their ratios: for the same input it writes the
// same files. What it cannot read it refuses, and writes nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	page := flag.String("page", "", "the document whose tables are written anew")
	plots := flag.String("plots", "", "the directory for the curves, as SVG")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: report [-page FILE] [-plots DIR] RESULTS...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 || *page == "" && *plots == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*page, *plots, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// run writes the files, once all of them are made.
func run(page, plots string, inputs []string) error {
	r, err := read(inputs)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	if page != "" {
		old, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		text, err := fill(string(old), r, filepath.Dir(page))
		if err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
		files[page] = []byte(text)
	}
	if plots != "" {
		for _, c := range r.curves() {
			svg, err := c.draw()
			if err != nil {
				return fmt.Errorf("the curve of %s: %w", c.name, err)
			}
			files[filepath.Join(plots, c.file())] = svg
		}
		if err := os.MkdirAll(plots, 0o750); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
