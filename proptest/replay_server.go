package proptest

import (
	"context"
	"fmt"
	"strings"

	"github.com/reprise-go/reprise/internal/redissyntax"
	"github.com/reprise-go/reprise/internal/resp"
)

// replayServer is a server that an [Oracle] has to itself.
type replayServer struct {
	*replayConn
	inbox    *replayConn // subscribed to "news"
	received int         // by inbox
	words    redissyntax.Vocabulary
	samples  string // of maxmemory-samples, which a case sets
}

// openReplay connects to the server, and refuses one that may not be flushed.
func openReplay(ctx context.Context, o Oracle) (*replayServer, error) {
	conn, err := dialReplay(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	s := &replayServer{replayConn: conn, words: replayWords()}
	if !o.MayFlush {
		if err := s.mustBeEmpty(); err != nil {
			conn.close()
			return nil, err
		}
	}
	if err := s.prepare(ctx, o.Addr); err != nil {
		s.close()
		return nil, err
	}
	for name, texts := range o.Words {
		s.words[name] = redissyntax.Pick(texts...)
	}
	return s, nil
}

// mustBeEmpty returns ErrOccupied if there are keys in any database, or functions.
func (s *replayServer) mustBeEmpty() error {
	keyspace, err := s.ask("INFO", "keyspace")
	if err != nil && !isReplyError(err) {
		return err
	}
	if text, ok := keyspace.(string); ok && strings.Contains(text, "keys=") {
		return fmt.Errorf("%w: %s", ErrOccupied, strings.Join(strings.Fields(text)[2:], " "))
	}
	// A server that does not know this section can at least count.
	keys, err := s.ask("DBSIZE")
	if err != nil {
		return err
	}
	if keys != int64(0) {
		return fmt.Errorf("%w: it holds %v keys", ErrOccupied, keys)
	}
	functions, err := s.ask("FUNCTION", "LIST")
	if err != nil && !isReplyError(err) {
		return err
	}
	if list, ok := functions.([]any); ok && len(list) > 0 {
		return fmt.Errorf("%w: it holds functions", ErrOccupied)
	}
	return nil
}

// prepare subscribes, and has the server make the payloads that only a server can.
func (s *replayServer) prepare(ctx context.Context, addr string) (err error) {
	if s.inbox, err = dialReplay(ctx, addr); err != nil {
		return err
	}
	// The second is refused by servers without sharded channels.
	if _, err := s.inbox.do([]string{"SUBSCRIBE", "news"}, []string{"SSUBSCRIBE", "news"}); err != nil {
		return err
	}
	var dumps []string
	for _, value := range [][]string{{"SET", "k", "1"}, {"RPUSH", "k", "x", "y"}} {
		replies, err := s.do([]string{"FLUSHALL"}, value, []string{"DUMP", "k"})
		if err != nil {
			return err
		}
		if refused, ok := replies[0].(resp.Error); ok {
			return fmt.Errorf("proptest: FLUSHALL: %w", refused)
		}
		if payload, ok := replies[2].(string); ok {
			dumps = append(dumps, payload)
		}
	}
	s.words["dump"] = redissyntax.Pick(append(dumps, "malformed")...)
	replies, err := s.do(
		[]string{"FUNCTION", "LOAD", "REPLACE", replayLibrary("1")}, []string{"FUNCTION", "DUMP"},
		[]string{"CONFIG", "GET", "maxmemory-samples"})
	if err != nil {
		return err
	}
	s.words["fdump"] = redissyntax.Pick("malformed")
	if payload, ok := replies[1].(string); ok {
		s.words["fdump"] = redissyntax.Pick(payload)
	}
	if pair, ok := replies[2].([]any); ok && len(pair) == 2 {
		s.samples = fmt.Sprint(pair[1])
	}
	return nil
}

// close leaves the server empty, and ends the connections. What it cannot undo any more it leaves.
func (s *replayServer) close() {
	undo := [][]string{{"SELECT", "0"}, {"FLUSHALL"}, {"FUNCTION", "FLUSH"}, {"SCRIPT", "FLUSH"}, {"ACL", "DELUSER", "u", "v"}}
	if s.samples != "" {
		undo = append(undo, []string{"CONFIG", "SET", "maxmemory-samples", s.samples})
	}
	_, _ = s.do(undo...)
	s.replayConn.close()
	if s.inbox != nil {
		s.inbox.close()
	}
}

// receive counts the messages that have come in. The answer to a PING comes behind them.
func (s *replayServer) receive() (int, error) {
	if err := s.inbox.send([]string{"PING"}); err != nil {
		return 0, fmt.Errorf("proptest: inbox: %w", err)
	}
	for {
		reply, err := resp.Read(s.inbox.in)
		if err != nil {
			return 0, fmt.Errorf("proptest: inbox: %w", err)
		}
		push, _ := reply.([]any)
		switch {
		case len(push) > 0 && push[0] == "pong":
			return s.received, nil
		case len(push) > 0 && (push[0] == "message" || push[0] == "smessage"):
			s.received++
		}
	}
}
