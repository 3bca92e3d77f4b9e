package proptest

import (
	"crypto/sha1"
	"fmt"

	"github.com/reprise-go/reprise/classify"
)

// The scripts of the cases: a write and a read.
const (
	incrScript = "return redis.call('INCR', KEYS[1])"
	typeScript = "return redis.call('TYPE', KEYS[1])"
)

var (
	probeFunctions = []string{"FUNCTION LIST WITHCODE"}
	setupFunctions = []string{"FUNCTION FLUSH", "[ FUNCTION LOAD <lib> ]"}
	probeUsers     = []string{"ACL LIST"}
	setupUsers     = []string{"ACL DELUSER u v", "[ ACL SETUSER u on ]"}
	probeScripts   = []string{"SCRIPT EXISTS " + scriptSHA(incrScript)}
)

var replayServerCases = []ReplayCase{
	{Keys: "number", Syntax: "EVAL <incr> 1 <key>"},
	{Keys: "number", Syntax: "EVALSHA <incrsha> 1 <key>", Setup: []string{"SCRIPT LOAD <incr>"}},
	{Keys: "number", Syntax: "FCALL f 1 <key>", Setup: []string{"FUNCTION LOAD REPLACE <lib>"}},
	{Keys: "number", Syntax: "EVAL_RO ( <type> | <incr> ) 1 <key>", Draws: fewDraws},
	{Keys: "number", Syntax: "EVALSHA_RO <typesha> 1 <key>", Setup: []string{"SCRIPT LOAD <type>"}, Draws: fewDraws},
	{Keys: "number", Syntax: "FCALL_RO ( r | f ) 1 <key>", Setup: []string{"FUNCTION LOAD REPLACE <lib>"}, Draws: fewDraws},
	{Keys: "any", Syntax: "SCRIPT EXISTS <incrsha>", Draws: fewDraws},
	{Keys: "any", Syntax: "SCRIPT LOAD <incr>", Setup: []string{"SCRIPT FLUSH", "[ SCRIPT LOAD <incr> ]"}, Probes: probeScripts},
	{Keys: "any", Syntax: "SCRIPT FLUSH [ ASYNC | SYNC ]", Setup: []string{"SCRIPT LOAD <incr>"}, Probes: probeScripts},
	{Keys: "any", Syntax: "SCRIPT HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "FUNCTION LOAD <lib>", Setup: setupFunctions, Probes: probeFunctions},
	{Keys: "any", Syntax: "FUNCTION LOAD REPLACE <lib>", Setup: setupFunctions, Probes: probeFunctions},
	{Keys: "any", Syntax: "FUNCTION DELETE lib", Setup: setupFunctions, Probes: probeFunctions},
	{Keys: "any", Syntax: "FUNCTION FLUSH", Caution: classify.Never, Setup: setupFunctions, Probes: probeFunctions},
	{Keys: "any", Syntax: "FUNCTION RESTORE <fdump> [ APPEND | REPLACE | FLUSH ]", Caution: classify.Never, Setup: setupFunctions, Probes: probeFunctions},
	{Keys: "any", Syntax: "FUNCTION DUMP", Setup: setupFunctions, Probes: probeFunctions, Draws: fewDraws},
	{Keys: "any", Syntax: "FUNCTION LIST", Setup: setupFunctions, Probes: probeFunctions, Draws: fewDraws},
	{Keys: "any", Syntax: "FUNCTION STATS", Setup: setupFunctions, Probes: probeFunctions, Draws: fewDraws},
	{Keys: "any", Syntax: "FUNCTION HELP", Draws: fewDraws},

	{Keys: "any", Syntax: "PUBLISH news <str>", Inbox: true},
	{Keys: "any", Syntax: "SPUBLISH news <str>", Inbox: true},
	{Keys: "any", Syntax: "PUBSUB CHANNELS", Draws: fewDraws},
	{Keys: "any", Syntax: "PUBSUB HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "PUBSUB NUMPAT", Draws: fewDraws},
	{Keys: "any", Syntax: "PUBSUB NUMSUB news", Draws: fewDraws},
	{Keys: "any", Syntax: "PUBSUB SHARDCHANNELS", Draws: fewDraws},
	{Keys: "any", Syntax: "PUBSUB SHARDNUMSUB news", Draws: fewDraws},

	{Keys: "any", Syntax: "PING [ <str> ]", Draws: fewDraws},
	{Keys: "any", Syntax: "ECHO <str>", Draws: fewDraws},
	{Keys: "any", Syntax: "CLIENT LIST", Draws: fewDraws},
	{Keys: "any", Syntax: "CLIENT HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "INFO", Draws: fewDraws},
	{Keys: "any", Syntax: "TIME", Draws: fewDraws},
	{Keys: "any", Syntax: "ROLE", Draws: fewDraws},
	{Keys: "any", Syntax: "LASTSAVE", Draws: fewDraws},
	{Keys: "any", Syntax: "LOLWUT", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND COUNT", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND DOCS GET", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND GETKEYS GET <key>", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND GETKEYSANDFLAGS GET <key>", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND INFO GET", Draws: fewDraws},
	{Keys: "any", Syntax: "COMMAND LIST", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY DOCTOR", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY MALLOC-STATS", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY STATS", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY USAGE <key>", Draws: fewDraws},
	{Keys: "any", Syntax: "MEMORY PURGE", Caution: classify.Idempotent, Draws: fewDraws},
	{Keys: "any", Syntax: "MODULE LIST", Draws: fewDraws},
	{Keys: "any", Syntax: "MODULE HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY DOCTOR", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY GRAPH command", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY HISTOGRAM get", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY HISTORY command", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY LATEST", Draws: fewDraws},
	{Keys: "any", Syntax: "LATENCY RESET", Caution: classify.Convergent, Draws: fewDraws},
	{Keys: "any", Syntax: "SLOWLOG GET", Draws: fewDraws},
	{Keys: "any", Syntax: "SLOWLOG HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "SLOWLOG LEN", Draws: fewDraws},
	{Keys: "any", Syntax: "SLOWLOG RESET", Caution: classify.Convergent, Draws: fewDraws},

	{Keys: "any", Syntax: "CONFIG GET maxmemory*", Draws: fewDraws},
	{Keys: "any", Syntax: "CONFIG HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "CONFIG SET maxmemory-samples <num>", Setup: []string{"CONFIG SET maxmemory-samples 9"}, Probes: []string{"CONFIG GET maxmemory-samples"}},
	{Keys: "any", Syntax: "CONFIG RESETSTAT", Caution: classify.Convergent, Draws: fewDraws},
	{Keys: "any", Syntax: "ACL CAT", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL DRYRUN default GET <key>", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL GENPASS", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL GETUSER default", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL LIST", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL USERS", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL WHOAMI", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL LOG [ <pos> ]", Draws: fewDraws},
	{Keys: "any", Syntax: "ACL LOG RESET", Caution: classify.Convergent, Draws: fewDraws},
	{Keys: "any", Syntax: "ACL DELUSER ( u | v )+", Setup: setupUsers, Probes: probeUsers},
	{Keys: "any", Syntax: "ACL SETUSER u ( on | off | nopass | >pw | <pw | resetkeys | ~x* | +get | -@all | <selector> )+", Setup: setupUsers, Probes: probeUsers},

	{Keys: "any", Syntax: "FLUSHALL [ ASYNC | SYNC ]", Caution: classify.Never},
	{Keys: "any", Syntax: "FLUSHDB [ ASYNC | SYNC ]", Caution: classify.Never},

	{Keys: "any", Syntax: "CLUSTER HELP", Draws: fewDraws},
	{Keys: "any", Syntax: "CLUSTER KEYSLOT <key>", Draws: fewDraws},
}

// sha returns the name by which EVALSHA knows a script.
func scriptSHA(script string) string { return fmt.Sprintf("%x", sha1.Sum([]byte(script))) }
