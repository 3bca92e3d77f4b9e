package faultproxy

import (
	"net"
	"runtime"
	"testing"
)

// TestOwnAddr holds each bit of a process id in an address of the loopback network, away from 127.0.0.1.
func TestOwnAddr(t *testing.T) {
	for pid, want := range map[int]string{
		1:         "127.64.0.1:0",
		0x1234:    "127.64.18.52:0",
		0x3fffff:  "127.127.255.255:0",
		1<<22 + 1: "127.64.0.1:0",
	} {
		if got := ownAddr(pid); got != want {
			t.Errorf("process %d: %s; want %s", pid, got, want)
		}
	}

	p, err := Start("127.0.0.1:1", Config{Addr: OwnAddr()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	host, _, _ := net.SplitHostPort(p.Addr())
	if ip := net.ParseIP(host); !ip.IsLoopback() {
		t.Errorf("listens on %s; want the loopback network", host)
	} else if runtime.GOOS == "linux" && host == "127.0.0.1" {
		t.Errorf("listens on %s, as every process may", host)
	}
}
