package goredis

import (
	"reflect"
	"sync"

	"github.com/redis/go-redis/v9"
)

// places holds the commands that are under way on a ring, and where they have gone. The hook on the ring runs them, those
// on its shards know the address, and nothing goes from one to the other but the command: to wrap it, as on a cluster,
// would cost an allocation. A hook in between that hands on another command hides the shard.
type places [16]place

// place is a part of them, so that commands on many processors do not wait for one another.
type place struct {
	mu sync.Mutex
	at map[uintptr]string // by where the command lies in memory
	_  [48]byte           // a line of the processor's cache for each
}

// of returns the part that a command is in, and its key there; nil for one that is no pointer.
func (p *places) of(cmd redis.Cmder) (*place, uintptr) {
	v := reflect.ValueOf(cmd)
	if v.Kind() != reflect.Pointer {
		return nil, 0
	}
	key := v.Pointer()
	return &p[uint64(key)*0x9e3779b97f4a7c15>>60], key
}

// expect begins an attempt.
func (p *places) expect(cmd redis.Cmder) {
	at, key := p.of(cmd)
	if at == nil {
		return
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.at == nil {
		at.at = map[uintptr]string{}
	}
	at.at[key] = ""
}

// note takes down where a command has gone, if an attempt has begun: others are the shard's own.
func (p *places) note(cmd redis.Cmder, addr string) {
	at, key := p.of(cmd)
	if at == nil {
		return
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	if _, ok := at.at[key]; ok {
		at.at[key] = addr
	}
}

// take ends an attempt, and returns where it was made; "" if nobody knows.
func (p *places) take(cmd redis.Cmder) string {
	at, key := p.of(cmd)
	if at == nil {
		return ""
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	addr := at.at[key]
	delete(at.at, key)
	return addr
}
