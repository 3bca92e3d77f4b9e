package histories

import (
	"bufio"
	"net"

	"github.com/reprise-go/reprise/internal/resp"
)

// direct is a plain connection, with no opinion about anything: it looks at the server past the
// proxy, and plays the rival of a WATCH.
type direct struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(addr string) (*direct, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &direct{conn, bufio.NewReader(conn)}, nil
}

// do runs one command. An error reply is an error.
func (d *direct) do(args ...string) (any, error) {
	if err := resp.Write(d.conn, args); err != nil {
		return nil, err
	}
	v, err := resp.Read(d.in)
	if refusal, ok := v.(resp.Error); ok {
		return nil, refusal
	}
	return v, err
}

// dump is a script that returns the whole state in the form of model.String.
const dump = `
local keys, lines = redis.call('KEYS', '*'), {}
table.sort(keys)
for _, k in ipairs(keys) do
  local kind, all = redis.call('TYPE', k).ok, {}
  if kind == 'string' then all = {redis.call('GET', k)}
  elseif kind == 'list' then all = redis.call('LRANGE', k, 0, -1)
  elseif kind == 'set' then all = redis.call('SMEMBERS', k); table.sort(all)
  elseif kind == 'hash' then
    local fields = redis.call('HKEYS', k)
    table.sort(fields)
    for _, f in ipairs(fields) do all[#all+1] = f; all[#all+1] = redis.call('HGET', k, f) end
  end
  lines[#lines+1] = k .. ' ' .. kind .. ' ' .. redis.call('EXPIRETIME', k) .. ' ' .. table.concat(all, ',')
end
return table.concat(lines, '\n')`

// state returns the server's whole state.
func (d *direct) state() (string, error) {
	v, err := d.do("EVAL", dump, "0")
	if err != nil {
		return "", err
	}
	s, _ := v.(string)
	return s, nil
}
