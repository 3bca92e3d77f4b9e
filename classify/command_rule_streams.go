package classify

import "strings"

// xreadReplay grades XREAD and XREADGROUP. With BLOCK they wait. XREADGROUP hands out
// new messages in every run, and a look at the consumer's own history counts another
// delivery of each message in it.
func xreadReplay(args []string) Replay {
	group := oneOf(args[0], "XREADGROUP")
	for i := 1; i < len(args); i++ {
		switch {
		case oneOf(args[i], "GROUP") && group && i+2 < len(args):
			i += 2
		case oneOf(args[i], "COUNT", "MAXCOUNT", "MAXSIZE", "CLAIM") && i+1 < len(args):
			i++
		case oneOf(args[i], "NOACK") && group:
		case oneOf(args[i], "STREAMS") && i+2 < len(args):
			if group {
				return Accumulating
			}
			return ReadOnly
		default: // BLOCK among others
			return Never
		}
	}
	return Never
}

// xaddReplay grades XADD key [options] id field value …. A second entry with the same
// explicit ID is refused. With IDMP or IDMPAUTO the server knows a repetition and
// replies with the first entry's ID, for as long as it keeps the history: 100 seconds
// unless XCFGSET says otherwise.
func xaddReplay(args []string) Replay {
	var known bool
	i := 2
options:
	for ; i < len(args); i++ {
		switch {
		case oneOf(args[i], "NOMKSTREAM", "KEEPREF", "DELREF", "ACKED"):
		case oneOf(args[i], "IDMPAUTO"):
			known = true
			i++
		case oneOf(args[i], "IDMP"):
			known = true
			i += 2
		case oneOf(args[i], "LIMIT"):
			i++
		case oneOf(args[i], "MAXLEN", "MINID"):
			i++
			if i < len(args) && (args[i] == "=" || args[i] == "~") {
				i++
			}
		default:
			break options
		}
	}
	// The ID, then at least one field with its value.
	switch {
	case len(args)-i < 3:
		return Never
	case known:
		return Idempotent
	case strings.HasSuffix(args[i], "*"):
		return Accumulating // *, or ms-*: the server takes the next number
	}
	return Convergent
}

// xtrimReplay grades XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT n] …. Approximate
// trimming stops after some effort, where the second run goes on; LIMIT 0 lifts the limit.
func xtrimReplay(args []string) Replay {
	if len(args) < 4 || !oneOf(args[2], "MAXLEN", "MINID") {
		return Never
	}
	if args[3] != "~" {
		return Convergent
	}
	for i := 5; i+1 < len(args); i++ {
		if oneOf(args[i], "LIMIT") && args[i+1] == "0" {
			return Convergent
		}
	}
	return Accumulating
}
