package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// node is what one node says of another, or of itself: a line of CLUSTER NODES.
// https://redis.io/docs/latest/commands/cluster-nodes/
type node struct {
	id, addr, master, epoch string // master is "-" for a master
	flags                   []string
	linked                  bool
	slots                   []span
}

// span is a range of slots, both ends included.
type span struct{ first, last int }

func (n node) is(flag string) bool { return slices.Contains(n.flags, flag) }

func (n node) owns(slot int) bool {
	return slices.ContainsFunc(n.slots, func(s span) bool { return s.first <= slot && slot <= s.last })
}

// readNodes reads the reply to CLUSTER NODES.
func readNodes(text string) ([]node, error) {
	var nodes []node
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) < 8 {
			return nil, fmt.Errorf("redistest: CLUSTER NODES: line %q", line)
		}
		n := node{
			id: words[0], flags: strings.Split(words[2], ","), master: words[3],
			epoch: words[6], linked: words[7] == "connected",
		}
		n.addr, _, _ = strings.Cut(words[1], "@") // the bus port follows
		for _, word := range words[8:] {
			if strings.HasPrefix(word, "[") {
				continue // a slot on its way, which is in a range as well, or in another node's
			}
			first, last, ok := strings.Cut(word, "-")
			if !ok {
				last = first
			}
			var s span
			var err error
			if s.first, err = strconv.Atoi(first); err == nil {
				s.last, err = strconv.Atoi(last)
			}
			if err != nil {
				return nil, fmt.Errorf("redistest: CLUSTER NODES: line %q: %w", line, err)
			}
			n.slots = append(n.slots, s)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// owner returns the id of the node with the slot, or "".
func owner(nodes []node, slot int) string {
	for _, n := range nodes {
		if n.owns(slot) {
			return n.id
		}
	}
	return ""
}

// soon is Do with a limit of its own for a node that may be frozen.
func (s *Server) soon(ctx context.Context, args ...string) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	reply, err := s.Do(ctx, args...)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("redistest: %s does not answer: %w", s.addr, context.Cause(ctx))
	}
	return reply, err
}

// nodes returns how the server sees the cluster.
func (s *Server) nodes(ctx context.Context) ([]node, error) {
	reply, err := s.soon(ctx, "CLUSTER", "NODES")
	if err != nil {
		return nil, err
	}
	return readNodes(fmt.Sprint(reply))
}

// itself returns how the server sees itself.
func (s *Server) itself(ctx context.Context) (node, error) {
	nodes, err := s.nodes(ctx)
	if err != nil {
		return node{}, err
	}
	for _, n := range nodes {
		if n.is("myself") {
			return n, nil
		}
	}
	return node{}, fmt.Errorf("redistest: %s does not know itself", s.addr)
}

// Slots returns the function that tells which slots the server has now, by its own word.
func (s *Server) Slots(ctx context.Context) (func(slot int) bool, error) {
	n, err := s.itself(ctx)
	if err != nil {
		return nil, err
	}
	return n.owns, nil
}

// serves returns nil if the server answers clients, or why it does not.
func (s *Server) serves(ctx context.Context) error {
	reply, err := s.soon(ctx, "CLUSTER", "INFO")
	if err != nil {
		return err
	}
	info := fields(reply)
	if info["cluster_state"] != "ok" || info["cluster_slots_ok"] != strconv.Itoa(slots) {
		return fmt.Errorf("%s says cluster_state:%s with %s of %d slots", s.addr, info["cluster_state"], info["cluster_slots_ok"], slots)
	}
	return nil
}
