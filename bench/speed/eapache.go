package speed

import (
	"github.com/eapache/go-resiliency/retrier"
)

func eapacheDo(w Work) Do {
	r := retrier.New(retrier.ConstantBackoff(w.Retries, w.Delay), nil)
	if w.Jitter {
		r.SetJitter(1)
	}
	return r.RunCtx
}
