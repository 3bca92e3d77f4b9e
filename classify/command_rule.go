package classify

// rule is how a row of the table is decided: by a rung, the same whatever the arguments,
// or by a function that reads them. The zero rule belongs to commands without a row.
type rule uint8

// The rungs as rules. Their numbers are those of [Replay].
const (
	ungraded     = rule(0)
	readOnly     = rule(ReadOnly)
	idempotent   = rule(Idempotent)
	convergent   = rule(Convergent)
	accumulating = rule(Accumulating)
	never        = rule(Never)
)

// The rules that read arguments. An id and one switch instead of a func value in the
// table: arguments handed to a func value escape, and every lookup would allocate.
const (
	bySubcommand rule = never + 1 + iota // the next word has a row of its own
	byCommand                            // bySubcommand, but COMMAND alone lists the commands

	byReplaceCopy
	byReplaceRestore
	byRelativeTTL
	bySort
	bySet
	byMsetex
	byHsetex
	byGetex
	byBitfield
	byBitop
	byLrem
	byLtrim
	bySdiffstore
	byZadd
	byZremrangebyrank
	byZstore
	byZdiffstore
	byZrangestore
	byGeoradius
	byGeosearchstore
	byXread
	byXadd
	byXtrim
	byFunctionLoad
	byFunctionRestore
	byACLLog
	byJSONSet
	byJSONMset
	byCursor
	bySugadd
	byBlock
	byTSAdd
	bySketchMerge
	byDigestMerge
)

// replay returns the rung of a command whose row is r. args is the whole command.
func (r rule) replay(args []string) Replay {
	switch r {
	case readOnly, idempotent, convergent, accumulating, never:
		return Replay(r)
	case byReplaceCopy:
		return copyReplay(args)
	case byReplaceRestore:
		return restoreReplay(args)
	case byRelativeTTL:
		return relativeTTLReplay(args)
	case bySort:
		return sortReplay(args)
	case bySet:
		return writeReplay(args, 3)
	case byMsetex:
		return msetexReplay(args)
	case byHsetex:
		return writeReplay(args, 2)
	case byGetex:
		return getexReplay(args)
	case byBitfield:
		return bitfieldReplay(args)
	case byBitop:
		return bitopReplay(args)
	case byLrem:
		return lremReplay(args)
	case byLtrim:
		return ltrimReplay(args)
	case bySdiffstore:
		return sdiffstoreReplay(args)
	case byZadd:
		return zaddReplay(args)
	case byZremrangebyrank:
		return zremrangebyrankReplay(args)
	case byZstore:
		return zstoreReplay(args)
	case byZdiffstore:
		return zdiffstoreReplay(args)
	case byZrangestore:
		return zrangestoreReplay(args)
	case byGeoradius:
		return georadiusReplay(args)
	case byGeosearchstore:
		return geosearchstoreReplay(args)
	case byXread:
		return xreadReplay(args)
	case byXadd:
		return xaddReplay(args)
	case byXtrim:
		return xtrimReplay(args)
	case byFunctionLoad:
		return functionLoadReplay(args)
	case byFunctionRestore:
		return functionRestoreReplay(args)
	case byACLLog:
		return aclLogReplay(args)
	case byJSONSet:
		return jsonSetReplay(args)
	case byJSONMset:
		return jsonMsetReplay(args)
	case byCursor:
		return unlessReplay(args, "WITHCURSOR", Accumulating)
	case bySugadd:
		return sugaddReplay(args)
	case byBlock:
		return unlessReplay(args, "BLOCK", Never)
	case byTSAdd:
		return tsAddReplay(args)
	case bySketchMerge:
		return sketchMergeReplay(args)
	case byDigestMerge:
		return digestMergeReplay(args)
	}
	return Never
}
