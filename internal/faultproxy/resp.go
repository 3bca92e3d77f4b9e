package faultproxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits of Redis itself: proto-max-bulk-len and the longest multibulk and inline
// request. They keep a corrupt length from being taken at its word.
const (
	maxBulk   = 512 << 20
	maxArgs   = 1 << 20
	maxInline = 64 << 10
	maxNested = 1 << 30
)

var errProtocol = errors.New("faultproxy: not RESP")

// readReply reads one whole reply, RESP2 or RESP3, and returns its bytes
// unchanged. An attribute belongs to the reply that follows it. Streamed strings
// and aggregates, which no Redis server sends, are errors. The error is io.EOF
// only if the input ended between two replies.
func readReply(r *bufio.Reader) ([]byte, error) {
	var raw bytes.Buffer
	// Counting what is still owed instead of descending: nesting costs no stack.
	for owed := 1; owed > 0; owed-- {
		line, err := readLine(r, &raw)
		if err != nil {
			return nil, err
		}
		switch kind, rest := line[0], line[1:]; kind {
		case '+', '-', ':', ',', '_', '#', '(':
		case '$', '=', '!':
			err = readBulk(r, &raw, rest, kind == '$')
		case '*', '~', '>', '%', '|':
			var n int
			n, err = length(rest, maxNested, kind == '*')
			if kind == '%' || kind == '|' {
				n *= 2
			}
			if kind == '|' {
				n++
			}
			owed += max(n, 0)
		default:
			err = fmt.Errorf("%w: a reply starts with %q", errProtocol, kind)
		}
		if err != nil {
			return nil, err
		}
	}
	return raw.Bytes(), nil
}

// readRequest reads one command, as an array of bulk strings or inline, and
// returns its arguments and its bytes unchanged. Empty commands, to which a
// server says nothing, are skipped.
func readRequest(r *bufio.Reader) (args []string, raw []byte, err error) {
	for {
		var buf bytes.Buffer
		if args, err = readCommand(r, &buf); err != nil || len(args) > 0 {
			return args, buf.Bytes(), err
		}
	}
}

func readCommand(r *bufio.Reader, raw *bytes.Buffer) ([]string, error) {
	first, err := r.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] != '*' {
		return readInline(r, raw)
	}
	line, err := readLine(r, raw)
	if err != nil {
		return nil, err
	}
	n, err := length(line[1:], maxArgs, true)
	if err != nil {
		return nil, err
	}
	var args []string
	for range n {
		line, err := readLine(r, raw)
		if err != nil {
			return nil, err
		}
		if line[0] != '$' {
			return nil, fmt.Errorf("%w: an argument starts with %q", errProtocol, line[0])
		}
		start := raw.Len()
		if err := readBulk(r, raw, line[1:], false); err != nil {
			return nil, err
		}
		args = append(args, string(raw.Bytes()[start:raw.Len()-2]))
	}
	return args, nil
}

func readInline(r *bufio.Reader, raw *bytes.Buffer) ([]string, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return nil, within(err)
		}
		raw.WriteByte(b)
		if b == '\n' {
			return strings.Fields(raw.String()), nil
		}
		if raw.Len() == maxInline {
			return nil, fmt.Errorf("%w: an inline command without an end", errProtocol)
		}
	}
}

// readLine appends the next line to raw and returns it without its CRLF. There is
// at least one byte before the CRLF.
func readLine(r *bufio.Reader, raw *bytes.Buffer) ([]byte, error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		if len(line) > 0 || raw.Len() > 0 {
			err = within(err)
		}
		return nil, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return nil, fmt.Errorf("%w: line %q", errProtocol, line)
	}
	raw.Write(line)
	return line[:len(line)-2], nil
}

// readBulk appends to raw as many bytes as the digits say, and the CRLF.
func readBulk(r *bufio.Reader, raw *bytes.Buffer, digits []byte, null bool) error {
	n, err := length(digits, maxBulk, null)
	if err != nil || n < 0 {
		return err
	}
	// CopyN grows the buffer as bytes arrive: a length alone allocates nothing.
	if _, err := io.CopyN(raw, r, int64(n)+2); err != nil {
		return within(err)
	}
	if !bytes.HasSuffix(raw.Bytes(), []byte("\r\n")) {
		return fmt.Errorf("%w: a bulk string of %d bytes does not end there", errProtocol, n)
	}
	return nil
}

// length reads a length; with null, -1 is one.
func length(digits []byte, most int, null bool) (int, error) {
	n, err := strconv.Atoi(string(digits))
	if err != nil || n > most || n < -1 || n == -1 && !null {
		return 0, fmt.Errorf("%w: length %q", errProtocol, digits)
	}
	return n, nil
}

// within turns the end of the input into an unexpected one.
func within(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
