package main

var refreshMutants = []mutant{
	{file: "cluster/refresher.go", tests: clusters,
		old: `	if f.gen.Load() > seen {
		f.mu.Unlock()
		return nil
	}
`,
		new:    "",
		breaks: "who has missed a refresh does not ask for another"},
	{file: "cluster/refresher.go", tests: clusters,
		old: `		f.next = time.Now().Add(f.interval + rand.N(f.interval/2+1))
`,
		new: `		_ = rand.N[int]
`,
		breaks: "two refreshes are an interval apart"},
	{file: "cluster/refresher.go", tests: clusters,
		old: `	if f.flight == nil {
		f.flight`,
		new: `	if f.flight != f.flight || true {
		f.flight`,
		breaks: "one refresh at a time is under way"},
	{file: "cluster/refresher.go", tests: clusters,
		old:    "		f.trails = true",
		new:    "		f.trails = false",
		breaks: "a refresh follows the one that may have asked too early"},
	{file: "cluster/refresher.go", tests: clusters,
		old:    "f.second < 0 || f.look != nil ||",
		new:    "f.second < 0 ||",
		breaks: "there is one second look, however many fail"},
	{file: "cluster/refresher.go", tests: clusters,
		old: `	f.plan()
`,
		new:    "",
		breaks: "a failure has a second look"},
	{file: "cluster/refresher.go", tests: clusters,
		old: `		f.trails = false
`,
		new:    "",
		breaks: "a refresh is followed once"},
	{file: "cluster/refresher.go", tests: clusters,
		old:    "		f.gen.Add(1)",
		new:    "		f.gen.Add(0)",
		breaks: "a map that was read is a new one"},
	{file: "cluster/refresher.go", tests: clusters,
		old: `		f.look = nil
		f.mu.Unlock()`,
		new:    "		f.mu.Unlock()",
		breaks: "a later failure has a second look of its own"},
	{file: "cluster/seeds.go", tests: clusters,
		old: `	if now.Before(x.until) {
		return // this failure is the same
	}
`,
		new:    "",
		breaks: "failures of one moment are one"},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "min(x.failures, 5)",
		new:    "x.failures",
		breaks: "a node is demoted for 32 times its probation at most"},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "x := s.find(addr); !asked.Before(x.until) {",
		new:    "x := s.find(addr); x != nil {",
		breaks: "a map that was asked for too early restores nobody"},
	{file: "cluster/seeds.go", tests: clusters,
		old: `			return 1
		}
		return 2`,
		new: `			return 2
		}
		return 1`,
		breaks: "a demoted node is asked last"},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "		return a.until.Compare(b.until)",
		new:    "		return 0",
		breaks: "the longest demoted is asked first among the demoted"},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "	x.failures, x.until = 0, time.Time{}",
		new:    "	x.until = time.Time{}",
		breaks: "a node that is restored begins anew"},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "		s.ill.Add(-1)",
		new:    "		s.ill.Add(0)",
		breaks: "successes lock for nobody when all are well",
		why:    "it is about speed: with a count that is too high the lock is taken, and the same is found."},
	{file: "cluster/seeds.go", tests: clusters,
		old:    "	rand.Shuffle(len(s.all), func(i, j int) { s.all[i], s.all[j] = s.all[j], s.all[i] })",
		new:    "	_ = rand.Int",
		breaks: "the processes of a fleet ask in different orders"},
	{file: "cluster/attempt.go", tests: clusters,
		old: `			left /= time.Duration(further + 1)
`,
		new:    "",
		breaks: "a cycle has an even share of the time"},
	{file: "cluster/attempt.go", tests: clusters,
		old: `			left = min(left, time.Until(deadline))
`,
		new: `			left = time.Until(deadline)
`,
		breaks: "MaxElapsed may come before the deadline"},
	{file: "cluster/attempt.go", tests: clusters,
		old:    "further * (retries + 1)",
		new:    "further * retries",
		breaks: "an attempt knows how many may follow in other cycles"},
	{file: "cluster/attempt.go", tests: clusters,
		old: `		if retries+1 > (math.MaxInt-left)/further {
			return math.MaxInt
		}
`,
		new:    "",
		breaks: "any number of retries can be counted"},
	{file: "cluster/orchestrator.go", tests: clusters,
		old:    "own.Err() != nil && ctx.Err() == nil",
		new:    "own.Err() != nil",
		breaks: "the end of the caller's context is not an attempt's"},
	{file: "cluster/orchestrator.go", tests: clusters,
		old:    "r.cycles, r.tried = r.cycles+1, 0",
		new:    "r.cycles = r.cycles + 1",
		breaks: "the attempts that are left are counted in each cycle"},
	{file: "cluster/refresh_error.go", tests: clusters,
		old: `			return overdue(of(e.error))
`,
		new: `			return of(e.error)
`,
		breaks: "an attempt whose time was over is no end of the caller's"},
	{file: "cluster/refresh_error.go", tests: clusters,
		old: `		return t.error
	}
	return err
`,
		new: `		return t
	}
	return err
`,
		breaks: "callers get what the attempt returned"},
}
