package faultproxy

import "strings"

// handle does with one request what the plan says. It reports whether the
// connection goes on.
func (s *session) handle(r request) bool {
	if r.err != nil {
		// What a server says before it hangs up.
		s.write([]byte("-ERR Protocol error: " + r.err.Error() + "\r\n"))
		return false
	}
	name := strings.ToUpper(r.args[0])
	end := s.p.begin()
	defer end()
	if s.through || (s.p.exempt != nil && s.p.exempt(Request{Conn: s.id, Args: r.args})) {
		return s.forward(r, name, Action{}, s.p.pass(s.id, r.args), end)
	}
	forced := s.block.forced(name)
	if forced == nil && s.mute != None {
		forced = &Action{Fault: s.mute}
	}
	a, t := s.p.decide(s.id, r.args, forced)
	if !s.wait(r.arrived, a.Before) {
		return false
	}
	switch a.Fault {
	case CutBefore:
		end()
		s.cut(a.Orderly)
		return false
	case StallBefore:
		end()
		s.stall()
		return false
	case Answer:
		return s.answer(name, a, t)
	}
	return s.forward(r, name, a, t, end)
}

// forward sends the request to the server, ends its turn when that has replied, and
// does with the reply what the action says.
func (s *session) forward(r request, name string, a Action, t ticket, end func()) bool {
	s.p.forwarded(t)
	if _, err := s.server.Write(r.raw); err != nil {
		return false
	}
	if s.through = s.through || unpaired(name, r.args); s.through {
		return true
	}
	reply, ok := s.reply(blocking[name], unsubscribes(name))
	if !ok {
		return false
	}
	s.p.replied(t, reply)
	s.block.forward(name, reply)
	end()
	if !s.wait(r.arrived.Add(a.Before), a.After) || !s.hold(a.Hold) {
		return false
	}
	switch a.Fault {
	case CutAfter:
		s.cut(a.Orderly)
		return false
	case CutMidReply:
		// Orderly, because a reset may overtake the bytes before it.
		s.write(reply[:min(max(a.Bytes, 1), len(reply)-1)])
		s.cut(true)
		return false
	case StallAfter:
		s.stall()
		return false
	case HalfClose:
		if s.mute == None {
			_ = s.client.CloseWrite()
		}
		s.mute = HalfClose
		return true
	case CutAll:
		s.mute = CutAll
		return true
	}
	if s.mute == None {
		s.p.answered(t)
	}
	if !s.write(reply) {
		return false
	}
	if a.Fault == HangUp {
		// Orderly, because a reset may overtake the reply.
		s.cut(true)
		return false
	}
	return true
}

// answer replies in the server's place.
func (s *session) answer(name string, a Action, t ticket) bool {
	if a.Reply == "" {
		a.Reply = Loading
	}
	told, abort := s.block.answer(name, a.Reply)
	if abort {
		if _, err := s.server.Write([]byte(discard)); err != nil {
			return false
		}
		if _, ok := s.reply(false, false); !ok {
			return false
		}
	}
	if s.mute == None {
		s.p.answered(t)
	}
	return s.write([]byte(told))
}

// reply waits for the server's reply and passes on the pushes that come before it,
// unless the reply may be one itself. With leave it does not outwait the client.
func (s *session) reply(leave, push bool) ([]byte, bool) {
	var left chan struct{}
	if leave {
		left = s.left
	}
	for {
		select {
		case reply, ok := <-s.replies:
			if !ok || push || reply[0] != '>' {
				return reply, ok
			}
			if !s.write(reply) {
				return nil, false
			}
		case <-left:
			return nil, false
		case <-s.ctx.Done():
			return nil, false
		}
	}
}

// refuse resets the connection as soon as the client has said something.
func (s *session) refuse() {
	s.over()
	select {
	case <-s.requests:
	case <-s.ctx.Done():
	}
	s.cut(false)
}

// cut ends the connection, in the server's eyes first.
func (s *session) cut(orderly bool) {
	if s.server != nil {
		_ = s.server.Close()
	}
	if !orderly {
		// Close, which follows, then resets.
		_ = s.client.SetLinger(0)
		return
	}
	// Closing with bytes unread would reset all the same, so the rest of a batch
	// is read, and dropped, until the client has seen the end.
	_ = s.client.CloseWrite()
	s.stall()
}

// stall says nothing more and waits for the client to leave.
func (s *session) stall() {
	s.over()
	for {
		select {
		case _, ok := <-s.requests:
			if !ok {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// unpaired reports whether replies to the command, or to those behind it, can no
// longer be told from messages.
func unpaired(name string, args []string) bool {
	switch name {
	case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR":
		return true
	case "CLIENT":
		return len(args) > 1 && strings.EqualFold(args[1], "REPLY")
	}
	return false
}

// unsubscribes reports whether the reply to the command is a push in RESP3. Here nothing is subscribed, since
// the connection would be passed through, so that it is one.
func unsubscribes(name string) bool {
	return name == "UNSUBSCRIBE" || name == "PUNSUBSCRIBE" || name == "SUNSUBSCRIBE"
}

// blocking holds the commands that wait for something at the server.
var blocking = map[string]bool{
	"BLPOP": true, "BRPOP": true, "BLMOVE": true, "BRPOPLPUSH": true, "BLMPOP": true,
	"BZPOPMIN": true, "BZPOPMAX": true, "BZMPOP": true,
	"XREAD": true, "XREADGROUP": true, "WAIT": true, "WAITAOF": true,
}
