package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentinel is a running deployment of Redis Sentinel: a master, its replicas and three sentinels,
// each a process of its own. Its methods may be called from any goroutine.
type Sentinel struct {
	// Servers holds the data servers; the first one is the master to begin with.
	Servers []*Server
	// Sentinels holds the three sentinels. Two of them make a quorum.
	Sentinels []*Server
}

// The deployment's settings. A real one waits longer before it calls a server down; a test
// wants to see the failover.
const (
	// MasterName is the name under which the sentinels know the master.
	MasterName      = "mymaster"
	sentinels       = 3
	quorum          = 2
	downAfter       = 500 * time.Millisecond
	failoverTimeout = 2 * time.Second
	parallelSyncs   = 1
	// infoPeriod is how often a sentinel asks a server for its state. A replica's, which says that the
	// master is gone, then arrives before the failover begins, and not in the middle of it: from there on a
	// sentinel asks once a second, and does not announce a new master before it has seen it.
	infoPeriod = 100 * time.Millisecond
	// sentinelReady is in the log of a sentinel that listens.
	sentinelReady = "Sentinel ID is"
)

// StartSentinel runs a deployment with so many replicas, one or more, and returns when every
// sentinel knows all servers and could fail over. The arguments are for the data servers. Every
// process is killed, it and no other, when the test ends. Skipping is as in [Start].
func StartSentinel(tb TB, replicas int, args ...string) *Sentinel {
	tb.Helper()
	d := &Sentinel{Servers: []*Server{Start(tb, args...)}}
	for range replicas {
		d.Servers = append(d.Servers, StartReplica(tb, d.Servers[0], args...))
	}
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	binary := need(tb)
	err := errTaken
	for try := 0; try < portTries && errors.Is(err, errTaken); try++ {
		err = d.startSentinels(ctx, binary, tb.TempDir())
	}
	tb.Cleanup(d.killSentinels)
	if err != nil {
		tb.Fatal(err)
	}
	if err := d.waitComplete(ctx); err != nil {
		tb.Fatal(err)
	}
	return d
}

// Addrs returns the addresses of the sentinels, for the options of a client.
func (d *Sentinel) Addrs() []string {
	addrs := make([]string, len(d.Sentinels))
	for i, s := range d.Sentinels {
		addrs[i] = s.addr
	}
	return addrs
}

// Master returns the address of the master by the word of the first sentinel that answers.
func (d *Sentinel) Master(ctx context.Context) (string, error) {
	err := errors.New("redistest: no sentinels")
	for _, s := range d.Sentinels {
		var addr string
		if addr, err = s.masterAddr(ctx); err == nil {
			return addr, nil
		}
	}
	return "", err
}

func (s *Server) masterAddr(ctx context.Context) (string, error) {
	reply, err := s.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName)
	if err != nil {
		return "", err
	}
	if words, ok := reply.([]any); ok && len(words) == 2 {
		return fmt.Sprintf("%s:%s", words...), nil
	}
	return "", fmt.Errorf("redistest: %s knows no %s: reply %v", s.addr, MasterName, reply)
}

// Failover tells a sentinel to promote a replica although the master is well, and returns before it
// has.
func (d *Sentinel) Failover(ctx context.Context) error {
	_, err := d.Sentinels[0].Do(ctx, "SENTINEL", "FAILOVER", MasterName)
	return err
}

// WaitPromoted returns the first server other than old that takes itself for a master, and
// since when, as [Server.WaitPromoted] does.
func (d *Sentinel) WaitPromoted(ctx context.Context, old *Server) (*Server, time.Time, error) {
	return firstPromoted(ctx, slices.DeleteFunc(slices.Clone(d.Servers), func(s *Server) bool { return s == old }))
}

