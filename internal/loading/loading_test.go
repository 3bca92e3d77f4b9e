package loading

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		info string
		want time.Duration
		ok   bool
	}{
		{"# Persistence\r\nloading:1\r\nloading_eta_seconds:12\r\nrdb_changes:0\r\n", 12 * time.Second, true},
		{"loading_eta_seconds:0", 0, true},
		{"loading_eta_seconds:9223372036854775807\r\n", 24 * time.Hour, true},
		{"loading_eta_seconds:99999999999999999999\r\n", 0, false},
		{"loading_eta_seconds:-1\r\n", 0, false},
		{"loading_eta_seconds:soon\r\n", 0, false},
		{"# Persistence\r\nloading:0\r\n", 0, false},
		{"", 0, false},
	} {
		if got, ok := parse(tt.info); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %v, %v; want %v, %v", tt.info, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("loading_eta_seconds:12\r\n")
	f.Fuzz(func(t *testing.T, info string) {
		if eta, ok := parse(info); eta < 0 || eta > most || !ok && eta != 0 {
			t.Errorf("%q: %v, %v", info, eta, ok)
		}
	})
}

// TestOneAsksForAll: a thousand callers, one INFO; and the next when what it said is over.
func TestOneAsksForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e Estimates
		var asked atomic.Int64
		info := func(context.Context) (string, error) {
			asked.Add(1)
			time.Sleep(10 * time.Millisecond)
			return "loading_eta_seconds:3\r\n", nil
		}
		var all sync.WaitGroup
		for range 1_000 {
			all.Go(func() {
				if got := e.Left(t.Context(), "a:1", info); got != 3*time.Second {
					t.Errorf("%v left, want 3s", got)
				}
			})
		}
		all.Wait()
		for _, step := range []struct {
			after, left time.Duration
			asked       int64
		}{
			{time.Second, 2 * time.Second, 1},
			{2*time.Second - 1, 1, 1},
			{1, 3 * time.Second, 2},
		} {
			time.Sleep(step.after)
			if got := e.Left(t.Context(), "a:1", info); got != step.left || asked.Load() != step.asked {
				t.Errorf("%v later: %v left after %d questions, want %v and %d", step.after, got, asked.Load(), step.left, step.asked)
			}
		}
		e.Left(t.Context(), "b:1", info)
		if asked.Load() != 3 {
			t.Errorf("%d questions, want another one for another server", asked.Load())
		}
	})
}

// TestWhoDoesNotKnow is asked once a second.
func TestWhoDoesNotKnow(t *testing.T) {
	for name, answer := range map[string]func(context.Context) (string, error){
		"an error":   func(context.Context) (string, error) { return "loading_eta_seconds:3", errors.New("gone") },
		"no line":    func(context.Context) (string, error) { return "loading:0", nil },
		"0":          func(context.Context) (string, error) { return "loading_eta_seconds:0", nil },
		"no answer":  func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() },
		"less":       func(context.Context) (string, error) { return "loading_eta_seconds:", nil },
		"over again": func(context.Context) (string, error) { return "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e Estimates
				asked := 0
				info := func(ctx context.Context) (string, error) { asked++; return answer(ctx) }
				for range 20 {
					if got := e.Left(t.Context(), "a:1", info); got != 0 {
						t.Errorf("%v left, want 0", got)
					}
					time.Sleep(100 * time.Millisecond)
				}
				if asked != 2 {
					t.Errorf("asked %d times in 2 s, want 2", asked)
				}
			})
		})
	}
}
