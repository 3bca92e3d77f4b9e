package proptest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// replayState is what a server holds, as far as commands are graded by it.
type replayState struct {
	body      string           // all keys with their values, in order; what probes replied
	deadlines map[string]int64 // in Unix milliseconds, by database and key
}

func (s replayState) equal(other replayState) bool {
	return s.body == other.body && maps.Equal(s.deadlines, other.deadlines)
}

// replayDump returns all keys of two databases with their values, in a canonical order,
// and their deadlines. Left out is what is no state: access times, the layout of radix
// trees, and the cached count in the header of a HyperLogLog.
const replayDump = `
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
    local value = read[kind] or function(k) return redis.call('DUMP', k) end
    body[#body+1] = db .. ' ' .. k .. ' ' .. kind .. ' ' .. value(k)
    local at = redis.call('PEXPIRETIME', k)
    if at >= 0 then
      deadlines[#deadlines+1] = db .. ' ' .. k
      deadlines[#deadlines+1] = at
    end
  end
end
return {table.concat(body, '\n'), deadlines}`

// addLook asks for the state, and the probes of the case.
func (b *replayBatch) addLook(c *ReplayCase) int {
	at := b.add("EVAL", replayDump, "0")
	for _, probe := range c.Probes {
		b.add(strings.Fields(probe)...)
	}
	return at
}

// readReplayState reads what addLook asked for.
func readReplayState(replies []any, received int) (replayState, error) {
	parts, ok := replies[0].([]any)
	if !ok || len(parts) != 2 {
		return replayState{}, fmt.Errorf("proptest: the state cannot be read: %s", replyText(replies[0]))
	}
	s := replayState{body: fmt.Sprint(parts[0]), deadlines: map[string]int64{}}
	flat, _ := parts[1].([]any)
	for i := 0; i+1 < len(flat); i += 2 {
		s.deadlines[fmt.Sprint(flat[i])], _ = flat[i+1].(int64)
	}
	for _, probe := range replies[1:] {
		s.body += "\n" + replyText(probe)
	}
	if received > 0 {
		s.body += fmt.Sprintf("\n%d messages received", received)
	}
	return s, nil
}

// String returns the state, a line for each key, and the deadlines behind them.
func (s replayState) String() string {
	lines := []string{}
	if body := strings.TrimPrefix(s.body, "\n"); body != "" {
		lines = append(lines, body)
	}
	for _, key := range slices.Sorted(maps.Keys(s.deadlines)) {
		lines = append(lines, fmt.Sprintf("%s ends at %d", key, s.deadlines[key]))
	}
	return strings.Join(lines, "\n")
}
