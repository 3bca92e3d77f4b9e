package classify_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
	"github.com/reprise-go/reprise/proptest"
)

// notRun lists the rows that the oracle cannot run twice on one server of version 7.0
// and compare, and why.
var notRun = map[string]string{
	"waits for data or for other servers": `
		BLPOP BRPOP BLMPOP BLMOVE BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP WAIT MIGRATE`,
	"is about its own connection": `
		SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE
		AUTH HELLO SELECT QUIT RESET ASKING READONLY READWRITE MULTI EXEC DISCARD WATCH UNWATCH MONITOR
		CLIENT|ID CLIENT|INFO CLIENT|GETNAME CLIENT|GETREDIR CLIENT|TRACKINGINFO CLIENT|SETNAME
		CLIENT|REPLY CLIENT|CACHING CLIENT|TRACKING CLIENT|NO-EVICT SCRIPT|DEBUG`,
	"acts on other connections or on running scripts": `
		CLIENT|KILL CLIENT|PAUSE CLIENT|UNPAUSE CLIENT|UNBLOCK SCRIPT|KILL FUNCTION|KILL`,
	"controls or debugs the server": `
		SAVE BGSAVE BGREWRITEAOF SHUTDOWN FAILOVER REPLICAOF SLAVEOF SYNC PSYNC REPLCONF
		DEBUG PFDEBUG PFSELFTEST RESTORE-ASKING MODULE|LOAD MODULE|LOADEX MODULE|UNLOAD`,
	"reads or writes a file that the test's server does not have": `
		CONFIG|REWRITE ACL|LOAD ACL|SAVE`,
	"needs a server in cluster mode": `
		CLUSTER|COUNT-FAILURE-REPORTS CLUSTER|COUNTKEYSINSLOT CLUSTER|GETKEYSINSLOT CLUSTER|INFO CLUSTER|LINKS
		CLUSTER|MYID CLUSTER|NODES CLUSTER|REPLICAS CLUSTER|SHARDS CLUSTER|SLAVES CLUSTER|SLOTS
		CLUSTER|ADDSLOTS CLUSTER|ADDSLOTSRANGE CLUSTER|BUMPEPOCH CLUSTER|DELSLOTS CLUSTER|DELSLOTSRANGE
		CLUSTER|FAILOVER CLUSTER|FLUSHSLOTS CLUSTER|FORGET CLUSTER|MEET CLUSTER|REPLICATE CLUSTER|RESET
		CLUSTER|SAVECONFIG CLUSTER|SET-CONFIG-EPOCH CLUSTER|SETSLOT`,
	"needs a Sentinel": `
		SENTINEL|GET-MASTER-ADDR-BY-NAME SENTINEL|MASTER SENTINEL|MASTERS SENTINEL|REPLICAS SENTINEL|SLAVES
		SENTINEL|SENTINELS SENTINEL|CKQUORUM SENTINEL|MYID SENTINEL|INFO-CACHE SENTINEL|PENDING-SCRIPTS SENTINEL|HELP
		SENTINEL|IS-MASTER-DOWN-BY-ADDR SENTINEL|CONFIG SENTINEL|DEBUG SENTINEL|FAILOVER SENTINEL|FLUSHCONFIG
		SENTINEL|MONITOR SENTINEL|REMOVE SENTINEL|RESET SENTINEL|SET SENTINEL|SIMULATE-FAILURE`,
	"is newer than Redis 7.0": `
		WAITAOF CLIENT|SETINFO CLIENT|NO-TOUCH CLUSTER|MYSHARDID CLUSTER|SLOT-STATS CLUSTER|MIGRATION CLUSTER|SYNCSLOTS
		HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HPERSIST HTTL HPTTL HEXPIRETIME HPEXPIRETIME HGETEX HSETEX HGETDEL HIMPORT
		XDELEX XACKDEL XNACK XCFGSET XIDMPRECORD DELEX DIGEST MSETEX INCREX LMOVEM BLMOVEM SDIFFCARD SUNIONCARD
		ARGET ARMGET ARGETRANGE ARLEN ARCOUNT ARNEXT ARINFO ARSCAN ARGREP AROP ARLASTITEMS ARSEEK ARSET ARMSET ARDEL
		ARDELRANGE ARINSERT ARRING
		VSIM VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VRANGE VADD VREM VSETATTR
		HOTKEYS|GET HOTKEYS|HELP HOTKEYS|START HOTKEYS|STOP HOTKEYS|RESET
		BACKUP|HELP BACKUP|LIST BACKUP|STATUS BACKUP|START BACKUP|SEAL BACKUP|ABORT BACKUP|CLEANUP`,
}

// needsModule is the reason why no row of moduleCommands is run.
const needsModule = "needs a module"

