package histories

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/reprise-go/reprise/internal/resp"
)

// model is a Redis database in a few lines: the oracle. It knows the commands in shapes.
type model map[string]value

// value is what a key holds, one of the four, and when it expires; 0 means never.
type value struct {
	str  *string
	list []string
	set  []string
	hash map[string]string
	at   string
}

func (v value) kind() string {
	switch {
	case v.str != nil:
		return "string"
	case v.list != nil:
		return "list"
	case v.set != nil:
		return "set"
	case v.hash != nil:
		return "hash"
	}
	return "none"
}

const (
	errWrongType = resp.Error("WRONGTYPE Operation against a key holding the wrong kind of value")
	errNotNumber = resp.Error("ERR value is not an integer or out of range")
)

// suits reports whether the key is free or holds the kind.
func (m model) suits(key, kind string) bool {
	k := m[key].kind()
	return k == "none" || k == kind
}

// str returns the key's string, "" if there is none.
func (m model) str(key string) string {
	if s := m[key].str; s != nil {
		return *s
	}
	return ""
}

// set replaces what the key holds.
func (m model) set(key, s string) { m[key] = value{str: &s} }

// run runs one command and returns its reply.
func (m model) run(args []string) any {
	k := args[1]
	switch args[0] {
	case "MGET":
		all := make([]any, 0, 2)
		for _, k := range args[1:] {
			if s := m[k].str; s != nil {
				all = append(all, *s)
			} else {
				all = append(all, nil)
			}
		}
		return all
	case "EXISTS", "DEL":
		n := int64(0)
		for _, k := range args[1:] {
			if _, ok := m[k]; ok {
				n++
			}
			if args[0] == "DEL" {
				delete(m, k)
			}
		}
		return n
	case "EXPIREAT":
		return m.expire(k, args[2])
	case "MSET":
		m.set(k, args[2])
		m.set(args[3], args[4])
		return "OK"
	case "SET":
		if _, ok := m[k]; ok && args[len(args)-1] == "NX" {
			return nil
		}
		m.set(k, args[2])
		return "OK"
	case "BITOP":
		return m.copyBits(args[2], args[3])
	case "LPUSH", "LPOP":
		return m.runList(args)
	case "SADD", "SREM":
		return m.runSet(args)
	case "HSET", "HINCRBY":
		return m.runHash(args)
	}
	return m.runString(args)
}

func (m model) runString(args []string) any {
	k := args[1]
	if !m.suits(k, "string") {
		return errWrongType
	}
	old, had, s := m[k], m[k].str != nil, m.str(k)
	switch args[0] {
	case "GETRANGE":
		return s
	case "GETSET":
		m.set(k, args[2])
		if !had {
			return nil
		}
		return s
	case "APPEND":
		s += args[2]
		old.str = &s
		m[k] = old
		return int64(len(s))
	case "INCRBY":
		sum, ok := add(s, args[2])
		if !ok {
			return errNotNumber
		}
		s = strconv.FormatInt(sum, 10)
		old.str = &s
		m[k] = old
		return sum
	}
	return resp.Error("ERR the model does not know " + args[0])
}

// add adds a number to one that may be missing.
func add(s, by string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && s != "" {
		return 0, false
	}
	d, err := strconv.ParseInt(by, 10, 64)
	return n + d, err == nil
}

// expire sets a time far ahead, or deletes the key by one long past.
func (m model) expire(k, at string) any {
	v, ok := m[k]
	if !ok {
		return int64(0)
	}
	if len(at) < len("1000000000") {
		delete(m, k)
		return int64(1)
	}
	v.at = at
	m[k] = v
	return int64(1)
}

// copyBits is BITOP OR of one key and a missing one: a copy.
func (m model) copyBits(to, from string) any {
	if !m.suits(from, "string") {
		return errWrongType
	}
	s := m.str(from)
	if s == "" {
		delete(m, to)
	} else {
		m.set(to, s)
	}
	return int64(len(s))
}

func (m model) runList(args []string) any {
	k := args[1]
	if !m.suits(k, "list") {
		return errWrongType
	}
	v := m[k]
	if args[0] == "LPUSH" {
		v.list = slices.Concat([]string{args[2]}, v.list)
		m[k] = v
		return int64(len(v.list))
	}
	if v.list == nil {
		return nil
	}
	delete(m, k) // the count is more than there can be
	all := make([]any, len(v.list))
	for i, e := range v.list {
		all[i] = e
	}
	return all
}

func (m model) runSet(args []string) any {
	k := args[1]
	if !m.suits(k, "set") {
		return errWrongType
	}
	v, n := m[k], int64(0)
	for _, e := range args[2:] {
		has := slices.Contains(v.set, e)
		switch {
		case args[0] == "SADD" && !has:
			v.set = append(slices.Clone(v.set), e)
			n++
		case args[0] == "SREM" && has:
			v.set = slices.DeleteFunc(slices.Clone(v.set), func(s string) bool { return s == e })
			n++
		}
	}
	if len(v.set) == 0 {
		delete(m, k)
		return n
	}
	m[k] = v
	return n
}

func (m model) runHash(args []string) any {
	k, field := args[1], args[2]
	if !m.suits(k, "hash") {
		return errWrongType
	}
	v := m[k]
	hash := maps.Clone(v.hash)
	if hash == nil {
		hash = map[string]string{}
	}
	old, had := hash[field]
	v.hash = hash
	if args[0] == "HSET" {
		hash[field] = args[3]
		m[k] = v
		if had {
			return int64(0)
		}
		return int64(1)
	}
	sum, ok := add(old, args[3])
	if !ok {
		return resp.Error("ERR hash value is not an integer")
	}
	hash[field] = strconv.FormatInt(sum, 10)
	m[k] = v
	return sum
}

// String returns the whole state, a line per key, in the form of the script dump.
func (m model) String() string {
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v := m[k]
		var all []string
		switch {
		case v.str != nil:
			all = []string{*v.str}
		case v.list != nil:
			all = v.list
		case v.set != nil:
			all = slices.Sorted(slices.Values(v.set))
		case v.hash != nil:
			for _, f := range slices.Sorted(maps.Keys(v.hash)) {
				all = append(all, f, v.hash[f])
			}
		}
		at := v.at
		if at == "" {
			at = "-1"
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s", k, v.kind(), at, strings.Join(all, ",")))
	}
	return strings.Join(lines, "\n")
}
