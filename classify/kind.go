package classify

// Kind says what happened, for people, metrics and [Only]. Values are redis-py's
// exception names in snake_case where it has one. A classifier may use kinds of
// its own.
type Kind string

// The kinds that the classifiers here give.
const (
	Connection      Kind = "connection"    // could not connect, or the connection broke
	Timeout         Kind = "timeout"       // a dial, read or write took too long
	TLS             Kind = "tls"           // the handshake was refused: certificate, name, not TLS at all
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
	Response        Kind = "response"      // any other error reply: ERR, WRONGTYPE, BUSYKEY …
)
