package rueidis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	retry "github.com/reprise-go/reprise/adapters/rueidis"
	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/faultproxy"
	"github.com/reprise-go/reprise/proptest"
)

// The laws of classifiers hold for rueidis' errors, too, in trees of all kinds.
func TestClassifyLaws(t *testing.T) {
	t.Parallel()
	proptest.TestClassifier(t, retry.Classify, rueidis.Nil, rueidis.ErrNoSlot, rueidis.ErrNoAddr, rueidis.ErrDoCacheAborted, rueidis.ErrClosing,
		rueidis.ErrDedicatedClientRecycled, rueidis.ErrNoCache, rueidis.ErrMSetNXNotSet, errors.New("connection is expired"))
}

// TestClassify is what the classifier says of an error alone, without the client that knows more.
func TestClassify(t *testing.T) {
	t.Parallel()
	none := classify.Verdict{}
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{nil, none},
		{rueidis.Nil, none}, // an answer
		{errors.New("connection is expiring"), none},

		// rueidis' own.
		{rueidis.ErrNoSlot, transient(classify.ClusterDown)},
		{rueidis.ErrNoAddr, transient(classify.Connection)},
		{rueidis.ErrDoCacheAborted, ambiguous(classify.Connection)},
		{errors.New("connection is expired"), ambiguous(classify.Connection)}, // its text is all that it shows
		{rueidis.ErrClosing, permanent(classify.Closed)},
		{rueidis.ErrDedicatedClientRecycled, permanent(classify.Closed)},
		{rueidis.ErrNoCache, permanent(classify.Response)},
		{rueidis.ErrRESP2PubSubMixed, permanent(classify.Response)},
		{rueidis.ErrBlockingPubSubMixed, permanent(classify.Response)},
		{rueidis.ErrReplicaOnlyNotSupported, permanent(classify.Response)},
		{rueidis.ErrReplicaOnlyConflict, permanent(classify.Response)},
		{rueidis.ErrReplicaOnlyConflictWithReplicaSelector, permanent(classify.Response)},
		{rueidis.ErrReplicaOnlyConflictWithReadNodeSelector, permanent(classify.Response)},
		{rueidis.ErrReplicaSelectorConflictWithReadNodeSelector, permanent(classify.Response)},
		{rueidis.ErrSendToReplicasNotSet, permanent(classify.Response)},
		{rueidis.ErrNoSendToReplicas, permanent(classify.Response)},
		{rueidis.ErrWrongPipelineMultiplex, permanent(classify.Response)},
		{rueidis.ErrInvalidShardsRefreshInterval, permanent(classify.Response)},
		{rueidis.ErrInvalidTopologyRefreshInterval, permanent(classify.Response)},
		// What is said of keys after an answer is not an error of the client's.
		{rueidis.ErrMSetNXNotSet, none},
		{rueidis.ErrMSetEXNotSet, none},

		// The network's. Of a lost connection nobody knows what it had carried.
		{io.EOF, ambiguous(classify.Connection)},
		{net.ErrClosed, ambiguous(classify.Connection)},
		{os.ErrDeadlineExceeded, ambiguous(classify.Timeout)},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, ambiguous(classify.Connection)},
		{&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, ambiguous(classify.Connection)},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, ambiguous(classify.Timeout)},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, transient(classify.Connection)},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, transient(classify.Timeout)},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, transient(classify.Connection)},
		{context.Canceled, permanent(classify.Canceled)},
		{context.DeadlineExceeded, permanent(classify.Canceled)},
	} {
		require.Equal(t, tt.want, retry.Classify(tt.err), "%v", tt.err)
		if tt.err != nil {
			require.Equal(t, tt.want, retry.Classify(fmt.Errorf("wrapped: %w", tt.err)), "%v wrapped", tt.err)
			require.Equal(t, tt.want, retry.Classify(errors.Join(tt.err)), "%v joined", tt.err)
		}
	}
}

