package textreport

import (
	"errors"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var b strings.Builder
	w := New(&b)
	w.Printf("%d rows\n", 3)
	w.Table(
		[]any{"client", "failed", "p50"},
		[]any{"one", 12345678, "0.10 ms"},
		[]any{"größer", 0, 7},
	)
	const want = "3 rows\n" +
		"  client    failed      p50\n" +
		"  one     12345678  0.10 ms\n" +
		"  größer         0        7\n"
	if b.String() != want || w.Err() != nil {
		t.Errorf("error %v,\n%s, want\n%s", w.Err(), b.String(), want)
	}
}

// failing is a writer to a disk that is full after so many writes.
type failing struct {
	left int
	err  error
}

func (f *failing) Write(b []byte) (int, error) {
	f.left--
	if f.left < 0 {
		return 0, f.err
	}
	return len(b), nil
}

func TestWriterKeepsTheFirstError(t *testing.T) {
	f := &failing{left: 1, err: errors.New("disk full")}
	w := New(f)
	w.Printf("fits\n")
	w.Table([]any{"does", "not"})
	f.left = 10
	w.Printf("too late\n")
	if !errors.Is(w.Err(), f.err) || f.left != 10 {
		t.Errorf("error %v, %d writes after it", w.Err(), 10-f.left)
	}
}
