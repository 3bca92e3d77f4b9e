package histories

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/reprise-go/reprise/internal/resp"
)

// parse returns the value of a reply as the proxy recorded it.
func parse(raw string) any {
	v, err := resp.Read(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		return resp.Error("no reply: " + err.Error())
	}
	return v
}

// text returns a value in a form that can be compared and read. Of an error only the code counts: the
// rest is for people.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case resp.Error:
		return "error " + v.Code()
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = text(e)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(v)
}
