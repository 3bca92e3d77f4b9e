package classify_test

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/reprise-go/reprise/classify"
)

// The verdicts that Redis gives, by the names that the tables use.
var (
	refused = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Transient, Kind: k} }
	loaded  = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Overloaded, Kind: k} }
	moved   = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Redirect, Kind: k} }
	halfway = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Ambiguous, Kind: k} }
	final   = func(k classify.Kind) classify.Verdict { return classify.Verdict{Class: classify.Permanent, Kind: k} }
)

// mark is how redis-server 7 marks an error that a script raised.
const mark = " script: 6b1bf486c81ceb7edf3c093f4c48582e38c0e791, on @user_script:1."

// replies are error replies in the server's words, and what they mean.
var replies = []struct {
	text string
	want classify.Verdict
}{
	// Refused, not executed, and may work later.
	{"LOADING Redis is loading the dataset in memory", refused(classify.BusyLoading)},
	{"READONLY You can't write against a read only replica.", refused(classify.ReadOnlyReplica)},
	{"READONLY You can't write against a read only slave.", refused(classify.ReadOnlyReplica)}, // before 5
	{"READONLY Can not run script with write flag on readonly replica", refused(classify.ReadOnlyReplica)},
	{"CLUSTERDOWN The cluster is down", refused(classify.ClusterDown)},
	{"CLUSTERDOWN The cluster is down and only accepts read commands", refused(classify.ClusterDown)},
	{"CLUSTERDOWN Hash slot not served", refused(classify.ClusterDown)},
	{"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", refused(classify.MasterDown)},
	{"TRYAGAIN Multiple keys request during rehashing of slot", refused(classify.TryAgain)},
	{"NOREPLICAS Not enough good replicas to write.", refused(classify.NoReplicas)},
	{"MISCONF Errors writing to the AOF file: No space left on device", refused(classify.Misconf)},
	{"NOMASTERLINK Can't SYNC while not connected with my master", refused(classify.Response)},
	{"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", refused(classify.ReadOnlyReplica)},
	// The same, from a server that has too much to do.
	{"ERR max number of clients reached", loaded(classify.MaxClients)},
	{"ERR max number of clients + cluster connections reached", loaded(classify.MaxClients)},
	{"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", loaded(classify.Busy)},
	{"BUSY Redis is busy running a module command.", loaded(classify.Busy)},
	{"OOM command not allowed when used memory > 'maxmemory'.", loaded(classify.OutOfMemory)},
	{"OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'", loaded(classify.OutOfMemory)},
	// Elsewhere.
	{"MOVED 3999 127.0.0.1:6381", moved(classify.Moved)},
	{"ASK 3999 127.0.0.1:6381", moved(classify.Ask)},
	// Perhaps executed.
	{"IOERR error or timeout reading to target instance", halfway(classify.Response)},
	{"OOM command not allowed when used memory > 'maxmemory'." + mark, halfway(classify.OutOfMemory)},
	{"READONLY You can't write against a read only replica." + mark, halfway(classify.ReadOnlyReplica)},
	{"OOM command not allowed when used memory > 'maxmemory'. script: add_all, on @user_function:7.", halfway(classify.OutOfMemory)},
	{"NOREPLICAS Not enough good replicas to write. script: f1e2, on =[C]:-1.", halfway(classify.NoReplicas)},
	{`MISCONF Errors writing to the AOF file: x script: f1e2, on redis.call("set", KEYS[1], 1):1.`, halfway(classify.Misconf)},
	{"MOVED 3999 127.0.0.1:6381" + mark, halfway(classify.Moved)},
	// Not again.
	{"NOAUTH Authentication required.", final(classify.Auth)},
	{"WRONGPASS invalid username-password pair or user is disabled.", final(classify.Auth)},
	{"ERR invalid password", final(classify.Auth)},
	{"ERR operation not permitted", final(classify.Auth)},
	{"ERR Client sent AUTH, but no password is set", final(classify.Auth)},
	{"ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?", final(classify.Auth)},
	{"NOPERM this user has no permissions to run the 'get' command", final(classify.NoPermission)},
	{"DENIED Redis is running in protected mode because protected mode is enabled", final(classify.NoPermission)},
	{"NOSCRIPT No matching script. Please use EVAL.", final(classify.NoScript)},
	{"EXECABORT Transaction discarded because of previous errors.", final(classify.ExecAbort)},
	{"EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.", final(classify.ExecAbort)},
	{"CROSSSLOT Keys in request don't hash to the same slot", final(classify.CrossSlot)},
	{"WRONGTYPE Operation against a key holding the wrong kind of value", final(classify.Response)},
	{"WRONGTYPE Operation against a key holding the wrong kind of value" + mark, final(classify.Script)},
	{"NOPERM this user has no permissions to access one of the keys used as arguments" + mark, final(classify.Script)},
	{"ERR user_script:1: boom" + mark, final(classify.Script)},
	{"ERR Error running script (call to f_6b1bf486): @user_script:1: @user_script: 1: -OOM command not allowed", final(classify.Script)},
	{"ERR Error compiling script (new function): user_script:1: '=' expected near 'error'", final(classify.Response)},
	{"BUSYKEY Target key name already exists.", final(classify.Response)},
	{"BUSYGROUP Consumer Group name already exists", final(classify.Response)},
	{"NOGROUP No such key 'k' or consumer group 'g'", final(classify.Response)},
	{"INVALIDOBJ Corrupted HLL object detected", final(classify.Response)},
	{"NOPROTO unsupported protocol version", final(classify.Response)},
	{"NOTBUSY No scripts in execution right now.", final(classify.Response)},
	{"UNKILLABLE Sorry the script already executed write commands against the dataset.", final(classify.Response)},
	{"INPROG Failover already in progress", final(classify.Response)},
	{"NOGOODSLAVE No suitable replica to promote", final(classify.Response)},
	{"NOQUORUM 1 usable Sentinels. ", final(classify.Response)},
	{"IDONTKNOW I have not enough information to reply. Please ask another Sentinel.", final(classify.Response)},
	{"UNBLOCKED client unblocked via CLIENT UNBLOCK", final(classify.Response)},
	{"UNBLOCKED the stream key no longer exists", final(classify.Response)},
	{"ERR syntax error", final(classify.Response)},
	{"ERR unknown command 'GTE', with args beginning with: 'k' ", final(classify.Response)},
	{"ERR wrong number of arguments for 'get' command", final(classify.Response)},
	{"ERR value is not an integer or out of range", final(classify.Response)},
	{"ERR", final(classify.Response)},
	// The first word decides, alone as well.
	{"LOADING", refused(classify.BusyLoading)},
	{"OOM", loaded(classify.OutOfMemory)},
	{"ERR LOADING Redis is loading the dataset in memory", final(classify.Response)},
	{"UNBLOCKED", final(classify.Response)},
	// No opinion.
	{"", noOpinion},
	{"-", noOpinion},
	{" LOADING Redis is loading the dataset in memory", noOpinion},
	{"loading Redis is loading the dataset in memory", noOpinion},
	{"err syntax error", noOpinion},
	{"LOADINGX Redis", noOpinion},
	{"LOADING: Redis", noOpinion},
	{"READ ONLY", noOpinion},
	{"redis: nil", noOpinion},
	{"MYERR an error that a script made up", noOpinion},
	{"MYERR an error that a script made up" + mark, noOpinion},
	{"TSDB: the key does not exist", noOpinion},
	{"redis: can't parse \"ERR\"", noOpinion},
}

