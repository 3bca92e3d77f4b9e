package classify

// moduleCommands grades the commands of the modules that ship with Redis 8: JSON, search,
// time series and the probabilistic types. These rows rest on the modules' documentation
// and are not proved on a server. What the documentation leaves open is Never: BF.LOADCHUNK,
// CF.LOADCHUNK, CF.COMPACT and the commands by which modules talk among themselves.
var moduleCommands = map[string]rule{
	// JSON.
	"JSON.GET": readOnly, "JSON.MGET": readOnly, "JSON.TYPE": readOnly, "JSON.STRLEN": readOnly, "JSON.ARRLEN": readOnly,
	"JSON.ARRINDEX": readOnly, "JSON.OBJKEYS": readOnly, "JSON.OBJLEN": readOnly, "JSON.RESP": readOnly,
	"JSON.DEBUG": bySubcommand, "JSON.DEBUG|MEMORY": readOnly, "JSON.DEBUG|HELP": readOnly,
	"JSON.SET": byJSONSet, "JSON.MERGE": byJSONSet, "JSON.MSET": byJSONMset,
	"JSON.DEL": convergent, "JSON.FORGET": convergent, "JSON.CLEAR": convergent,
	"JSON.NUMINCRBY": accumulating, "JSON.NUMMULTBY": accumulating, "JSON.STRAPPEND": accumulating, "JSON.TOGGLE": accumulating,
	"JSON.ARRAPPEND": accumulating, "JSON.ARRINSERT": accumulating, "JSON.ARRPOP": accumulating, "JSON.ARRTRIM": accumulating,

	// Search. A cursor is left on the server by every run that asks for one, and moves when read.
	"FT.SEARCH": readOnly, "FT.AGGREGATE": byCursor, "FT.HYBRID": byCursor, "FT.PROFILE": byCursor,
	"FT.EXPLAIN": readOnly, "FT.EXPLAINCLI": readOnly, "FT.SPELLCHECK": readOnly, "FT.INFO": readOnly, "FT._LIST": readOnly,
	"FT.SYNDUMP": readOnly, "FT.TAGVALS": readOnly, "FT.DICTDUMP": readOnly, "FT.ALIASLIST": readOnly, "FT.SUGGET": readOnly, "FT.SUGLEN": readOnly,
	"FT.CREATE": convergent, "FT.ALTER": convergent, "FT.DROPINDEX": convergent, // succeed once, then fail
	"FT.ALIASADD": convergent, "FT.ALIASDEL": convergent, "FT.ALIASUPDATE": idempotent,
	"FT.DICTADD": convergent, "FT.DICTDEL": convergent, "FT.SYNUPDATE": idempotent,
	"FT.SUGADD": bySugadd, "FT.SUGDEL": convergent,
	"FT.CURSOR": bySubcommand, "FT.CURSOR|READ": accumulating, "FT.CURSOR|DEL": convergent,
	"FT.CONFIG": bySubcommand, "FT.CONFIG|GET": readOnly, "FT.CONFIG|HELP": readOnly, "FT.CONFIG|SET": idempotent,

	// Time series. Without ON_DUPLICATE the key's own policy decides, and it may be SUM.
	"TS.GET": readOnly, "TS.MGET": readOnly, "TS.RANGE": readOnly, "TS.REVRANGE": readOnly, "TS.MRANGE": readOnly, "TS.MREVRANGE": readOnly,
	"TS.NRANGE": readOnly, "TS.NREVRANGE": readOnly, "TS.INFO": readOnly, "TS.QUERYINDEX": readOnly, "TS.QUERYLABELS": readOnly,
	"TS.READ": byBlock, "TS.ADD": byTSAdd, "TS.MADD": accumulating, "TS.INCRBY": accumulating, "TS.DECRBY": accumulating,
	"TS.CREATE": convergent, "TS.CREATERULE": convergent, "TS.DELETERULE": convergent, "TS.DEL": convergent, "TS.ALTER": idempotent,

	// Bloom filters know an item after the first run; cuckoo filters count it again, unless told NX.
	"BF.EXISTS": readOnly, "BF.MEXISTS": readOnly, "BF.CARD": readOnly, "BF.INFO": readOnly, "BF.SCANDUMP": readOnly, "BF.DEBUG": readOnly,
	"BF.ADD": convergent, "BF.MADD": convergent, "BF.INSERT": convergent, "BF.RESERVE": convergent, "BF.LOADCHUNK": never,
	"CF.EXISTS": readOnly, "CF.MEXISTS": readOnly, "CF.COUNT": readOnly, "CF.INFO": readOnly, "CF.SCANDUMP": readOnly, "CF.DEBUG": readOnly,
	"CF.ADD": accumulating, "CF.INSERT": accumulating, "CF.DEL": accumulating, // DEL takes away one of several
	"CF.ADDNX": convergent, "CF.INSERTNX": convergent, "CF.RESERVE": convergent, "CF.COMPACT": never, "CF.LOADCHUNK": never,

	// Count-min sketch, top-k and t-digest.
	"CMS.QUERY": readOnly, "CMS.INFO": readOnly, "CMS.INITBYDIM": convergent, "CMS.INITBYPROB": convergent,
	"CMS.INCRBY": accumulating, "CMS.MERGE": bySketchMerge,
	"TOPK.QUERY": readOnly, "TOPK.COUNT": readOnly, "TOPK.LIST": readOnly, "TOPK.INFO": readOnly, "TOPK.RESERVE": convergent,
	"TOPK.ADD": accumulating, "TOPK.INCRBY": accumulating,
	"TDIGEST.BYRANK": readOnly, "TDIGEST.BYREVRANK": readOnly, "TDIGEST.CDF": readOnly, "TDIGEST.INFO": readOnly, "TDIGEST.MAX": readOnly,
	"TDIGEST.MIN": readOnly, "TDIGEST.QUANTILE": readOnly, "TDIGEST.RANK": readOnly, "TDIGEST.REVRANK": readOnly, "TDIGEST.TRIMMED_MEAN": readOnly,
	"TDIGEST.CREATE": convergent, "TDIGEST.RESET": idempotent, "TDIGEST.ADD": accumulating, "TDIGEST.MERGE": byDigestMerge,
}
