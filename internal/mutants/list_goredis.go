package main

var goredisMutants = []mutant{
	{file: "adapters/goredis/hook.go", tests: goredis,
		old:    "		tries < h.pool && h.dials",
		new:    "		h.dials",
		breaks: "the uncounted tries on old connections have an end"},
	{file: "adapters/goredis/hook.go", tests: goredis,
		old: `h.dials.Load() == before
`,
		new: `h.dials.Load() <= before+1
`,
		breaks: "a new connection's answer is no stale one"},
	{file: "adapters/goredis/hook.go", tests: goredis,
		old: `		if e.Reason == policy.Canceled {
			return err
		}
		err = e.Err`,
		new:    "		err = e.Err",
		breaks: "an ended context is told"},
	{file: "adapters/goredis/hook.go", tests: goredis,
		old: `	if said := policy.ReplayFrom(ctx); said != 0 {
		return said
	}
	return c.Replay()`,
		new:    "	return c.Replay()",
		breaks: "the rung that the caller gives the context counts"},
	{file: "adapters/goredis/single.go", tests: goredis,
		old: `				answer = err
				return at, nil`,
		new:    "				return at, nil",
		breaks: "that there is no such key is an answer"},
	{file: "adapters/goredis/single.go", tests: goredis,
		old:    `op.Op != "write"`,
		new:    `op.Op != "written"`,
		breaks: "a command that was not written whole was not executed"},
	{file: "adapters/goredis/pipeline.go", tests: goredis,
		old:    "t.err, t.before, t.answered = nil, t.err, false",
		new:    "t.err, t.before = nil, t.err",
		breaks: "a command that is run again takes a new reply"},
	{file: "adapters/goredis/pipeline.go", tests: goredis,
		old: `		b.all[i].ran = items[i].Ran
`,
		new: `		b.all[i].ran = false
`,
		breaks: "what may have run in an earlier attempt is remembered"},
	{file: "adapters/goredis/pipeline.go", tests: goredis,
		old: `	if t.answered {
		return
	}
`,
		new:    "",
		breaks: "a reply that arrived is kept"},
	{file: "adapters/goredis/transaction.go", tests: goredis,
		old:    "				cmd.SetErr(nil) // go-redis would return the stale error of MULTI or EXEC",
		new:    "				_ = cmd",
		breaks: "a transaction that is run again has no stale error"},
	{file: "adapters/goredis/transaction.go", tests: goredis,
		old:    "			op.Replay = blockReplay(block)",
		new:    "			op.Replay = classify.ReadOnly",
		breaks: "a transaction is run again by the rung of its commands"},
	{file: "adapters/goredis/transaction.go", tests: goredis,
		old:    "		if isAnswer(err) || h.hasRun(exec, block) {",
		new:    "		if isAnswer(err) || h.hasRun(exec, block) && false {",
		breaks: "a transaction that has run is not run again"},
	{file: "adapters/goredis/judged.go", tests: goredis,
		old:    "		err = &turnedAwayError{err}",
		new:    "		_ = &turnedAwayError{err}",
		breaks: "a server that is full is not taken for an old one"},
	{file: "adapters/goredis/judged.go", tests: goredis,
		old:    "	if !c.RunsCode() || !isReply(err) {",
		new:    "	if true {",
		breaks: "an error out of a script may follow a write"},
}
