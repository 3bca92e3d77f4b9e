package proptest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/proptest"
)

// byName is a table of a client that grades commands by their names, and calls INCR safe.
func byName(args ...string) classify.Replay {
	switch strings.ToUpper(args[0]) {
	case "GET":
		return classify.ReadOnly
	case "SET", "INCR":
		return classify.Idempotent
	}
	return classify.Never
}

// miniServer stands in for a real server, of which these examples need little.
func miniServer() *miniredis.Miniredis {
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		panic(err)
	}
	return server
}

func ExampleTestReplay() {
	_ = func(t *testing.T) { // func TestTable(t *testing.T)
		proptest.TestReplay(t, byName, proptest.Oracle{Addr: "127.0.0.1:6379"})
	}
	// Output:
}

func ExampleOracle_Wrong() {
	server := miniServer()
	defer server.Close()
	oracle := proptest.Oracle{Addr: server.Addr(), Cases: []proptest.ReplayCase{
		{Syntax: "GET <key>", Setup: []string{"[ SET a <num> ]"}},
		{Syntax: "SET a <str> [ XX ]", Setup: []string{"[ SET a <num> ]"}},
		{Syntax: "INCR a", Setup: []string{"SET b <num>", "[ SET a 1 ]"}},
		{Syntax: "DEL <key>+", Setup: []string{"[ SET a <num> ]"}},
	}}
	wrong, err := oracle.Wrong(context.Background(), byName)
	for _, w := range wrong {
		fmt.Println(w)
	}
	fmt.Println("error:", err)
	// Output:
	// an idempotent command changes nothing in its second run, and gives the same reply
	// INCR a: the table says idempotent, the server shows accumulating
	//   state       nothing
	//   first run   1
	//   state       0 a string 1
	//   second run  2
	//   state       0 a string 2
	//   case        INCR a
	// error: <nil>
}

// One line a case: what the table says, and the worst that the server showed.
func ExampleOracle_Ask() {
	server := miniServer()
	defer server.Close()
	oracle := proptest.Oracle{Addr: server.Addr(), Cases: []proptest.ReplayCase{
		{Syntax: "SET a <str>"},
		{Syntax: "DEL <key>+", Setup: []string{"SET a 1"}},
		{Syntax: "JSON.SET a $ 1"}, // the server has no such module
	}}
	seen, err := oracle.Ask(context.Background(), classify.Command)
	for _, s := range seen {
		fmt.Printf("%-10s  %-10s  %s\n", s.Said, s.Seen, s.Case.Syntax)
	}
	fmt.Println("error:", err)
	// Output:
	// idempotent  idempotent  SET a <str>
	// convergent  convergent  DEL <key>+
	// idempotent              JSON.SET a $ 1
	// error: <nil>
}

// A case of one's own, for a command that the kit has none of: here a module's, whose paths fill a hole.
func ExampleReplayCases() {
	cases := append(proptest.ReplayCases(), proptest.ReplayCase{
		Syntax: "JSON.NUMINCRBY a <path> <int>",
		Setup:  []string{`JSON.SET a $ {"n":1}`},
	})
	oracle := proptest.Oracle{Addr: "127.0.0.1:6379", Cases: cases, Words: map[string][]string{"path": {"$", "$.n"}}}
	fmt.Println(oracle.Cases[0].Syntax, "…", oracle.Cases[len(cases)-1].Syntax)
	// Output: EXISTS <key>+ … JSON.NUMINCRBY a <path> <int>
}

func ExampleReplayCase_Commands() {
	c := proptest.ReplayCase{Syntax: "SET <key> <num> [ NX | XX ]"}
	for seed := range 3 {
		fmt.Println(c.Commands().Example(seed))
	}
	// Output:
	// [SET a 5 XX]
	// [SET a 2]
	// [SET a 3 XX]
}

func ExampleRungSeen() {
	fmt.Println(proptest.RungSeen{
		Case: proptest.ReplayCase{Syntax: "DEL <key>+"}, Said: classify.Idempotent, Seen: classify.Convergent,
		Broken: proptest.ReplayIdempotent, Setup: [][]string{{"SET", "a", "x y"}}, Args: []string{"DEL", "a"},
		Replies: [2]string{"1", "0"}, States: [3]string{"0 a string x y", "", ""},
	})
	// Output:
	// an idempotent command changes nothing in its second run, and gives the same reply
	// DEL a: the table says idempotent, the server shows convergent
	//   after       SET a "x y"
	//   state       0 a string x y
	//   first run   1
	//   state       nothing
	//   second run  0
	//   state       nothing
	//   case        DEL <key>+
}
