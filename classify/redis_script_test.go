package classify_test

import (
	"strconv"
	"testing"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/redistest"
)

// TestServerScript provokes errors out of scripts that have written already. Each script
// first counts its runs, so that the test knows that the error came after a write.
func TestServerScript(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c := open(t, s)
	const count = "redis.call('incr', 'runs') "
	c.must("RPUSH", "list", "a")
	c.must("FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('count', function() "+
		count+"return redis.call('incr', 'list') end)")
	for i, tt := range []struct {
		name   string
		args   []string
		prefix string
		want   classify.Verdict
	}{
		{"command fails", []string{"EVAL", count + "return redis.call('incr', 'list')", "0"}, "WRONGTYPE", final(classify.Script)},
		{"script fails", []string{"EVAL", count + "error('boom')", "0"}, "ERR user_script:1: boom", final(classify.Script)},
		{"script fails as a server would", []string{"EVAL", count + "error({err='OOM made up'})", "0"}, "OOM made up", halfway(classify.OutOfMemory)},
		{"script fails in its own words", []string{"EVAL", count + "error({err='MYERR made up'})", "0"}, "MYERR made up", noOpinion},
		{"function fails", []string{"FCALL", "count", "0"}, "WRONGTYPE", final(classify.Script)},
		{"command is called by the library", []string{"EVAL", count + "string.gsub('get', 'get', redis.call)", "0"}, "ERR Wrong number of args", final(classify.Script)},
		{"script within the script", []string{"EVAL", count + `return loadstring("return redis.call('incr', 'list')")()`, "0"}, "WRONGTYPE", final(classify.Script)},
		{"loop within the script", []string{"EVAL", count + "local f = coroutine.wrap(function() redis.call('incr', 'list') end) f()", "0"}, "WRONGTYPE", final(classify.Script)},
		// Not marked: RunsCode is for these.
		{"error is returned", []string{"EVAL", count + "return redis.pcall('incr', 'list')", "0"}, "WRONGTYPE", final(classify.Response)},
		{"error is made up and returned", []string{"EVAL", count + "return redis.error_reply('OOM made up')", "0"}, "OOM made up", loaded(classify.OutOfMemory)},
	} {
		err := c.fail(tt.args...)
		check(t, err, tt.prefix, tt.want)
		if v := classify.Redis(err).Only(classify.Response); tt.want.Kind == classify.Script && v.Class != classify.Ambiguous {
			t.Errorf("%s: Redis(%q).Only(Response) = %+v, want Ambiguous: it has written", tt.name, err, v)
		}
		if got, want := c.must("GET", "runs"), strconv.Itoa(i+1); got != want {
			t.Errorf("%s: %s runs, want %s", tt.name, got, want)
		}
	}
}

// TestServerScriptOutOfMemory provokes a text that reads like a refusal and comes after an
// effect. redis-server 7 refuses only the first write of a script for want of memory, and
// lets one that has written go on, but a message that it published is out.
func TestServerScriptOutOfMemory(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c, listener := open(t, s), open(t, s)
	listener.must("SUBSCRIBE", "news")
	c.must("SET", "a", "1")
	c.must("CONFIG", "SET", "maxmemory", "1")
	err := c.fail("EVAL", "redis.call('publish', 'news', 'hello') return redis.call('set', 'b', '2')", "0")
	check(t, err, "OOM", halfway(classify.OutOfMemory))
	if got, err := listener.receive(); err != nil || got != "message news hello" {
		t.Errorf("received %q, %v: the script had no effect", got, err)
	}
	if got := c.must("EVAL", "redis.call('del', 'a') return redis.call('set', 'b', '2')", "0"); got != "OK" {
		t.Errorf("a script that has written: %q", got)
	}
	// With a shebang the server checks before it begins.
	err = c.fail("EVAL", "#!lua\nredis.call('del', 'b') return redis.call('set', 'c', '3')", "0")
	check(t, err, "OOM", loaded(classify.OutOfMemory))
	if got := c.must("EXISTS", "b"); got != "1" {
		t.Errorf("EXISTS b = %s: the script began", got)
	}
}

// TestServerBusy provokes the refusals of a server that a script holds, with and without
// writes before.
func TestServerBusy(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--lua-time-limit", "1")
	script, c := open(t, s), open(t, s)
	script.send("EVAL", "while true do end", "0")
	check(t, c.until("BUSY", "GET", "k"), "BUSY", loaded(classify.Busy))
	c.must("SCRIPT", "KILL")
	_, err := script.receive()
	check(t, err, "ERR Script killed by user", final(classify.Script))

	script.send("EVAL", "redis.call('set', 'k', 'v') while true do end", "0")
	check(t, c.until("BUSY", "GET", "k"), "BUSY", loaded(classify.Busy))
	check(t, c.fail("SCRIPT", "KILL"), "UNKILLABLE", final(classify.Response))
}
