package histories

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// replyError is an error reply.
type replyError string

func (e replyError) Error() string { return string(e) }

// code returns the error's first word, WRONGTYPE for example.
func (e replyError) code() string {
	code, _, _ := strings.Cut(string(e), " ")
	return code
}

// parse returns the value of a reply as the proxy recorded it.
func parse(raw string) any {
	v, err := readValue(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		return replyError("no reply: " + err.Error())
	}
	return v
}

// readValue reads one reply: a string, an int64, nil, a replyError or a slice of them.
func readValue(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	if line == "" {
		return nil, fmt.Errorf("histories: an empty line where a reply begins")
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return replyError(rest), nil
	case '_':
		return nil, nil //nolint:nilnil // it is what the server said
	}
	n, err := strconv.Atoi(rest)
	if err != nil {
		return nil, fmt.Errorf("histories: reply %q: %w", line, err)
	}
	switch {
	case kind == ':':
		return int64(n), nil
	case n < 0:
		return nil, nil //nolint:nilnil // it is what the server said
	case kind == '$':
		b := make([]byte, n+2)
		_, err := io.ReadFull(r, b)
		return string(b[:n]), err
	case kind == '*':
		all := make([]any, n)
		for i := range all {
			if all[i], err = readValue(r); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return nil, fmt.Errorf("histories: reply %q is of no known type", line)
}

// text returns a value in a form that can be compared and read. Of an error only the code counts: the
// rest is for people.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case replyError:
		return "error " + v.code()
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = text(e)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(v)
}