// TestEveryRowIsRunOrExplained compares the rows that have a case with those that have
// a reason for having none.
func TestEveryRowIsRunOrExplained(t *testing.T) {
	reasons := map[string]string{}
	explain := func(name, reason string) {
		if other, twice := reasons[name]; twice {
			t.Errorf("%s is explained twice: %s, %s", name, other, reason)
		}
		reasons[name] = reason
	}
	for reason, names := range notRun {
		for name := range strings.FieldsSeq(names) {
			explain(name, reason)
		}
	}
	for _, name := range classify.ModuleRows() {
		explain(name, needsModule)
	}
	run := map[string]bool{}
	for _, c := range proptest.ReplayCases() {
		run[row(c)] = true
	}
	all := classify.Rows()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, explained := reasons[name]; run[name] == explained {
			t.Errorf("%s has a case: %v, and a reason to have none: %v; want one of them", name, run[name], explained)
		}
	}
	for name := range run {
		if _, ok := all[name]; !ok {
			t.Errorf("a case runs %s, which has no row", name)
		}
	}
	for name := range reasons {
		if _, ok := all[name]; !ok {
			t.Errorf("%s is explained, but has no row", name)
		}
	}
	t.Logf("%d rows: %d run, %d explained", len(all), len(run), len(reasons))
}

// serverCommand is what COMMAND says about one command or subcommand.
type serverCommand struct {
	name  string // as a row's
	flags []string
}

func liveCommands(t *testing.T) []serverCommand {
	client := redis.NewClient(&redis.Options{Addr: redistest.Start(t).Addr(), Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { _ = client.Close() })
	list, err := client.Do(t.Context(), "COMMAND").Slice()
	if err != nil {
		t.Fatal(err)
	}
	var all []serverCommand
	var read func([]any)
	read = func(list []any) {
		for _, item := range list {
			info := item.([]any)
			c := serverCommand{name: strings.ToUpper(info[0].(string))}
			for _, flag := range info[2].([]any) {
				c.flags = append(c.flags, flag.(string))
			}
			all = append(all, c)
			if len(info) > 9 {
				read(info[9].([]any))
			}
		}
	}
	read(list)
	return all
}

// reads lists the commands that the server calls writes although some of their forms
// are reads.
var reads = map[string]string{
	"BITFIELD":          "with GET only",
	"GETEX":             "without options",
	"GEORADIUS":         "without STORE and STOREDIST",
	"GEORADIUSBYMEMBER": "without STORE and STOREDIST",
	"SORT":              "without STORE",
}

// blocking has one blocking form of every command that the server calls blocking.
var blocking = map[string]string{
	"BLMOVE":     "BLMOVE a b LEFT RIGHT 1",
	"BLMPOP":     "BLMPOP 1 1 a LEFT",
	"BLPOP":      "BLPOP a 1",
	"BRPOP":      "BRPOP a 1",
	"BRPOPLPUSH": "BRPOPLPUSH a b 1",
	"BZMPOP":     "BZMPOP 1 1 a MIN",
	"BZPOPMAX":   "BZPOPMAX a 1",
	"BZPOPMIN":   "BZPOPMIN a 1",
	"XREAD":      "XREAD COUNT 1 BLOCK 1 STREAMS a $",
	"XREADGROUP": "XREADGROUP GROUP g c BLOCK 1 STREAMS a >",
	"BLMOVEM":    "BLMOVEM a b LEFT RIGHT 1 COUNT 2",
	"WAIT":       "WAIT 1 1",
	"WAITAOF":    "WAITAOF 1 0 1",
}

// TestTableCoversTheServer compares the table with what the server says of its commands:
// each has a row, and its flags agree with its rungs.
func TestTableCoversTheServer(t *testing.T) {
	forms := map[string][]classify.Replay{} // the rungs of the forms that the oracle runs
	for _, c := range proptest.ReplayCases() {
		for seed := range 20 {
			forms[row(c)] = append(forms[row(c)], classify.Command(c.Commands().Example(seed)...))
		}
	}
	for _, c := range liveCommands(t) {
		container, _, _ := strings.Cut(c.name, "|")
		rung, known := classify.Row(c.name)
		if whole, _ := classify.Row(container); !known && whole == classify.Never {
			continue // all its subcommands are
		}
		if !known {
			t.Errorf("%s has no row; the server's flags are %v", c.name, c.flags)
			continue
		}
		rungs := forms[c.name]
		if rung != 0 {
			rungs = []classify.Replay{rung}
		}
		if len(rungs) == 0 {
			continue // a container, or newer than the cases
		}
		if _, explained := reads[c.name]; slices.Contains(c.flags, "write") && slices.Contains(rungs, classify.ReadOnly) && !explained {
			t.Errorf("%s is ReadOnly, but the server calls it a write", c.name)
		}
		if slices.Contains(c.flags, "readonly") && slices.Max(rungs) != classify.ReadOnly {
			t.Errorf("%s is %v, but the server calls it a read", c.name, slices.Max(rungs))
		}
		if slices.Contains(c.flags, "blocking") {
			form, ok := blocking[c.name]
			if got := classify.Command(strings.Fields(form)...); !ok || got != classify.Never {
				t.Errorf("Command(%s) = %v; want Never for a blocking form of %s", form, got, c.name)
			}
		}
	}
}