// WaitAnnounced returns when the first sentinel gives clients the server's address for the master's.
// That is up to a second after the promotion, since a sentinel looks every second whether the
// replica has obeyed. The moment is never too late, as in [Server.WaitPromoted].
func (d *Sentinel) WaitAnnounced(ctx context.Context, s *Server) (time.Time, error) {
	at, err := since(ctx, func() bool {
		for _, sentinel := range d.Sentinels {
			if addr, err := sentinel.masterAddr(ctx); err == nil && addr == s.addr {
				return true
			}
		}
		return false
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("redistest: no sentinel announced %s: %w", s.addr, err)
	}
	return at, nil
}

// startSentinels runs three sentinels that know each other from the start: to find out by
// themselves would take them seconds.
func (d *Sentinel) startSentinels(ctx context.Context, binary, dir string) error {
	d.killSentinels() // those that an earlier try has left
	d.Sentinels = nil
	var ports [sentinels]int
	for i := range ports {
		var err error
		if ports[i], err = freePort(); err != nil {
			return fmt.Errorf("redistest: no free port: %w", err)
		}
	}
	for i, port := range ports {
		own := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(own, 0o700); err != nil {
			return fmt.Errorf("redistest: %w", err)
		}
		file := filepath.Join(own, "sentinel.conf")
		if err := os.WriteFile(file, []byte(d.config(i, ports[:])), 0o600); err != nil {
			return fmt.Errorf("redistest: %w", err)
		}
		s, err := execute(launch{binary: binary, dir: own, port: port, ready: sentinelReady, args: []string{file, "--sentinel"}})
		if err != nil {
			return err
		}
		d.Sentinels = append(d.Sentinels, s)
		// Redis before 7.0 does not know it, and is slower.
		_, _ = s.Do(ctx, "SENTINEL", "DEBUG", "info-period", strconv.FormatInt(infoPeriod.Milliseconds(), 10))
	}
	return nil
}

func (d *Sentinel) killSentinels() {
	for _, s := range d.Sentinels {
		s.Kill()
	}
}

// config returns the file of sentinel i.
func (d *Sentinel) config(i int, ports []int) string {
	var b strings.Builder
	id := func(i int) string { return fmt.Sprintf("%040x", ports[i]) } // 40 digits, different for each
	fmt.Fprintf(&b, "port %d\nbind 127.0.0.1\nsentinel myid %s\n", ports[i], id(i))
	fmt.Fprintf(&b, "sentinel monitor %s 127.0.0.1 %d %d\n", MasterName, d.Servers[0].port, quorum)
	fmt.Fprintf(&b, "sentinel down-after-milliseconds %s %d\n", MasterName, downAfter.Milliseconds())
	fmt.Fprintf(&b, "sentinel failover-timeout %s %d\n", MasterName, failoverTimeout.Milliseconds())
	fmt.Fprintf(&b, "sentinel parallel-syncs %s %d\n", MasterName, parallelSyncs)
	for _, replica := range d.Servers[1:] {
		fmt.Fprintf(&b, "sentinel known-replica %s 127.0.0.1 %d\n", MasterName, replica.port)
	}
	for j, port := range ports {
		if j != i {
			fmt.Fprintf(&b, "sentinel known-sentinel %s 127.0.0.1 %d %s\n", MasterName, port, id(j))
		}
	}
	return b.String()
}

// waitComplete returns when every sentinel is connected to all servers and to the others.
func (d *Sentinel) waitComplete(ctx context.Context) error {
	var missing error
	err := poll(ctx, func() bool {
		missing = nil
		for _, s := range d.Sentinels {
			missing = errors.Join(missing, s.complete(ctx, len(d.Servers)-1))
		}
		return missing == nil
	})
	if err != nil {
		return fmt.Errorf("redistest: the sentinels are not ready: %w: %w", err, missing)
	}
	return nil
}

// complete returns an error that says what the sentinel does not see yet.
func (s *Server) complete(ctx context.Context, replicas int) error {
	if _, err := s.Do(ctx, "SENTINEL", "CKQUORUM", MasterName); err != nil {
		return err
	}
	for list, want := range map[string]int{"MASTERS": 1, "REPLICAS": replicas, "SENTINELS": sentinels - 1} {
		words := []string{"SENTINEL", list}
		if list != "MASTERS" {
			words = append(words, MasterName)
		}
		reply, err := s.Do(ctx, words...)
		if err != nil {
			return err
		}
		all, ok := reply.([]any)
		if !ok || len(all) != want {
			return fmt.Errorf("%s lists %d of %d %s", s.addr, len(all), want, list)
		}
		for _, one := range all {
			f := fields(one)
			// Just the type: no "s_down", no "disconnected". A replica is one once its INFO is in.
			if strings.Contains(f["flags"], ",") || list == "REPLICAS" && f["master-link-status"] != "ok" {
				return fmt.Errorf("%s sees %s of %s as %s, its link as %s", s.addr, f["name"], list, f["flags"], f["master-link-status"])
			}
		}
	}
	return nil
}
