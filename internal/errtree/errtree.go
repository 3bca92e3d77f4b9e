// Package errtree looks through trees of errors, as package errors does, and passes over the nil pointers in them: one in
// an error interface is a mistake that is easily made, and whose methods panic where nobody expects it. What judges errors
// in a running service uses this package, and not errors.Is and errors.As.
package errtree

import "reflect"

// Hollow reports whether err is nil or a nil pointer, whose methods may well panic.
func Hollow(err error) bool {
	if err == nil {
		return true
	}
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// Find reports whether yes is true of an error in the tree of err, asked from the outside in. It is not asked of nil
// pointers.
func Find(err error, yes func(error) bool) bool {
	for !Hollow(err) {
		if yes(err) {
			return true
		}
		switch w := err.(type) { //nolint:errorlint // it goes through the tree itself
		case interface{ Unwrap() error }:
			err = w.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range w.Unwrap() {
				if Find(e, yes) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// Is is errors.Is for any err.
func Is(err, target error) bool {
	comparable := target != nil && reflect.TypeOf(target).Comparable()
	return Find(err, func(err error) bool {
		if comparable && err == target { //nolint:errorlint // itself
			return true
		}
		same, ok := err.(interface{ Is(error) bool })
		return ok && same.Is(target)
	})
}

// As is errors.As for any err, without the allocation.
func As[E error](err error) (e E, ok bool) {
	ok = Find(err, func(err error) bool {
		found, ok := err.(E) //nolint:errorlint // it goes through the tree itself
		if !ok {
			found, ok = convert[E](err)
		}
		if ok {
			e = found
		}
		return ok
	})
	return e, ok
}

// convert asks the As method of err, if there is one.
func convert[E error](err error) (e E, ok bool) {
	if a, has := err.(interface{ As(any) bool }); has {
		to := new(E)
		if a.As(to) {
			return *to, true
		}
	}
	return e, false
}

// Text returns the text of err, or "" if it panics: errors ask those that they wrap for theirs.
func Text(err error) (text string) {
	defer func() { _ = recover() }()
	return err.Error()
}
