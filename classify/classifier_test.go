package classify_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// says returns a classifier that has the same opinion of every error, and counts.
func says(v classify.Verdict, asked *int) classify.Func {
	return func(error) classify.Verdict { *asked++; return v }
}

// TestFirst holds that the first opinion wins, that nobody is asked after it, and that nil
// functions are skipped.
func TestFirst(t *testing.T) {
	t.Parallel()
	one, two := refused("one"), final("two")
	for _, tt := range []struct {
		name  string
		fs    func(asked *int) []classify.Func
		want  classify.Verdict
		asked int
	}{
		{"none", func(*int) []classify.Func { return nil }, noOpinion, 0},
		{"nil functions", func(*int) []classify.Func { return []classify.Func{nil, nil} }, noOpinion, 0},
		{"no opinions", func(n *int) []classify.Func { return []classify.Func{says(noOpinion, n), says(noOpinion, n)} }, noOpinion, 2},
		{"the first", func(n *int) []classify.Func { return []classify.Func{says(one, n), says(two, n)} }, one, 1},
		{"the other order", func(n *int) []classify.Func { return []classify.Func{says(two, n), says(one, n)} }, two, 1},
		{"the second", func(n *int) []classify.Func { return []classify.Func{says(noOpinion, n), nil, says(two, n)} }, two, 2},
		{"a kind without a class is no opinion", func(n *int) []classify.Func {
			return []classify.Func{says(classify.Verdict{Kind: "one"}, n), says(two, n)}
		}, two, 2},
	} {
		asked := 0
		if got := classify.First(tt.fs(&asked)...)(io.EOF); got != tt.want || asked != tt.asked {
			t.Errorf("%s: %+v after %d, want %+v after %d", tt.name, got, asked, tt.want, tt.asked)
		}
	}
}

// TestDefaultIsNetThenRedis holds that Default takes Net's word for a chain of errors where
// both have one, even if it is only a guess from the outside.
func TestDefaultIsNetThenRedis(t *testing.T) {
	t.Parallel()
	loading := errors.New("LOADING Redis is loading the dataset in memory")
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{loading, refused(classify.BusyLoading)},
		{timeoutOnly{loading}, unansweredLate},
		{fmt.Errorf("get: %w", timeoutOnly{fmt.Errorf("read: %w", loading)}), unansweredLate},
		{&net.OpError{Op: "dial", Err: loading}, unsent},
		{&net.OpError{Op: "read", Err: loading}, unanswered},
		{plainNetError{}, unanswered},
	} {
		if got := classify.Default(tt.err); got != tt.want {
			t.Errorf("Default(%#v) = %+v, want %+v", tt.err, got, tt.want)
		}
		if got := classify.First(classify.Net, classify.Redis)(tt.err); got != tt.want {
			t.Errorf("First(Net, Redis)(%#v) = %+v, want %+v", tt.err, got, tt.want)
		}
	}
}

// slice is an error that cannot be compared: == panics on two of them.
type slice []string

func (s slice) Error() string { return fmt.Sprint([]string(s)) }

// TestIs holds that Is finds what errors.Is finds.
func TestIs(t *testing.T) {
	t.Parallel()
	target := errors.New("target")
	other := errors.New("other")
	for _, tt := range []struct {
		name   string
		err    error
		target error
		want   bool
	}{
		{"itself", target, target, true},
		{"another", other, target, false},
		{"the same text", errors.New("target"), target, false},
		{"nil", nil, target, false},
		{"nil for a target", target, nil, false},
		{"nil for both", nil, nil, false},
		{"wrapped", fmt.Errorf("a: %w", fmt.Errorf("b: %w", target)), target, true},
		{"joined last", errors.Join(other, fmt.Errorf("b: %w", target)), target, true},
		{"joined and wrapped", fmt.Errorf("%w, %w", other, errors.Join(other, target)), target, true},
		{"joined without", errors.Join(other, io.EOF), target, false},
		{"by an Is method", secretive{target}, target, true},
		{"by the Is method of a wrapped error", fmt.Errorf("a: %w", secretive{target}), target, true},
		{"by the standard library's own", &fs.PathError{Op: "open", Err: os.ErrNotExist}, fs.ErrNotExist, true},
		{"not comparable", slice{"a"}, slice{"a"}, false},
		{"not comparable, among others", errors.Join(slice{"a"}, target), target, true},
	} {
		want := noOpinion
		if tt.want {
			want = refused("mine")
		}
		if got := classify.Is(tt.target, refused("mine"))(tt.err); got != want {
			t.Errorf("%s: Is(%v, …)(%v) = %+v, want %+v", tt.name, tt.target, tt.err, got, want)
		}
		if std := tt.err != nil && errors.Is(tt.err, tt.target); std != tt.want {
			t.Errorf("%s: errors.Is(%v, %v) = %t", tt.name, tt.err, tt.target, std)
		}
	}
}

