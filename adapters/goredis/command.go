package goredis

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/classify"
)

// command is a command as its words, as the server will read them. It is made only after a
// failure, so that success pays nothing for it.
type command []string

// read returns the words of cmd. A value that go-redis marshals is left out: it is never a
// key, a number or an option.
func read(cmd redis.Cmder) command {
	args := cmd.Args()
	c := make(command, len(args))
	for i, arg := range args {
		switch a := arg.(type) {
		case string:
			c[i] = a
		case []byte:
			c[i] = string(a)
		case int:
			c[i] = strconv.Itoa(a)
		case int64:
			c[i] = strconv.FormatInt(a, 10)
		case int8, int16, int32, uint, uint8, uint16, uint32, uint64, float32, float64:
			c[i] = fmt.Sprint(a)
		case *string:
			if a != nil {
				c[i] = *a
			}
		}
	}
	if len(c) > 0 {
		c[0] = strings.ToLower(c[0])
	}
	return c
}

func (c command) replay() classify.Replay { return classify.Command(c...) }

func (c command) runsCode() bool { return len(c) > 0 && classify.RunsCode(c[0]) }

// writes reports whether a run of the command may change anything.
func (c command) writes() bool { return c.replay() > classify.ReadOnly }
