package classify

import (
	"crypto/sha1"
	"fmt"
)

// The scripts of the cases: a write and a read.
const (
	incrScript = "return redis.call('INCR', KEYS[1])"
	typeScript = "return redis.call('TYPE', KEYS[1])"
)

var (
	functions    = []string{"FUNCTION LIST WITHCODE"}
	noFunctions  = []string{"FUNCTION FLUSH", "[ FUNCTION LOAD <lib> ]"}
	users        = []string{"ACL LIST"}
	someUsers    = []string{"ACL DELUSER u v", "[ ACL SETUSER u on ]"}
	scriptsKnown = []string{"SCRIPT EXISTS " + sha(incrScript)}
)

var serverCases = []oracleCase{
	{kind: "number", syntax: "EVAL <incr> 1 <key>"},
	{kind: "number", syntax: "EVALSHA <incrsha> 1 <key>", setup: []string{"SCRIPT LOAD <incr>"}},
	{kind: "number", syntax: "FCALL f 1 <key>", setup: []string{"FUNCTION LOAD REPLACE <lib>"}},
	{kind: "number", syntax: "EVAL_RO ( <type> | <incr> ) 1 <key>"},
	{kind: "number", syntax: "EVALSHA_RO <typesha> 1 <key>", setup: []string{"SCRIPT LOAD <type>"}},
	{kind: "number", syntax: "FCALL_RO ( r | f ) 1 <key>", setup: []string{"FUNCTION LOAD REPLACE <lib>"}},
	{kind: "any", syntax: "SCRIPT EXISTS <incrsha>"},
	{kind: "any", syntax: "SCRIPT LOAD <incr>", setup: []string{"SCRIPT FLUSH", "[ SCRIPT LOAD <incr> ]"}, probes: scriptsKnown},
	{kind: "any", syntax: "SCRIPT FLUSH [ ASYNC | SYNC ]", setup: []string{"SCRIPT LOAD <incr>"}, probes: scriptsKnown},
	{kind: "any", syntax: "SCRIPT HELP", few: true},
	{kind: "any", syntax: "FUNCTION LOAD <lib>", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION LOAD REPLACE <lib>", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION DELETE lib", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION FLUSH", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION RESTORE <fdump> [ APPEND | REPLACE | FLUSH ]", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION DUMP", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION LIST", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION STATS", setup: noFunctions, probes: functions},
	{kind: "any", syntax: "FUNCTION HELP", few: true},

	{kind: "any", syntax: "PUBLISH news <str>", inbox: true},
	{kind: "any", syntax: "SPUBLISH news <str>", inbox: true},
	{kind: "any", syntax: "PUBSUB CHANNELS", few: true},
	{kind: "any", syntax: "PUBSUB HELP", few: true},
	{kind: "any", syntax: "PUBSUB NUMPAT", few: true},
	{kind: "any", syntax: "PUBSUB NUMSUB news", few: true},
	{kind: "any", syntax: "PUBSUB SHARDCHANNELS", few: true},
	{kind: "any", syntax: "PUBSUB SHARDNUMSUB news", few: true},

	{kind: "any", syntax: "PING [ <str> ]"},
	{kind: "any", syntax: "ECHO <str>"},
	{kind: "any", syntax: "CLIENT LIST", few: true},
	{kind: "any", syntax: "CLIENT HELP", few: true},
	{kind: "any", syntax: "INFO", few: true},
	{kind: "any", syntax: "TIME", few: true},
	{kind: "any", syntax: "ROLE", few: true},
	{kind: "any", syntax: "LASTSAVE", few: true},
	{kind: "any", syntax: "LOLWUT", few: true},
	{kind: "any", syntax: "COMMAND", few: true},
	{kind: "any", syntax: "COMMAND COUNT", few: true},
	{kind: "any", syntax: "COMMAND DOCS GET", few: true},
	{kind: "any", syntax: "COMMAND GETKEYS GET <key>", few: true},
	{kind: "any", syntax: "COMMAND GETKEYSANDFLAGS GET <key>", few: true},
	{kind: "any", syntax: "COMMAND HELP", few: true},
	{kind: "any", syntax: "COMMAND INFO GET", few: true},
	{kind: "any", syntax: "COMMAND LIST", few: true},
	{kind: "any", syntax: "MEMORY DOCTOR", few: true},
	{kind: "any", syntax: "MEMORY HELP", few: true},
	{kind: "any", syntax: "MEMORY MALLOC-STATS", few: true},
	{kind: "any", syntax: "MEMORY STATS", few: true},
	{kind: "any", syntax: "MEMORY USAGE <key>"},
	{kind: "any", syntax: "MEMORY PURGE", few: true},
	{kind: "any", syntax: "MODULE LIST", few: true},
	{kind: "any", syntax: "MODULE HELP", few: true},
	{kind: "any", syntax: "LATENCY DOCTOR", few: true},
	{kind: "any", syntax: "LATENCY GRAPH command", few: true},
	{kind: "any", syntax: "LATENCY HELP", few: true},
	{kind: "any", syntax: "LATENCY HISTOGRAM get", few: true},
	{kind: "any", syntax: "LATENCY HISTORY command", few: true},
	{kind: "any", syntax: "LATENCY LATEST", few: true},
	{kind: "any", syntax: "LATENCY RESET", few: true},
	{kind: "any", syntax: "SLOWLOG GET", few: true},
	{kind: "any", syntax: "SLOWLOG HELP", few: true},
	{kind: "any", syntax: "SLOWLOG LEN", few: true},
	{kind: "any", syntax: "SLOWLOG RESET", few: true},

	{kind: "any", syntax: "CONFIG GET maxmemory*", few: true},
	{kind: "any", syntax: "CONFIG HELP", few: true},
	{kind: "any", syntax: "CONFIG SET maxmemory-samples <num>", setup: []string{"CONFIG SET maxmemory-samples 9"}, probes: []string{"CONFIG GET maxmemory-samples"}},
	{kind: "any", syntax: "CONFIG RESETSTAT", few: true},
	{kind: "any", syntax: "ACL CAT", few: true},
	{kind: "any", syntax: "ACL DRYRUN default GET <key>", few: true},
	{kind: "any", syntax: "ACL GENPASS", few: true},
	{kind: "any", syntax: "ACL GETUSER default", few: true},
	{kind: "any", syntax: "ACL HELP", few: true},
	{kind: "any", syntax: "ACL LIST", few: true},
	{kind: "any", syntax: "ACL USERS", few: true},
	{kind: "any", syntax: "ACL WHOAMI", few: true},
	{kind: "any", syntax: "ACL LOG [ <pos> ]", few: true},
	{kind: "any", syntax: "ACL LOG RESET", few: true},
	{kind: "any", syntax: "ACL DELUSER ( u | v )+", setup: someUsers, probes: users},
	{kind: "any", syntax: "ACL SETUSER u ( on | off | nopass | >pw | <pw | resetkeys | ~x* | +get | -@all | <selector> )+", setup: someUsers, probes: users},

	{kind: "any", syntax: "FLUSHALL [ ASYNC | SYNC ]"},
	{kind: "any", syntax: "FLUSHDB [ ASYNC | SYNC ]"},

	{kind: "any", syntax: "CLUSTER HELP", few: true},
	{kind: "any", syntax: "CLUSTER KEYSLOT <key>", few: true},
}

// sha returns the name by which EVALSHA knows a script.
func sha(script string) string { return fmt.Sprintf("%x", sha1.Sum([]byte(script))) }
