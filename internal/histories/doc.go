// Package histories tests clients that retry. It draws histories: commands of every rung, single, in
// pipelines and in transactions, and what happens to each on its way, lost connections before, after
// and within the reply, refusals, failing dials and handshakes. A [Driver] runs them under a drawn policy, against a
// real server behind a [faultproxy.Proxy], whose record says what was executed and what was answered.
//
//	func TestHistories(t *testing.T) { histories.Check(t, 2000, open) }
//
// A model, which is a Redis in a few lines, is run along with the record. It must agree with the server
// on every reply and on the state in the end. What the caller got is judged by [Law]: no command above
// the policy's rung ran twice, no answered command was sent again, each reply is that of an execution, each
// error could not have been prevented, batches kept their order, transactions are whole.
//
// Where it is asked for, operations run at the same time, each with keys of its own. Then a connection that one of them
// loses may be lost to all: who judges such histories does not ask whether an error could have been prevented.
//
// Every command of a history has words of its own, a number that no other has. So what the proxy saw is
// told apart without guessing, and a reply cannot be taken for another.
//
// A failing history is printed as lines, smallest first:
//
//	operation 1: executed twice: INCRBY n 1: it is accumulating, and ran 2 times
//	in the history
//	up to 1 retries, idempotent commands again
//	1. single INCRBY n 1  faults [cut_after]
//
// The package's own tests run it against clients that break the laws, each in its own way.
package histories
