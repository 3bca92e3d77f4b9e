package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is a running redis-server. Its methods may be called from any goroutine.
type Server struct {
	launch
	addr string
	cmd  *exec.Cmd
	done chan struct{} // closed when the output has ended: the process is gone
	end  sync.Once
}

// launch is what a process is started from.
type launch struct {
	binary, dir string
	port        int
	args        []string // all of them, the port included
	ready       string   // what the log says when it may be used
}

// serverReady is in the log of a server whose data set is in memory.
const serverReady = "Ready to accept connections"

// Start runs a redis-server with further arguments, "--cluster-enabled", "yes" for
// example, and returns when it accepts connections. It is killed, it and no other
// process, when the test ends. Start skips the test if there is no redis-server, or fails
// it if REPRISE_REQUIRE_REDIS is 1; it fails the test if the server does not start.
func Start(tb TB, args ...string) *Server {
	tb.Helper()
	binary := need(tb)
	s, err := start(binary, tb.TempDir(), freePort, args)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Kill)
	return s
}

// Dir returns the directory in which the server runs and keeps what it is told to keep.
func (s *Server) Dir() string { return s.dir }

// Addr returns the server's host and port.
func (s *Server) Addr() string { return s.addr }

// Pid returns the server's process ID, for tests that send signals.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Kill ends the server at once, as a crash would, and returns when it is gone. More
// calls do nothing.
func (s *Server) Kill() {
	s.end.Do(func() {
		// An error means that the process has already ended, which is the aim.
		_ = s.cmd.Process.Kill()
		<-s.done
		_ = s.cmd.Wait()
	})
}

// need returns the path of the server's binary, or skips or fails the test.
func need(tb TB) string {
	tb.Helper()
	binary, err := find()
	switch {
	case err != nil && os.Getenv("REPRISE_REQUIRE_REDIS") == "1":
		tb.Fatal(fmt.Errorf("%w, and REPRISE_REQUIRE_REDIS=1 forbids to do without", err))
	case err != nil:
		tb.Skip(err)
	}
	return binary
}

// find returns the path of the server's binary.
func find() (string, error) {
	name := os.Getenv("REPRISE_REDIS_SERVER")
	if name == "" {
		name = "redis-server"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("no redis-server (apt-get install redis-server, brew install redis, "+
			"or name one in REPRISE_REDIS_SERVER): %w", err)
	}
	return path, nil
}

const (
	// portTries is how many ports may turn out to be taken. One race is rare; twenty in a
	// row are a machine without ports.
	portTries = 20
	// patience is how long a server may take to start. An empty one needs milliseconds,
	// a machine that runs several test suites some seconds.
	patience = 30 * time.Second
)

// errTaken says that somebody else took the port between its choice and its use.
var errTaken = errors.New("redistest: the port is taken")

// start runs the binary on ports from next until one is free.
func start(binary, dir string, next func() (int, error), args []string) (*Server, error) {
	return onFreePort(next, func(port int) (*Server, error) { return execute(serverOn(binary, dir, port, args)) })
}

// onFreePort runs a server on ports from next until one is free.
func onFreePort(next func() (int, error), on func(port int) (*Server, error)) (*Server, error) {
	err := errTaken
	for range portTries {
		var port int
		if port, err = next(); err != nil {
			return nil, fmt.Errorf("redistest: no free port: %w", err)
		}
		var s *Server
		if s, err = on(port); err == nil {
			return s, nil
		}
		if !errors.Is(err, errTaken) {
			break
		}
	}
	return nil, err
}

// serverOn returns what a server is started from. The arguments come last and win.
func serverOn(binary, dir string, port int, args []string) launch {
	return launch{binary: binary, dir: dir, port: port, ready: serverReady, args: slices.Concat([]string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--daemonize", "no", "--enable-debug-command", "local",
	}, args)}
}

// execute starts one process and reads its log until it is ready or ends.
func execute(l launch) (*Server, error) {
	cmd := exec.Command(l.binary, l.args...)
	cmd.Dir = l.dir
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("redistest: %w", err)
	}
	cmd.Stderr = cmd.Stdout // the complaints about arguments
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("redistest: %w", err)
	}
	s := &Server{launch: l, addr: hostPort(l.port), cmd: cmd, done: make(chan struct{})}
	ready := make(chan struct{})
	var log strings.Builder // read only after done is closed
	go func() {
		defer close(s.done)
		open := true
		// Read on after the server is ready, or it would block on a full pipe.
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if open && strings.Contains(lines.Text(), l.ready) {
				close(ready)
				open = false
			}
			if open {
				log.WriteString(lines.Text() + "\n")
			}
		}
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-ready:
		return s, nil
	case <-late.C:
	case <-s.done:
	}
	s.Kill()
	if strings.Contains(log.String(), "Address already in use") {
		return nil, errTaken
	}
	return nil, fmt.Errorf("redistest: %s did not start:\n%s", l.binary, log.String())
}

func hostPort(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePort returns a port that is free at the moment. A cluster node also listens
// 10000 ports higher, so it is low enough for that.
func freePort() (int, error) {
	const busOffset = 10000
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := l.Addr().(*net.TCPAddr).Port
		if err := l.Close(); err != nil {
			return 0, err
		}
		if port <= 65535-busOffset {
			return port, nil
		}
	}
}
