package faultproxy

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
)

// OwnAddr returns an address to listen on that nobody is likely to dial by mistake. A port that has been freed may be given
// to the next who asks, at once, and a client that still dials it then reaches the wrong server: its commands are
// recorded as if the test had sent them. Linux has all of 127.0.0.0/8 on its loopback interface: there the host is made of
// the process id, so that no other process uses it, and the ports of this one are taken in their order, so that it is
// long until one is taken again. Where that cannot be listened on, the address is "127.0.0.1:0".
func OwnAddr() string {
	const shared = "127.0.0.1:0"
	if runtime.GOOS != "linux" {
		return shared
	}
	host := ownHost(os.Getpid())
	for range 100 {
		addr := net.JoinHostPort(host, strconv.Itoa(ownPort(ports.Add(1))))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	return shared
}

// ports counts the ports that were taken.
var ports atomic.Uint32

// ownPort returns the nth port of those that are neither reserved nor likely to be in use.
func ownPort(n uint32) int { return 10_000 + int(n%50_000) }

// ownHost spreads the 22 bits that a Linux process id has at most over 127.64.0.0/10.
func ownHost(pid int) string {
	return fmt.Sprintf("127.%d.%d.%d", 64+pid>>16&63, pid>>8&255, pid&255)
}
