package redistest

import (
	"testing"
	"time"
)

func TestStartSentinel(t *testing.T) {
	t.Parallel()
	began := time.Now()
	d := StartSentinel(t, 2)
	ctx := t.Context()
	ready := time.Now()
	old := d.Servers[0]
	addr, err := d.Master(ctx)
	if err != nil || addr != old.Addr() || len(d.Addrs()) != sentinels {
		t.Fatalf("Master() = %q, %v; want %q; %d sentinels", addr, err, old.Addr(), len(d.Addrs()))
	}
	killed := time.Now()
	old.Kill()
	fresh, at, err := d.WaitPromoted(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	announced, err := d.WaitAnnounced(ctx, fresh)
	if err != nil {
		t.Fatal(err)
	}
	if fresh == old || at.Before(killed) || announced.Before(at) {
		t.Errorf("killed %v, promoted %v, announced %v", killed, at, announced)
	}
	t.Logf("ready after %v; promoted %v after the kill, announced another %v later",
		ready.Sub(began), at.Sub(killed), announced.Sub(at))
	if role, err := fresh.Role(ctx); err != nil || role != "master" {
		t.Errorf("Role() = %q, %v", role, err)
	}
	d.Sentinels[0].Kill()
	d.Sentinels[1].Kill()
	d.Sentinels[2].Kill()
	if addr, err := d.Master(ctx); err == nil {
		t.Errorf("Master() without sentinels = %q", addr)
	}
}

func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	d := StartSentinel(t, 1)
	ctx := t.Context()
	if err := d.Failover(ctx); err != nil {
		t.Fatal(err)
	}
	if fresh, _, err := d.WaitPromoted(ctx, d.Servers[0]); err != nil || fresh != d.Servers[1] {
		t.Errorf("WaitPromoted() = %v, %v", fresh, err)
	}
	if _, err := d.WaitAnnounced(ctx, d.Servers[1]); err != nil {
		t.Error(err)
	}
}
