// Package backoff says how long to wait before the next attempt.
//
// A [Strategy] is a pure function from "the nth failure in a row" to a delay.
// It has no state, no clock and no dice. Chance is its argument u: which quantile
// of the delay is asked for. u=0 gives the shortest delay the strategy can give
// there, u=1 the longest, and a uniform draw in between gives the delay its
// distribution. So one value serves any number of goroutines, bounds are exact
// without statistics, and the worst case of a policy is a sum of calls with u=1.
//
// # Curves and wrappers
//
// Curves give one delay per failure: [NoBackoff], [Constant], [Linear],
// [Fibonacci], [Exponential], [Sequence]. [Decorrelated] is random by itself.
// Wrappers turn a strategy into another one:
//
//	Full(s)       anything from 0 to the delay of s   (AWS "full jitter")
//	Equal(s)      from half of it to all of it        (AWS "equal jitter")
//	Spread(s, f)  within a fraction f around it       (cenkalti's randomization factor)
//	Cap(s, max)   the delay of s, but max at most
//
// [Default] is Full(Exponential{}): 0 to 16 ms after the first failure, doubling,
// never above 512 ms.
//
// # Numbers
//
// Failures count from 1, as in redis-py: attempt n failed, Delay(n, …) comes next.
// Exponential starts at Base·2, so its zero value waits 16, 32, 64, 128, 256, 512,
// 512 … ms, exactly redis-py's ExponentialBackoff().
//
// Every strategy here is total: it saturates instead of overflowing, for any n up
// to math.MaxInt, any prev and any u, and it never panics and never gives a negative
// delay, whatever is in its fields. Fields that make no sense are found by [Validate].
// Strategies are comparable with == (but not a [Func]) and print as the text that
// [Parse] reads.
//
// # Clamp, then draw
//
// Where jitter meets a limit the order matters. Drawing first and clamping after
// makes all clients wait exactly the limit in the end: with their defaults 90 % of
// redis-py's delays at the 10th failure, 98 % of go-redis' at the 12th, all of
// rueidis' from the 20th. They return together. The curves here clamp, and the
// wrappers then draw below the limit; Cap(Full(…), c) is the other order, for those
// who need it.
package backoff
