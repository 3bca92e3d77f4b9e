package main

var classifyMutants = []mutant{
	{file: "classify/net.go", tests: classifys,
		old:    `case "dial", "proxyconnect", "socks connect":`,
		new:    `case "proxyconnect", "socks connect":`,
		breaks: "a failed dial was not sent"},
	{file: "classify/net.go", tests: classifys,
		old: `	case io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed:
`,
		new: `	case io.EOF, io.ErrClosedPipe, net.ErrClosed:
`,
		breaks: "a reply that is cut short may have been executed"},
	{file: "classify/net.go", tests: classifys,
		old:    "		case timeout, e.Is(os.ErrDeadlineExceeded):",
		new:    "		case timeout && e.Is(os.ErrDeadlineExceeded):",
		breaks: "an i/o timeout is no end of a context"},
	{file: "classify/tree.go", tests: classifys,
		old:    "caution[inner.Class] > caution[v.Class]",
		new:    "caution[inner.Class] < caution[v.Class]",
		breaks: "the most cautious branch of a joined error wins"},
	{file: "classify/tree.go", tests: classifys,
		old:    "Overloaded: 3, Ambiguous: 4",
		new:    "Overloaded: 4, Ambiguous: 3",
		breaks: "Ambiguous is more cautious than Overloaded"},
	{file: "classify/tree.go", tests: classifys,
		old: `	if errtree.Hollow(err) {
		return Verdict{}, 0
	}
`,
		new:    "",
		breaks: "a nil pointer in an error is not asked"},
	{file: "classify/command_table.go", tests: classifys,
		old:    `"APPEND": accumulating`,
		new:    `"APPEND": convergent`,
		breaks: "an APPEND counts every run"},
	{file: "classify/command_table.go", tests: classifys,
		old:    `"SADD": convergent`,
		new:    `"SADD": idempotent`,
		breaks: "the second SADD replies differently"},
	{file: "classify/command_table.go", tests: classifys,
		old:    `"GETDEL": convergent`,
		new:    `"GETDEL": accumulating`,
		breaks: "a GETDEL stands no higher than it must"},
}
