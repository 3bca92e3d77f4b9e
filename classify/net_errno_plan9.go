package classify

import "syscall"

// errno knows no numbers: Plan 9's errors are texts. They get no opinion, so that those of
// files are not taken for network errors because they have a Timeout method.
func errno(err error) (v Verdict, ok bool) {
	_, ok = err.(syscall.ErrorString)
	return Verdict{}, ok
}
