package classify_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/reprise-go/reprise/classify"
)

// What a loop may do about errors, from "not again" to "only if running twice does no harm".
func ExampleClass() {
	for _, err := range []error{
		errors.New("WRONGTYPE Operation against a key holding the wrong kind of value"),
		errors.New("READONLY You can't write against a read only replica"),
		errors.New("ERR max number of clients reached"),
		errors.New("MOVED 3999 127.0.0.1:6381"),
		io.ErrUnexpectedEOF,
		errors.New("nobody knows"),
	} {
		fmt.Printf("%-10v  %v\n", classify.Default(err).Class, err)
	}
	// Output:
	// permanent   WRONGTYPE Operation against a key holding the wrong kind of value
	// transient   READONLY You can't write against a read only replica
	// overloaded  ERR max number of clients reached
	// redirect    MOVED 3999 127.0.0.1:6381
	// ambiguous   unexpected EOF
	// unknown     nobody knows
}

// A kind is a word for metrics and logs.
func ExampleKind() {
	failures := map[classify.Kind]int{}
	for _, err := range []error{
		io.EOF,
		errors.New("LOADING Redis is loading the dataset in memory"),
		io.ErrUnexpectedEOF,
	} {
		failures[classify.Default(err).Kind]++
	}
	fmt.Println(failures)
	// Output: map[busy_loading:1 connection:2]
}

// Kinds form a tree, as redis-py's exceptions do.
func ExampleKind_Is() {
	fmt.Println("a loading server is a connection problem:", classify.BusyLoading.Is(classify.Connection))
	fmt.Println("a wrong password is one:", classify.Auth.Is(classify.Connection))
	fmt.Println("OOM is an error reply:", classify.OutOfMemory.Is(classify.Response))
	// Output:
	// a loading server is a connection problem: true
	// a wrong password is one: false
	// OOM is an error reply: true
}

// All the kinds that are known here, for help texts and validation.
func ExampleKinds() {
	for _, k := range classify.Kinds()[:5] {
		fmt.Println(k)
	}
	// Output:
	// connection
	// timeout
	// tls
	// canceled
	// closed
}

// A classifier of one's own gives a Verdict: here from a proxy that says when to come back.
func ExampleVerdict() {
	throttled := errors.New("proxy: too many requests")
	f := classify.Is(throttled, classify.Verdict{
		Class: classify.Overloaded, Kind: "throttled", After: 2 * time.Second,
	})
	v := f(fmt.Errorf("GET user:17: %w", throttled))
	fmt.Println(v.Class, v.Kind, v.After)
	// Output: overloaded throttled 2s
}

// Narrowing makes every kind Permanent that is not listed, and retries a listed one.
func ExampleVerdict_Only() {
	auth := classify.Default(errors.New("WRONGPASS invalid username-password pair"))
	fmt.Println(auth.Class)
	fmt.Println(auth.Only(classify.Timeout).Class)
	fmt.Println(auth.Only(classify.Auth).Class)
	// Output:
	// permanent
	// permanent
	// transient
}

// Any function from an error to a Verdict is a classifier. The zero Verdict is no opinion.
func ExampleFunc() {
	var gateway classify.Func = func(err error) classify.Verdict {
		if errors.Is(err, io.ErrNoProgress) {
			return classify.Verdict{Class: classify.Ambiguous, Kind: "gateway"}
		}
		return classify.Verdict{}
	}
	fmt.Println(gateway(io.ErrNoProgress).Class, gateway(io.EOF).Class)
	// Output: ambiguous unknown
}

// The classifier of a policy that names none knows network errors and Redis replies, wrapped
// or not.
func ExampleDefault() {
	for _, err := range []error{
		fmt.Errorf("cache: %w", io.EOF),
		fmt.Errorf("cache: %w", errors.New("TRYAGAIN Multiple keys request during rehashing of slot")),
	} {
		v := classify.Default(err)
		fmt.Println(v.Class, v.Kind)
	}
	// Output:
	// ambiguous connection
	// transient try_again
}

