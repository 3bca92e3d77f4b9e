package classify

// asked says whose opinions are wanted of each error in a tree.
type asked uint8

const (
	network asked = 1 << iota
	resp
)

// caution orders the classes for errors that are joined: the higher wins.
var caution = [...]uint8{Unknown: 0, Redirect: 1, Transient: 2, Overloaded: 3, Ambiguous: 4, Permanent: 5}

// judge walks the tree of err from the outside in. The first opinion settles the branch
// that it stands on: an OpError of a dial is not asked about the timeout it wraps.
func judge(err error, who asked) Verdict {
	if err == nil {
		return Verdict{}
	}
	if who&network != 0 {
		if v := netNode(err); v.Class != Unknown {
			return v
		}
	}
	var inner Verdict
	leaf := true
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		if e := w.Unwrap(); e != nil {
			leaf = false
			inner = judge(e, who)
		}
	case interface{ Unwrap() []error }:
		for _, e := range w.Unwrap() {
			if e == nil {
				continue
			}
			leaf = false
			if v := judge(e, who); caution[v.Class] > caution[inner.Class] {
				inner = v
			}
		}
	}
	if inner.Class != Unknown {
		return inner
	}
	if leaf && who&resp != 0 {
		if v := reply(err); v.Class != Unknown {
			return v
		}
	}
	if who&network != 0 {
		return netGuess(err, leaf)
	}
	return Verdict{}
}

// as is errors.As, without the allocation.
func as[E error](err error) (E, bool) {
	var none E
	if err == nil {
		return none, false
	}
	if e, ok := err.(E); ok {
		return e, true
	}
	if a, ok := err.(interface{ As(any) bool }); ok {
		if e := new(E); a.As(e) {
			return *e, true
		}
	}
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		return as[E](w.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range w.Unwrap() {
			if found, ok := as[E](e); ok {
				return found, true
			}
		}
	}
	return none, false
}
