package backoff

import (
	"fmt"
	"strings"
	"time"
)

const (
	unsaid   = "default"  // a field left at zero, before one that is not
	uncapped = "uncapped" // the longest Duration
)

// call writes a strategy as name(args). Trailing empty arguments are left out, with
// the brackets if nothing remains; an empty one before others is "default".
func call(name string, args ...string) string {
	for len(args) > 0 && args[len(args)-1] == "" {
		args = args[:len(args)-1]
	}
	if len(args) == 0 {
		return name
	}
	for i, a := range args {
		if a == "" {
			args[i] = unsaid
		}
	}
	return name + "(" + strings.Join(args, ",") + ")"
}

// duration writes a field in which 0 means a default.
func duration(d time.Duration) string {
	switch d {
	case 0:
		return ""
	case Uncapped:
		return uncapped
	}
	return d.String()
}

// text writes a wrapped strategy, which may be missing or a stranger's.
func text(s Strategy) string {
	switch s := s.(type) {
	case nil:
		return "nil"
	case fmt.Stringer:
		return s.String()
	}
	return fmt.Sprintf("%T", s)
}
