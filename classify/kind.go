package classify

// Kind says what happened, for people, metrics and [Only]. Values are redis-py's
// exception names in snake_case where it has one. A classifier may use kinds of
// its own.
type Kind string

// The kinds that the classifiers here give.
const (
	Connection      Kind = "connection"    // could not connect, or the connection broke
	Timeout         Kind = "timeout"       // a dial, read or write took too long
	TLS             Kind = "tls"           // TLS failed: certificate, name, alert, not TLS at all
	Canceled        Kind = "canceled"      // a context ended
	Closed          Kind = "closed"        // the client was closed by its owner
	Pool            Kind = "pool"          // no connection was free: redis-py's MaxConnectionsError
	Auth            Kind = "auth"          // NOAUTH, WRONGPASS: redis-py's AuthenticationError
	NoPermission    Kind = "no_permission" // NOPERM
	BusyLoading     Kind = "busy_loading"  // LOADING
	ClusterDown     Kind = "cluster_down"  // CLUSTERDOWN
	MasterDown      Kind = "master_down"   // MASTERDOWN
	TryAgain        Kind = "try_again"     // TRYAGAIN
	ReadOnlyReplica Kind = "read_only"     // READONLY: redis-py's ReadOnlyError; ReadOnly itself is a rung of Replay
	Moved           Kind = "moved"         // MOVED
	Ask             Kind = "ask"           // ASK
	MaxClients      Kind = "max_clients"   // the server's connection limit
	Busy            Kind = "busy"          // BUSY: a script holds the server
	OutOfMemory     Kind = "out_of_memory" // OOM
	NoReplicas      Kind = "no_replicas"   // NOREPLICAS
	Misconf         Kind = "misconf"       // MISCONF
	NoScript        Kind = "no_script"     // NOSCRIPT
	ExecAbort       Kind = "exec_abort"    // EXECABORT
	CrossSlot       Kind = "cross_slot"    // CROSSSLOT
	Script          Kind = "script"        // a script failed for good, maybe after writes: WRONGTYPE … script: …, on …
	Response        Kind = "response"      // any other error reply: ERR, WRONGTYPE, BUSYKEY …
)

// kinds lists them all, for [Kinds].
var kinds = [...]Kind{
	Connection, Timeout, TLS, Canceled, Closed, Pool, Auth, NoPermission, BusyLoading, ClusterDown, MasterDown,
	TryAgain, ReadOnlyReplica, Moved, Ask, MaxClients, Busy, OutOfMemory, NoReplicas, Misconf, NoScript, ExecAbort,
	CrossSlot, Script, Response,
}

// Kinds returns the kinds that are known here, in a slice of the caller's own.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

// Is reports whether k is the kind other or one of its special cases, following redis-py's
// tree of exceptions: a full pool, a loading server and one with too many clients are each a
// [Connection]; [MasterDown] is a [ClusterDown]; [Moved] is an [Ask]; every error reply but Auth
// and LOADING is a [Response]. In redis-py a wrong password is a ConnectionError too, and costs 3.5 s
// of retries; here [Auth] is a kind of its own.
func (k Kind) Is(other Kind) bool {
	for k != other {
		if k = k.parent(); k == "" {
			return false
		}
	}
	return true
}

// parent returns the kind that k is a special case of, "" if there is none.
func (k Kind) parent() Kind {
	switch k {
	case BusyLoading, MaxClients, Pool:
		return Connection
	case MasterDown:
		return ClusterDown
	case Moved:
		return Ask
	case Ask, ClusterDown, TryAgain, ReadOnlyReplica, NoPermission, Busy, OutOfMemory, NoReplicas, Misconf, NoScript,
		ExecAbort, CrossSlot, Script:
		return Response
	}
	return ""
}
