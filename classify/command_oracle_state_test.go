package classify

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/redis/go-redis/v9"
)

// snapshot is the state of the server as far as commands are graded by it.
type snapshot struct {
	body      string           // all keys with their values, in order; what probes replied
	deadlines map[string]int64 // in Unix milliseconds, by database and key
}

func (s snapshot) equal(other snapshot) bool {
	return s.body == other.body && maps.Equal(s.deadlines, other.deadlines)
}

// dumpState returns all keys of two databases with their values, in a canonical order,
// and their deadlines. Left out is what is no state: access times, the layout of radix
// trees, and the cached count in the header of a HyperLogLog.
const dumpState = `
local skip = {['seen-time']=1, ['active-time']=1, ['radix-tree-keys']=1, ['radix-tree-nodes']=1}
local function text(v)
  if type(v) ~= 'table' then return tostring(v) end
  if v.ok then return v.ok end
  local out, i = {}, 1
  while i <= #v do
    if skip[v[i]] then i = i + 2 else out[#out+1] = text(v[i]); i = i + 1 end
  end
  return '[' .. table.concat(out, ' ') .. ']'
end
local function pairs2(flat)
  local out = {}
  for i = 1, #flat, 2 do out[#out+1] = flat[i] .. '=' .. flat[i+1] end
  table.sort(out)
  return text(out)
end
local read = {
  string = function(k)
    local v = redis.call('GET', k)
    if v:sub(1, 4) == 'HYLL' then v = v:sub(1, 8) .. v:sub(17) end
    return v
  end,
  list = function(k) return text(redis.call('LRANGE', k, 0, -1)) end,
  set = function(k) local m = redis.call('SMEMBERS', k); table.sort(m); return text(m) end,
  hash = function(k) return pairs2(redis.call('HGETALL', k)) end,
  zset = function(k) return text(redis.call('ZRANGE', k, 0, -1, 'WITHSCORES')) end,
  stream = function(k) return text(redis.call('XINFO', 'STREAM', k, 'FULL', 'COUNT', 0)) end,
}
local body, deadlines = {}, {}
for db = 0, 1 do
  redis.call('SELECT', db)
  local keys = redis.call('KEYS', '*')
  table.sort(keys)
  for _, k in ipairs(keys) do
    local kind = redis.call('TYPE', k).ok
    body[#body+1] = db .. ' ' .. k .. ' ' .. kind .. ' ' .. read[kind](k)
    local at = redis.call('PEXPIRETIME', k)
    if at >= 0 then
      deadlines[#deadlines+1] = db .. ' ' .. k
      deadlines[#deadlines+1] = at
    end
  end
end
return {table.concat(body, '\n'), deadlines}`

// queued is a snapshot on its way.
type queued struct {
	state    *redis.Cmd
	probes   []*redis.Cmd
	received int
}

// queue asks for the state, and the probes of the case.
func queue(ctx context.Context, pipe redis.Pipeliner, c *oracleCase) queued {
	q := queued{state: pipe.EvalRO(ctx, dumpState, nil)}
	for _, probe := range c.probes {
		q.probes = append(q.probes, pipe.Do(ctx, anys(strings.Fields(probe))...))
	}
	return q
}

func (q *queued) read() (snapshot, error) {
	parts, err := q.state.Slice()
	if err != nil {
		return snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	s := snapshot{body: parts[0].(string), deadlines: map[string]int64{}}
	flat := parts[1].([]any)
	for i := 0; i < len(flat); i += 2 {
		s.deadlines[flat[i].(string)] = flat[i+1].(int64)
	}
	for _, probe := range q.probes {
		s.body += "\n" + replyText(probe)
	}
	if q.received > 0 {
		s.body += fmt.Sprintf("\n%d messages received", q.received)
	}
	return s, nil
}
