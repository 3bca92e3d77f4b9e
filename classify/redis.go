package classify

import "strings"

// reply judges an error that is no wrapper by its text, as a RESP error reply. It is the
// only place that reads error texts.
func reply(err error) Verdict {
	text := strings.TrimPrefix(err.Error(), "-")
	v := prefix(text)
	if v.Class == Unknown || !fromScript(text) {
		return v
	}
	if v.Class == Permanent {
		v.Kind = Script // not the kind of a refusal, which had no effect
	} else {
		v.Class = Ambiguous // the script may have had effects before it met the refusal
	}
	return v
}

// prefix judges by the first word of an error reply. The words are those of redis-server 2.8 to 8, taken from its sources, its
// modules' left out. With a switch Default takes a third less than with a map.
func prefix(text string) Verdict {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "ERR":
		return generic(rest)
	case "UNBLOCKED":
		return unblocked(rest)
	case "LOADING":
		return Verdict{Class: Transient, Kind: BusyLoading}
	case "READONLY":
		return Verdict{Class: Transient, Kind: ReadOnlyReplica}
	case "CLUSTERDOWN":
		return Verdict{Class: Transient, Kind: ClusterDown}
	case "MASTERDOWN":
		return Verdict{Class: Transient, Kind: MasterDown}
	case "TRYAGAIN":
		return Verdict{Class: Transient, Kind: TryAgain}
	case "NOREPLICAS":
		return Verdict{Class: Transient, Kind: NoReplicas}
	case "MISCONF":
		return Verdict{Class: Transient, Kind: Misconf}
	case "NOMASTERLINK":
		return Verdict{Class: Transient, Kind: Response} // SYNC, to a replica that has no master now
	case "MOVED":
		return Verdict{Class: Redirect, Kind: Moved}
	case "ASK":
		return Verdict{Class: Redirect, Kind: Ask}
	case "BUSY":
		return Verdict{Class: Overloaded, Kind: Busy}
	case "OOM":
		return Verdict{Class: Overloaded, Kind: OutOfMemory}
	case "IOERR":
		return Verdict{Class: Ambiguous, Kind: Response} // MIGRATE lost its target: the keys may have arrived there
	case "NOAUTH", "WRONGPASS":
		return Verdict{Class: Permanent, Kind: Auth}
	case "NOPERM", "DENIED":
		return Verdict{Class: Permanent, Kind: NoPermission}
	case "NOSCRIPT":
		return Verdict{Class: Permanent, Kind: NoScript}
	case "EXECABORT":
		return Verdict{Class: Permanent, Kind: ExecAbort}
	case "CROSSSLOT":
		return Verdict{Class: Permanent, Kind: CrossSlot}
	case "WRONGTYPE", "BUSYKEY", "BUSYGROUP", "NOGROUP", "INVALIDOBJ", "NOPROTO", "NOTBUSY", "UNKILLABLE",
		"INPROG", "NOGOODSLAVE", "NOQUORUM", "IDONTKNOW": // these are Sentinel's
		return Verdict{Class: Permanent, Kind: Response}
	}
	return Verdict{}
}

// generic judges what follows "ERR ".
func generic(rest string) Verdict {
	switch {
	case strings.HasPrefix(rest, "max number of clients"):
		// "… reached", and "… + cluster connections reached" from a cluster node.
		return Verdict{Class: Overloaded, Kind: MaxClients}
	case rest == "invalid password", rest == "operation not permitted",
		strings.HasPrefix(rest, "Client sent AUTH, but no password is set"),
		strings.HasPrefix(rest, "AUTH <password> called without any password configured"):
		return Verdict{Class: Permanent, Kind: Auth} // before Redis 6
	}
	return Verdict{Class: Permanent, Kind: Response}
}

// unblocked judges why the server ended a blocking command, which then took nothing.
func unblocked(rest string) Verdict {
	if strings.HasPrefix(rest, "force unblock") {
		return Verdict{Class: Transient, Kind: ReadOnlyReplica} // the server became a replica
	}
	return Verdict{Class: Permanent, Kind: Response} // somebody's CLIENT UNBLOCK, or the stream is gone
}

// fromScript reports whether the text is that of an error which a script or function
// raised, as marked by Redis 7 ("… script: 6b1bf486…, on @user_script:1.", where the name of
// the source may be any text) and by those before it ("ERR Error running script (call to
// f_6b1b…): @user_script:1: …").
func fromScript(text string) bool {
	if strings.HasPrefix(text, "ERR Error running script") {
		return true
	}
	// Most refusals have no colon: to look for it first saves Default an eighth of its time.
	if strings.IndexByte(text, ':') < 0 {
		return false
	}
	_, mark, ok := strings.Cut(text, " script: ")
	return ok && strings.Contains(mark, ", on ")
}
