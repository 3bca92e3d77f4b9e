// Command prometheus serves the metrics of retries to Prometheus, for the dashboard in docs/grafana.json:
//
//	go run . -addr localhost:9464
//
// What it retries is made up, and fails often: the prices of a shop, and the sessions that it keeps in a cluster.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "localhost:9464", "where /metrics is served")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err == nil {
		fmt.Printf("http://%s/metrics\n", listener.Addr())
		err = run(ctx, listener)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run works and serves until ctx ends.
func run(ctx context.Context, listener net.Listener) error {
	s, err := newShop()
	if err != nil {
		return err
	}
	defer s.close()
	var workers sync.WaitGroup
	defer workers.Wait()
	for range 4 {
		workers.Go(func() {
			for ctx.Err() == nil {
				s.sell(ctx)
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
