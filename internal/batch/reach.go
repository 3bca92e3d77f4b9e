package batch

import (
	"slices"
	"strings"
)

// Reach is what a command may touch, as far as its words tell. It errs on the side of too much: what follows
// from an overlap is that a command is not run again.
type Reach struct {
	keys []string
	all  bool // any key: a script, FLUSHALL, a command that is not in the lists here
}

// Reach returns the keys among the command's words.
func (c Command) Reach() Reach {
	if len(c) == 0 {
		return Reach{all: true}
	}
	switch keysOf[strings.ToLower(c[0])] {
	case noKey:
		return Reach{}
	case firstWord:
		return Reach{keys: c[1:min(2, len(c))]}
	case anyWord:
		return Reach{keys: c[1:]}
	}
	return Reach{all: true}
}

// Union returns what one or the other may touch.
func (r Reach) Union(s Reach) Reach {
	return Reach{keys: slices.Concat(r.keys, s.keys), all: r.all || s.all}
}

// where tells which words of a command name keys.
type where uint8

const (
	anywhere  where = iota // who knows
	noKey                  // none
	firstWord              // the first after the name, only
	anyWord                // several: every word is taken for one
)

// keysOf holds the commands that are usual in pipelines. The others may touch anything.
var keysOf = func() map[string]where {
	m := map[string]where{}
	for w, names := range map[where][]string{
		noKey: {"ping", "echo", "time", "publish", "spublish"},
		firstWord: {
			"append", "bitcount", "bitfield", "bitpos", "decr", "decrby", "dump", "expire", "expireat", "expiretime",
			"geoadd", "geodist", "geohash", "geopos", "geosearch", "get", "getbit", "getdel", "getex", "getrange", "getset",
			"hdel", "hexists", "hexpire", "hget", "hgetall", "hincrby", "hincrbyfloat", "hkeys", "hlen", "hmget", "hmset",
			"hrandfield", "hscan", "hset", "hsetnx", "hstrlen", "hvals", "incr", "incrby", "incrbyfloat", "lindex", "linsert",
			"llen", "lpop", "lpos", "lpush", "lpushx", "lrange", "lrem", "lset", "ltrim", "persist", "pexpire", "pexpireat",
			"pexpiretime", "pfadd", "psetex", "pttl", "restore", "rpop", "rpush", "rpushx", "sadd", "scard", "set", "setbit",
			"setex", "setnx", "setrange", "sismember", "smembers", "smismember", "spop", "srandmember", "srem", "sscan",
			"strlen", "substr", "ttl", "type", "xack", "xadd", "xdel", "xlen", "xrange", "xrevrange", "xtrim",
			"zadd", "zcard", "zcount", "zincrby", "zlexcount", "zmscore", "zpopmax", "zpopmin", "zrandmember", "zrange",
			"zrangebylex", "zrangebyscore", "zrank", "zrem", "zremrangebylex", "zremrangebyrank", "zremrangebyscore",
			"zrevrange", "zrevrangebylex", "zrevrangebyscore", "zrevrank", "zscan", "zscore",
		},
		anyWord: {
			"bitop", "copy", "del", "exists", "geosearchstore", "lcs", "lmove", "lmpop", "mget", "mset", "msetnx", "pfcount",
			"pfmerge", "rename", "renamenx", "rpoplpush", "sdiff", "sdiffstore", "sinter", "sintercard", "sinterstore",
			"smove", "sunion", "sunionstore", "touch", "unlink", "zdiff", "zdiffstore", "zinter", "zintercard",
			"zinterstore", "zmpop", "zrangestore", "zunion", "zunionstore",
		},
	} {
		for _, name := range names {
			m[name] = w
		}
	}
	return m
}()

// trail remembers, going through a batch from its end, which keys are touched further on.
type trail struct {
	keys map[string]bool
	any  bool // some key is touched
	all  bool // every key may be
}

// add adds the keys of a command.
func (t *trail) add(r Reach) {
	if t.keys == nil {
		t.keys = map[string]bool{}
	}
	t.any, t.all = true, t.all || r.all
	for _, k := range r.keys {
		t.keys[k] = true
	}
}

// crosses reports whether a command touches what is touched further on.
func (t *trail) crosses(r Reach) bool {
	if t.any && r.all || t.all && len(r.keys) > 0 {
		return true
	}
	for _, k := range r.keys {
		if t.keys[k] {
			return true
		}
	}
	return false
}
