package rueidis_test

import "github.com/redis/rueidis"

// left names the builders that the comparison leaves out, each with its reason.
var left = map[string]string{
	"Shutdown": "ends the server", "DebugSegfault": "ends the server", "Failover": "stops the server",
	"ClientPause": "stops the server", "Sync": "another protocol", "Psync": "another protocol", "Monitor": "another protocol",
	"Subscribe": "for Receive", "Psubscribe": "for Receive", "Ssubscribe": "for Receive",
	"Unsubscribe": "for Receive", "Punsubscribe": "for Receive", "Sunsubscribe": "for Receive",
	"Multi": "of a connection", "Exec": "of a connection", "Discard": "of a connection", "Watch": "of a connection",
	"Select": "of a connection", "Reset": "of a connection", "Quit": "of a connection", "Hello": "of a connection", "ClientReply": "of a connection",
	"Migrate":   "another server",
	"Replicaof": "stops writes", "Slaveof": "stops writes",
	"Bgsave": "writes a file", "Bgrewriteaof": "writes a file", "Save": "writes a file",
	"Time": "the clock", "Lastsave": "the clock", "ObjectIdletime": "the clock", "SlowlogGet": "the clock", "AclLog": "the clock",
	"LatencyHistogram": "the clock", "LatencyLatest": "the clock",
	"Randomkey": "chance", "Spop": "chance", "Srandmember": "chance", "Hrandfield": "chance", "Zrandmember": "chance",
	"AclGenpass": "chance", "DebugObject": "an address in memory", "Info": "of this moment",
	"ClientId": "of this connection", "ClientInfo": "of this connection", "ClientList": "of this connection",
	"MemoryStats": "of this moment", "MemoryMallocStats": "of this moment", "MemoryDoctor": "of this moment",
}

// alone are the builders of what is refused in a transaction in words that tell of it, or that waits.
var alone = []string{"Wait", "Waitaof"}

// plain returns the value with the errors in it as texts: they hold what no two replies share.
func plain(value any) any {
	switch v := value.(type) {
	case *rueidis.RedisError:
		return v.Error()
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = plain(v[i])
		}
		return all
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return value
}
