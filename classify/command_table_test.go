package classify

import (
	"strings"
	"testing"
)

// rows returns all rows of the table except containers, which only lead to others.
func rows() map[string]rule {
	all := map[string]rule{}
	for _, table := range []map[string]rule{dataCommands, serverCommands, moduleCommands} {
		for name, r := range table {
			if r != bySubcommand {
				all[name] = r
			}
		}
	}
	return all
}

// TestRows holds the size of the buffer in Command, that names are spelled as lookup spells
// them and stand in one table only, and that lookup finds each.
func TestRows(t *testing.T) {
	longest := 0
	names := map[string]int{}
	for _, table := range []map[string]rule{dataCommands, serverCommands, moduleCommands} {
		for name, r := range table {
			if got := lookup([]byte(name)); got != r {
				t.Errorf("lookup(%s) = %d, want %d", name, got, r)
			}
			names[name]++
			longest = max(longest, len(name))
			if name != strings.ToUpper(name) || names[name] > 1 {
				t.Errorf("%s is not in upper case or stands in two tables", name)
			}
		}
	}
	if longest != longestName {
		t.Errorf("the longest name has %d bytes, longestName says %d", longest, longestName)
	}
}

// What tests outside of the package may know of the table: those that import proptest, which imports this package.

// Rows is rows.
var Rows = rows

// ModuleRows returns the names of the rows of modules' commands.
func ModuleRows() (names []string) {
	for name, r := range moduleCommands {
		if r != bySubcommand {
			names = append(names, name)
		}
	}
	return names
}

// Row returns the rung of a row, 0 if it depends on the arguments or the subcommand, and whether there is such a row.
func Row(name string) (rung Replay, known bool) {
	r := lookup([]byte(name))
	if r <= never {
		rung = Replay(r)
	}
	return rung, r != ungraded
}

// LeadsTo tells whether the command is a container whose subcommand the arguments name.
func LeadsTo(name string, arguments int) bool {
	r := lookup([]byte(name))
	return r == bySubcommand || r == byCommand && arguments > 0
}
