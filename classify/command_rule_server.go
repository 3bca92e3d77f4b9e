package classify

// functionLoadReplay grades FUNCTION LOAD [REPLACE] code. Without REPLACE the second run
// finds the library loaded and fails.
func functionLoadReplay(args []string) Replay {
	switch {
	case len(args) == 3:
		return Convergent
	case len(args) == 4 && oneOf(args[2], "REPLACE"):
		return Idempotent
	}
	return Never
}

// functionRestoreReplay grades FUNCTION RESTORE dump [FLUSH|APPEND|REPLACE]. FLUSH would
// be Idempotent, but takes with it what was loaded in between, as FUNCTION FLUSH does.
func functionRestoreReplay(args []string) Replay {
	switch {
	case len(args) == 3, len(args) == 4 && oneOf(args[3], "APPEND"):
		return Convergent
	case len(args) == 4 && oneOf(args[3], "REPLACE"):
		return Idempotent
	}
	return Never
}

// aclLogReplay grades ACL LOG [count|RESET].
func aclLogReplay(args []string) Replay {
	if len(args) > 2 && oneOf(args[2], "RESET") {
		return Convergent
	}
	return ReadOnly
}
