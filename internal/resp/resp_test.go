package resp_test

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/reprise-go/reprise/internal/resp"
)

func TestRead(t *testing.T) {
	for in, want := range map[string]any{
		"+OK\r\n":                          "OK",
		"-ERR no\r\n":                      resp.Error("ERR no"),
		":-7\r\n":                          int64(-7),
		"$-1\r\n":                          nil,
		"*-1\r\n":                          nil,
		"_\r\n":                            nil,
		"$0\r\n\r\n":                       "",
		"$5\r\na\r\nbc\r\n":                "a\r\nbc",
		"*0\r\n":                           []any{},
		"*3\r\n:1\r\n-E x\r\n*1\r\n+a\r\n": []any{int64(1), resp.Error("E x"), []any{"a"}},
	} {
		r := bufio.NewReader(strings.NewReader(in + "+next\r\n"))
		got, err := resp.Read(r)
		require.NoError(t, err, "%q", in)
		require.Equal(t, want, got, "%q", in)
		next, err := resp.Read(r)
		require.NoError(t, err, "%q", in)
		require.Equal(t, "next", next, "%q", in)
	}
	for _, in := range []string{"", "+OK", "+OK\n", "\r\n", "?1\r\n", "$x\r\n", "$5\r\nab", "*2\r\n:1\r\n", "%1\r\n", ":x\r\n"} {
		_, err := resp.Read(bufio.NewReader(strings.NewReader(in)))
		require.Error(t, err, "%q", in)
	}
}

func TestWrite(t *testing.T) {
	var b strings.Builder
	require.NoError(t, resp.Write(&b, []string{"SET", "k", ""}, []string{"PING"}))
	require.Equal(t, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n", b.String())
	require.Equal(t, "WRONGTYPE", resp.Error("WRONGTYPE Operation against …").Code())
}
