package faultproxy

import (
	"fmt"
	"net"
	"os"
	"runtime"
)

// OwnAddr returns a host and port 0 to listen on, whose host no other process of this machine is likely to use. A port
// that one process has freed may be given to the next at once, and a client that still dials it then reaches the wrong
// server: its commands are recorded as if the test had sent them. Linux has all of 127.0.0.0/8 on its loopback
// interface, and there the host is made of the process id. Where it cannot be listened on, the host is 127.0.0.1.
func OwnAddr() string {
	const shared = "127.0.0.1:0"
	if runtime.GOOS != "linux" {
		return shared
	}
	addr := ownAddr(os.Getpid())
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return shared
	}
	_ = l.Close()
	return addr
}

// ownAddr spreads the 22 bits that a Linux process id has at most over 127.64.0.0/10.
func ownAddr(pid int) string {
	return fmt.Sprintf("127.%d.%d.%d:0", 64+pid>>16&63, pid>>8&255, pid&255)
}
