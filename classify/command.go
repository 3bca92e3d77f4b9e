package classify

import "strings"

// Command returns the rung of one Redis command: what a second run of it would do.
// args[0] is the command's name in any case; a container command such as XGROUP has
// its subcommand in args[1]. The arguments count: SET k v is [Idempotent], SET k v NX
// is [Convergent]; XREAD is [ReadOnly], XREAD BLOCK is [Never].
//
// A rung is a promise about two runs in a row on one server with nothing in between,
// whatever was in the database before:
//
//   - ReadOnly: not even the first run changes anything.
//   - Idempotent: the state after the second run is the state after the first, and the
//     replies are equal.
//   - Convergent: the state is the same, the reply may not be. Whoever retries a DEL
//     may hear 0 although the first run removed a key.
//   - Accumulating: the second run may change the state again.
//   - Never: bound to its connection, waiting for something, or an operator's decision
//     about a server. A question about its own connection (CLIENT ID) changes nothing,
//     but its answer is only true of the connection that gave it: Never too.
//
// State is keys, values, deadlines, consumer groups with their delivery counters and
// times, functions, cached scripts, users and settings; and what subscribers have
// received. Access times, statistics and encodings are not state.
//
// Deadlines need a rule of their own. An absolute one (EXPIREAT, SET EXAT) is the same
// after both runs, unless it has passed: that removes the key, and the second run finds
// none. A relative one moves by the time between the runs. Where a command writes a
// value together with its time to live (SET EX, SETEX, RESTORE, HSETEX), the value and
// the time left are the same after either run, and no caller knows a deadline closer
// than the network's delay: Idempotent. Where the deadline is all that a command sets
// (EXPIRE, GETEX EX), the second run makes a longer lease than was asked for:
// Accumulating.
//
// Between the runs of a real retry other clients may write. No rung above ReadOnly
// promises anything about that: the second DEL removes what somebody wrote after the
// first. Where such a loss has no bound (FLUSHALL) or takes the only copy (RENAME), the
// command stands higher than the promise asks, and the table says why.
//
// Unknown commands are Never, and so are commands whose rung depends on arguments that
// are missing, unknown or malformed. Other arguments are not looked at: the server
// refuses what it cannot parse, and a refusal has no effect. Command does not allocate.
func Command(args ...string) Replay {
	if len(args) == 0 {
		return Never
	}
	var buf [longestName]byte
	name := appendUpper(buf[:0], args[0])
	r := lookup(name)
	switch {
	case r == byCommand && len(args) == 1:
		return ReadOnly
	case r == bySubcommand && len(args) == 1:
		return Never
	case r == byCommand, r == bySubcommand:
		r = lookup(appendUpper(append(name, '|'), args[1]))
	}
	return r.replay(args)
}

// RunsCode reports whether the named command, in any case, runs a script or a function
// that may write: EVAL, EVALSHA and FCALL. An error reply of such a command may come
// from inside the script, after some of its writes, even if its text reads like a
// refusal; an adapter takes it as [Ambiguous]. The read-only forms EVAL_RO, EVALSHA_RO
// and FCALL_RO are not meant: the server lets no write through, so no error of theirs
// can follow one.
func RunsCode(name string) bool {
	return strings.EqualFold(name, "EVAL") || strings.EqualFold(name, "EVALSHA") || strings.EqualFold(name, "FCALL")
}

// longestName is the room for a container's name, '|' and its subcommand. The longest
// name in the table has 32 bytes, which a test holds.
const longestName = 32

// row is a row of the table.
type row struct {
	name string
	rule rule
}

// commands has all rows, by the hash of their names. Go's map would do, but takes twice as long: half of Command's time.
var commands = hashed(dataCommands, serverCommands, moduleCommands)

func hashed(tables ...map[string]rule) (all [1024][]row) {
	for _, table := range tables {
		for name, r := range table {
			at := hash(name) % uint32(len(all))
			all[at] = append(all[at], row{name, r})
		}
	}
	return all
}

// lookup returns the rule of a name in upper case, ungraded if there is none.
func lookup(name []byte) rule {
	for _, row := range commands[hash(name)%uint32(len(commands))] {
		if row.name == string(name) {
			return row.rule
		}
	}
	return ungraded
}

// hash is FNV-1a: for words as short as these it is faster than a hash that resists attacks, and nobody but this package
// fills the table.
func hash[T string | []byte](name T) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// appendUpper appends s in upper case to dst, or returns nil, which names no command,
// if dst has no room for it or s has the '|' that only rows have. Command names are
// ASCII; so is the folding.
func appendUpper(dst []byte, s string) []byte {
	if len(dst)+len(s) > cap(dst) {
		return nil
	}
	for i := range len(s) {
		c := s[i]
		if c == '|' {
			return nil
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
