// Package batch decides which part of a batch of Redis commands, a pipeline, may be run again. It knows no
// driver: an adapter says how each command of an attempt ended, and [Settle] answers with what the next attempt
// sends.
//
// Each command is judged by itself. What was answered is not run again, and what is run again keeps its order.
// One thing more can forbid it: a command must not run after a later one of the same batch that may have run, if
// they share a key and one of them writes.
package batch
