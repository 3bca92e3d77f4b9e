// Package nameserver is a name server for tests of what fails in a look-up.
package nameserver

import (
	"context"
	"net"
	"testing"
)

// Response codes: RFC 1035, section 4.1.1. Silent is none: the server never answers.
const (
	Failed = 2
	NoName = 3
	Silent = -1
)

// Start returns a resolver that asks a server on the loopback, which answers every query with the code. The server ends
// with the test.
func Start(tb testing.TB, code int) *net.Resolver {
	tb.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	go func() {
		message := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(message)
			if err != nil {
				return
			}
			if code == Silent {
				continue
			}
			message[2] |= 0x80 // a response
			message[3] = message[3]&0xf0 | byte(code)
			if _, err := server.WriteTo(message[:n], from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}
