package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// terminal returns the file descriptor of w, and whether it is a terminal.
func terminal(w io.Writer) (fd int, ok bool) {
	f, ok := w.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// width returns how many columns a terminal has, 0 if it does not say.
func width(fd int) int {
	columns, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return columns
}
