package policy_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/reprise-go/reprise/backoff"
	"github.com/reprise-go/reprise/policy"
)

func ExampleLogTo() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "elapsed" {
			return slog.Attr{}
		}
		return a
	}}))
	r := policy.Retry{Retries: 1, Backoff: backoff.NoBackoff{}, Observe: policy.LogTo(log)}
	_ = r.Do(context.Background(), func(context.Context) error { return nil }) // nothing to say
	_ = r.Do(context.Background(), refused)
	// Output:
	// level=WARN msg="gave up" attempt=2 reason=out_of_retries class=transient kind=connection error="connect: connection refused"
}

func ExampleObservers() {
	count := 0
	r := policy.Retry{Observe: policy.Observers(
		policy.LogTo(slog.New(slog.NewTextHandler(io.Discard, nil))),
		func(context.Context, policy.Event) { count++ },
	)}
	_ = r.Do(context.Background(), func(context.Context) error { return nil })
	fmt.Println(count)
	// Output: 1
}