// convertible is an error that can pass for a *net.DNSError.
type convertible struct{ name string }

func (e convertible) Error() string { return e.name }
func (e convertible) As(target any) bool {
	to, ok := target.(**net.DNSError)
	if ok {
		*to = &net.DNSError{Name: e.name}
	}
	return ok
}

// TestAs holds that As finds the error that errors.As finds, and asks about that one.
func TestAs(t *testing.T) {
	t.Parallel()
	dns := func(name string) error { return &net.DNSError{Name: name} }
	other := errors.New("other")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{other, ""},
		{dns("a"), "a"},
		{fmt.Errorf("1: %w", fmt.Errorf("2: %w", dns("a"))), "a"},
		{&net.OpError{Op: "dial", Err: dns("a")}, "a"},
		{errors.Join(other, fmt.Errorf("1: %w", dns("a")), dns("b")), "a"},
		{fmt.Errorf("%w %w", other, errors.Join(other, dns("a"))), "a"},
		{errors.Join(other, io.EOF), ""},
		{convertible{"a"}, "a"},
		{fmt.Errorf("1: %w", convertible{"a"}), "a"},
		{errors.Join(convertible{"a"}, dns("b")), "a"},
		{errors.Join((*net.DNSError)(nil), dns("b")), "b"},
	} {
		f := classify.As(func(e *net.DNSError) classify.Verdict { return refused(classify.Kind(e.Name)) })
		want := noOpinion
		if tt.want != "" {
			want = refused(classify.Kind(tt.want))
		}
		if got := f(tt.err); got != want {
			t.Errorf("As(…)(%v) = %+v, want %+v", tt.err, got, want)
		}
		if got := classify.As[*net.DNSError](nil)(tt.err); got != noOpinion {
			t.Errorf("As(nil)(%v) = %+v, want no opinion", tt.err, got)
		}
	}
	// An interface for a type.
	f := classify.As(func(e net.Error) classify.Verdict { return refused(classify.Kind(fmt.Sprint(e.Timeout()))) })
	if got, want := f(fmt.Errorf("1: %w", plainNetError{timeout: true})), refused("true"); got != want {
		t.Errorf("As(net.Error) = %+v, want %+v", got, want)
	}
	if got := f(other); got != noOpinion {
		t.Errorf("As(net.Error) = %+v, want no opinion", got)
	}
}

// several is a joined error that keeps the nils, as errors.Join does not.
type several []error

func (s several) Error() string   { return fmt.Sprint([]error(s)) }
func (s several) Unwrap() []error { return s }

// TestJoined holds that the most cautious opinion of a joined error wins.
func TestJoined(t *testing.T) {
	t.Parallel()
	cautious := []error{ // from the least
		errors.New("nobody knows"),
		errors.New("MOVED 1 127.0.0.1:6379"),
		errors.New("LOADING"),
		errors.New("OOM"),
		io.EOF,
		errors.New("NOAUTH"),
	}
	for i, low := range cautious {
		for _, high := range cautious[i:] {
			want := classify.Default(high)
			for _, err := range []error{
				errors.Join(low, high), errors.Join(high, low), fmt.Errorf("%w and %w", low, high),
				errors.Join(high, fmt.Errorf("deep: %w", errors.Join(low, low))), several{nil, low, nil, high, nil},
			} {
				if got := classify.Default(err); got != want {
					t.Errorf("Default(%q) = %+v, want %+v", err, got, want)
				}
			}
		}
	}
}
