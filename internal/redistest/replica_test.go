package redistest

import (
	"context"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestStartReplica(t *testing.T) {
	ctx := t.Context()
	master := Start(t)
	if _, err := master.Do(ctx, "SET", "k", "v"); err != nil {
		t.Fatal(err)
	}
	replica := StartReplica(t, master)
	if v, err := replica.Do(ctx, "GET", "k"); err != nil || v != "v" {
		t.Errorf("GET k on the replica = %v, %v", v, err)
	}
	for s, want := range map[*Server]string{master: "master", replica: "slave"} {
		if role, err := s.Role(ctx); err != nil || role != want {
			t.Errorf("Role() = %q, %v; want %q", role, err, want)
		}
	}
	if _, err := replica.Do(ctx, "SET", "k", "w"); err == nil || !strings.Contains(err.Error(), "READONLY") {
		t.Errorf("SET on the replica = %v, want READONLY", err)
	}
	ended, cancel := context.WithCancelCause(ctx)
	cancel(errBusy)
	if _, err := replica.WaitPromoted(ended); !errors.Is(err, errBusy) {
		t.Errorf("WaitPromoted() with an ended context = %v", err)
	}
	if _, err := replica.Do(ctx, "REPLICAOF", "NO", "ONE"); err != nil {
		t.Fatal(err)
	}
	if _, err := replica.WaitPromoted(ctx); err != nil {
		t.Error(err)
	}
}

var errBusy = errors.New("the test has other things to do")

func TestFreeze(t *testing.T) {
	s := Start(t)
	if err := s.Freeze(); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error, 1)
	go func() {
		_, err := s.Do(ctx, "PING")
		answer <- err
	}()
	cancel()
	if err := <-answer; err == nil {
		t.Error("a frozen server has answered")
	}
	if err := s.Thaw(); err != nil {
		t.Fatal(err)
	}
	if pong, err := s.Do(t.Context(), "PING"); err != nil || pong != "PONG" {
		t.Errorf("PING after Thaw = %v, %v", pong, err)
	}
	if err := s.Freeze(); err != nil {
		t.Fatal(err)
	}
	s.Kill() // returns, though the process is stopped
}

func TestRestart(t *testing.T) {
	ctx := t.Context()
	first := Start(t)
	replies, err := first.DoAll(ctx, []string{"DEBUG", "POPULATE", "1000"}, []string{"SAVE"}, []string{"INCR", "unsaved"})
	if want := []any{"OK", "OK", int64(1)}; err != nil || !reflect.DeepEqual(replies, want) {
		t.Fatalf("DoAll() = %v, %v", replies, err)
	}
	if _, err := first.DoAll(ctx, []string{"PING"}, []string{"LPUSH", "unsaved"}); err == nil || !strings.Contains(err.Error(), "LPUSH: ERR wrong number") {
		t.Errorf("DoAll() with an error reply = %v", err)
	}
	if _, err := os.Stat(first.Dir() + "/dump.rdb"); err != nil {
		t.Error(err)
	}
	second := first.Restart(t, "--maxclients", "77")
	if n, err := second.Do(ctx, "DBSIZE"); err != nil || n != int64(1000) {
		t.Errorf("DBSIZE after Restart = %v, %v", n, err)
	}
	setting, err := second.Do(ctx, "CONFIG", "GET", "maxclients")
	if want := []any{"maxclients", "77"}; err != nil || !reflect.DeepEqual(setting, want) {
		t.Errorf("CONFIG GET maxclients = %v, %v", setting, err)
	}
	if second.Addr() != first.Addr() || second.Pid() == first.Pid() {
		t.Errorf("restarted at %s as %d, from %s as %d", second.Addr(), second.Pid(), first.Addr(), first.Pid())
	}
	third := second.RestartLoading(t, "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
	if _, err := third.Do(ctx, "DBSIZE"); err == nil || !strings.Contains(err.Error(), "LOADING") {
		t.Errorf("DBSIZE after RestartLoading = %v, want LOADING", err)
	}
}
