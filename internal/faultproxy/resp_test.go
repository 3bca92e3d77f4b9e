package faultproxy

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// replies holds one of everything in RESP2 and RESP3.
var replies = []string{
	"+OK\r\n",
	"+\r\n",
	"-ERR no\r\n",
	":1\r\n",
	":-9223372036854775808\r\n",
	"$5\r\nhello\r\n",
	"$0\r\n\r\n",
	"$-1\r\n",
	"$4\r\n\r\n\r\n\r\n", // the bulk string holds what usually ends one
	"*0\r\n",
	"*-1\r\n",
	"*2\r\n:1\r\n$-1\r\n",
	"*2\r\n*2\r\n:1\r\n*1\r\n+a\r\n*0\r\n",
	"_\r\n",
	"#t\r\n",
	",3.25\r\n",
	",inf\r\n",
	"(3492890328409238509324850943850943825024385\r\n",
	"!9\r\nERR\r\nnope\r\n",
	"=7\r\ntxt:abc\r\n",
	"%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n:2\r\n:3\r\n",
	"~2\r\n+a\r\n~0\r\n",
	">3\r\n+message\r\n+channel\r\n$1\r\nx\r\n",
	"|1\r\n+ttl\r\n:3600\r\n:7\r\n",
	"*2\r\n|1\r\n+k\r\n%1\r\n+a\r\n+b\r\n:1\r\n:2\r\n",
}

func TestReadReply(t *testing.T) {
	for _, want := range replies {
		in := bufio.NewReader(strings.NewReader(want + "+next\r\n"))
		got, err := readReply(in)
		ok(t, err, "%q", want)
		equal(t, want, string(got))
		next, err := readReply(in)
		ok(t, err, "behind %q", want)
		equal(t, "+next\r\n", string(next))
		_, err = readReply(in)
		equal(t, io.EOF, err, "between replies")
	}
}

func TestReadReplyCutAnywhere(t *testing.T) {
	for _, whole := range replies {
		for k := 1; k < len(whole); k++ {
			_, err := readReply(bufio.NewReader(strings.NewReader(whole[:k])))
			equal(t, io.ErrUnexpectedEOF, err, "%q of %q", whole[:k], whole)
		}
	}
}

func TestReadReplyRefuses(t *testing.T) {
	for _, bad := range []string{
		"\r\n", "x\r\n", "+OK\n", "$x\r\n", "$-2\r\n", "$3\r\nabcde\r\n", "$99999999999999999999\r\n",
		"*x\r\n", "%-1\r\n", "~-1\r\n", "$?\r\n", "*?\r\n", "*99999999999\r\n",
	} {
		_, err := readReply(bufio.NewReader(strings.NewReader(bad)))
		errorIs(t, err, errProtocol, "%q", bad)
	}
}

func TestReadRequest(t *testing.T) {
	for _, tt := range []struct {
		in   string
		args []string
		raw  string
	}{
		{in: "*1\r\n$4\r\nPING\r\n", args: []string{"PING"}},
		{in: "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\n\r\n\r\n", args: []string{"SET", "", "\r\n"}},
		{in: "PING\r\n", args: []string{"PING"}},
		{in: "get  key\n", args: []string{"get", "key"}},
		{in: "\r\n*0\r\n*-1\r\nPING\r\n", args: []string{"PING"}, raw: "PING\r\n"},
	} {
		if tt.raw == "" {
			tt.raw = tt.in
		}
		args, raw, err := readRequest(bufio.NewReader(strings.NewReader(tt.in)))
		ok(t, err, "%q", tt.in)
		equal(t, tt.args, args)
		equal(t, tt.raw, string(raw))
	}
	for _, bad := range []string{"*1\r\n:1\r\n", "*1\r\n$-1\r\n", "*x\r\n", "*9999999\r\n", strings.Repeat("x", maxInline+1)} {
		_, _, err := readRequest(bufio.NewReader(strings.NewReader(bad)))
		errorIs(t, err, errProtocol, "%.20q", bad)
	}
}

// FuzzReadReply: whatever the bytes, no panic; what is read is a prefix of the
// input, reads again as the same reply, and is not a reply when it is shorter.
func FuzzReadReply(f *testing.F) {
	for _, r := range replies {
		f.Add([]byte(r))
	}
	f.Add([]byte("*1073741824\r\n"))
	f.Add([]byte("$536870912\r\nx"))
	f.Fuzz(func(t *testing.T, input []byte) {
		got, err := readReply(bufio.NewReader(bytes.NewReader(input)))
		if err != nil {
			return
		}
		if !bytes.HasPrefix(input, got) {
			t.Fatalf("read %q out of %q", got, input)
		}
		again, err := readReply(bufio.NewReader(io.MultiReader(bytes.NewReader(got), strings.NewReader("+x\r\n"))))
		if err != nil || !bytes.Equal(got, again) {
			t.Fatalf("read %q, then %q, %v", got, again, err)
		}
		if _, err := readReply(bufio.NewReader(bytes.NewReader(got[:len(got)-1]))); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%q without its last byte: %v", got, err)
		}
	})
}

// FuzzReadRequest: the same for requests, whose arguments are all in the bytes.
func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"))
	f.Add([]byte("PING\r\n"))
	f.Add([]byte("*1048576\r\n$536870912\r\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		args, raw, err := readRequest(bufio.NewReader(bytes.NewReader(input)))
		if err != nil {
			return
		}
		if len(args) == 0 || !bytes.Contains(input, raw) {
			t.Fatalf("read %q, %q out of %q", args, raw, input)
		}
		again, _, err := readRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil || strings.Join(again, "\x00") != strings.Join(args, "\x00") {
			t.Fatalf("read %q, then %q, %v", args, again, err)
		}
	})
}
