package redistest

import (
	"bufio"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func ping(addr string) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func TestStartRunsServersSideBySide(t *testing.T) {
	a, b := Start(t), Start(t)
	for _, s := range []*Server{a, b} {
		if got, err := ping(s.Addr()); err != nil || got != "+PONG\r\n" {
			t.Errorf("PING to %s = %q, %v", s.Addr(), got, err)
		}
	}
	if a.Pid() == b.Pid() || a.Addr() == b.Addr() {
		t.Errorf("two servers share a process or an address: %d and %d, %s and %s", a.Pid(), b.Pid(), a.Addr(), b.Addr())
	}
	a.Kill()
	a.Kill()
	if _, err := ping(a.Addr()); err == nil {
		t.Error("a killed server still answers")
	}
	if _, err := ping(b.Addr()); err != nil {
		t.Errorf("killing one server ended the other: %v", err)
	}
}

func TestServerEndsWithItsTest(t *testing.T) {
	var s *Server
	t.Run("inner", func(t *testing.T) { s = Start(t) })
	if s == nil {
		t.Skip("inner was skipped")
	}
	if _, err := ping(s.Addr()); err == nil {
		t.Error("the server outlived its test")
	}
}

func TestStartPassesArguments(t *testing.T) {
	s := Start(t, "--cluster-enabled", "yes", "--requirepass", "secret")
	got, err := ping(s.Addr())
	if err != nil || !strings.HasPrefix(got, "-NOAUTH") {
		t.Errorf("PING without the password = %q, %v; want NOAUTH", got, err)
	}
}

func TestStartTakesAnotherPort(t *testing.T) {
	first := Start(t)
	binary, err := find()
	if err != nil {
		t.Fatal(err)
	}
	taken := first.Addr()
	asked := 0
	next := func() (int, error) {
		asked++
		if asked == 1 {
			addr, err := net.ResolveTCPAddr("tcp", taken)
			if err != nil {
				return 0, err
			}
			return addr.Port, nil
		}
		return freePort()
	}
	second, err := start(binary, t.TempDir(), next, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Kill()
	if second.Addr() == taken || asked < 2 {
		t.Errorf("second server runs at %s after %d ports; the first is at %s", second.Addr(), asked, taken)
	}
	all := func() (int, error) { addr, err := net.ResolveTCPAddr("tcp", taken); return addr.Port, err }
	if _, err := start(binary, t.TempDir(), all, nil); !errors.Is(err, errTaken) {
		t.Errorf("start on ports that are all taken = %v, want errTaken", err)
	}
}

func TestStartShowsTheServersComplaint(t *testing.T) {
	binary, err := find()
	if err != nil {
		t.Skip(err)
	}
	_, err = start(binary, t.TempDir(), freePort, []string{"--no-such-setting", "1"})
	if err == nil || !strings.Contains(err.Error(), "no-such-setting") {
		t.Errorf("start with a bad setting = %v, want the server's complaint", err)
	}
}

// recorder is a testing.TB that notes how a test was ended.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (r *recorder) Skip(...any)  { r.skipped = true; runtime.Goexit() }
func (r *recorder) Fatal(...any) { r.failed = true; runtime.Goexit() }

func TestStartWithoutRedis(t *testing.T) {
	for _, require := range []string{"", "1"} {
		t.Setenv("REPRISE_REDIS_SERVER", filepath.Join(t.TempDir(), "missing"))
		t.Setenv("REPRISE_REQUIRE_REDIS", require)
		r := &recorder{TB: t}
		var wg sync.WaitGroup
		wg.Go(func() { Start(r) })
		wg.Wait()
		if r.failed != (require == "1") || r.skipped == r.failed {
			t.Errorf("REPRISE_REQUIRE_REDIS=%q: skipped %v, failed %v", require, r.skipped, r.failed)
		}
	}
}

func TestFindTakesTheNamedBinary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REPRISE_REDIS_SERVER", path)
	if got, err := find(); err != nil || got != path {
		t.Errorf("find() = %q, %v; want %q", got, err, path)
	}
}
