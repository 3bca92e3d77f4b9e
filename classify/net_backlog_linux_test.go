package classify_test

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestNetDialBacklog holds the verdict on a dial that a server with a full queue of
// connections leaves unanswered, as an overloaded one does.
func TestNetDialBacklog(t *testing.T) {
	t.Parallel()
	runNetCases(t, []netCase{{"backlog is full", func(t *testing.T) error {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Close(fd) })
		if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Listen(fd, 0); err != nil {
			t.Fatal(err)
		}
		name, err := syscall.Getsockname(fd)
		if err != nil {
			t.Fatal(err)
		}
		address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
		d := net.Dialer{Timeout: 20 * time.Millisecond}
		for range 16 {
			c, err := d.DialContext(context.Background(), "tcp", address)
			if err != nil {
				return err
			}
			t.Cleanup(func() { _ = c.Close() })
		}
		return nil
	}, unsentTimeout}})
}
