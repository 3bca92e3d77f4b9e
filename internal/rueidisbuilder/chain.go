// Package rueidisbuilder builds all that the builders of rueidis can build. What they build is a type for each word,
// several thousand in all, which only reflection can go through.
package rueidisbuilder

import (
	"reflect"
	"slices"
	"strings"

	"github.com/redis/rueidis"
)

// Chain is a way through the builders to a command: the names of the methods to call, one after the other, the
// first of them on rueidis.Builder. It can be gone as often as the command is needed.
type Chain []string

// String returns the chain as it would be written: "Set.Key.Value.Build" for example.
func (c Chain) String() string { return strings.Join(c, ".") }

// Build builds the command with b, and reports whether it is one that is cached, a rueidis.Cacheable. The arguments are
// the same each time, and all keys are in one slot, see [Key].
func (c Chain) Build(b rueidis.Builder) (cmd rueidis.Completed, cached bool) {
	v := reflect.ValueOf(b)
	for _, name := range c {
		m := v.MethodByName(name)
		v = m.Call(arguments(c[0], name, m.Type()))[0]
	}
	if cmd, ok := reflect.TypeAssert[rueidis.Cacheable](v); ok {
		return rueidis.Completed(cmd), true
	}
	return v.Interface().(rueidis.Completed), false
}

// Short returns the shortest chain for each method of rueidis.Builder, and that to a command which is cached for
// those that have one.
func Short() []Chain {
	g := explore()
	var all []Chain
	for _, s := range g.steps[builder] {
		all = append(all, slices.Concat(Chain{s.name}, g.shortest[s.to]))
		if rest := g.cached[s.to]; rest != nil {
			all = append(all, slices.Concat(Chain{s.name}, rest))
		}
	}
	return all
}

// All returns chains which between them call each method of each builder at least once.
func All() []Chain {
	g := explore()
	var all []Chain
	seen := map[string]bool{}
	for _, from := range g.types {
		for _, s := range g.steps[from] {
			c := slices.Concat(g.way[from], Chain{s.name}, g.shortest[s.to])
			if !seen[c.String()] {
				seen[c.String()] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// The types that a chain begins with and ends in.
var (
	builder   = reflect.TypeFor[rueidis.Builder]()
	completed = reflect.TypeFor[rueidis.Completed]()
	cacheable = reflect.TypeFor[rueidis.Cacheable]()
)

// graph is the types of the builders, with the methods that lead from one to the next.
type graph struct {
	types    []reflect.Type // in the order of their distance from Builder
	steps    map[reflect.Type][]step
	way      map[reflect.Type]Chain // the shortest to a type
	shortest map[reflect.Type]Chain // the shortest from a type to a command
	cached   map[reflect.Type]Chain // that to one which is cached
}

// step is a method of a builder.
type step struct {
	name string
	to   reflect.Type
}

func explore() graph {
	g := graph{types: []reflect.Type{builder}, steps: map[reflect.Type][]step{}, way: map[reflect.Type]Chain{builder: {}}}
	for i := 0; i < len(g.types); i++ {
		from := g.types[i]
		for m := range from.NumMethod() {
			m := from.Method(m)
			if m.Type.NumOut() != 1 || m.Type.Out(0).Kind() != reflect.Struct {
				continue // Arbitrary.IsZero
			}
			to := m.Type.Out(0)
			g.steps[from] = append(g.steps[from], step{m.Name, to})
			if g.way[to] == nil && to != completed && to != cacheable {
				g.way[to] = slices.Concat(g.way[from], Chain{m.Name})
				g.types = append(g.types, to)
			}
		}
		// What Build builds is the plainest.
		slices.SortStableFunc(g.steps[from], func(a, b step) int { return strings.Compare(last(a.name), last(b.name)) })
	}
	g.shortest = g.ends(completed, cacheable)
	g.cached = g.ends(cacheable)
	return g
}

// last is a name to sort methods by: Build before the others.
func last(name string) string {
	if name == "Build" {
		return ""
	}
	return name
}

// ends returns for each type the shortest chain to one of the ends.
func (g graph) ends(ends ...reflect.Type) map[reflect.Type]Chain {
	to := map[reflect.Type]Chain{}
	for _, end := range ends {
		to[end] = Chain{}
	}
	for again := true; again; {
		again = false
		for _, from := range g.types {
			for _, s := range g.steps[from] {
				rest, ok := to[s.to]
				if own, has := to[from]; ok && (!has || len(own) > len(rest)+1) {
					to[from] = slices.Concat(Chain{s.name}, rest)
					again = true
				}
			}
		}
	}
	return to
}
