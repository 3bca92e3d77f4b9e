// Package otel tells OpenTelemetry what retries do: metrics, and events on the span of the caller.
//
//	observer, err := otel.New(otel.Config{})
//	…
//	retry := policy.Retry{Retries: 3, Observe: observer.Observe}
//
// # Metrics
//
//	reprise.attempts                  counter, {attempt}    by db.operation.name, error.type
//	reprise.retries                   counter, {retry}      by db.operation.name, error.type
//	reprise.retry.delay               histogram, s          by error.type
//	reprise.give_ups                  counter, {operation}  by db.operation.name, error.type, reprise.reason
//	reprise.budget.tokens             gauge, {token}        by reprise.budget.name: see [Observer.Budget]
//	reprise.budget.capacity           gauge, {token}        by reprise.budget.name
//	reprise.cluster.refreshes         counter, {refresh}    by error.type: see [Observer.Refresh]
//	reprise.cluster.refresh.duration  histogram, s          by error.type
//	reprise.cluster.demoted_nodes     up-down counter, {node}
//
// An attempt is counted when it has ended, a retry when it is decided on, with its delay, and a give-up when an
// operation ends with an error, its first one or another. The operations that succeeded are the attempts without
// error.type. db.operation.name is the name of the command, as the adapters of drivers tell it; what is passed to Do has
// none. error.type is the kind of the error, see [classify.Kind], and "_OTHER" if nobody knows it. reprise.reason says why
// there is no retry, see [policy.Reason].
//
// If the caller's context ends during a delay, or there is no time left after it, [policy.Retry] tells of that attempt a
// second time: the attempt is counted once, and the retry that was decided on and then not made stays counted.
//
// # Bounds
//
// Whatever an application does, the number of series has a bound: Config.Limit combinations of operation, kind and
// reason are told apart. From then on "_OTHER" stands for the operation, and for each kind that is not one of
// [classify.Kinds]. Nodes are no attribute: their addresses change for as long as a program runs.
//
// # Span events
//
// If the context has a span that is recorded, each decision is an event on it, reprise.decision: but the success of a
// first attempt, which has nothing to tell. Its attributes are
//
//	reprise.attempt    the number of the attempt that has ended, from 1
//	reprise.reason     what follows: "retrying", or why not
//	reprise.delay      in s, before the next attempt, if there is one
//	error.type         the kind of the error, if it failed
//	db.operation.name  if known
//	reprise.node       the address that it went to, if known
//
// There are no keys and no values among them, and no text of errors, in which servers quote both.
//
// # Cost
//
// An event costs no allocation of the package's own. With the SDK it costs none either, and one if there is a span that is
// recorded: the event's own attributes. A test holds both.
package otel
