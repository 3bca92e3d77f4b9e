// Package faultproxy is a lossy TCP proxy that speaks enough RESP to know what
// it is losing. It stands between a Redis client and a server and, for each
// command, does what a [Plan] says: pass it on, refuse it, cut the connection
// before or after the server has run it or within the reply, delay it, or leave
// the client waiting.
//
// What was executed is never a guess. The proxy forwards one command at a time on
// each connection and waits for the server's reply before it looks at the next,
// so the commands of a pipeline are decided one by one, and what follows a cut in
// the same batch has not been forwarded. A command that is cut "after" was
// answered in full by the server before its reply was dropped. Everything is
// counted and recorded before the client can see its effect, so a test that has
// its error in hand may read [Proxy.Counts] and [Proxy.Record] at once.
//
// Decisions are made in the order in which dials and commands reach the proxy, by
// a Plan that is asked about each exactly once. A Plan from [Rates] depends on its
// seed and on that order only: a client that runs one command after the other
// meets the same faults on every run with the same seed.
//
// # What a client sees
//
//   - RefuseDial: connect succeeds, as it does at a load balancer without a
//     backend, and the first read fails with ECONNRESET. The proxy waits for the
//     client's first byte before it resets, because a reset that races with
//     connect surfaces there or here by chance. For ECONNREFUSED out of connect
//     itself, close the listening socket with [Proxy.Refuse]; such dials never
//     reach the proxy, so it cannot count them.
//   - ResetDial: a reset without a byte read. It races with the client, and
//     surfaces in connect, in the first write or in the first read, by chance.
//   - CutBefore, CutAfter: ECONNRESET, or EOF with [Action.Orderly]. The two look
//     alike, which is the point.
//   - CutMidReply: the first bytes of the reply, then EOF.
//   - Answer: a reply that the proxy has made up; the connection lives on.
//   - StallBefore, StallAfter: nothing, until the client gives up.
//   - HalfClose: EOF, while its own writes still succeed, and are executed.
//   - HangUp: the reply, and EOF behind it. What it sends next is not executed.
//   - CutAll: EOF in place of the replies to a command and to those sent with it,
//     which are executed all the same.
//
// # Transactions
//
// A command within MULTI that is answered by the proxy spoils the block, as on a
// real server: EXEC is answered with EXECABORT and the server is told to DISCARD.
// An Answer to MULTI itself is given to every command of the block.
//
// # Limits
//
// The proxy is made for requests and their replies. Pushes (RESP3) are passed on
// at once. After SUBSCRIBE, MONITOR or CLIENT REPLY a connection is passed through
// without faults in both directions. Replication (SYNC, PSYNC) and TLS are not
// understood. A command that the client has abandoned is still carried to the
// server and its reply awaited, except a blocking one (BLPOP), whose connection
// is closed so that it cannot take what somebody else waits for.
package faultproxy
