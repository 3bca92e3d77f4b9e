package faultproxy

import (
	"net"
	"runtime"
	"testing"
)

// TestOwnAddr holds each bit of a process id in an address of the loopback network, away from 127.0.0.1.
func TestOwnAddr(t *testing.T) {
	for pid, want := range map[int]string{
		1:         "127.64.0.1",
		0x1234:    "127.64.18.52",
		0x3fffff:  "127.127.255.255",
		1<<22 + 1: "127.64.0.1",
	} {
		if got := ownHost(pid); got != want {
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
	for n, want := range map[uint32]int{0: 10_000, 49_999: 59_999, 50_000: 10_000, 1<<32 - 1: 10_000 + (1<<32-1)%50_000} {
		if got := ownPort(n); got != want {
			t.Errorf("port %d: %d; want %d", n, got, want)
		}
	}
	if first, second := OwnAddr(), OwnAddr(); first == second {
		t.Errorf("%s twice in a row", first)
	}
}
