package classify_test

import (
	"fmt"
	"strings"

	"github.com/reprise-go/reprise/classify"
)

// The arguments decide: the same command may be harmless in one form and harmful in
// another.
func ExampleCommand() {
	for _, line := range []string{
		"GET k",
		"SET k v EX 60",
		"SET k v NX EX 60",
		"EXPIREAT k 4102444800",
		"EXPIRE k 60",
		"LTRIM k 0 99",
		"LTRIM k 1 -1",
		"SUNIONSTORE a a b",
		"SDIFFSTORE a b a",
		"XADD k 7-1 f v",
		"XADD k * f v",
		"XREAD STREAMS k 0",
		"XREAD BLOCK 0 STREAMS k 0",
	} {
		fmt.Printf("%-26s %v\n", line, classify.Command(strings.Fields(line)...))
	}
	// Output:
	// GET k                      read_only
	// SET k v EX 60              idempotent
	// SET k v NX EX 60           convergent
	// EXPIREAT k 4102444800      convergent
	// EXPIRE k 60                accumulating
	// LTRIM k 0 99               idempotent
	// LTRIM k 1 -1               accumulating
	// SUNIONSTORE a a b          idempotent
	// SDIFFSTORE a b a           accumulating
	// XADD k 7-1 f v             convergent
	// XADD k * f v               accumulating
	// XREAD STREAMS k 0          read_only
	// XREAD BLOCK 0 STREAMS k 0  never
}

// An error reply of a command that runs a script may come from inside the script.
func ExampleRunsCode() {
	fmt.Println(classify.RunsCode("EVALSHA"), classify.RunsCode("EVALSHA_RO"), classify.RunsCode("GET"))
	// Output: true false false
}
