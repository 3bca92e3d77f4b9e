package classify

// dataCommands grades the commands that read and write keys, up to Redis 8.10. Names
// are in upper case; a subcommand's row is CONTAINER|SUBCOMMAND. Rows that say by… are
// decided by their arguments; see rule.replay.
var dataCommands = map[string]rule{
	// Any key. TOUCH and OBJECT see access times, which are not state.
	"EXISTS": readOnly, "TYPE": readOnly, "KEYS": readOnly, "SCAN": readOnly, "RANDOMKEY": readOnly, "DBSIZE": readOnly,
	"TTL": readOnly, "PTTL": readOnly, "EXPIRETIME": readOnly, "PEXPIRETIME": readOnly, "DUMP": readOnly, "TOUCH": readOnly,
	"OBJECT": bySubcommand, "OBJECT|ENCODING": readOnly, "OBJECT|FREQ": readOnly, "OBJECT|IDLETIME": readOnly,
	"OBJECT|REFCOUNT": readOnly, "OBJECT|HELP": readOnly,
	"DEL": convergent, "UNLINK": convergent, "DELEX": convergent, // count 1, then 0
	"RENAMENX": convergent, "MOVE": convergent, // the second finds no source, and never overwrites
	"RENAME": accumulating, // a source written anew in between would overwrite what the first run moved: the only copy
	"COPY":   byReplaceCopy, "RESTORE": byReplaceRestore,
	"EXPIRE": byRelativeTTL, "PEXPIRE": byRelativeTTL,
	"EXPIREAT": convergent, "PEXPIREAT": convergent, // a time in the past removes the key: 1, then 0
	"PERSIST": convergent, "SWAPDB": accumulating, // the second run swaps back
	"SORT": bySort, "SORT_RO": readOnly,

	// Strings and bitmaps.
	"GET": readOnly, "MGET": readOnly, "STRLEN": readOnly, "GETRANGE": readOnly, "SUBSTR": readOnly, "LCS": readOnly,
	"DIGEST": readOnly, "GETBIT": readOnly, "BITCOUNT": readOnly, "BITPOS": readOnly, "BITFIELD_RO": readOnly,
	"SET": bySet, "MSETEX": byMsetex, "GETEX": byGetex,
	"MSET": idempotent, "SETEX": idempotent, "PSETEX": idempotent,
	"SETRANGE": idempotent,                       // replies with the length, which the second run does not change
	"SETNX":    convergent, "MSETNX": convergent, // 1, then 0
	"GETSET": convergent, "GETDEL": convergent, "SETBIT": convergent, // reply with what was there before
	"APPEND": accumulating, "INCR": accumulating, "DECR": accumulating, "INCRBY": accumulating, "DECRBY": accumulating,
	"INCRBYFLOAT": accumulating, "INCREX": accumulating,
	"BITFIELD": byBitfield, "BITOP": byBitop,

	// HyperLogLog. PFCOUNT may store a cached count, which is an encoding, and the server calls it a read.
	"PFCOUNT": readOnly, "PFADD": convergent, "PFMERGE": idempotent,

	// Lists.
	"LLEN": readOnly, "LINDEX": readOnly, "LRANGE": readOnly, "LPOS": readOnly, "LSET": idempotent,
	"LREM": byLrem, "LTRIM": byLtrim,
	"LPUSH": accumulating, "RPUSH": accumulating, "LPUSHX": accumulating, "RPUSHX": accumulating, "LINSERT": accumulating,
	"LPOP": accumulating, "RPOP": accumulating, "LMPOP": accumulating, "LMOVE": accumulating, "LMOVEM": accumulating,
	"RPOPLPUSH": accumulating,
	"BLPOP":     never, "BRPOP": never, "BLMPOP": never, "BLMOVE": never, "BLMOVEM": never, "BRPOPLPUSH": never, // wait

	// Sets. A union or an intersection with the destination itself is the same the second time.
	"SCARD": readOnly, "SISMEMBER": readOnly, "SMISMEMBER": readOnly, "SMEMBERS": readOnly, "SRANDMEMBER": readOnly,
	"SSCAN": readOnly, "SDIFF": readOnly, "SINTER": readOnly, "SUNION": readOnly, "SINTERCARD": readOnly,
	"SDIFFCARD": readOnly, "SUNIONCARD": readOnly,
	"SUNIONSTORE": idempotent, "SINTERSTORE": idempotent, "SDIFFSTORE": bySdiffstore,
	"SADD": convergent, "SREM": convergent, "SMOVE": convergent, "SPOP": accumulating,

	// Hashes.
	"HGET": readOnly, "HMGET": readOnly, "HGETALL": readOnly, "HKEYS": readOnly, "HVALS": readOnly, "HLEN": readOnly,
	"HEXISTS": readOnly, "HSTRLEN": readOnly, "HRANDFIELD": readOnly, "HSCAN": readOnly,
	"HTTL": readOnly, "HPTTL": readOnly, "HEXPIRETIME": readOnly, "HPEXPIRETIME": readOnly,
	"HMSET": idempotent, "HSETEX": byHsetex, "HGETEX": byGetex,
	"HSET":   convergent, // counts the new fields
	"HSETNX": convergent, "HDEL": convergent, "HGETDEL": convergent, "HPERSIST": convergent,
	"HEXPIRE": byRelativeTTL, "HPEXPIRE": byRelativeTTL, "HEXPIREAT": convergent, "HPEXPIREAT": convergent,
	"HINCRBY": accumulating, "HINCRBYFLOAT": accumulating,
	"HIMPORT": never, // needs the field names that HIMPORT PREPARE left with the connection

	// Sorted sets.
	"ZCARD": readOnly, "ZCOUNT": readOnly, "ZLEXCOUNT": readOnly, "ZSCORE": readOnly, "ZMSCORE": readOnly,
	"ZRANK": readOnly, "ZREVRANK": readOnly, "ZRANDMEMBER": readOnly, "ZSCAN": readOnly, "ZRANGE": readOnly,
	"ZRANGEBYLEX": readOnly, "ZRANGEBYSCORE": readOnly, "ZREVRANGE": readOnly, "ZREVRANGEBYLEX": readOnly,
	"ZREVRANGEBYSCORE": readOnly, "ZDIFF": readOnly, "ZINTER": readOnly, "ZUNION": readOnly, "ZINTERCARD": readOnly,
	"ZADD": byZadd, "ZINCRBY": accumulating, "ZREM": convergent,
	"ZREMRANGEBYSCORE": convergent, "ZREMRANGEBYLEX": convergent, "ZREMRANGEBYRANK": byZremrangebyrank,
	"ZUNIONSTORE": byZstore, "ZINTERSTORE": byZstore, "ZDIFFSTORE": byZdiffstore, "ZRANGESTORE": byZrangestore,
	"ZPOPMIN": accumulating, "ZPOPMAX": accumulating, "ZMPOP": accumulating,
	"BZPOPMIN": never, "BZPOPMAX": never, "BZMPOP": never, // wait

	// Geography, which lives in sorted sets.
	"GEODIST": readOnly, "GEOHASH": readOnly, "GEOPOS": readOnly, "GEOSEARCH": readOnly,
	"GEORADIUS_RO": readOnly, "GEORADIUSBYMEMBER_RO": readOnly, "GEORADIUS": byGeoradius, "GEORADIUSBYMEMBER": byGeoradius,
	"GEOADD": byZadd, "GEOSEARCHSTORE": byGeosearchstore,

	// Streams.
	"XLEN": readOnly, "XRANGE": readOnly, "XREVRANGE": readOnly, "XPENDING": readOnly,
	"XINFO": bySubcommand, "XINFO|CONSUMERS": readOnly, "XINFO|GROUPS": readOnly, "XINFO|STREAM": readOnly, "XINFO|HELP": readOnly,
	"XREAD": byXread, "XREADGROUP": byXread, "XADD": byXadd, "XTRIM": byXtrim,
	"XDEL": convergent, "XDELEX": convergent, "XACK": convergent, "XACKDEL": convergent,
	"XSETID": idempotent,
	"XCLAIM": accumulating, "XAUTOCLAIM": accumulating, // restart the idle time and count a delivery
	"XNACK":   accumulating, // SILENT takes back one delivery in every run
	"XCFGSET": accumulating, // forgets the IDs by which XADD IDMP knows a repetition, also those of others
	"XGROUP":  bySubcommand, "XGROUP|HELP": readOnly,
	"XGROUP|CREATE": convergent, "XGROUP|CREATECONSUMER": convergent, "XGROUP|DELCONSUMER": convergent, "XGROUP|DESTROY": convergent,
	"XGROUP|SETID": idempotent,
	"XIDMPRECORD":  never, // between a server and its append-only file

	// Arrays.
	"ARGET": readOnly, "ARMGET": readOnly, "ARGETRANGE": readOnly, "ARLEN": readOnly, "ARCOUNT": readOnly, "ARNEXT": readOnly,
	"ARINFO": readOnly, "ARSCAN": readOnly, "ARGREP": readOnly, "AROP": readOnly, "ARLASTITEMS": readOnly,
	"ARSEEK": idempotent,
	"ARSET":  convergent, "ARMSET": convergent, "ARDEL": convergent, "ARDELRANGE": convergent, // count what is new or gone
	"ARINSERT": accumulating, "ARRING": accumulating, // move the cursor

	// Vector sets.
	"VSIM": readOnly, "VCARD": readOnly, "VDIM": readOnly, "VEMB": readOnly, "VGETATTR": readOnly, "VINFO": readOnly,
	"VISMEMBER": readOnly, "VLINKS": readOnly, "VRANDMEMBER": readOnly, "VRANGE": readOnly,
	"VADD": convergent, "VREM": convergent, "VSETATTR": idempotent,
}
