package goredis

import (
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/reprise-go/reprise/internal/batch"
)

// read returns the words of cmd. A value that go-redis marshals is left out: it is never a
// key, a number or an option. It is called only after a failure, so that success pays nothing for it.
func read(cmd redis.Cmder) batch.Command {
	args := cmd.Args()
	c := make(batch.Command, len(args))
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
	return c
}
