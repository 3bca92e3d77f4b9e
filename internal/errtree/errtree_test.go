package errtree_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/errtree"
)

// incomparable is an error that == panics of.
type incomparable []string

func (incomparable) Error() string { return "incomparable" }

// disguised is what its methods say.
type disguised struct{ as error }

func (disguised) Error() string          { return "disguised" }
func (d disguised) Is(target error) bool { return errors.Is(d.as, target) }
func (d disguised) As(target any) bool   { return errors.As(d.as, target) }

var lost = &fs.PathError{Op: "read", Err: io.EOF}

// As package errors has it, for trees without a nil pointer.
func TestAsPackageErrors(t *testing.T) {
	for _, err := range []error{
		nil, io.EOF, lost, incomparable{"a"}, disguised{io.EOF}, disguised{lost},
		fmt.Errorf("wrapped: %w", io.EOF), fmt.Errorf("wrapped: %w", lost), fmt.Errorf("both: %w, %w", context.Canceled, disguised{lost}),
		errors.Join(io.ErrNoProgress, errors.Join(incomparable{"a"}, lost)),
	} {
		for _, target := range []error{nil, io.EOF, lost, context.Canceled, incomparable{"a"}, io.ErrClosedPipe} {
			if err != nil || target != nil { // of nothing it says no
				require.Equal(t, errors.Is(err, target), errtree.Is(err, target), "%v is %v", err, target)
			}
		}
		want := (*fs.PathError)(nil)
		found := errors.As(err, &want)
		got, ok := errtree.As[*fs.PathError](err)
		require.Equal(t, found, ok, "%v", err)
		require.Same(t, want, got, "%v", err)
	}
}

// Nil pointers are passed over, and what is beside them is found.
func TestNilPointers(t *testing.T) {
	hollow := (*net.OpError)(nil)
	for _, err := range []error{
		hollow, &net.OpError{Op: "dial", Err: hollow}, fmt.Errorf("wrapped: %w", hollow), errors.Join(hollow, errors.New("other")),
	} {
		require.False(t, errtree.Is(err, io.EOF))
		_, ok := errtree.As[*fs.PathError](err)
		require.False(t, ok)
		require.True(t, errtree.Is(errors.Join(err, io.EOF), io.EOF))
	}
	_, ok := errtree.As[*net.OpError](hollow)
	require.False(t, ok)
	require.True(t, errtree.Hollow(nil))
	require.True(t, errtree.Hollow(hollow))
	require.False(t, errtree.Hollow(io.EOF))
}

func TestText(t *testing.T) {
	require.Equal(t, "EOF", errtree.Text(io.EOF))
	require.Empty(t, errtree.Text(&net.OpError{Op: "dial"}))
	require.Empty(t, errtree.Text(nil))
}
