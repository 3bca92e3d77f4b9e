package demo

import (
	"slices"
	"sync"

	"github.com/reprise-go/reprise/internal/faultproxy"
)

// rounds counts how often operations were sent, by what reaches the proxy: the only
// place where all clients can be measured alike. All the commands that a client
// sends of one operation in one go are one round.
type rounds struct {
	mu   sync.Mutex
	n    int
	conn int
	seen []string // the round's commands so far; nil before an operation's first
}

// begin tells that the next command belongs to another operation.
func (r *rounds) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = nil
}

// see notes a command. It opens a round if it comes on another connection than the
// one before, or if the round holds one of that name: no operation has two.
func (r *rounds) see(q faultproxy.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := q.Name()
	if r.seen == nil || r.conn != q.Conn || slices.Contains(r.seen, name) {
		r.n++
		r.conn, r.seen = q.Conn, nil
	}
	r.seen = append(r.seen, name)
}

// count returns the number of rounds so far.
func (r *rounds) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}
