package judged_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/judged"
	"github.com/reprise-go/reprise/policy"
)

func TestOf(t *testing.T) {
	busy := classify.Verdict{Class: classify.Overloaded, Kind: classify.Busy}
	err := judged.New(io.EOF, busy)
	require.ErrorIs(t, err, io.EOF)
	require.EqualError(t, err, "EOF")
	require.Equal(t, busy, judged.Of(err, classify.Default))
	require.Equal(t, busy, judged.Of(&policy.Error{Reason: policy.OutOfRetries, Err: err}, classify.Default))
	require.Equal(t, classify.Default(io.EOF), judged.Of(io.EOF, classify.Default))
	canceled := &policy.Error{Reason: policy.Canceled, Err: err, Cause: context.Canceled}
	require.Equal(t, classify.Verdict{Class: classify.Permanent, Kind: classify.Canceled}, judged.Of(canceled, classify.Default))
}

func TestNotSent(t *testing.T) {
	transient := func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Transient, Kind: k} }
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{io.EOF, transient(classify.Connection)},
		{context.Canceled, transient(classify.Connection)},
		{context.DeadlineExceeded, transient(classify.Timeout)},
		{errors.New("all sentinels are unreachable"), transient(classify.Connection)},
		{errors.New("LOADING …"), transient(classify.BusyLoading)},
		{errors.New("WRONGPASS …"), classify.Verdict{Class: classify.Permanent, Kind: classify.Auth}},
	} {
		require.Equal(t, tt.want, judged.NotSent(tt.err, classify.Default(tt.err)), "%v", tt.err)
	}
}

func TestFromCode(t *testing.T) {
	for text, want := range map[string]classify.Verdict{
		"LOADING …":   {Class: classify.Ambiguous, Kind: classify.BusyLoading},
		"OOM …":       {Class: classify.Ambiguous, Kind: classify.OutOfMemory},
		"ERR …":       {Class: classify.Permanent, Kind: classify.Script},
		"NOSCRIPT …":  {Class: classify.Permanent, Kind: classify.NoScript},
		"frobnicated": {},
	} {
		require.Equal(t, want, judged.FromCode(classify.Redis(errors.New(text))), text)
	}
}
