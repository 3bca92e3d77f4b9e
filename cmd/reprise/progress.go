package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far a run is: a bar on a terminal, or else one plain line for
// each quarter, which reads well in a log.
type progress struct {
	w     io.Writer
	what  string
	total int

	mu   sync.Mutex
	done int
	bar  *progressbar.ProgressBar // nil if w is no terminal
}

// newProgress returns a progress of total steps. It shows nothing before the first
// of them, so that what cannot begin is one line of complaint and no more.
func newProgress(w io.Writer, total int, what string) *progress {
	return &progress{w: w, what: what, total: total}
}

// step notes one step. It may be called from several goroutines.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == 0 {
		p.announce()
	}
	p.done++
	if p.bar != nil {
		_ = p.bar.Add(1)
	} else if quarter := 4 * p.done / p.total; quarter > 4*(p.done-1)/p.total {
		fmt.Fprintf(p.w, "%d %% done\n", 25*quarter)
	}
}

func (p *progress) announce() {
	fmt.Fprintln(p.w, p.what)
	if _, ok := terminal(p.w); ok {
		p.bar = progressbar.NewOptions(p.total,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetWidth(40),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