// TestClassifyReplies is that for what a server says, which only rueidis can make an error of: without the "ERR " that it
// began with.
func TestClassifyReplies(t *testing.T) {
	t.Parallel()
	g := newRig(t, three, nil)
	c := bystander(t, g.server, func(o *rueidis.ClientOption) { o.InitAddress = []string{g.proxy.Addr()} })
	for _, tt := range []struct {
		reply string
		want  classify.Verdict
	}{
		{"LOADING Redis is loading the dataset in memory", transient(classify.BusyLoading)},
		{"READONLY You can't write against a read only replica.", transient(classify.ReadOnlyReplica)},
		{"CLUSTERDOWN The cluster is down", transient(classify.ClusterDown)},
		{"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", transient(classify.MasterDown)},
		{"TRYAGAIN Multiple keys request during rehashing of slot", transient(classify.TryAgain)},
		{"NOREPLICAS Not enough good replicas to write.", transient(classify.NoReplicas)},
		{"MISCONF Redis is configured to save RDB snapshots", transient(classify.Misconf)},
		{"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", transient(classify.ReadOnlyReplica)},
		{"OOM command not allowed when used memory > 'maxmemory'.", overloaded(classify.OutOfMemory)},
		{"BUSY Redis is busy running a script.", overloaded(classify.Busy)},
		{"ERR max number of clients reached", overloaded(classify.MaxClients)},
		{"MOVED 1 127.0.0.1:1", redirect(classify.Moved)},
		{"ASK 1 127.0.0.1:1", redirect(classify.Ask)},
		{"REDIRECT 127.0.0.1:1", redirect(classify.Moved)},
		{"NOAUTH Authentication required.", permanent(classify.Auth)},
		{"WRONGPASS invalid username-password pair or user is disabled.", permanent(classify.Auth)},
		{"NOPERM this user has no permissions", permanent(classify.NoPermission)},
		{"NOSCRIPT No matching script.", permanent(classify.NoScript)},
		{"EXECABORT Transaction discarded because of previous errors.", permanent(classify.ExecAbort)},
		{"CROSSSLOT Keys in request don't hash to the same slot", permanent(classify.CrossSlot)},
		{"UNBLOCKED client unblocked via CLIENT UNBLOCK", permanent(classify.Response)},
		{"WRONGTYPE Operation against a key holding the wrong kind of value", permanent(classify.Response)},
		{"BUSYGROUP Consumer Group name already exists", permanent(classify.Response)},
		{"ERR unknown command 'x'", permanent(classify.Response)},
		{"ERR", permanent(classify.Response)},
		{"ERR invalid password", permanent(classify.Auth)}, // before Redis 6
		{"MODULEERR what", permanent(classify.Response)},
		{"ERR LOADING that is not the server's own", transient(classify.BusyLoading)}, // as rueidis tells it, it might be
		// A script's own words. rueidis' IsMoved and IsAsk panic over them.
		{"MOVED", redirect(classify.Moved)},
		{"ASKING", permanent(classify.Response)},
		{"ASK", redirect(classify.Ask)},
		{"REDIRECT", permanent(classify.Response)},
		{"OOM command not allowed script: 6b1bf486, on @user_script:1.", ambiguous(classify.OutOfMemory)},
		{"WRONGTYPE Operation script: 6b1bf486, on @user_script:1.", permanent(classify.Script)},
	} {
		g.proxy.SetPlan(func(r faultproxy.Request) faultproxy.Action {
			if r.Name() == "GET" {
				return faultproxy.Refuse(tt.reply)
			}
			return faultproxy.Action{}
		})
		err := c.Do(t.Context(), c.B().Get().Key("k").Build()).Error()
		var own *rueidis.RedisError
		require.ErrorAs(t, err, &own, "%s", tt.reply)
		require.Equal(t, tt.want, retry.Classify(err), "%s", tt.reply)
		require.Equal(t, tt.want, retry.Classify(fmt.Errorf("wrapped: %w", err)), "%s wrapped", tt.reply)
	}
}
