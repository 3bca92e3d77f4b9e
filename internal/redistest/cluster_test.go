package redistest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// The tests share a cluster, since each start takes time, and each leaves it complete.
func TestCluster(t *testing.T) {
	t.Parallel()
	began := time.Now()
	c := StartCluster(t, 3, 1)
	t.Logf("ready after %v", time.Since(began))
	if len(c.Servers) != 6 || len(c.Addrs()) != 6 || c.Addrs()[5] != c.Servers[5].Addr() {
		t.Errorf("%d servers at %v", len(c.Servers), c.Addrs())
	}
	masters, err := c.Masters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for slot, i := range map[int]int{0: 0, 5460: 0, 5461: 1, 10921: 1, 10922: 2, slots - 1: 2} {
		if s, err := c.Master(t.Context(), slot); err != nil || s != c.Servers[i] || masters[slot] != s {
			t.Errorf("Master(%d) = %v, %v, Masters()[%d] = %v; want server %d", slot, s, err, slot, masters[slot], i)
		}
	}
	has, err := c.Servers[1].Slots(t.Context())
	if err != nil || has(5460) || !has(5461) || !has(10921) || has(10922) {
		t.Errorf("Slots() of server 1: %v", err)
	}
	for _, part := range []struct {
		name string
		test func(*testing.T, *Cluster)
	}{
		{"planned failover", plannedFailover},
		{"migration", migration},
		{"crash", crash},
		{"restart", restart},
		{"loss of power", lossOfPower},
	} {
		t.Run(part.name, func(t *testing.T) {
			began := time.Now()
			part.test(t, c)
			if err := c.WaitComplete(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Logf("took %v", time.Since(began))
		})
	}
}

func plannedFailover(t *testing.T, c *Cluster) {
	ctx := t.Context()
	old := c.Servers[0]
	replicas := c.ReplicasOf(ctx, old)
	if !slices.Equal(replicas, c.Servers[3:4]) {
		t.Fatalf("ReplicasOf(server 0) = %v", replicas)
	}
	if err := c.Failover(ctx, old); err == nil {
		t.Error("Failover() to a master is no error")
	}
	if err := c.Failover(ctx, replicas[0]); err != nil {
		t.Fatal(err)
	}
	if heir, _, err := c.WaitPromoted(ctx, old); err != nil || heir != replicas[0] {
		t.Errorf("WaitPromoted() = %v, %v", heir, err)
	}
	if err := c.WaitComplete(ctx); err != nil {
		t.Fatal(err)
	}
	if s, err := c.Master(ctx, 0); err != nil || s != replicas[0] {
		t.Errorf("Master(0) = %v, %v", s, err)
	}
	if !slices.Equal(c.ReplicasOf(ctx, replicas[0]), []*Server{old}) {
		t.Error("the old master is not the replica of the new one")
	}
}

func crash(t *testing.T, c *Cluster) {
	ctx := t.Context()
	old, bystander := c.Servers[1], c.Servers[2]
	id := c.ID(old)
	killed := time.Now()
	old.Kill()
	heir, at, err := c.WaitPromoted(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	served, err := c.WaitServed(ctx, 8000)
	if err != nil {
		t.Fatal(err)
	}
	if heir != c.Servers[4] || at.Before(killed) || served.Before(killed) {
		t.Errorf("killed %v, %v promoted %v, served %v", killed, heir, at, served)
	}
	t.Logf("promoted %v after the kill, served %v after it", at.Sub(killed), served.Sub(killed))
	again := c.RestartElsewhere(t, old)
	if again.Addr() == old.Addr() || again != c.Servers[1] || c.ID(again) != id || c.ID(old) != id || id == "" {
		t.Errorf("%s at %s came back as %s at %s", id, old.Addr(), c.ID(again), again.Addr())
	}
	if err := c.WaitComplete(ctx); err != nil {
		t.Fatal(err)
	}
	nodes, err := bystander.nodes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		if n.id == id && (n.addr != again.Addr() || n.master != c.ID(heir)) {
			t.Errorf("a bystander sees %+v, want %s as a replica of %s", n, again.Addr(), c.ID(heir))
		}
	}
}

func restart(t *testing.T, c *Cluster) {
	old := c.Servers[5]
	again := c.Restart(t, old, "--maxclients", "77")
	if again == old || again.Addr() != old.Addr() || again != c.Servers[5] || c.ID(again) != c.ID(old) {
		t.Errorf("%s at %s came back as %s at %s", c.ID(old), old.Addr(), c.ID(again), again.Addr())
	}
	if !slices.Equal(c.ReplicasOf(t.Context(), c.Servers[2]), []*Server{again}) {
		t.Error("it is not a replica of the same master any longer")
	}
}

func lossOfPower(t *testing.T, c *Cluster) {
	ids := slices.Clone(c.ids)
	c.RestartAll(t)
	if _, err := c.WaitServed(t.Context(), 0); err != nil {
		t.Error(err)
	}
	for i, s := range c.Servers {
		if id, err := s.Do(t.Context(), "CLUSTER", "MYID"); err != nil || id != ids[i] {
			t.Errorf("server %d is now %v, %v; want %s", i, id, err, ids[i])
		}
	}
}

func TestClusterWithTwoReplicasEach(t *testing.T) {
	t.Parallel()
	c := StartCluster(t, 2, 2, "--cluster-replica-no-failover", "yes")
	for i, want := range [][]*Server{c.Servers[2:4], c.Servers[4:6]} {
		if got := c.ReplicasOf(t.Context(), c.Servers[i]); !slices.Equal(got, want) {
			t.Errorf("ReplicasOf(server %d) = %v", i, got)
		}
	}
	// Nobody replaces it, and the others find it where it is now.
	old := c.Servers[0]
	again := c.RestartElsewhere(t, old)
	if err := c.WaitComplete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := c.Master(t.Context(), 0); err != nil || s != again {
		t.Errorf("Master(0) = %v, %v", s, err)
	}
	if err := c.Migrate(t.Context(), slots-1, old, nil); err != nil {
		t.Errorf("Migrate() to a server by its former name: %v", err)
	}
	if err := again.Freeze(); err != nil {
		t.Skip(err)
	}
	if s, err := c.Master(t.Context(), 0); err != nil || s != again {
		t.Errorf("Master(0) while it is frozen = %v, %v", s, err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), answerTime+100*tick, errBusy)
	defer cancel()
	err := c.WaitComplete(ctx)
	if !errors.Is(err, errBusy) || !strings.Contains(err.Error(), again.Addr()+" does not answer") {
		t.Errorf("WaitComplete() with a frozen node = %v", err)
	}
}

func TestClusterWithoutReplicas(t *testing.T) {
	t.Parallel()
	c := StartCluster(t, 1, 0, "--cluster-node-timeout", "3000")
	setting, err := c.Servers[0].Do(t.Context(), "CONFIG", "GET", "cluster-node-timeout")
	if want := []any{"cluster-node-timeout", "3000"}; err != nil || !reflect.DeepEqual(setting, want) {
		t.Errorf("CONFIG GET = %v, %v", setting, err)
	}
	if replicas := c.ReplicasOf(t.Context(), c.Servers[0]); len(replicas) > 0 {
		t.Errorf("ReplicasOf() = %v", replicas)
	}
	stranger := &Server{}
	if _, _, err := c.WaitPromoted(t.Context(), stranger); err == nil || c.ID(stranger) != "" {
		t.Errorf("WaitPromoted() of a server from elsewhere = %v", err)
	}
	c.Servers[0].Kill()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*tick, errBusy)
	defer cancel()
	addr := c.Servers[0].Addr()
	for name, call := range map[string]func() error{
		"Master":       func() error { _, err := c.Master(ctx, 0); return err },
		"Masters":      func() error { _, err := c.Masters(ctx); return err },
		"WaitServed":   func() error { _, err := c.WaitServed(ctx, 0); return err },
		"WaitComplete": func() error { return c.WaitComplete(ctx) },
	} {
		if err := call(); !errors.Is(err, errBusy) || name != "WaitServed" && !strings.Contains(err.Error(), addr) {
			t.Errorf("%s() of a dead cluster = %v", name, err)
		}
	}
	if replicas := c.ReplicasOf(ctx, c.Servers[0]); replicas != nil {
		t.Errorf("ReplicasOf() of a dead cluster = %v", replicas)
	}
}
