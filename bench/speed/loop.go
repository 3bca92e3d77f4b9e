package speed

import (
	"context"
	"math/rand/v2"
	"time"
)

// bareDo calls the operation until it succeeds, or has been called once more than there are retries: what the work itself
// costs.
func bareDo(w Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) (err error) {
		for n := 0; n <= w.Retries; n++ {
			if err = fn(ctx); err == nil {
				return nil
			}
		}
		return err
	}
}

func bareValue(w Work) Value {
	return func(ctx context.Context, fn func(context.Context) (int, error)) (v int, err error) {
		for n := 0; n <= w.Retries; n++ {
			if v, err = fn(ctx); err == nil {
				return v, nil
			}
		}
		return v, err
	}
}

// loopDo is the loop that people write by hand, with what it must have: it ends with its context, does not sleep after the
// last attempt, and sleeps with time.Sleep, which is the fastest and cannot be interrupted.
func loopDo(w Work) Do {
	return func(ctx context.Context, fn func(context.Context) error) (err error) {
		for n := 0; n <= w.Retries; n++ {
			if n > 0 {
				w.sleep()
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err = fn(ctx); err == nil {
				return nil
			}
		}
		return err
	}
}

func loopValue(w Work) Value {
	return func(ctx context.Context, fn func(context.Context) (int, error)) (v int, err error) {
		for n := 0; n <= w.Retries; n++ {
			if n > 0 {
				w.sleep()
			}
			if ctx.Err() != nil {
				return v, ctx.Err()
			}
			if v, err = fn(ctx); err == nil {
				return v, nil
			}
		}
		return v, err
	}
}

func (w Work) sleep() {
	d := w.Delay
	if d == 0 {
		return
	}
	if w.Jitter {
		d = time.Duration(rand.Float64() * float64(d+1))
	}
	time.Sleep(d)
}
