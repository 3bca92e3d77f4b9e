package redistest

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func migration(t *testing.T, c *Cluster) {
	ctx := t.Context()
	keys := []string{"{b}1", "{b}2", "{b}3"}
	reply, err := c.Servers[0].Do(ctx, "CLUSTER", "KEYSLOT", "{b}")
	if err != nil {
		t.Fatal(err)
	}
	slot := int(reply.(int64))
	from, err := c.Master(ctx, slot)
	if err != nil {
		t.Fatal(err)
	}
	to := c.Servers[1]
	if from == to {
		to = c.Servers[2]
	}
	for _, key := range keys {
		if _, err := from.Do(ctx, "SET", key, "v"); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	look := func() error {
		_, err := from.Do(ctx, append([]string{"MGET"}, keys...)...)
		seen = append(seen, prefix(err))
		return nil
	}
	stop := func() error { return errBusy }
	if err := c.Migrate(ctx, slot, to, stop); !errors.Is(err, errBusy) {
		t.Errorf("Migrate() = %v, want the error of step", err)
	}
	if err := c.Migrate(ctx, slot, to, look); err != nil {
		t.Fatal(err)
	}
	_ = look()
	if want := []string{"", "TRYAGAIN", "ASK", "MOVED"}; !slices.Equal(seen, want) {
		t.Errorf("MGET during the migration: %q, want %q", seen, want)
	}
	if s, err := c.Master(ctx, slot); err != nil || s != to {
		t.Errorf("Master(%d) = %v, %v", slot, s, err)
	}
	if v, err := to.Do(ctx, "MGET", keys[0], keys[2]); err != nil || !reflect.DeepEqual(v, []any{"v", "v"}) {
		t.Errorf("MGET at the new master = %v, %v", v, err)
	}
	if err := c.Migrate(ctx, slot, to, nil); err == nil {
		t.Error("Migrate() to where the slot is already is no error")
	}
	if err := c.Migrate(ctx, slot, from, nil); err != nil {
		t.Error(err)
	}
}

// prefix returns the first word of an error reply.
func prefix(err error) string {
	if err == nil {
		return ""
	}
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	word, _, _ := strings.Cut(err.Error(), " ")
	return word
}
