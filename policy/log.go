package policy

import (
	"context"
	"log/slog"
)

// LogValue returns the event as a group, for a slog.Attr: what is known of op, node, attempt, reason, class, kind, delay,
// elapsed, policy and error. It never holds keys or values, other than an error's text might.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(e.attrs(make([]slog.Attr, 0, mostAttrs))...)
}

// mostAttrs is how many attributes an event has at most.
const mostAttrs = 10

// attrs adds the event's attributes to some.
func (e *Event) attrs(to []slog.Attr) []slog.Attr {
	if e.Op != "" {
		to = append(to, slog.String("op", e.Op))
	}
	if e.Node != "" {
		to = append(to, slog.String("node", e.Node))
	}
	to = append(to, slog.Int("attempt", e.State.Attempt), slog.String("reason", e.Decision.Reason.String()))
	if e.Err != nil {
		to = append(to, slog.String("class", e.Decision.Class.String()), slog.String("kind", string(e.Decision.Kind)))
	}
	if e.Decision.Reason == Retrying {
		to = append(to, slog.Duration("delay", e.Decision.Delay))
	}
	to = append(to, slog.Duration("elapsed", e.State.Elapsed))
	if e.Policy != "" {
		to = append(to, slog.String("policy", e.Policy))
	}
	if e.Err != nil {
		to = append(to, slog.Any("error", e.Err))
	}
	return to
}

// LogTo returns an observer, for Retry.Observe, that writes to a log what happens besides plain success: at Debug that an
// operation is to be retried, that its caller has gone, and that its error is none to retry; at Info that it succeeded
// after all; at Warn that it was given up though a retry might have helped. The attributes are those of [Event.LogValue].
// A nil logger is slog.Default() at that time.
func LogTo(l *slog.Logger) func(context.Context, Event) {
	return func(ctx context.Context, e Event) {
		level, message, worth := e.line()
		if !worth {
			return
		}
		to := l
		if to == nil {
			to = slog.Default()
		}
		if to.Enabled(ctx, level) {
			var room [mostAttrs]slog.Attr // on the stack: the logger makes a copy
			to.LogAttrs(ctx, level, message, e.attrs(room[:0])...)
		}
	}
}

// line returns what there is to be said in a log, if anything.
func (e *Event) line() (level slog.Level, message string, worth bool) {
	switch e.Decision.Reason {
	case Succeeded:
		return slog.LevelInfo, "succeeded after retries", e.State.Attempt > 1
	case Retrying:
		return slog.LevelDebug, "retrying", true
	case NotRetryable, Canceled:
		return slog.LevelDebug, "failed", true
	}
	return slog.LevelWarn, "gave up", true
}

// Observers returns an observer that tells each of several, in their order; those that are nil it leaves out.
func Observers(of ...func(context.Context, Event)) func(context.Context, Event) {
	var all []func(context.Context, Event)
	for _, o := range of {
		if o != nil {
			all = append(all, o)
		}
	}
	return func(ctx context.Context, e Event) {
		for _, o := range all {
			o(ctx, e)
		}
	}
}
