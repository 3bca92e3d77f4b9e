// Package bounded keeps what is made once for each key, for so many keys and no more: attribute sets and counters, whose
// keys come from an application and could be any text.
package bounded

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Table is a map that only grows, up to a limit. The zero value is an empty one. It must not be copied, and may be used by
// any number of goroutines: reading takes no lock and allocates nothing.
type Table[K comparable, V any] struct {
	mu   sync.Mutex              // of those who add
	rows atomic.Pointer[map[K]V] // of which each addition makes a copy: there are few
}

// Find returns the value of a key, if it has one.
func (t *Table[K, V]) Find(k K) (v V, ok bool) {
	v, ok = t.All()[k]
	return v, ok
}

// Len returns the number of keys.
func (t *Table[K, V]) Len() int { return len(t.All()) }

// Add gives a key a value, and returns the one that it has then: the earlier one, if another goroutine was faster. With
// limit keys there is no room for another, and ok is false.
func (t *Table[K, V]) Add(limit int, k K, v V) (kept V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := t.All()
	if kept, ok = rows[k]; ok {
		return kept, true
	}
	if len(rows) >= limit {
		return kept, false
	}
	more := make(map[K]V, len(rows)+1)
	maps.Copy(more, rows)
	more[k] = v
	t.rows.Store(&more)
	return v, true
}

// All returns the table as it is now. The map must not be changed.
func (t *Table[K, V]) All() map[K]V {
	if rows := t.rows.Load(); rows != nil {
		return *rows
	}
	return nil
}
