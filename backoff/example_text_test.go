package backoff_test

import (
	"errors"
	"fmt"

	"github.com/reprise-go/reprise/backoff"
)

// A strategy from a flag or a configuration file.
func ExampleParse() {
	s, err := backoff.Parse("full(exponential(10ms, 100ms))")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	schedule(s, 4)
	// Output:
	// full(exponential(10ms,100ms))
	// 1 0s 20ms
	// 2 0s 40ms
	// 3 0s 80ms
	// 4 0s 100ms
}

// The offset lets a program point at the mistake.
func ExampleParseError() {
	_, err := backoff.Parse("full(linear(10, 1s))")
	var wrong *backoff.ParseError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Text)
		fmt.Printf("%*s %s\n", wrong.Offset+1, "^", wrong.Problem)
	}
	// Output:
	// full(linear(10, 1s))
	//             ^ "10" is not a duration; allowed: 8ms, 1.5s, 2m, uncapped …
}

// Validate looks into wrappers, and names the field.
func ExampleValidate() {
	s := backoff.Full(backoff.Exponential{Factor: 0.5})
	fmt.Println(backoff.Validate(s))
	fmt.Println(backoff.Validate(backoff.Default))
	// Output:
	// backoff: Exponential.Factor is 0.5; allowed: 0 (meaning 2) or a finite number from 1 up
	// <nil>
}
