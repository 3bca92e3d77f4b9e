package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/reprise-go/reprise/internal/redistest"
)

const masters = 3

// stage runs a cluster and a client, and takes a master away.
func stage(ctx context.Context, name string, n int, replaced bool) (r row, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = redistest.Run(ctx, func(tb redistest.TB) error {
		r, err = storm(tb.Context(), redistest.StartCluster(tb, masters, 1), name, n, replaced)
		return err
	})
	return r, err
}

func storm(ctx context.Context, c *redistest.Cluster, name string, n int, replaced bool) (row, error) {
	r := row{Name: name, Promoted: "before"}
	p, err := start(ctx, name, c.Addrs(), n)
	if err != nil {
		return r, err
	}
	defer p.end()
	if err := p.hear("open"); err != nil {
		return r, err
	}
	old, alive := c.Servers[0], c.Servers[1:]
	if err := old.Freeze(); err != nil {
		return r, fmt.Errorf("freeze a master: %w", err)
	}
	if err := errors.Join(p.tell("go"), p.hear("waiting")); err != nil {
		return r, err
	}
	if replaced {
		// Its first replica, see Cluster.Servers.
		if _, err := c.Servers[masters].Do(ctx, "CLUSTER", "FAILOVER", "TAKEOVER"); err != nil {
			return r, fmt.Errorf("have the replica take over: %w", err)
		}
		if err := agree(ctx, alive, c.ID(c.Servers[masters])); err != nil {
			return r, err
		}
	}
	before, err := maps(ctx, alive)
	if err != nil {
		return r, err
	}
	if err := p.tell("killed"); err != nil {
		return r, err
	}
	killed := time.Now()
	old.Kill()
	if !replaced {
		_, at, err := c.WaitPromoted(ctx, old)
		if err != nil {
			return r, err
		}
		r.Promoted = strconv.FormatInt(at.Sub(killed).Milliseconds(), 10)
	}
	if err := p.outcome(&r.outcome); err != nil {
		return r, err
	}
	ended, err := maps(ctx, alive)
	if err != nil {
		return r, err
	}
	if err := p.hear("later"); err != nil { // the client lives on: a second look may follow
		return r, err
	}
	later, err := maps(ctx, alive)
	r.Maps, r.Later = ended-before, later-ended
	return r, err
}

// agree returns when all servers know that a node has slot 0.
func agree(ctx context.Context, servers []*redistest.Server, id string) error {
	owns := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(id) + ` .* 0-\d+`)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, s := range servers {
		for {
			nodes, err := s.Do(ctx, "CLUSTER", "NODES")
			if err != nil {
				return fmt.Errorf("ask %s who has slot 0: %w", s.Addr(), err)
			}
			if owns.MatchString(fmt.Sprint(nodes)) {
				break
			}
			<-tick.C
		}
	}
	return nil
}

var mapCalls = regexp.MustCompile(`cmdstat_cluster\|(?:slots|shards):calls=(\d+)`)

// maps returns how often the servers were asked for the slot map.
func maps(ctx context.Context, servers []*redistest.Server) (total int64, err error) {
	for _, s := range servers {
		info, err := s.Do(ctx, "INFO", "commandstats")
		if err != nil {
			return 0, fmt.Errorf("ask %s what it was asked: %w", s.Addr(), err)
		}
		for _, m := range mapCalls.FindAllStringSubmatch(fmt.Sprint(info), -1) {
			n, _ := strconv.ParseInt(m[1], 10, 64) // the expression lets nothing else through
			total += n
		}
	}
	return total, nil
}

// process is a client in a process of its own, with which there is a talk in lines.
type process struct {
	cmd *exec.Cmd
	in  interface{ Write([]byte) (int, error) }
	out *bufio.Scanner
}

func start(ctx context.Context, name string, addrs []string, n int) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run it as a client: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "-client", name, "-addrs", strings.Join(addrs, ","), "-n", strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd, in, bufio.NewScanner(out)}, cmd.Start()
}

func (p *process) tell(line string) error {
	_, err := fmt.Fprintln(p.in, line)
	return err
}

// hear returns when the client has said so.
func (p *process) hear(want string) error {
	if !p.out.Scan() || p.out.Text() != want {
		return fmt.Errorf("the client said %q instead of %q: %w", p.out.Text(), want, errors.Join(p.out.Err(), errors.New("see above for its own error")))
	}
	return nil
}

func (p *process) outcome(o *outcome) error {
	p.out.Scan()
	if err := json.Unmarshal(p.out.Bytes(), o); err != nil {
		return fmt.Errorf("the client said %q instead of its outcome: %w", p.out.Text(), err)
	}
	return nil
}

// end is for a client that may have ended by itself.
func (p *process) end() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}
