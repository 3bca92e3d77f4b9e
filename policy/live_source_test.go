package policy_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reprise-go/reprise/policy"
)

func TestFromEnv(t *testing.T) {
	r := atOnce(2)
	r.Budget = new(policy.Budget)
	for text, want := range map[string]string{
		"": "retries=2 backoff=none budget=0 classify=custom", "off": "retries=0 backoff=none budget=0 classify=custom",
		"retries=7": "retries=7 budget=0 classify=custom",
	} {
		t.Setenv(policy.Variable, text)
		if got, err := policy.FromEnv(r); err != nil || got.String() != want || got.Budget != r.Budget {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
	t.Setenv(policy.Variable, "retries=many")
	got, err := policy.FromEnv(r)
	if wrong := (*policy.ParseError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), policy.Variable) || got.Retries != 2 {
		t.Errorf("%v, %v", got, err)
	}
	_ = os.Unsetenv(policy.Variable)
	if got, err := policy.FromEnv(r); err != nil || got.Retries != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := policy.FromEnv(policy.Retry{Retries: -2}); err == nil {
		t.Error("accepts a policy that is not valid")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLiveFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "policy")
	l, _ := live(t, atOnce(2))
	if err := l.File(name); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"# of today\nretries=4\n\n  backoff=none  \n# and no more\n": "",
		"retries=many": "many", "# nothing\n": "retries is missing", strings.Repeat("# much\n", 10_000): "more than 65536 bytes",
	} {
		l, _ := live(t, atOnce(2))
		write(t, name, text)
		err := l.File(name)
		if want == "" {
			if err != nil || l.Load().Retries != 4 {
				t.Errorf("%v, %v", l.Load(), err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) || l.Load().Retries != 2 {
			t.Errorf("%.20q: %v; want %q, and the name", text, err, want)
		}
	}
}

// Each change is told once, and each thing that is wrong until something else is.
func TestLiveWatch(t *testing.T) {
	name := filepath.Join(t.TempDir(), "policy")
	l, _ := live(t, atOnce(2))
	var (
		mu   sync.Mutex
		told []string
	)
	take := func() []string {
		mu.Lock()
		defer mu.Unlock()
		all := told
		told = nil
		return all
	}
	wrong := "policy: file \"" + name + "\": "
	steps := []struct{ text, begins, ends string }{
		{"", wrong, "retries=2 backoff=none"},
		{"", "", ""},
		{"# of the orders\nretries=4\nbackoff=none\n", "ok", "retries=4 backoff=none"},
		{"retries=5", "ok", "retries=5"},
		{"retries=5", "", ""},
		{"bad", wrong + `policy: cannot read "bad" at offset 0: "bad" is not name=value`, "retries=5"},
		{"bad", "", ""},
		{"gone", "policy: open " + name + ": no such file", "retries=5"},
		{"gone", "", ""},
		{"bad", wrong, "retries=5"},
		{"retries=5", "ok", "retries=5"},
		{"off", "ok", "retries=5"},
	}
	inBubble(t, func(ctx context.Context) {
		ctx, cancel := context.WithCancelCause(ctx)
		write(t, name, steps[0].text)
		ended := make(chan error, 1)
		go func() {
			ended <- l.Watch(ctx, name, time.Second, func(err error) {
				said := "ok"
				if err != nil {
					said = err.Error()
				}
				said += " and now " + strings.TrimSuffix(l.Load().String(), " classify=custom")
				mu.Lock()
				defer mu.Unlock()
				told = append(told, said)
			})
		}()
		pass(500 * ms)
		for i, s := range steps {
			if i > 0 {
				if s.text == "gone" {
					_ = os.Remove(name)
				} else {
					write(t, name, s.text)
				}
				pass(time.Second)
			}
			told := take()
			if s.begins == "" && len(told) == 0 {
				continue
			}
			if len(told) != 1 || !strings.HasPrefix(told[0], s.begins) || !strings.HasSuffix(told[0], " and now "+s.ends) {
				t.Errorf("step %d, %q: told %q, want %q, and now %q", i, s.text, told, s.begins, s.ends)
			}
		}
		cancel(errCause)
		if err := <-ended; !same(err, errCause) {
			t.Error(err)
		}
	})
	if !l.IsOff() || l.Load().Retries != 5 || len(take()) > 0 {
		t.Errorf("%v", l.Load())
	}
	if err := l.Watch(t.Context(), name, 0, nil); err == nil {
		t.Error("accepts no time at all")
	}
	if err := l.File("/dev/zero"); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes") {
		t.Errorf("%v, want what has no end refused", err)
	}
}

// live returns a Live of a policy that is valid, and the policy that follows it.
func live(t *testing.T, r policy.Retry) (*policy.Live, policy.Retry) {
	t.Helper()
	l := newLive(t, r)
	return l, policy.Retry{Live: l}
}
