package proptest

import (
	"errors"
	"fmt"

	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
)

// carrier is a wrapper of a type that nobody knows.
type carrier struct{ cause error }

func (e carrier) Error() string { return "client: READONLY timeout" }
func (e carrier) Unwrap() error { return e.cause }

// disguise wraps an error in ways that say nothing of it: in texts that read like an error, in types that nobody knows, in
// joins with nothing, and with errors of which f itself has no opinion.
func disguise(t *rapid.T, f classify.Func, err error) error {
	ignored := unknown(t, f)
	for range rapid.IntRange(1, 6).Draw(t, "wrappers") {
		switch how := rapid.IntRange(0, 7).Draw(t, "how"); {
		case how == 0:
			err = fmt.Errorf("call: %w", err)
		case how == 1:
			err = fmt.Errorf("LOADING connection reset, i/o timeout: %w", err)
		case how == 2:
			err = errors.Join(err)
		case how == 3:
			err = carrier{err}
		case how == 4 || len(ignored) == 0:
			err = errors.Join(nil, err, nil)
		case how == 5:
			err = errors.Join(err, rapid.SampledFrom(ignored).Draw(t, "last"))
		case how == 6:
			err = errors.Join(nil, rapid.SampledFrom(ignored).Draw(t, "first"), err)
		default:
			err = fmt.Errorf("%w: %w", rapid.SampledFrom(ignored).Draw(t, "before"), err)
		}
	}
	return err
}

// unknown returns the strangers of which f has no opinion.
func unknown(t rapid.TB, f classify.Func) []error {
	var all []error
	for _, err := range strangers {
		if verdict(t, f, err) == (classify.Verdict{}) {
			all = append(all, err)
		}
	}
	return all
}
