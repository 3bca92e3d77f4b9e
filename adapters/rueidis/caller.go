package rueidis

import (
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/redis/rueidis"
)

// The helpers of rueidis, MSet for example, look at the type of the client that they are given. One that is not
// rueidis' own they take for a cluster's: one MSET becomes many SETs, and is atomic no more. And they recycle the
// commands that they have made as soon as these are answered, even if a connection that failed is still reading
// them, which ends the program. So a batch that may be a helper's looks at who is calling, at the price of a
// hundredth of a round trip.

// helperOf returns the name of the helper that has made the batch, "MSet" for example; "" if none has.
func helperOf(multi []rueidis.Completed) string {
	name := multi[0].Commands()[0]
	switch name {
	case "SET", "DEL", "UNLINK", "MGET", "JSON.SET", "JSON.MGET":
	default:
		return ""
	}
	if slices.ContainsFunc(multi, func(c rueidis.Completed) bool { return c.Commands()[0] != name }) {
		return ""
	}
	return helper("doMultiSet", "clusterMGet", "clusterJsonMGet")
}

// isMGetCache reports whether rueidis.MGetCache has made the batch.
func isMGetCache(multi []rueidis.CacheableTTL) bool {
	other := func(c rueidis.CacheableTTL) bool { return c.Cmd.Commands()[0] != "GET" }
	return !slices.ContainsFunc(multi, other) && helper("doMultiCache") == "MGetCache"
}

// driverPath is the path of rueidis, as it stands before the names of its functions.
var driverPath = reflect.TypeFor[rueidis.RedisResult]().PkgPath() + "."

// helper returns the name of the function of rueidis that has called one of those named, not far up the stack: the
// caller's own wrapper of a client may stand between.
func helper(names ...string) string {
	var pcs [6]uintptr
	callers := pcs[:runtime.Callers(4, pcs[:])] // above DoMulti
	// To tell the frames apart allocates, to tell their names does not.
	if !slices.ContainsFunc(callers, func(pc uintptr) bool { return strings.HasPrefix(runtime.FuncForPC(pc-1).Name(), driverPath) }) {
		return ""
	}
	frames, within := runtime.CallersFrames(callers), false
	for {
		f, more := frames.Next()
		name, ok := strings.CutPrefix(f.Function, driverPath)
		if ok && within {
			return name
		}
		within = within || ok && slices.Contains(names, name)
		if !more {
			return ""
		}
	}
}
