package goredis_test

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// arguments returns what a builder is called with, after the context, by the types of its
// parameters. A key is one that holds the type of value that the command works on.
func arguments(m reflect.Method) []reflect.Value {
	var args []reflect.Value
	key := keyFor(m.Name)
	for i := 1; i < m.Type.NumIn(); i++ {
		in := m.Type.In(i)
		n := 1
		if m.Type.IsVariadic() && i == m.Type.NumIn()-1 {
			in, n = in.Elem(), 2 // an even number, since many come in pairs
		}
		for range n {
			text := "string"
			if i == 1 {
				text = key
			}
			args = append(args, value(in, text))
		}
	}
	return args
}

// keyFor returns a key for a command by the first letters of its builder's name.
func keyFor(name string) string {
	for _, k := range []struct{ prefix, key string }{
		{"Geo", "geo"}, {"PF", "hll"}, {"SAdd", "set"}, {"SCard", "set"}, {"SDiff", "set"}, {"SInter", "set"},
		{"SIs", "set"}, {"SM", "set"}, {"SRem", "set"}, {"SScan", "set"}, {"SUnion", "set"}, {"Sort", "list"},
		{"LP", "list"}, {"LI", "list"}, {"LL", "list"}, {"LM", "list"}, {"LR", "list"}, {"LS", "list"}, {"LT", "list"},
		{"RP", "list"}, {"BL", "list"}, {"BR", "list"}, {"BZ", "zset"}, {"H", "hash"}, {"X", "stream"}, {"Z", "zset"},
		{"ClusterReset", ""}, {"ConfigSet", "maxmemory-samples"}, {"ConfigGet", "maxmemory-samples"},
	} {
		if strings.HasPrefix(name, k.prefix) {
			return k.key
		}
	}
	return "string"
}

// future is a time that no test meets.
var future = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// value returns a value of the type; strings are the text. Structures are filled all through.
func value(t reflect.Type, text string) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(time.Second))
		return v
	case t == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(future)
	case t == reflect.TypeFor[redis.Vector]():
		return reflect.ValueOf(&redis.VectorRef{Name: text})
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf(text))
		}
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(value(t.Elem(), text))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 2, 2))
		for i := range v.Len() {
			v.Index(i).Set(value(t.Elem(), text))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(value(t.Key(), text), value(t.Elem(), text))
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && t.Field(i).Type != t {
				v.Field(i).Set(value(t.Field(i).Type, text))
			}
		}
	}
	return v
}

// seen returns what a caller can see of a command: its type, its text, its value, its error, and
// that of the batch around it.
func seen(cmd redis.Cmder, err error) []any {
	all := []any{fmt.Sprintf("%T", cmd), cmd.Args(), cmd.Err(), err}
	if cmd.Err() != nil {
		all = append(all, cmd.String())
	}
	if val := reflect.ValueOf(cmd).MethodByName("Val"); val.IsValid() {
		for _, out := range val.Call(nil) {
			all = append(all, out.Interface())
		}
	}
	return all
}
