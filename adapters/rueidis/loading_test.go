package rueidis_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// readers read a key of a server that loads. Each value is that of a command for itself.
var readers = map[string]func(context.Context, rueidis.Client) (string, error){
	"Do": func(ctx context.Context, c rueidis.Client) (string, error) {
		return c.Do(ctx, c.B().Get().Key("key:1").Build()).ToString()
	},
	"DoCache": func(ctx context.Context, c rueidis.Client) (string, error) {
		return c.DoCache(ctx, c.B().Get().Key("key:1").Cache(), time.Minute).ToString()
	},
	"DoMulti": func(ctx context.Context, c rueidis.Client) (string, error) {
		return c.DoMulti(ctx, c.B().Get().Key("key:2").Build(), c.B().Get().Key("key:1").Build())[1].ToString()
	},
	"DoMultiCache": func(ctx context.Context, c rueidis.Client) (string, error) {
		return c.DoMultiCache(ctx, rueidis.CT(c.B().Get().Key("key:1").Cache(), time.Minute))[0].ToString()
	},
	"transaction": func(ctx context.Context, c rueidis.Client) (string, error) {
		all := c.DoMulti(ctx, c.B().Multi().Build(), c.B().Get().Key("key:1").Build(), c.B().Exec().Build())
		values, err := all[2].AsStrSlice()
		if err != nil {
			return "", err
		}
		return values[0], nil
	},
	"MGet": func(ctx context.Context, c rueidis.Client) (string, error) {
		values, err := rueidis.MGet(c, ctx, []string{"key:1", "key:2"})
		if err != nil {
			return "", err
		}
		m := values["key:1"]
		return m.ToString()
	},
}

// TestLoadingEstimate: whoever is refused waits as long as the server says that it will go on loading, and then his own
// delay. The server is asked once for all.
func TestLoadingEstimate(t *testing.T) {
	for name, options := range map[string]func(*testing.T) func(*rueidis.ClientOption){
		"standalone": func(*testing.T) func(*rueidis.ClientOption) { return func(*rueidis.ClientOption) {} },
		"sentinel":   behindSentinel,
	} {
		t.Run(name, func(t *testing.T) {
			set := options(t)
			server := redistest.StartLoading(t, 3_000)
			o := small(server.Addr())
			o.DisableCache = false
			set(&o)
			g, r := new(rig), untiring
			r.Observe = g.observe
			c, err := retry.NewClient(o, r)
			require.NoError(t, err)
			t.Cleanup(c.Close)
			start := time.Now()
			var all sync.WaitGroup
			for name, read := range readers {
				for range callers {
					all.Go(func() {
						if v, err := read(t.Context(), c); err != nil || v != "value:1" {
							t.Errorf("%s: %q, %v", name, v, err)
						}
					})
				}
			}
			all.Wait()
			hinted := 0
			for _, e := range g.seen() {
				if d := e.Decision; d.Kind == classify.BusyLoading {
					if d.After > 0 {
						hinted++
					}
					require.Equal(t, own+min(d.After, 5*time.Second), d.Delay)
				}
			}
			if hinted < callers*len(readers) {
				t.Errorf("%d decisions knew the server's estimate, want %d or more", hinted, callers*len(readers))
			}
			asked, most := server.Calls(t, "info"), 1+int(time.Since(start)/time.Second)
			if asked < 1 || asked > most {
				t.Errorf("INFO was asked %d times, want once for each estimate, and at most %d times", asked, most)
			}
			t.Logf("%d callers, %d decisions with an estimate, %d INFO", callers*len(readers), hinted, asked)
		})
	}
}

// callers is how many there are for each reader.
const callers = 10
