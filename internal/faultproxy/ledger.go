package faultproxy

import "sync"

// This file is the only one that writes to counts and record. Every method is
// called before the client can see the effect of what it notes.

// ticket identifies a command in the books.
type ticket struct {
	planned bool
	index   int // in the record, -1 if it is not kept
}

// dial notes a new connection and returns its number and what to do with it.
func (p *Proxy) dial() (id int, a Action) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Dials++
	p.open++
	id = p.counts.Dials
	a = p.ask(Request{Conn: id})
	if !a.Fault.onDial() {
		a.Fault = None
	}
	p.count(a.Fault)
	return id, a
}

// over notes that a connection carries nothing more.
func (p *Proxy) over() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
}

// begin waits for a command's turn. The function that it returns ends the turn; more calls do nothing.
func (p *Proxy) begin() (end func()) {
	if !p.serial {
		return func() {}
	}
	p.turn.Lock()
	return sync.OnceFunc(p.turn.Unlock)
}

// pass notes a command that the plan has no say in.
func (p *Proxy) pass(conn int, args []string) ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Passed++
	return ticket{index: p.keepExchange(Exchange{Request: Request{Conn: conn, Args: args}})}
}

// decide notes a command and returns what to do with it: what forced says, or
// else the plan.
func (p *Proxy) decide(conn int, args []string, forced *Action) (Action, ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Requests++
	r := Request{Conn: conn, Args: args}
	var a Action
	if forced != nil {
		a = *forced
	} else {
		a = p.ask(r)
		r.Seq = p.seq
	}
	if !a.Fault.onCommand() {
		a.Fault = None
	}
	p.count(a.Fault)
	return a, ticket{planned: true, index: p.keepExchange(Exchange{Request: r, Action: a})}
}

// forwarded notes that a command is about to be sent to the server.
func (p *Proxy) forwarded(t ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.planned {
		p.counts.Forwarded++
	}
	if t.index >= 0 {
		p.record[t.index].Forwarded = true
	}
}

// replied notes the server's reply.
func (p *Proxy) replied(t ticket, reply []byte) {
	if t.index < 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record[t.index].Reply = string(reply)
}

// answered notes that a whole reply is about to be sent to the client.
func (p *Proxy) answered(t ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.planned {
		p.counts.Answered++
	}
	if t.index >= 0 {
		p.record[t.index].Delivered = true
	}
}

// unreachable notes that the server did not take a connection.
func (p *Proxy) unreachable() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Unreachable++
}

// ask numbers the decision and makes it. The caller holds the lock.
func (p *Proxy) ask(r Request) Action {
	p.seq++
	r.Seq = p.seq
	if p.plan == nil {
		return Action{}
	}
	return p.plan(r)
}

// count counts a fault. The caller holds the lock.
func (p *Proxy) count(f Fault) {
	if f != None {
		p.counts.Faults[f]++
	}
}

// keepExchange appends to the record, if there is one, and returns the index. The
// caller holds the lock.
func (p *Proxy) keepExchange(e Exchange) int {
	if !p.keep {
		return -1
	}
	p.record = append(p.record, e)
	return len(p.record) - 1
}
