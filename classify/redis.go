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

// replies judges error replies by their first word. The words are those of redis-server 2.8
// to 8, taken from its sources, its modules' left out. ERR and UNBLOCKED need a second look.
var replies = map[string]Verdict{
	"LOADING":      {Class: Transient, Kind: BusyLoading},
	"READONLY":     {Class: Transient, Kind: ReadOnlyReplica},
	"CLUSTERDOWN":  {Class: Transient, Kind: ClusterDown},
	"MASTERDOWN":   {Class: Transient, Kind: MasterDown},
	"TRYAGAIN":     {Class: Transient, Kind: TryAgain},
	"NOREPLICAS":   {Class: Transient, Kind: NoReplicas},
	"MISCONF":      {Class: Transient, Kind: Misconf},
	"NOMASTERLINK": {Class: Transient, Kind: Response}, // SYNC, to a replica that has no master now
	"MOVED":        {Class: Redirect, Kind: Moved},
	"ASK":          {Class: Redirect, Kind: Ask},
	"BUSY":         {Class: Overloaded, Kind: Busy},
	"OOM":          {Class: Overloaded, Kind: OutOfMemory},
	"IOERR":        {Class: Ambiguous, Kind: Response}, // MIGRATE lost its target: the keys may have arrived there
	"NOAUTH":       {Class: Permanent, Kind: Auth},
	"WRONGPASS":    {Class: Permanent, Kind: Auth},
	"NOPERM":       {Class: Permanent, Kind: NoPermission},
	"DENIED":       {Class: Permanent, Kind: NoPermission},
	"NOSCRIPT":     {Class: Permanent, Kind: NoScript},
	"EXECABORT":    {Class: Permanent, Kind: ExecAbort},
	"CROSSSLOT":    {Class: Permanent, Kind: CrossSlot},
	"WRONGTYPE":    {Class: Permanent, Kind: Response},
	"BUSYKEY":      {Class: Permanent, Kind: Response},
	"BUSYGROUP":    {Class: Permanent, Kind: Response},
	"NOGROUP":      {Class: Permanent, Kind: Response},
	"INVALIDOBJ":   {Class: Permanent, Kind: Response},
	"NOPROTO":      {Class: Permanent, Kind: Response},
	"NOTBUSY":      {Class: Permanent, Kind: Response},
	"UNKILLABLE":   {Class: Permanent, Kind: Response},
	"INPROG":       {Class: Permanent, Kind: Response}, // this and the next three are Sentinel's
	"NOGOODSLAVE":  {Class: Permanent, Kind: Response},
	"NOQUORUM":     {Class: Permanent, Kind: Response},
	"IDONTKNOW":    {Class: Permanent, Kind: Response},
}

// prefix judges by the first word of an error reply.
func prefix(text string) Verdict {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "ERR":
		return generic(rest)
	case "UNBLOCKED":
		return unblocked(rest)
	}
	return replies[word]
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
	_, mark, ok := strings.Cut(text, " script: ")
	return ok && strings.Contains(mark, ", on ") || strings.HasPrefix(text, "ERR Error running script")
}
