// Package resp speaks RESP2, Redis' protocol, for what sets servers up, looks at them past every client, or reads what a
// proxy has recorded. Package faultproxy, which passes replies on byte by byte, has a reader of its own.
package resp

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Error is an error reply.
type Error string

func (e Error) Error() string { return string(e) }

// Code returns the first word, WRONGTYPE for example.
func (e Error) Code() string {
	code, _, _ := strings.Cut(string(e), " ")
	return code
}

// Write writes commands in one go. A server keeps the replies for a client that has no time for them.
func Write(w io.Writer, commands ...[]string) error {
	var b strings.Builder
	for _, args := range commands {
		fmt.Fprintf(&b, "*%d\r\n", len(args))
		for _, arg := range args {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(arg), arg)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Read reads one reply: a string, an int64, nil, a []any of these, or an Error, which may be in a []any too. It knows
// the null of RESP3. An error that it returns is not the server's, and ends the connection.
func Read(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok || text == "" {
		return nil, fmt.Errorf("reply %q: not RESP2", line)
	}
	kind, text := text[0], text[1:]
	switch kind {
	case '+':
		return text, nil
	case '-':
		return Error(text), nil
	case '_':
		return nil, nil //nolint:nilnil // the reply is null
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reply %q: %w", line, err)
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil //nolint:nilnil // the reply is null
	case kind == '$':
		bulk := make([]byte, n+2)
		if _, err := io.ReadFull(r, bulk); err != nil {
			return nil, err
		}
		return string(bulk[:n]), nil
	case kind == '*':
		all := make([]any, n)
		for i := range all {
			if all[i], err = Read(r); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return nil, fmt.Errorf("reply %q: not RESP2", line)
}
