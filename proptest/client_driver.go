package proptest

import (
	"context"
	"reflect"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/histories"
)

// clientDriver runs histories through a [Client].
type clientDriver struct{ Client }

var _ histories.Driver = (*clientDriver)(nil)

// Do runs a single command.
func (d *clientDriver) Do(ctx context.Context, cmd []string) histories.Result {
	v, err := d.Client.Do(ctx, cmd)
	return plainResult(v, err)
}

// Pipeline sends commands together.
func (d *clientDriver) Pipeline(ctx context.Context, cmds [][]string) []histories.Result {
	return plainResults(d.Client.Pipeline(ctx, cmds))
}

// Transaction sends them within MULTI and EXEC.
func (d *clientDriver) Transaction(ctx context.Context, cmds [][]string) []histories.Result {
	return plainResults(d.Client.Transaction(ctx, cmds))
}

// Watch is not drawn for a Client.
func (d *clientDriver) Watch(context.Context, string, func(), [][]string) []histories.Result {
	return nil
}

// Classify has no opinion: no law of a Client asks for one.
func (d *clientDriver) Classify(error) classify.Verdict { return classify.Verdict{} }

// Close closes every connection.
func (d *clientDriver) Close() error {
	if d.Client.Close == nil {
		return nil
	}
	return d.Client.Close()
}

func plainResults(got []Result) []histories.Result {
	all := make([]histories.Result, len(got))
	for i, r := range got {
		all[i] = plainResult(r.Value, r.Err)
	}
	return all
}

func plainResult(v any, err error) histories.Result {
	if err != nil {
		return histories.Result{Err: err}
	}
	return histories.Result{Value: plainValue(reflect.ValueOf(v))}
}

// plainValue returns a reply in the types of histories, whatever those of the client.
func plainValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Interface, reflect.Pointer:
		return plainValue(v.Elem())
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return int64(v.Uint()) //nolint:gosec // Redis has no greater ones
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return string(v.Bytes())
		}
		all := make([]any, v.Len())
		for i := range all {
			all[i] = plainValue(v.Index(i))
		}
		return all
	}
	return v.Interface()
}
