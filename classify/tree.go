package classify

import "github.com/reprise-go/reprise/internal/errtree"

// asked says whose opinions are wanted of each error in a tree.
type asked uint8

const (
	network asked = 1 << iota
	resp
)

// caution orders the classes for errors that are joined: the higher wins.
var caution = [...]uint8{Unknown: 0, Redirect: 1, Transient: 2, Overloaded: 3, Ambiguous: 4, Permanent: 5}

// judge is the opinion that those asked have of the tree of err.
func judge(err error, who asked) Verdict {
	v, _ := walk(err, who)
	return v
}

// walk judges the tree of err from the outside in and says whose opinion it returns. What
// an error's type tells settles the branch that it stands on: an OpError of a dial is not
// asked about the timeout it wraps. Guesses come second and replies last, so that the
// network's word for a chain of errors does not depend on whether replies are asked for.
func walk(err error, who asked) (v Verdict, by asked) {
	if errtree.Hollow(err) {
		return Verdict{}, 0
	}
	if who&network != 0 {
		if v := netNode(err); v.Class != Unknown {
			return v, network
		}
	}
	leaf, wrapper := true, true
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		if e := w.Unwrap(); e != nil {
			leaf = false
			v, by = walk(e, who)
		}
	case interface{ Unwrap() []error }:
		for _, e := range w.Unwrap() {
			leaf = false
			if inner, whose := walk(e, who); caution[inner.Class] > caution[v.Class] {
				v, by = inner, whose
			}
		}
	default:
		wrapper = false
	}
	if by == network {
		return v, by
	}
	if who&network != 0 {
		if guess := netGuess(err, leaf); guess.Class != Unknown {
			return guess, network
		}
	}
	if !wrapper && who&resp != 0 {
		return reply(err), resp
	}
	return v, by
}
