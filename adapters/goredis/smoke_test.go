package goredis_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/internal/redistest"
)

// left names the methods of redis.Cmdable that the comparison leaves out, each with its reason.
var left = map[string]string{
	"Pipeline": "no command", "TxPipeline": "no command", "Pipelined": "no command", "TxPipelined": "no command",
	"Shutdown": "ends the server", "ShutdownSave": "ends the server", "ShutdownNoSave": "ends the server",
	"Time": "the clock", "LastSave": "the clock", "Latency": "the clock", "ObjectIdleTime": "the clock",
	"TTL": "the clock", "PTTL": "the clock", "SlowLogGet": "the clock", "SlowLogLen": "the clock",
	"DebugObject": "an address in memory", "ACLLog": "the clock", "ACLGenPass": "chance",
	"RandomKey": "chance", "SPop": "chance", "SPopN": "chance", "SRandMember": "chance", "SRandMemberN": "chance",
	"HRandField": "chance", "HRandFieldWithValues": "chance", "ZRandMember": "chance", "ZRandMemberWithScores": "chance",
	"Info": "of this server", "InfoMap": "of this server", "FunctionStats": "of this server", "MemoryUsage": "of this server",
	"ClusterMyID": "of this server", "ClusterMyShardID": "of this server",
	"ClientID": "of this connection", "ClientInfo": "of this connection", "ClientList": "of this connection",
	"ClientPause": "stops the server", "ReplicaOf": "stops writes", "SlaveOf": "stops writes", "Quit": "ends the connection",
	"ConfigRewrite": "writes a file", "Save": "writes a file", "BgSave": "writes a file", "BgRewriteAOF": "writes a file",
}

// side is one of the two programs that are compared. They share a server, since the order of a
// hash table's elements differs from one to the next.
type side struct {
	client *redis.Client
	seeder *redis.Client // without the hook
}

// TestSameRepliesWithAndWithoutTheHook runs every command builder on a server in the same state, with the hook and
// without, and compares what comes back.
func TestSameRepliesWithAndWithoutTheHook(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--enable-module-command", "no")
	with, without := newSide(t, server, true), newSide(t, server, false)
	methods := reflect.TypeFor[redis.Cmdable]()
	covered := map[string]bool{}
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if left[m.Name] != "" {
			continue
		}
		covered[m.Name] = true
		args := arguments(m)
		for _, shape := range []string{"command", "pipeline", "transaction"} {
			if shape != "command" && soloist(m.Name) {
				continue
			}
			if shape == "transaction" && !transactional(m.Name) {
				continue
			}
			without.seed(t)
			want := without.call(t, m.Name, shape, args)
			with.seed(t)
			assert.Equal(t, want, with.call(t, m.Name, shape, args), "%s as a %s", m.Name, shape)
		}
	}
	for name := range left {
		_, ok := methods.MethodByName(name)
		require.True(t, ok, "%s is no method any more", name)
		require.False(t, covered[name])
	}
	require.Equal(t, methods.NumMethod(), len(covered)+len(left), "every method is covered or left out: %v", slices.Sorted(maps.Keys(covered)))
	require.GreaterOrEqual(t, len(covered), 500)
	t.Logf("%d of %d methods are the same with the hook", len(covered), methods.NumMethod())
}

// soloist reports whether a builder blocks, or belongs to a connection, and so is no part of a batch.
func soloist(name string) bool {
	return strings.HasPrefix(name, "B") && (strings.Contains(name, "Pop") || strings.HasPrefix(name, "BLMove")) ||
		strings.HasPrefix(name, "Client") || name == "XReadStreams" || name == "Wait" || name == "WaitAOF" ||
		strings.HasPrefix(name, "HImport")
}

// transactional reports whether a server takes the command in a transaction on the same terms: what
// it refuses to queue aborts the block with a text that names the command, which is no matter of the hook.
func transactional(name string) bool { return !strings.HasPrefix(name, "Script") && name != "Migrate" }

func newSide(t *testing.T, server *redistest.Server, hook bool) *side {
	t.Helper()
	// One connection, so that what a command does to it (CLIENT SETNAME) is seen by the next alike.
	o := &redis.Options{Addr: server.Addr(), MaxRetries: -1, PoolSize: 1, Protocol: 2}
	s := &side{seeder: redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})}
	if hook {
		s.client = goredis.NewClient(o, three)
	} else {
		s.client = redis.NewClient(o)
	}
	t.Cleanup(func() {
		require.NoError(t, s.client.Close())
		require.NoError(t, s.seeder.Close())
	})
	return s
}

// seed brings the server into the state that every command meets.
func (s *side) seed(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	_, err := s.seeder.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.FlushAll(ctx)
		p.FunctionFlush(ctx)
		p.ScriptFlush(ctx)
		p.Set(ctx, "string", "7", 0)
		p.RPush(ctx, "list", "a", "b", "7", "string")
		p.SAdd(ctx, "set", "1", "2", "7")
		p.HSet(ctx, "hash", "string", "7", "field", "a")
		p.ZAdd(ctx, "zset", redis.Z{Score: 1, Member: "string"}, redis.Z{Score: 2, Member: "a"})
		p.GeoAdd(ctx, "geo", &redis.GeoLocation{Name: "string", Longitude: 13, Latitude: 52})
		p.XAdd(ctx, &redis.XAddArgs{Stream: "stream", ID: "7-7", Values: []string{"field", "a"}})
		p.XGroupCreate(ctx, "stream", "string", "0")
		p.PFAdd(ctx, "hll", "a")
		return nil
	})
	require.NoError(t, err)
}

// call runs a command and returns what its caller sees of it.
func (s *side) call(t *testing.T, name, shape string, args []reflect.Value) (all []any) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			all = []any{"panic", p} // builders that go-redis has not implemented
		}
	}()
	ctx := t.Context()
	run := func(on redis.Cmdable) redis.Cmder {
		method := reflect.ValueOf(on).MethodByName(name)
		return method.Call(append([]reflect.Value{reflect.ValueOf(ctx)}, args...))[0].Interface().(redis.Cmder)
	}
	var cmd redis.Cmder
	var err error
	switch shape {
	case "command":
		cmd = run(s.client)
		err = cmd.Err()
	case "pipeline":
		_, err = s.client.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "string"); cmd = run(p); return nil })
	case "transaction":
		_, err = s.client.TxPipelined(ctx, func(p redis.Pipeliner) error { cmd = run(p); p.Get(ctx, "string"); return nil })
	}
	return seen(cmd, err)
}
