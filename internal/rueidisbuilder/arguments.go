package rueidisbuilder

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// word is what an argument is that needs to be nothing else: it can be read as a number, a score, an ID, a name. Its
// slot is that of all keys, where it stands for one.
const word = "1"

// Key returns the key that commands are built with whose builder has the name. It holds, on a server that was seeded for
// it, a value of the type that the command is for: "{1}list" for Lpush.
func Key(command string) string {
	at := slices.IndexFunc(keys, func(k [2]string) bool { return strings.HasPrefix(command, k[0]) })
	return "{" + word + "}" + keys[at][1]
}

// keys tells the type of value by the first letters of a command.
var keys = [][2]string{
	{"Geo", "geo"}, {"Pf", "hll"}, {"Sadd", "set"}, {"Scard", "set"}, {"Sdiff", "set"}, {"Sinter", "set"},
	{"Sis", "set"}, {"Sm", "set"}, {"Spop", "set"}, {"Srand", "set"}, {"Srem", "set"}, {"Sscan", "set"}, {"Sunion", "set"},
	{"Sort", "list"}, {"Lp", "list"}, {"Li", "list"}, {"Ll", "list"}, {"Lm", "list"}, {"Lr", "list"}, {"Ls", "list"},
	{"Lt", "list"}, {"Rp", "list"}, {"Bl", "list"}, {"Br", "list"}, {"Bz", "zset"}, {"H", "hash"}, {"X", "stream"},
	{"Z", "zset"}, {"", "string"},
}

// special holds the arguments that a command takes no others for, by its method.
var special = map[string]string{
	"Arbitrary.Arbitrary": "MGET",      // of which all that Arbitrary ends in can be built
	"Eval.Script":         "return 1",  // that compiles
	"EvalRo.Script":       "return 1",  //
	"ScriptLoad.Script":   "return 1",  //
	"Xadd.Id":             "9-9",       // after those that are there
	"XgroupCreate.Id":     "0",         //
	"Xrange.Start":        "-",         //
	"Xrange.End":          "+",         //
	"Xrevrange.Start":     "-",         //
	"Xrevrange.End":       "+",         //
	"Zlexcount.Min":       "-",         //
	"Zlexcount.Max":       "+",         //
	"Zrangebylex.Min":     "-",         //
	"Zrangebylex.Max":     "+",         //
	"Zrevrangebylex.Min":  "-",         //
	"Zrevrangebylex.Max":  "+",         //
	"ConfigGet.Parameter": "maxmemory", //
	"Bitfield.Encoding":   "u8",        //
}

// future is a time that no test meets.
var future = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// arguments returns what a method is called with on the way to a command, by the types of its parameters. Of what may
// be there several times there is one, since that is what the numbers before it say.
func arguments(command, method string, t reflect.Type) []reflect.Value {
	args := make([]reflect.Value, t.NumIn())
	for i := range args {
		in := t.In(i)
		if t.IsVariadic() && i == len(args)-1 {
			in = in.Elem()
		}
		text := special[command+"."+method]
		switch {
		case text != "":
		case i == 0 && (strings.Contains(method, "Key") || method == "Destination" || method == "Source"):
			text = Key(command)
		default:
			text = word
		}
		args[i] = value(in, text)
	}
	return args
}

// value returns a value of the type; strings are the text.
func value(t reflect.Type, text string) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(time.Second))
		return v
	case t == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(future)
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint64:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1)
	case reflect.Slice:
		return reflect.Append(v, value(t.Elem(), text))
	case reflect.Func: // an iter.Seq2
		yield := t.In(0)
		return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
			in[0].Call([]reflect.Value{value(yield.In(0), text), value(yield.In(1), word)})
			return nil
		})
	}
	return v
}
