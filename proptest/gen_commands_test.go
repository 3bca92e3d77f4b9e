package proptest_test

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// refusals are what a server says of a command that it cannot read.
var refusals = []string{"syntax", "wrong number", "unknown", "not an integer", "not a valid float", "timeout is"}

func TestCommandsAreValid(t *testing.T) {
	client := redis.NewClient(&redis.Options{
		Addr: redistest.Start(t).Addr(), Protocol: 2, MaxRetries: -1, PoolSize: 1, DisableIdentity: true,
	})
	t.Cleanup(func() { _ = client.Close() })
	for rung := classify.ReadOnly; rung <= classify.Never; rung++ {
		commands, seen := proptest.Commands(rung), map[string]bool{}
		for seed := range 300 {
			c := commands.Example(seed)
			if c.Rung() != rung {
				t.Fatalf("%v is %v, want %v", c, c.Rung(), rung)
			}
			if rung == classify.Never && seen[c[0]] || c[0] == "SUBSCRIBE" {
				continue // it waits; and a subscriber hears no more commands
			}
			seen[c[0]] = true
			args := make([]any, len(c))
			for i, arg := range c {
				args[i] = arg
			}
			err := client.Do(t.Context(), args...).Err()
			for _, refusal := range refusals {
				if err != nil && strings.Contains(err.Error(), refusal) && !strings.Contains(err.Error(), "value is not") && !strings.Contains(err.Error(), "hash value") {
					t.Errorf("%v: %v", c, err)
				}
			}
		}
	}
}

func TestCommandString(t *testing.T) {
	for want, c := range map[string]proptest.Command{
		"GET a":                   {"GET", "a"},
		`SET a ""`:                {"SET", "a", ""},
		`SET a "two words" NX`:    {"SET", "a", "two words", "NX"},
		`SET a "\x01\xff"`:        {"SET", "a", "\x01\xff"},
		`SET a "it's" EX 100`:     {"SET", "a", "it's", "EX", "100"},
		`SET a "\"" GET`:          {"SET", "a", `"`, "GET"},
		"LRANGE a -1 2":           {"LRANGE", "a", "-1", "2"},
		"SUBSCRIBE news whatever": {"SUBSCRIBE", "news", "whatever"},
	} {
		if got := c.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
