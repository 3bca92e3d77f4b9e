package speed

import (
	"context"
	"time"
)

// Work is what is asked of a library: the operations fail as a benchmark says.
type Work struct {
	Retries int
	Delay   time.Duration // before each retry; 0 means none
	Jitter  bool          // each delay is drawn from [0, Delay], or as near to that as the library comes
}

type (
	// Do runs an operation under the policy that was made for a work.
	Do func(context.Context, func(context.Context) error) error
	// Value is Do for an operation with a value.
	Value func(context.Context, func(context.Context) (int, error)) (int, error)
)

// Column is a library.
type Column struct {
	Name string
	Do   func(Work) Do
	// Value is nil if the library has no form for values.
	Value func(Work) Value
	// Measure says that the column is a measure for the libraries, and none of them.
	Measure bool
	// Shared says that one Do is for several goroutines at a time. Else each has its own.
	Shared bool
}

// Columns are all of them, the measure first.
var Columns = []Column{
	{Name: "bare", Do: bareDo, Value: bareValue, Shared: true, Measure: true},
	{Name: "loop", Do: loopDo, Value: loopValue, Shared: true, Measure: true},
	{Name: "reprise", Do: repriseDo, Value: repriseValue, Shared: true},
	{Name: "cenkalti-v4", Do: cenkaltiV4Do, Value: cenkaltiV4Value},
	{Name: "cenkalti-v5", Do: cenkaltiV5Do, Value: cenkaltiV5Value},
	{Name: "avast-v4", Do: avastV4Do, Value: avastV4Value, Shared: true},
	{Name: "avast-v5", Do: avastV5Do, Value: avastV5Value, Shared: true},
	{Name: "avast-v5-one-context", Do: avastV5Once, Value: avastV5OnceValue},
	{Name: "sethvargo", Do: sethvargoDo, Value: sethvargoValue, Shared: true},
	{Name: "failsafe", Do: failsafeDo, Value: failsafeValue, Shared: true},
	{Name: "eapache", Do: eapacheDo, Shared: true},
}
