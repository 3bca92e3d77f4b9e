package proptest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/rapidtest"
	"github.com/reprise-go/reprise/proptest"
)

// In a test, t is the test's own.
var t = &exampleTB{}

// exampleTB is a test that ends with an example.
type exampleTB struct {
	testing.TB
	cleanups []func()
}

func (t *exampleTB) Helper()          {}
func (t *exampleTB) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }
func (t *exampleTB) end() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
	t.cleanups = nil
}

func ExampleNewServer() {
	defer t.end()
	s := proptest.NewServer(t)
	s.Script("INCR", proptest.DropReply())

	c := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1})
	defer c.Close()
	_, err := c.Incr(context.Background(), "n").Result()
	fmt.Printf("%v, executed %d times\n", err, s.Executed("INCR", "n"))
	// Output: EOF, executed 1 times
}

// With its own retries go-redis counts twice.
func ExampleServer_Executed() {
	defer t.end()
	s := proptest.NewServer(t)
	s.Script("INCR", proptest.DropReply())

	c := redis.NewClient(&redis.Options{Addr: s.Addr()})
	defer c.Close()
	n, err := c.Incr(context.Background(), "n").Result()
	fmt.Printf("%d, %v, executed %d times\n", n, err, s.Executed("INCR", "n"))
	// Output: 2, <nil>, executed 2 times
}

func ExampleServer_Log() {
	defer t.end()
	s := proptest.NewServer(t)
	s.Script("GET", proptest.RefuseWith("LOADING Redis is loading the dataset in memory"), proptest.CutReply(3))

	c := redis.NewClient(&redis.Options{Addr: s.Addr(), DisableIdentity: true, MinRetryBackoff: -1})
	defer c.Close()
	c.Get(context.Background(), "k")
	for _, e := range s.Log() {
		fmt.Println(e)
	}
	// Output:
	// conn 1: get k: not executed, answered "-LOADING Redis is loading the dataset in memory"
	// conn 1: get k: executed, its reply "_" lost (cut_mid_reply)
	// conn 2: get k: executed, answered "_"
}

// While a server is down, connect itself fails.
func ExampleServer_Down() {
	defer t.end()
	s := proptest.NewServer(t)
	s.Down()
	c := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer c.Close()
	err := c.Ping(context.Background()).Err()
	fmt.Println(classify.Default(err).Class)

	s.Up()
	fmt.Println(c.Ping(context.Background()).Val(), s.Dials())
	// Output:
	// transient
	// PONG 1
}

func ExampleFaults() {
	for seed := range 4 {
		fmt.Println(proptest.Faults().Example(seed))
	}
	// Output:
	// cut the reply at byte 12
	// delay the reply by 458µs
	// cut the reply at byte 10
	// delay the reply by 29µs
}

// Each fault, and whether a command that meets it is executed.
func ExampleFault() {
	for _, f := range []proptest.Fault{
		proptest.PassOn(),
		proptest.RefuseDial(), proptest.ResetDial(),
		proptest.DropRequest(), proptest.ResetRequest(), proptest.StallRequest(), proptest.DelayRequest(time.Second),
		proptest.DropReply(), proptest.ResetReply(), proptest.StallReply(), proptest.DelayReply(time.Second),
		proptest.CutReply(3), proptest.HalfClose(), proptest.HangUp(),
		proptest.RefuseWith("BUSY Redis is busy"),
	} {
		fmt.Printf("%-27v %t\n", f, f.Executes())
	}
	// Output:
	// pass on                     true
	// refuse the dial             false
	// reset the dial              false
	// drop the request            false
	// reset at the request        false
	// stall before the command    false
	// delay the request by 1s     true
	// drop the reply              true
	// reset at the reply          true
	// stall behind the command    true
	// delay the reply by 1s       true
	// cut the reply at byte 3     true
	// half-close                  true
	// hang up behind the reply    true
	// answer -BUSY Redis is busy  false
}

// The second GET is refused, and the first command of any other name is lost.
func ExampleServer_Script() {
	defer t.end()
	s := proptest.NewServer(t)
	s.Script("GET", proptest.PassOn(), proptest.RefuseWith("BUSY Redis is busy"))
	s.Script("", proptest.DropRequest())

	c := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1})
	defer c.Close()
	ctx := context.Background()
	fmt.Println(c.Get(ctx, "k").Err())
	fmt.Println(c.Get(ctx, "k").Err())
	fmt.Println(c.Set(ctx, "k", "v", 0).Err())
	fmt.Println(c.Set(ctx, "k", "v", 0).Err())
	fmt.Println(s.Received("SET"), s.Executed("SET"))
	// Output:
	// redis: nil
	// BUSY Redis is busy
	// EOF
	// <nil>
	// 2 1
}

// A test of a client is its Do, its Close and what it promises. Here it is go-redis without retries. In a test tb is
// the *testing.T.
func ExampleTestClient() {
	tested := rapidtest.Record(nil, func(tb rapid.TB) {
		proptest.TestClient(tb, func(addr string) proptest.Client {
			c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
			return proptest.Client{
				Do: func(ctx context.Context, args []string) (any, error) {
					return c.Do(ctx, words(args)...).Result()
				},
				Close: c.Close, Attempts: 1,
			}
		})
	})
	fmt.Println("a law is broken:", tested.Failed())
	// Output: a law is broken: false
}

func ExampleClientLaws() {
	for _, law := range proptest.ClientLaws() {
		fmt.Println(law)
	}
	// Output:
	// a client answers when nothing is in its way
	// what a client acknowledges was executed
	// each reply is that of its own request
	// nothing is executed twice above the rung that a client promises
	// a transaction is executed as a whole or not at all
	// a connection's commands are executed in their order
	// a call ends in the time and the attempts that a client promises
}

// words are arguments as go-redis takes them.
func words(args []string) []any {
	all := make([]any, len(args))
	for i, arg := range args {
		all[i] = arg
	}
	return all
}
