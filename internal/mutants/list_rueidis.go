package main

var rueidisMutants = []mutant{
	{file: "adapters/rueidis/judge.go", tests: rueidises,
		old:    "	case replied && w.RunsCode():",
		new:    "	case false:",
		breaks: "an error out of a script may follow a write"},
	{file: "adapters/rueidis/judge.go", tests: rueidises,
		old:    "		return min(w.Replay(), classify.Idempotent)",
		new:    "		return w.Replay()",
		breaks: "a command that is marked ToRetryable is run again"},
	{file: "adapters/rueidis/judge.go", tests: rueidises,
		old:    `!(cmd.IsBlock() && slices.Contains(w, "$"))`,
		new:    `true || slices.Contains(w, "")`,
		breaks: "XREAD BLOCK from now on is not run again"},
	{file: "adapters/rueidis/judge.go", tests: rueidises,
		old:    "ended(err) && ctx.Err() == nil && !judged",
		new:    "ended(err) && !judged",
		breaks: "the caller's own context ends his operation"},
	{file: "adapters/rueidis/single.go", tests: rueidises,
		old:    "!stale || tries == staleTries || ctx",
		new:    "!stale || ctx",
		breaks: "the uncounted tries on failed connections have an end"},
	{file: "adapters/rueidis/single.go", tests: rueidises,
		old: `			next = u.rebuilt(w.command(), cmd)
		}
		r = u.Client.Do(ctx, next)`,
		new: `			next = cmd
		}
		r = u.Client.Do(ctx, next)`,
		breaks: "a command that is sent again is a new one"},
	{file: "adapters/rueidis/single.go", tests: rueidises,
		old: `	if u.closed.Load() {
		return closing()
	}
`,
		new:    "",
		breaks: "no attempt follows Close"},
	{file: "adapters/rueidis/conn.go", tests: rueidises,
		old: `	if c.failed != nil {
		return c.failed
	}
`,
		new:    "",
		breaks: "nothing is written on a connection that has failed"},
	{file: "adapters/rueidis/conn.go", tests: rueidises,
		old:    "unsent: !c.live",
		new:    "unsent: c.live",
		breaks: "what fails in the handshake was not sent"},
	{file: "adapters/rueidis/options.go", tests: rueidises,
		old:    "	o.DisableRetry = true",
		new:    "	o.DisableRetry = false",
		breaks: "rueidis does not retry by itself"},
	{file: "adapters/rueidis/options.go", tests: rueidises,
		old:    "r.MaxElapsed*3/4",
		new:    "r.MaxElapsed*3",
		breaks: "a server that hangs holds no attempt for longer than MaxElapsed"},
	{file: "adapters/rueidis/delay.go", tests: rueidises,
		old: `		if d.Reason != policy.Retrying {
			return stop
		}
`,
		new:    "",
		breaks: "the retries of RetryDelay have an end"},
	{file: "adapters/rueidis/unit.go", tests: rueidises,
		old:    `is(w, "WATCH"), is(w, "DISCARD")`,
		new:    `is(w, "DISCARD")`,
		breaks: "a batch with a WATCH of its own is passed on as it is"},
	{file: "adapters/rueidis/unit.go", tests: rueidises,
		old:    "	case replied && refused != nil:",
		new:    "	case replied && refused == nil && false:",
		breaks: "what follows a MULTI that was refused is not run again"},
	{file: "adapters/rueidis/unit.go", tests: rueidises,
		old:    "		r = batch.Replay(block)",
		new:    "		r = classify.ReadOnly",
		breaks: "a transaction is run again by the rung of its commands"},
	{file: "adapters/rueidis/receive.go", tests: rueidises,
		old:    "stood = heard.yes.Swap(false) &&",
		new:    "stood = heard.yes.Load() &&",
		breaks: "each subscription is confirmed by itself"},
	{file: "adapters/rueidis/receive.go", tests: rueidises,
		old: `			next = resubscribe(c.B(), w)
`,
		new:    "",
		breaks: "a subscription that is sent again is a new command",
		why:    "rueidis 1.0.79 recycles a subscription that has ended well, and this one has not; it is the caller's all the same."},
}
