package classify

import "github.com/reprise-go/reprise/internal/errtree"

// Func is a classifier: an opinion of an error, or none, which is the zero [Verdict].
// It is pure and safe for concurrent use, and takes any error, nil included.
type Func func(error) Verdict

// Default is the classifier of a policy that names none: [Net] and [Redis] at once.
// nil has the zero Verdict.
func Default(err error) Verdict { return judge(err, network|resp) }

// Net classifies the errors of package net and what lies under it: syscall, os, io,
// crypto/tls, context. What failed before a connection stood (dial, DNS) had no effect
// and is Transient, of kind Connection or Timeout; an address that can never be dialled is
// Permanent. What failed later (read, write, EOF, reset, a TLS alert) is Ambiguous. A failed
// certificate check is Permanent, of kind TLS. A context's end is Permanent, of kind
// Canceled, except within a dial, which says more. A tls.Dialer that runs out of its own
// time returns a bare context.DeadlineExceeded, which looks like the caller's.
func Net(err error) Verdict { return judge(err, network) }

// Redis classifies the error replies of a Redis server by their prefix, the first word of
// the text: whatever type a client gives them, as long as the text is the server's own.
// Only errors that have no Unwrap method are read, so that text around an error is never
// taken for a reply. A reply with an unknown prefix gets no opinion.
//
// A refusal that comes out of a script ("… script: 6b1bf486…, on @user_script:1.") is Ambiguous:
// the script may have written before. What would be Permanent stays so, with the kind Script.
// Servers before version 7, and scripts that return errors of their own, do not always mark
// them; see [RunsCode].
func Redis(err error) Verdict { return judge(err, resp) }

// First returns the classifier that asks fs in turn and takes the first opinion. nil
// functions are skipped.
func First(fs ...Func) Func {
	return func(err error) Verdict {
		for _, f := range fs {
			if f == nil {
				continue
			}
			if v := f(err); v.Class != Unknown {
				return v
			}
		}
		return Verdict{}
	}
}

// Is returns the classifier that gives v for errors that are target, as [errors.Is]
// understands it, and has no opinion of others. Nil pointers in the tree are passed over.
func Is(target error, v Verdict) Func {
	return func(err error) Verdict {
		if errtree.Is(err, target) {
			return v
		}
		return Verdict{}
	}
}

// As returns the classifier that asks f about the first error of type E in the tree, as
// [errors.As] finds it, and has no opinion if there is none. Nil pointers in the tree are
// passed over, so f never gets one. A nil f has no opinion.
func As[E error](f func(E) Verdict) Func {
	return func(err error) Verdict {
		if e, ok := errtree.As[E](err); ok && f != nil {
			return f(e)
		}
		return Verdict{}
	}
}

// Only returns f narrowed to some kinds, as redis-py's retry_on_error does: an error of a
// listed kind is retried even where f says Permanent, any other is not. A nil f means
// [Default]. See [Verdict.Only].
func Only(f Func, kinds ...Kind) Func {
	if f == nil {
		f = Default
	}
	return func(err error) Verdict { return f(err).Only(kinds...) }
}

// Only narrows v to some kinds. If none of them covers v.Kind, as [Kind.Is] tells, the class becomes
// Permanent. If one does, a Permanent verdict becomes Transient, since an error reply means that the
// command was refused, or Ambiguous where that is not so: for Canceled, Timeout, Connection and
// Script. A verdict without an opinion stays without.
func (v Verdict) Only(kinds ...Kind) Verdict {
	if v.Class == Unknown {
		return v
	}
	for _, k := range kinds {
		if !v.Kind.Is(k) {
			continue
		}
		if v.Class == Permanent {
			v.Class = Transient
			switch v.Kind {
			case Canceled, Timeout, Connection, Script:
				v.Class = Ambiguous
			}
		}
		return v
	}
	v.Class = Permanent
	return v
}
