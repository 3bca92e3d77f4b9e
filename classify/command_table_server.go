package classify

// serverCommands grades the commands about scripts, messages, connections and servers,
// and those of Sentinel.
var serverCommands = map[string]rule{
	// Scripts and functions. What a script does is unknown, but it can neither wait nor leave its
	// connection: in a second run it does its work a second time.
	"EVAL": accumulating, "EVALSHA": accumulating, "FCALL": accumulating,
	"EVAL_RO": readOnly, "EVALSHA_RO": readOnly, "FCALL_RO": readOnly, // the server refuses them any write
	"SCRIPT": bySubcommand, "SCRIPT|EXISTS": readOnly, "SCRIPT|HELP": readOnly, "SCRIPT|LOAD": idempotent,
	"SCRIPT|FLUSH": idempotent,                    // scripts are a cache: whoever misses one loads it again
	"SCRIPT|KILL":  never, "FUNCTION|KILL": never, // the second run would kill another script
	"SCRIPT|DEBUG": never,
	"FUNCTION":     bySubcommand, "FUNCTION|DUMP": readOnly, "FUNCTION|HELP": readOnly, "FUNCTION|LIST": readOnly, "FUNCTION|STATS": readOnly,
	"FUNCTION|DELETE": convergent, "FUNCTION|LOAD": byFunctionLoad, "FUNCTION|RESTORE": byFunctionRestore,
	"FUNCTION|FLUSH": never, // functions are no cache: those loaded in between would be gone

	// Messages. Subscribers receive a message as often as it is published.
	"PUBLISH": accumulating, "SPUBLISH": accumulating,
	"PUBSUB": bySubcommand, "PUBSUB|CHANNELS": readOnly, "PUBSUB|HELP": readOnly, "PUBSUB|NUMPAT": readOnly,
	"PUBSUB|NUMSUB": readOnly, "PUBSUB|SHARDCHANNELS": readOnly, "PUBSUB|SHARDNUMSUB": readOnly,
	"SUBSCRIBE": never, "PSUBSCRIBE": never, "SSUBSCRIBE": never, "UNSUBSCRIBE": never, "PUNSUBSCRIBE": never, "SUNSUBSCRIBE": never,

	// Connections and transactions: all state of one connection. WAIT is about the writes of its own.
	"PING": readOnly, "ECHO": readOnly,
	"AUTH": never, "HELLO": never, "SELECT": never, "QUIT": never, "RESET": never, "ASKING": never, "READONLY": never, "READWRITE": never,
	"MULTI": never, "EXEC": never, "DISCARD": never, "WATCH": never, "UNWATCH": never, "WAIT": never, "WAITAOF": never, "MONITOR": never,
	"CLIENT": bySubcommand, "CLIENT|LIST": readOnly, "CLIENT|HELP": readOnly,
	"CLIENT|ID": never, "CLIENT|INFO": never, "CLIENT|GETNAME": never, "CLIENT|GETREDIR": never, "CLIENT|TRACKINGINFO": never,
	"CLIENT|SETNAME": never, "CLIENT|SETINFO": never, "CLIENT|REPLY": never, "CLIENT|CACHING": never, "CLIENT|TRACKING": never,
	"CLIENT|NO-EVICT": never, "CLIENT|NO-TOUCH": never,
	"CLIENT|KILL": never, "CLIENT|PAUSE": never, "CLIENT|UNPAUSE": never, "CLIENT|UNBLOCK": never, // act on whoever is there at the second run

	// Questions to a server.
	"INFO": readOnly, "TIME": readOnly, "ROLE": readOnly, "LASTSAVE": readOnly, "LOLWUT": readOnly,
	"COMMAND": byCommand, "COMMAND|COUNT": readOnly, "COMMAND|DOCS": readOnly, "COMMAND|GETKEYS": readOnly,
	"COMMAND|GETKEYSANDFLAGS": readOnly, "COMMAND|HELP": readOnly, "COMMAND|INFO": readOnly, "COMMAND|LIST": readOnly,
	"MEMORY": bySubcommand, "MEMORY|DOCTOR": readOnly, "MEMORY|HELP": readOnly, "MEMORY|MALLOC-STATS": readOnly,
	"MEMORY|STATS": readOnly, "MEMORY|USAGE": readOnly, "MEMORY|PURGE": idempotent,
	"MODULE": bySubcommand, "MODULE|LIST": readOnly, "MODULE|HELP": readOnly,
	"MODULE|LOAD": never, "MODULE|LOADEX": never, "MODULE|UNLOAD": never,

	// Statistics and logs. A reset loses what was recorded since the first one, so it is not called Idempotent.
	"LATENCY": bySubcommand, "LATENCY|DOCTOR": readOnly, "LATENCY|GRAPH": readOnly, "LATENCY|HELP": readOnly, "LATENCY|HISTOGRAM": readOnly,
	"LATENCY|HISTORY": readOnly, "LATENCY|LATEST": readOnly, "LATENCY|RESET": convergent,
	"SLOWLOG": bySubcommand, "SLOWLOG|GET": readOnly, "SLOWLOG|HELP": readOnly, "SLOWLOG|LEN": readOnly, "SLOWLOG|RESET": convergent,
	"HOTKEYS": bySubcommand, "HOTKEYS|GET": readOnly, "HOTKEYS|HELP": readOnly, "HOTKEYS|START": never, "HOTKEYS|STOP": never, "HOTKEYS|RESET": never,

	// Settings and users.
	"CONFIG": bySubcommand, "CONFIG|GET": readOnly, "CONFIG|HELP": readOnly, "CONFIG|SET": idempotent, "CONFIG|REWRITE": idempotent,
	"CONFIG|RESETSTAT": convergent,
	"ACL":              bySubcommand, "ACL|CAT": readOnly, "ACL|DRYRUN": readOnly, "ACL|GENPASS": readOnly, "ACL|GETUSER": readOnly, "ACL|HELP": readOnly,
	"ACL|LIST": readOnly, "ACL|USERS": readOnly, "ACL|WHOAMI": readOnly, "ACL|LOG": byACLLog,
	"ACL|LOAD": idempotent, "ACL|SAVE": idempotent,
	"ACL|DELUSER": convergent,
	"ACL|SETUSER": accumulating, // a selector in parentheses is added once more in every run

	// Control of servers: an operator decides about each run. FLUSHALL and FLUSHDB would be Idempotent, but
	// a second run empties the database again, whatever all others have written in between.
	"FLUSHALL": never, "FLUSHDB": never,
	"SAVE": never, "BGSAVE": never, "BGREWRITEAOF": never, "SHUTDOWN": never, "FAILOVER": never, "REPLICAOF": never, "SLAVEOF": never,
	"SYNC": never, "PSYNC": never, "REPLCONF": never, "DEBUG": never, "PFDEBUG": never, "PFSELFTEST": never,
	"MIGRATE":        never, // waits for another server, and after a lost reply the keys may be on either
	"RESTORE-ASKING": never, // MIGRATE's half on the other server
	"BACKUP":         bySubcommand, "BACKUP|HELP": readOnly, "BACKUP|LIST": readOnly, "BACKUP|STATUS": readOnly,
	"BACKUP|START": never, "BACKUP|SEAL": never, "BACKUP|ABORT": never, "BACKUP|CLEANUP": never,

	// Cluster: questions are reads, changes of the topology are an operator's.
	"CLUSTER": bySubcommand, "CLUSTER|COUNT-FAILURE-REPORTS": readOnly, "CLUSTER|COUNTKEYSINSLOT": readOnly, "CLUSTER|GETKEYSINSLOT": readOnly,
	"CLUSTER|HELP": readOnly, "CLUSTER|INFO": readOnly, "CLUSTER|KEYSLOT": readOnly, "CLUSTER|LINKS": readOnly, "CLUSTER|MYID": readOnly,
	"CLUSTER|MYSHARDID": readOnly, "CLUSTER|NODES": readOnly, "CLUSTER|REPLICAS": readOnly, "CLUSTER|SHARDS": readOnly,
	"CLUSTER|SLAVES": readOnly, "CLUSTER|SLOT-STATS": readOnly, "CLUSTER|SLOTS": readOnly,
	"CLUSTER|ADDSLOTS": never, "CLUSTER|ADDSLOTSRANGE": never, "CLUSTER|BUMPEPOCH": never, "CLUSTER|DELSLOTS": never,
	"CLUSTER|DELSLOTSRANGE": never, "CLUSTER|FAILOVER": never, "CLUSTER|FLUSHSLOTS": never, "CLUSTER|FORGET": never, "CLUSTER|MEET": never,
	"CLUSTER|MIGRATION": never, "CLUSTER|REPLICATE": never, "CLUSTER|RESET": never, "CLUSTER|SAVECONFIG": never,
	"CLUSTER|SET-CONFIG-EPOCH": never, "CLUSTER|SETSLOT": never, "CLUSTER|SYNCSLOTS": never,

	// Sentinel.
	"SENTINEL": bySubcommand, "SENTINEL|GET-MASTER-ADDR-BY-NAME": readOnly, "SENTINEL|MASTER": readOnly, "SENTINEL|MASTERS": readOnly,
	"SENTINEL|REPLICAS": readOnly, "SENTINEL|SLAVES": readOnly, "SENTINEL|SENTINELS": readOnly, "SENTINEL|CKQUORUM": readOnly,
	"SENTINEL|MYID": readOnly, "SENTINEL|INFO-CACHE": readOnly, "SENTINEL|PENDING-SCRIPTS": readOnly, "SENTINEL|HELP": readOnly,
	"SENTINEL|IS-MASTER-DOWN-BY-ADDR": never, // may also be a vote
	"SENTINEL|CONFIG":                 never, "SENTINEL|DEBUG": never, "SENTINEL|FAILOVER": never, "SENTINEL|FLUSHCONFIG": never, "SENTINEL|MONITOR": never,
	"SENTINEL|REMOVE": never, "SENTINEL|RESET": never, "SENTINEL|SET": never, "SENTINEL|SIMULATE-FAILURE": never,
}
