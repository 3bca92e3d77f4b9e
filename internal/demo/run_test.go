package demo

import (
	"context"
	"errors"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/internal/redistest"
)

// config returns a short run with many faults.
func config(ops int) Config {
	c := Default()
	c.Ops = ops
	c.Seed = 1
	c.Timeout = 20 * time.Second // no machine is too busy for it
	c.Rates = faultproxy.Rates{RefuseDial: 0.2, CutBefore: 0.03, CutAfter: 0.04, CutMidReply: 0.02, Loading: 0.02}
	return c
}

func TestRun(t *testing.T) {
	t.Parallel()
	var steps atomic.Int64
	c := config(250)
	c.Progress = func() { steps.Add(1) }
	report, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := steps.Load(), int64(4*c.Ops); got != want {
		t.Errorf("%d steps, want %d", got, want)
	}
	if got := len(report.Rows); got != 4 {
		t.Fatalf("%d rows, want 4", got)
	}
	for _, row := range report.Rows {
		if row.Operations != c.Ops || row.Succeeded+row.Failed != c.Ops || row.Increments != c.Ops*3/5 {
			t.Errorf("sums are wrong: %+v", row)
		}
		if row.Attempts < c.Ops {
			t.Errorf("%s: %d attempts for %d operations", row.Client, row.Attempts, c.Ops)
		}
		if row.Lost != 0 {
			t.Errorf("%s: %d increments acknowledged but not executed", row.Client, row.Lost)
		}
		if row.P50 <= 0 || row.P50 > row.P99 || row.P99 > row.Slowest {
			t.Errorf("%s: times %v, %v, %v", row.Client, row.P50, row.P99, row.Slowest)
		}
		for _, f := range []faultproxy.Fault{
			faultproxy.RefuseDial, faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.CutMidReply, faultproxy.Answer,
		} {
			if row.Faults[f.String()] == 0 {
				t.Errorf("%s met no %v", row.Client, f)
			}
		}
	}
	stock, without, reprise, atLeastOnce := report.Rows[0], report.Rows[1], report.Rows[2], report.Rows[3]
	if stock.Twice == 0 || atLeastOnce.Twice == 0 {
		t.Errorf("executed twice: %d and %d by those who repeat everything", stock.Twice, atLeastOnce.Twice)
	}
	if without.Twice != 0 || without.Attempts != c.Ops {
		t.Errorf("without retries: %d executed twice, %d attempts", without.Twice, without.Attempts)
	}
	if reprise.Twice != 0 || reprise.Attempts == c.Ops || reprise.Failed >= without.Failed {
		t.Errorf("Reprise: %d executed twice, %d attempts, %d failed", reprise.Twice, reprise.Attempts, reprise.Failed)
	}
}

func TestRunRepeats(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) Report {
		t.Helper()
		c := config(100)
		c.Seed = seed
		report, err := Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range report.Rows {
			row := &report.Rows[i]
			row.P50, row.P99, row.Slowest = 0, 0, 0
		}
		return report
	}
	one, same, other := run(11), run(11), run(12)
	if !reflect.DeepEqual(one, same) {
		t.Errorf("one seed, two reports:\n%+v\n%+v", one, same)
	}
	if reflect.DeepEqual(one.Rows, other.Rows) {
		t.Errorf("two seeds, one report: %+v", one)
	}
}

