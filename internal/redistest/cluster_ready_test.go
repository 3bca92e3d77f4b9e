package redistest

import "testing"

// TestOffsets: what is due does not move on while clients write, or no replica would ever have it for long.
func TestOffsets(t *testing.T) {
	a, b, c := &Server{addr: "a:1"}, &Server{addr: "b:1"}, &Server{addr: "c:1"}
	o := offsets{}
	for _, tt := range []struct {
		replica, master *Server
		now, want       int64
	}{
		{a, b, 100, 100},
		{a, b, 150, 100},
		{c, b, 170, 170},
		{a, c, 180, 180},
		{a, b, 20, 20}, // another stream
		{a, b, 200, 20},
		{c, b, 200, 170},
	} {
		if got := o.due(tt.replica, tt.master, tt.now); got != tt.want {
			t.Errorf("due(%s, %s, %d) = %d, want %d", tt.replica.addr, tt.master.addr, tt.now, got, tt.want)
		}
	}
}
