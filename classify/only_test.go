package classify_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// TestVerdictOnly holds what narrowing makes of a verdict.
func TestVerdictOnly(t *testing.T) {
	t.Parallel()
	list := func(kinds ...classify.Kind) []classify.Kind { return kinds }
	for _, tt := range []struct {
		v     classify.Verdict
		kinds []classify.Kind
		want  classify.Verdict
	}{
		// Not listed: not again.
		{refused(classify.BusyLoading), nil, final(classify.BusyLoading)},
		{refused(classify.BusyLoading), list(classify.ReadOnlyReplica), final(classify.BusyLoading)},
		{loaded(classify.OutOfMemory), list(classify.Busy), final(classify.OutOfMemory)},
		{moved(classify.Moved), list(classify.Connection), final(classify.Moved)},
		{unanswered, list(classify.Timeout), final(classify.Connection)},
		{unansweredLate, list(classify.Connection), final(classify.Timeout)},
		{final(classify.Auth), list(classify.Connection), final(classify.Auth)},
		{final(classify.Auth), list(classify.Response), final(classify.Auth)},
		{final(classify.TLS), list(classify.Connection), final(classify.TLS)},
		// The general is not a case of the special.
		{unanswered, list(classify.BusyLoading), final(classify.Connection)},
		{refused(classify.ClusterDown), list(classify.MasterDown), final(classify.ClusterDown)},
		{moved(classify.Ask), list(classify.Moved), final(classify.Ask)},
		// Listed: the class stays.
		{refused(classify.BusyLoading), list(classify.BusyLoading), refused(classify.BusyLoading)},
		{refused(classify.BusyLoading), list(classify.Timeout, classify.BusyLoading), refused(classify.BusyLoading)},
		{refused(classify.BusyLoading), list(classify.Connection), refused(classify.BusyLoading)},
		{loaded(classify.MaxClients), list(classify.Connection), loaded(classify.MaxClients)},
		{refused(classify.Pool), list(classify.Connection), refused(classify.Pool)},
		{refused(classify.MasterDown), list(classify.ClusterDown), refused(classify.MasterDown)},
		{refused(classify.MasterDown), list(classify.Response), refused(classify.MasterDown)},
		{moved(classify.Moved), list(classify.Ask), moved(classify.Moved)},
		{loaded(classify.OutOfMemory), list(classify.Response), loaded(classify.OutOfMemory)},
		{halfway(classify.OutOfMemory), list(classify.OutOfMemory), halfway(classify.OutOfMemory)},
		{unansweredLate, list(classify.Timeout), unansweredLate},
		// Listed although it is Permanent: the user knows better. What was not refused may have run.
		{final(classify.Auth), list(classify.Auth), refused(classify.Auth)},
		{final(classify.NoScript), list(classify.NoScript), refused(classify.NoScript)},
		{final(classify.NoScript), list(classify.Response), refused(classify.NoScript)},
		{final(classify.NoPermission), list(classify.Response), refused(classify.NoPermission)},
		{final(classify.Response), list(classify.Response), refused(classify.Response)},
		{final(classify.TLS), list(classify.TLS), refused(classify.TLS)},
		{final(classify.Canceled), list(classify.Canceled), halfway(classify.Canceled)},
		{final(classify.Timeout), list(classify.Timeout), halfway(classify.Timeout)},
		{final(classify.Connection), list(classify.Connection), halfway(classify.Connection)},
		{final(classify.Script), list(classify.Script), halfway(classify.Script)},
		{final(classify.Script), list(classify.Response), halfway(classify.Script)},
		{final("quota"), list("quota"), refused("quota")},
		// No opinion stays none.
		{noOpinion, nil, noOpinion},
		{noOpinion, list(""), noOpinion},
		{classify.Verdict{Kind: classify.Timeout}, list(classify.Timeout), classify.Verdict{Kind: classify.Timeout}},
	} {
		for _, after := range []time.Duration{0, time.Second} {
			tt.v.After, tt.want.After = after, after
			if got := tt.v.Only(tt.kinds...); got != tt.want {
				t.Errorf("%+v.Only(%v) = %+v, want %+v", tt.v, tt.kinds, got, tt.want)
			}
		}
	}
}

