package redistest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gone fails the test if a server of Run or its directory is still there.
func gone(t *testing.T, servers ...*Server) {
	t.Helper()
	for _, s := range servers {
		if _, err := ping(s.Addr()); err == nil {
			t.Errorf("the server at %s is left", s.Addr())
		}
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestRun(t *testing.T) {
	need(t)
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		end  func(TB) error
		want error
	}{
		"success": {func(TB) error { return nil }, nil},
		"error":   {func(TB) error { return broken }, broken},
		"fatal":   {func(tb TB) error { tb.Fatal(broken); return nil }, broken},
		"fatalf":  {func(tb TB) error { tb.Fatalf("it is %w", broken); return nil }, broken},
		"skip":    {func(tb TB) error { tb.Skip(broken); return nil }, broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			var servers []*Server
			err := Run(t.Context(), func(tb TB) error {
				servers = append(servers, Start(tb), Start(tb))
				for _, s := range servers {
					if _, err := ping(s.Addr()); err != nil {
						t.Errorf("PING to %s: %v", s.Addr(), err)
					}
				}
				return tt.end(tb)
			})
			if err != tt.want && name != "fatalf" || !errors.Is(err, tt.want) { //nolint:errorlint // the very one
				t.Errorf("Run() = %v, want %v", err, tt.want)
			}
			if len(servers) != 2 {
				t.Errorf("%d servers", len(servers))
			}
			gone(t, servers...)
		})
	}
}

func TestRunInterrupted(t *testing.T) {
	need(t)
	t.Setenv("TMPDIR", t.TempDir())
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var server *Server
	err := Run(ctx, func(tb TB) error {
		server = Start(tb)
		cancel(enough)
		StartReplica(tb, server)
		t.Error("it has not ended")
		return nil
	})
	if !errors.Is(err, enough) || strings.Contains(err.Error(), "redistest") {
		t.Errorf("Run() = %v, want the cause", err)
	}
	gone(t, server)
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	t.Setenv("REPRISE_REDIS_SERVER", filepath.Join(t.TempDir(), "missing"))
	t.Setenv("REPRISE_REQUIRE_REDIS", "")
	err := Run(t.Context(), func(tb TB) error { Start(tb); return nil })
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "no redis-server (apt-get install") {
		t.Errorf("Run() = %v", err)
	}
	err = Run(t.Context(), func(tb TB) error { tb.Fatal("port", 17, "is", net.ErrClosed); return nil })
	if err == nil || err.Error() != "port 17 is use of closed network connection" {
		t.Errorf("Run() = %v", err)
	}
}
