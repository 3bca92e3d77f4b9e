// Command reprise shows what retries of Redis commands do.
//
//	reprise demo    runs a workload through faults with four clients, and counts
//	                what was executed twice; with -cluster it kills a master of a
//	                Redis Cluster, and draws how the clients fare
//	reprise help    lists the commands
//
// It exits with 0 if all went well, 1 if not, 2 if it was called in a wrong way and
// 130 if it was interrupted.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
)

func main() {
	// go-redis logs each connection that it loses. Losing them is what we do here.
	redis.SetLogger(silence{})

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal cleans up, a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// silence is a logger that logs nothing.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
