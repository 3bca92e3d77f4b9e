package redistest

import (
	"fmt"
	"slices"
	"strconv"
)

// loadingHasBegun is in the log of a server that answers LOADING from now on.
const loadingHasBegun = "Loading RDB produced by"

// StartLoading runs a server that reads a data set of so many keys, "key:1" with "value:1" among them, a millisecond for
// each. It returns as RestartLoading does.
func StartLoading(tb TB, keys int) *Server {
	tb.Helper()
	s := Start(tb)
	for _, words := range [][]string{{"DEBUG", "POPULATE", strconv.Itoa(keys)}, {"SAVE"}} {
		if _, err := s.Do(tb.Context(), words...); err != nil {
			tb.Fatal(fmt.Errorf("redistest: %s: %w", words[0], err))
		}
	}
	return s.RestartLoading(tb, "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
}

// Restart runs a server again after Kill, on the same port and in the same directory, with
// the arguments that it had and further ones. It reads what SAVE has left there, and Restart
// returns when that is done. The old Server stays ended. Restart fails the test if the server does not
// start, if somebody has taken its port in the meantime, for example.
func (s *Server) Restart(tb TB, args ...string) *Server {
	tb.Helper()
	return s.restart(tb, serverReady, args)
}

// RestartLoading is Restart for a server that has saved a data set. It returns when the server
// has begun to read it, and answers LOADING: until it has read all of it, which
// "--key-load-delay", in microseconds for each key, makes as long as a test needs.
func (s *Server) RestartLoading(tb TB, args ...string) *Server {
	tb.Helper()
	return s.restart(tb, loadingHasBegun, args)
}

func (s *Server) restart(tb TB, ready string, args []string) *Server {
	tb.Helper()
	again, err := s.rerun(s.port, ready, args)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(again.Kill)
	return again
}

// rerun ends the process and runs its successor, in the same directory but maybe on another port.
func (s *Server) rerun(port int, ready string, args []string) (*Server, error) {
	s.Kill()
	l := s.launch
	l.port, l.ready = port, ready
	l.args = slices.Concat(l.args, []string{"--port", strconv.Itoa(port)}, args)
	return execute(l)
}
