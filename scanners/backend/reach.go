package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// body is one function of Python or JavaScript.
type body struct {
	src  *repo.Source
	span finding.Span
}

// reach finds what a handler leads to, so that a check sees what stands in a
// service or helper before it says that something is missing.
type reach struct {
	s     *repo.Snapshot
	named map[string][]body // unit, language and name → functions
}

func newReach(s *repo.Snapshot) *reach { return &reach{s: s, named: map[string][]body{}} }

// The bounds of what is followed from one handler.
const (
	mostBodies = 60
	mostDeep   = 4
	mostNamed  = 4 // functions of one name; more of them say that the name tells nothing
)

// from lists the handler of the route and the functions that it leads to by
// name, within the program.
func (r *reach) from(route *repo.Route) []body { return r.within(route, mostDeep) }

// within does so for functions that are at most so many calls away.
func (r *reach) within(route *repo.Route, steps int) []body {
	if route.HandlerFile == nil {
		return nil
	}
	src := r.s.Source(route.HandlerFile.Path)
	if src == nil {
		return nil
	}
	seen := map[body]bool{}
	out := []body{{src, route.HandlerSpan}}
	seen[body{src, route.HandlerSpan}] = true
	var next []body
	for _, name := range append(append([]string{}, route.Dependencies...), route.Decorators...) {
		next = append(next, r.functions(src, lastName(name))...)
	}
	for start, deep := 0, 0; start < len(out) && deep < steps && len(out) < mostBodies; deep++ {
		end := len(out)
		for _, b := range out[start:end] {
			for _, call := range callsIn(b) {
				next = append(next, r.functions(b.src, lastName(call.callee))...)
			}
		}
		for _, b := range next {
			if !seen[b] && len(out) < mostBodies {
				seen[b] = true
				out = append(out, b)
			}
		}
		start, next = end, nil
	}
	return out
}

// tellingNothing are names that every library has.
var tellingNothing = words("get", "set", "add", "find", "all", "first", "execute", "query", "filter", "json", "append", "map", "push", "print", "str", "len", "send", "create", "update", "delete",
	"save", "commit", "refresh", "close", "open", "read", "write", "then", "catch", "log", "info", "error", "warn", "debug", "status", "next", "join", "split", "format", "require", "select", "where")

func (r *reach) functions(from *repo.Source, name string) []body {
	name = strings.TrimSuffix(name, "()")
	if len(name) < 3 || tellingNothing[name] {
		return nil
	}
	key := programDir(r.s, from.File) + "\x00" + name
	if from.Lang == repo.Python {
		key += "\x00py"
	}
	found, known := r.named[key]
	if known {
		return found
	}
	for _, src := range r.s.RunningSources(name) {
		if (src.Lang == repo.Python) != (from.Lang == repo.Python) || src.Bytes() == nil {
			continue
		}
		found = append(found, functionsIn(src, name)...)
		if len(found) > mostNamed {
			found = nil
			break
		}
	}
	r.named[key] = found
	return found
}

// functionsIn are the functions of that name in a file; of a class in Python its
// methods that make or call it.
func functionsIn(src *repo.Source, name string) []body {
	var out []body
	if py := src.Py(); py != nil {
		for i := range py.Defs {
			if d := &py.Defs[i]; d.Name == name {
				out = append(out, body{src, d.Span})
			}
		}
		return out
	}
	for i := range src.JS().Funcs {
		if f := &src.JS().Funcs[i]; f.Name == name {
			out = append(out, body{src, f.Span})
		}
	}
	return out
}

// called is one call; in Python the name with what the imports say.
type called struct {
	callee string
	span   finding.Span
}

func callsIn(b body) []called {
	var out []called
	if py := b.src.Py(); py != nil {
		for i := range py.Calls {
			if c := &py.Calls[i]; b.holds(c.Span) {
				out = append(out, called{py.Qualify(c.Callee), c.Span})
			}
		}
		return out
	}
	if js := b.src.JS(); js != nil {
		for i := range js.Calls {
			if c := &js.Calls[i]; b.holds(c.Span) {
				out = append(out, called{c.Callee, c.Span})
			}
		}
	}
	return out
}

func (b body) holds(s finding.Span) bool { return b.span.Start <= s.Start && s.End <= b.span.End }

// text is the body's tokens: names, operators and the values of strings, without
// comments.
func (b body) tokens() []token {
	data := b.src.Bytes()
	if b.span.End > len(data) || b.span.Start > b.span.End {
		return nil
	}
	if b.src.Lang == repo.Python {
		return pythonTokens(data[b.span.Start:b.span.End])
	}
	return scriptTokens(data[b.span.Start:b.span.End])
}

// names says whether a name in the code fits; strings are no names.
func (b body) names(fits func(string) bool) bool {
	for _, t := range b.tokens() {
		if !t.str && t.text != "" && (t.text[0]|0x20 >= 'a' && t.text[0]|0x20 <= 'z' || t.text[0] == '_') && fits(t.text) {
			return true
		}
	}
	return false
}

// anyNames says whether a name in one of the bodies fits.
func anyNames(bodies []body, fits func(string) bool) bool {
	for _, b := range bodies {
		if b.names(fits) {
			return true
		}
	}
	return false
}

// soundsLike makes a test of names: does one of the words stand in it, whatever
// the case and the underscores?
func soundsLike(words ...string) func(string) bool {
	return func(name string) bool {
		low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
		for _, w := range words {
			if strings.Contains(low, w) {
				return true
			}
		}
		return false
	}
}

// defOf is the definition at the span.
func defOf(src *repo.Source, span finding.Span) *pylex.Def {
	if src == nil || src.Py() == nil {
		return nil
	}
	return defAt(src.Py(), span)
}