// TestOnlyAsRedisPy holds redis-py's cases of retry_on_error, by the line of the test there:
// which errors a list of exceptions lets it retry.
func TestOnlyAsRedisPy(t *testing.T) {
	t.Parallel()
	readOnly := errors.New("READONLY You can't write against a read only replica")
	loading := errors.New("LOADING Redis is loading the dataset in memory")
	timeout := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	broken := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", errors.New("connection reset by peer"))}
	for _, tt := range []struct {
		name  string
		kinds []classify.Kind
		err   error
		want  classify.Verdict
	}{
		{"test_retry.py:69 an empty list retries nothing", nil, timeout, final(classify.Timeout)},
		{"test_retry.py:76 ReadOnly of three", []classify.Kind{classify.ReadOnlyReplica, classify.BusyLoading, classify.Timeout}, readOnly, refused(classify.ReadOnlyReplica)},
		{"test_retry.py:76 BusyLoading of three", []classify.Kind{classify.ReadOnlyReplica, classify.BusyLoading, classify.Timeout}, loading, refused(classify.BusyLoading)},
		{"test_retry.py:76 Timeout of three", []classify.Kind{classify.ReadOnlyReplica, classify.BusyLoading, classify.Timeout}, timeout, unansweredLate},
		{"test_retry.py:187 ReadOnly listed", []classify.Kind{classify.ReadOnlyReplica}, readOnly, refused(classify.ReadOnlyReplica)},
		{"test_retry.py:202 BusyLoading listed", []classify.Kind{classify.BusyLoading}, loading, refused(classify.BusyLoading)},
		{"test_retry.py:218 an OSError, not listed", []classify.Kind{classify.ReadOnlyReplica}, broken, final(classify.Connection)},
		{"test_retry.py:234 Timeout next to ReadOnly", []classify.Kind{classify.ReadOnlyReplica, classify.Timeout}, timeout, unansweredLate},
		{"test_retry.py:251 Timeout alone", []classify.Kind{classify.Timeout}, timeout, unansweredLate},
		{"asyncio/test_retry.py:26 Connection", []classify.Kind{classify.Connection, classify.Timeout}, io.EOF, unanswered},
		{"test_max_connections_error.py:55 a full pool is a ConnectionError", []classify.Kind{classify.Connection}, errPool, refused(classify.Pool)},
		{"exceptions.py:47 LOADING is a ConnectionError", []classify.Kind{classify.Connection}, loading, refused(classify.BusyLoading)},
		{"_parsers/base.py:76 so are too many clients", []classify.Kind{classify.Connection}, errors.New("ERR max number of clients reached"), loaded(classify.MaxClients)},
		{"and unlike there, also of a cluster node", []classify.Kind{classify.Connection}, errors.New("ERR max number of clients + cluster connections reached"), loaded(classify.MaxClients)},
		{"unlike there, a wrong password is not", []classify.Kind{classify.Connection}, errors.New("WRONGPASS invalid username-password pair"), final(classify.Auth)},
		{"unlike there, nor is no password", []classify.Kind{classify.Connection}, errors.New("NOAUTH Authentication required"), final(classify.Auth)},
		{"exceptions.py:57 OOM is a ResponseError", []classify.Kind{classify.Response}, errors.New("OOM command not allowed"), loaded(classify.OutOfMemory)},
		{"exceptions.py:73 NOSCRIPT is a ResponseError", []classify.Kind{classify.Response}, errors.New("NOSCRIPT No matching script"), refused(classify.NoScript)},
		{"exceptions.py:181 CLUSTERDOWN is a ResponseError", []classify.Kind{classify.Response}, errors.New("CLUSTERDOWN Hash slot not served"), refused(classify.ClusterDown)},
		{"exceptions.py:251 MOVED is an AskError", []classify.Kind{classify.Ask}, errors.New("MOVED 1 127.0.0.1:6379"), moved(classify.Moved)},
		{"exceptions.py:261 MASTERDOWN is a ClusterDownError", []classify.Kind{classify.ClusterDown}, errors.New("MASTERDOWN Link with MASTER is down"), refused(classify.MasterDown)},
		{"LOADING is not a ResponseError", []classify.Kind{classify.Response}, loading, final(classify.BusyLoading)},
		{"a cancelled task is never retried", []classify.Kind{classify.Connection, classify.Timeout}, context.Canceled, final(classify.Canceled)},
		{"an unknown error is never retried", []classify.Kind{classify.Connection, classify.Response}, errors.New("boom"), noOpinion},
	} {
		f := classify.Only(classify.First(classify.Is(errPool, refused(classify.Pool)), classify.Default), tt.kinds...)
		if got := f(tt.err); got != tt.want {
			t.Errorf("%s: Only(…, %v)(%v) = %+v, want %+v", tt.name, tt.kinds, tt.err, got, tt.want)
		}
		if tt.err != errPool {
			if got := classify.Only(nil, tt.kinds...)(tt.err); got != tt.want {
				t.Errorf("%s: Only(nil, %v)(%v) = %+v, want %+v", tt.name, tt.kinds, tt.err, got, tt.want)
			}
		}
	}
}

// errPool stands for a client's own error.
var errPool = errors.New("client: no connection is free")