// TestRedisReplies holds the verdict on every error reply, with the dash of the protocol and
// without, and wrapped.
func TestRedisReplies(t *testing.T) {
	t.Parallel()
	for _, tt := range replies {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			for _, err := range []error{
				errors.New(tt.text),
				errors.New("-" + tt.text),
				fmt.Errorf("cache: %w", errors.New(tt.text)),
			} {
				if got := classify.Redis(err); got != tt.want {
					t.Errorf("Redis(%q) = %+v, want %+v", err, got, tt.want)
				}
				if got := classify.Default(err); got != tt.want {
					t.Errorf("Default(%q) = %+v, want %+v", err, got, tt.want)
				}
				if got := classify.Net(err); got != noOpinion {
					t.Errorf("Net(%q) = %+v, want no opinion", err, got)
				}
			}
		})
	}
}

// TestRedisReadsNoWrapper holds that text around an error is not taken for a reply, even if
// it begins like one.
func TestRedisReadsNoWrapper(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want classify.Verdict
	}{
		{fmt.Errorf("LOADING the cache: %w", errors.New("no such file")), noOpinion},
		{fmt.Errorf("LOADING the cache: %w", errors.New("WRONGTYPE Operation against a key")), final(classify.Response)},
		{fmt.Errorf("ERR %w and %w", errors.New("a"), errors.New("b")), noOpinion},
		{fmt.Errorf("LOADING %w", errors.Join(errors.New("a"), nil)), noOpinion},
		{outspoken{errors.New("MOVED 1 127.0.0.1:6379")}, moved(classify.Moved)},
		{timeoutOnly{}, noOpinion},
	} {
		if got := classify.Redis(tt.err); got != tt.want {
			t.Errorf("Redis(%q) = %+v, want %+v", tt.err, got, tt.want)
		}
	}
	if got := classify.Redis(nil); got != noOpinion {
		t.Errorf("Redis(nil) = %+v, want no opinion", got)
	}
}

// serverTexts are the error texts in the redis-server 7.0.15 binary, one a line: what strings
// finds of '^-[A-Z]{2,} '. Its formats are filled in with something.
//
//go:embed testdata/redis-server-7.0.15-errors.txt
var serverTexts []byte

// TestRedisKnowsTheServersTexts holds that every error text of a real server has an opinion,
// and that the table above covers every prefix.
func TestRedisKnowsTheServersTexts(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, r := range replies {
		word, _, _ := strings.Cut(r.text, " ")
		covered[word] = true
	}
	lines := bytes.Split(bytes.TrimSpace(serverTexts), []byte("\n"))
	if len(lines) < 60 {
		t.Fatalf("only %d texts", len(lines))
	}
	for _, line := range lines {
		text := strings.NewReplacer("%s", "x", "%S", "x", "%i", "1", "%f", "1.5").Replace(string(line))
		if got := classify.Redis(errors.New(text)); got.Class == classify.Unknown {
			t.Errorf("Redis(%q) has no opinion", text)
		}
		if word, _, _ := strings.Cut(text[1:], " "); !covered[word] {
			t.Errorf("no case for %s", word)
		}
	}
}
