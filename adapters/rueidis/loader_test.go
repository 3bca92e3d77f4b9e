package rueidis_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
)

// loader is the client of a server that goes on loading until a moment, and has no network: it is for virtual time.
type loader struct {
	rueidis.Client
	mode  rueidis.ClientMode
	addrs []string
	until time.Time
	build rueidis.Builder

	refusal, discarded, busy, fine, info rueidis.RedisResult

	silent  bool           // INFO is not answered
	during  func()         // what happens while a command is refused
	wrapped rueidis.Client // the client under the policy
	asked   atomic.Int64   // INFO
}

// newLoader returns one that estimates so many seconds. Its replies are from a server, since nobody else can make them.
func newLoader(t *testing.T, eta int) *loader {
	t.Helper()
	server, option := embedded()
	defer server.Close()
	c, err := rueidis.NewClient(option)
	require.NoError(t, err)
	defer c.Close()
	reply := func(text string) rueidis.RedisResult {
		server.SetError(text)
		return c.Do(t.Context(), c.B().Echo().Message(fmt.Sprintf("# Persistence\r\nloading:1\r\nloading_eta_seconds:%d\r\n", eta)).Build())
	}
	return &loader{
		addrs: []string{"a:1"}, mode: rueidis.ClientModeStandalone, build: c.B(),
		refusal: reply("LOADING Redis is loading the dataset in memory"), discarded: reply("EXECABORT Transaction discarded"),
		busy: reply("TRYAGAIN Multiple keys request during rehashing of slot"), info: reply(""),
	}
}

func (s *loader) B() rueidis.Builder { return s.build }

func (s *loader) Mode() rueidis.ClientMode { return s.mode }

func (s *loader) Close() {}

func (s *loader) Nodes() map[string]rueidis.Client {
	all := map[string]rueidis.Client{}
	for _, addr := range s.addrs {
		all[addr] = s
	}
	return all
}

func (s *loader) Do(ctx context.Context, cmd rueidis.Completed) rueidis.RedisResult {
	switch w := cmd.Commands(); w[0] {
	case "INFO":
		s.asked.Add(1)
		if !slices.Equal(w, []string{"INFO", "persistence"}) {
			panic(fmt.Sprint(w))
		}
		if s.silent {
			<-ctx.Done()
			return rueidis.NewErrorResult(ctx.Err())
		}
		return s.info
	case "EXEC":
		if s.loading() {
			return s.discarded
		}
	case "MULTI":
	default:
		if s.loading() {
			return s.refusal
		}
	}
	return s.fine
}

func (s *loader) loading() bool {
	if s.during != nil {
		s.during()
	}
	return time.Now().Before(s.until)
}

func (s *loader) DoCache(ctx context.Context, cmd rueidis.Cacheable, _ time.Duration) rueidis.RedisResult {
	return s.Do(ctx, rueidis.Completed(cmd))
}

func (s *loader) DoMulti(ctx context.Context, multi ...rueidis.Completed) []rueidis.RedisResult {
	all := make([]rueidis.RedisResult, len(multi))
	for i, cmd := range multi {
		all[i] = s.Do(ctx, cmd)
	}
	return all
}

func (s *loader) DoMultiCache(ctx context.Context, multi ...rueidis.CacheableTTL) []rueidis.RedisResult {
	all := make([]rueidis.RedisResult, len(multi))
	for i, cmd := range multi {
		all[i] = s.DoCache(ctx, cmd.Cmd, cmd.TTL)
	}
	return all
}

func (s *loader) Receive(ctx context.Context, subscribe rueidis.Completed, _ func(rueidis.PubSubMessage)) error {
	return s.Do(ctx, subscribe).Error()
}

// cacheable returns a command for DoCache.
func cacheable(c rueidis.Client) rueidis.Cacheable { return c.B().Get().Key("k").Cache() }