// foreign puts a key of somebody else's on a server.
func foreign(t *testing.T, addr string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Set(t.Context(), "reprise:demo:mine", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// expectClean checks that the foreign key is the only one.
func expectClean(t *testing.T, c *redis.Client) {
	t.Helper()
	names, err := c.Keys(context.Background(), "*").Result()
	if err != nil || !slices.Equal(names, []string{"reprise:demo:mine"}) {
		t.Errorf("keys on the server: %q, %v; want the foreign one only", names, err)
	}
}

func TestRunOnServer(t *testing.T) {
	t.Parallel()
	for name, addr := range map[string]func(*testing.T) string{
		"miniredis":    func(t *testing.T) string { return miniredis.RunT(t).Addr() },
		"redis-server": func(t *testing.T) string { return redistest.Start(t).Addr() },
		"without UNLINK": func(t *testing.T) string {
			return before(t, miniredis.RunT(t).Addr(), func(r faultproxy.Request) faultproxy.Action {
				if r.Name() == "UNLINK" {
					return faultproxy.Refuse("ERR unknown command 'unlink'")
				}
				return faultproxy.Action{}
			}).Addr()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(60)
			c.Addr = addr(t)
			direct := foreign(t, c.Addr)
			report, err := Run(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			expectClean(t, direct)

			c.Addr = ""
			own, err := Run(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range report.Rows {
				if row.Twice != own.Rows[i].Twice || row.Attempts != own.Rows[i].Attempts {
					t.Errorf("not what the server in this process shows: %+v, %+v", row, own.Rows[i])
				}
			}
		})
	}
}

// before puts a proxy before a server.
func before(t *testing.T, addr string, plan faultproxy.Plan) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.Start(addr, faultproxy.Config{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := config(1000)
	c.Addr = miniredis.RunT(t).Addr()
	direct := foreign(t, c.Addr)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	var steps atomic.Int64
	c.Progress = func() {
		if steps.Add(1) == 100 {
			cancel(enough)
		}
	}
	if _, err := Run(ctx, c); !errors.Is(err, enough) {
		t.Errorf("error %v, want the cause", err)
	}
	expectClean(t, direct)
}

func TestServerLost(t *testing.T) {
	t.Parallel()
	s := miniredis.RunT(t)
	c := config(1000)
	c.Addr = s.Addr()
	var steps atomic.Int64
	c.Progress = func() {
		if steps.Add(1) == 100 {
			s.Close()
		}
	}
	_, err := Run(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "cannot reach Redis at "+c.Addr) ||
		!strings.Contains(err.Error(), "may be left behind") {
		t.Errorf("error %v", err)
	}
}

func TestServerRefuses(t *testing.T) {
	t.Parallel()
	p := before(t, miniredis.RunT(t).Addr(), func(r faultproxy.Request) faultproxy.Action {
		if r.Name() == "SET" {
			return faultproxy.Refuse("READONLY You can't write against a read only replica.")
		}
		return faultproxy.Action{}
	})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	closed := before(t, "localhost:1", nil)
	_ = closed.Close()
	locked := miniredis.RunT(t)
	locked.RequireAuth("secret")

	for addr, want := range map[string]string{
		p.Addr():               "does not take writes: READONLY You can't write against a read only replica.",
		locked.Addr():          "does not take writes: NOAUTH",
		closed.Addr():          "cannot reach Redis at " + closed.Addr() + ": dial tcp " + closed.Addr() + ": connect: connection refused",
		silent.Addr().String(): "cannot reach Redis at " + silent.Addr().String() + ": no answer within 2s",
	} {
		c := config(10)
		c.Addr = addr
		begin := time.Now()
		_, err := Run(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if took := time.Since(begin); took > 2*patience {
			t.Errorf("%s: took %v", want, took)
		}
	}
	c := config(20)
	c.Addr, c.Password = locked.Addr(), "secret"
	if _, err := Run(t.Context(), c); err != nil {
		t.Errorf("with the password: %v", err)
	}
}

func TestPerformOnEmptyServer(t *testing.T) {
	t.Parallel()
	c := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = c.Close() })
	// From behind, so that GET finds nothing: an answer, not a failure.
	for n := int(operations) - 1; n >= 0; n-- {
		k := newKeys(int(operations))
		if o := perform(t.Context(), c, k, 0, n); o.failed || o.acked != kind(n).increments() {
			t.Errorf("operation %d: %+v", n, o)
		}
	}
}
