package faultproxy

import (
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// TestSerial: the record is in the order of execution, whatever the connections, and whatever is lost.
func TestSerial(t *testing.T) {
	s := server(t)
	lost := 0
	p, err := Start(s.Addr(), Config{Record: true, Serial: true, Plan: func(r Request) Action {
		lost++
		switch lost % 10 {
		case 3:
			return Action{Fault: CutAfter, Orderly: true}
		case 6:
			return Action{Fault: CutBefore, Orderly: true}
		case 9:
			return Action{Fault: Answer}
		}
		return Action{}
	}})
	ok(t, err)
	t.Cleanup(func() { _ = p.Close() })
	var all sync.WaitGroup
	for range 8 {
		c := dial(t, p)
		all.Go(func() {
			for range 10 {
				c.send("INCR n")
			}
			_, _ = c.ten()
			_ = c.Close()
		})
	}
	all.Wait()
	for p.Open() > 0 {
		runtime.Gosched()
	}
	var got, want []string
	for _, x := range p.Record() {
		if x.Forwarded {
			got = append(got, x.Reply)
			want = append(want, ":"+strconv.Itoa(len(want)+1)+"\r\n")
		}
	}
	if !slices.Equal(got, want) || len(got) < 8 {
		t.Fatalf("got %q", got)
	}
}

// ten reads ten replies, or as many as there are.
func (c *client) ten() (n int, err error) {
	for n = range 10 {
		if _, err = readReply(c.in); err != nil {
			return n, err
		}
	}
	return 10, nil
}