// What fails before a connection stands was never sent. What fails later may have been
// executed.
func ExampleNet() {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("read: connection reset by peer")}
	for _, err := range []error{refused, reset} {
		v := classify.Net(err)
		fmt.Printf("%v: %v, %v\n", err, v.Class, v.Kind)
	}
	// Output:
	// dial tcp: connect: connection refused: transient, connection
	// read tcp: read: connection reset by peer: ambiguous, connection
}

// The same words mean "refused" from the server, but "perhaps halfway through" out of a
// script, which may have had effects before.
func ExampleRedis() {
	const text = "OOM command not allowed when used memory > 'maxmemory'."
	for _, err := range []error{
		errors.New(text),
		errors.New(text + " script: 6b1bf486, on @user_script:1."),
	} {
		v := classify.Redis(err)
		fmt.Println(v.Class, v.Kind)
	}
	// Output:
	// overloaded out_of_memory
	// ambiguous out_of_memory
}

// A service puts its own knowledge before the default's: its Redis keeps answering READONLY
// after a failover until somebody acts.
func ExampleFirst() {
	own := func(err error) classify.Verdict {
		if v := classify.Redis(err); v.Kind == classify.ReadOnlyReplica {
			return classify.Verdict{Class: classify.Permanent, Kind: v.Kind}
		}
		return classify.Verdict{}
	}
	f := classify.First(own, classify.Default)
	fmt.Println(f(errors.New("READONLY You can't write against a read only replica")).Class)
	fmt.Println(f(errors.New("LOADING Redis is loading the dataset in memory")).Class)
	// Output:
	// permanent
	// transient
}

// A client's own error for a full pool: nothing was sent.
func ExampleIs() {
	errPool := errors.New("client: no connection is free")
	f := classify.First(
		classify.Is(errPool, classify.Verdict{Class: classify.Transient, Kind: classify.Pool}),
		classify.Default,
	)
	v := f(fmt.Errorf("GET user:17: %w", errPool))
	fmt.Println(v.Class, v.Kind)
	// Output: transient pool
}

// A name that does not exist stays so, in a service whose names are fixed.
func ExampleAs() {
	f := classify.First(
		classify.As(func(e *net.DNSError) classify.Verdict {
			if e.IsNotFound {
				return classify.Verdict{Class: classify.Permanent, Kind: "no_such_host"}
			}
			return classify.Verdict{}
		}),
		classify.Default,
	)
	for _, dns := range []*net.DNSError{
		{Err: "no such host", Name: "redis.invalid", IsNotFound: true},
		{Err: "server misbehaving", Name: "redis.example.com", IsTemporary: true},
	} {
		v := f(&net.OpError{Op: "dial", Net: "tcp", Err: dns})
		fmt.Println(v.Class, v.Kind)
	}
	// Output:
	// permanent no_such_host
	// transient connection
}

// redis-py's Redis(retry_on_error=[ConnectionError, TimeoutError]).
func ExampleOnly() {
	f := classify.Only(classify.Default, classify.Connection, classify.Timeout)
	for _, err := range []error{
		io.EOF,
		errors.New("LOADING Redis is loading the dataset in memory"),
		errors.New("READONLY You can't write against a read only replica"),
	} {
		fmt.Println(f(err).Class, f(err).Kind)
	}
	// Output:
	// ambiguous connection
	// transient busy_loading
	// permanent read_only
}

// The rungs are ordered: what a policy allows at one, it allows at every lower one.
func ExampleReplay() {
	allowed := classify.Convergent
	for r := classify.ReadOnly; r <= classify.Never; r++ {
		fmt.Println(r, r <= allowed)
	}
	// Output:
	// read_only true
	// idempotent true
	// convergent true
	// accumulating false
	// never false
}

// Rungs are read from configuration by name.
func ExampleParseReplay() {
	r, err := classify.ParseReplay("accumulating")
	fmt.Println(r == classify.Accumulating, err)
	_, err = classify.ParseReplay("at-least-once")
	fmt.Println(err)
	// Output:
	// true <nil>
	// classify: replay "at-least-once" is unknown; allowed: read_only, idempotent, convergent, accumulating, never
}
