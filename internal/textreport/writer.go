// Package textreport writes reports for people: lines and tables of plain text.
package textreport

import (
	"fmt"
	"io"
	"text/tabwriter"
	"unicode/utf8"
)

// Writer writes until the first error and keeps it.
type Writer struct {
	w   io.Writer
	err error
}

// New returns a Writer to w.
func New(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes b. After an error it writes nothing.
func (w *Writer) Write(b []byte) (int, error) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
	return len(b), w.err
}

// Printf writes what fmt.Sprintf returns.
func (w *Writer) Printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// Err returns the first error.
func (w *Writer) Err() error { return w.err }

// Table writes rows, the first column to the left and the others to the right. Each column is as wide as its
// widest cell.
func (w *Writer) Table(rows ...[]any) {
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(fmt.Sprint(row[0])))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		// tabwriter aligns all columns alike. The first is padded by hand.
		fmt.Fprintf(t, "%-*v\t", width, row[0])
		for _, cell := range row[1:] {
			fmt.Fprintf(t, "%v\t", cell)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // w keeps the error
}
