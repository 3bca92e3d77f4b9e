package clusterdemo

import (
	"net"
	"syscall"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

func TestWire(t *testing.T) {
	t.Parallel()
	dead, other := miniredis.RunT(t), miniredis.RunT(t)
	w := newWire()
	use := func(addr string) {
		t.Helper()
		c := redis.NewClient(&redis.Options{Addr: addr, Dialer: w.Dial, PoolSize: 1})
		defer c.Close()
		for range 2 {
			if err := c.ClusterSlots(t.Context()).Err(); err != nil { //nolint:staticcheck // it is what go-redis sends
				t.Fatal(err)
			}
		}
		if err := c.Set(t.Context(), "cluster", "slots", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(dials, maps int64) {
		t.Helper()
		if d, m := w.dials.Load(), w.maps.Load(); d != dials || m != maps {
			t.Errorf("%d dials and %d requests for the map, want %d and %d", d, m, dials, maps)
		}
	}
	use(dead.Addr())
	expect(0, 0)
	w.lose(dead.Addr())
	use(other.Addr())
	expect(0, 2)
	use(net.JoinHostPort("localhost", dead.Port()))
	expect(1, 4)
	addr := dead.Addr()
	dead.Close()
	if c, err := w.Dial(t.Context(), "tcp", addr); err == nil {
		t.Errorf("a connection to the dead one: %v", c)
	}
	expect(2, 4)

	c, err := w.Dial(t.Context(), "tcp", other.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.(syscall.Conn).SyscallConn(); err != nil {
		t.Errorf("go-redis cannot look at it: %v", err)
	}
}
