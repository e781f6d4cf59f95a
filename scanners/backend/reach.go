package backend

import (
	"slices"
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
// service or helper before it says that something is missing. It reads each file
// once and keeps of it what it is asked for again.
type reach struct {
	s     *repo.Snapshot
	files map[*repo.File]*fileFacts
	words map[body][]string
	near  map[*repo.File][]*repo.Source
}

// fileFacts are the functions and calls of a file.
type fileFacts struct {
	functions map[string][]finding.Span
	calls     []called
}

func newReach(s *repo.Snapshot) *reach {
	return &reach{s: s, files: map[*repo.File]*fileFacts{}, words: map[body][]string{}, near: map[*repo.File][]*repo.Source{}}
}

// The bounds of what is followed from one handler.
const (
	mostBodies = 60
	mostDeep   = 4
	mostNamed  = 4  // functions of one name; more of them say that the name tells nothing
	mostNear   = 80 // files that one file imports
)

// from lists the handler of the route and the functions that it leads to by
// name, in the files that are imported on the way.
func (r *reach) from(route *repo.Route) []body { return r.within(route, mostDeep) }

// within does so for functions that are at most so many calls away.
func (r *reach) within(route *repo.Route, steps int) []body {
	var out []body
	r.walk(route, steps, func(b body) bool {
		out = append(out, b)
		return false
	})
	return out
}

// any says whether a name in the handler, or in what it leads to, fits. It stops
// at the first that does.
func (r *reach) any(route *repo.Route, fits func(string) bool) (found bool) {
	r.walk(route, mostDeep, func(b body) bool {
		found = slices.ContainsFunc(r.names(b), fits)
		return found
	})
	return found
}

// names are the different names in the code of a body.
func (r *reach) names(b body) []string {
	if list, known := r.words[b]; known {
		return list
	}
	seen := map[string]bool{}
	var list []string
	b.names(func(name string) bool {
		if !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
		return false
	})
	r.words[b] = list
	return list
}

// walk visits the handler and what it leads to, nearest first, until stop says so.
func (r *reach) walk(route *repo.Route, steps int, stop func(body) bool) {
	if route.HandlerFile == nil {
		return
	}
	src := r.s.Source(route.HandlerFile.Path)
	if src == nil {
		return
	}
	first := body{src, route.HandlerSpan}
	seen := map[body]bool{first: true}
	queue := []body{first}
	if stop(first) {
		return
	}
	visit := func(from *repo.Source, name string) bool {
		for _, b := range r.functions(from, lastName(name)) {
			if !seen[b] && len(seen) < mostBodies {
				seen[b] = true
				queue = append(queue, b)
				if stop(b) {
					return true
				}
			}
		}
		return false
	}
	for deep := 0; deep < steps && len(queue) > 0; deep++ {
		now := queue
		queue = nil
		if deep == 0 {
			for _, list := range [][]string{route.Dependencies, route.Decorators} {
				for _, name := range list {
					if visit(src, name) {
						return
					}
				}
			}
		}
		for _, b := range now {
			for _, c := range r.facts(b.src).calls {
				if b.holds(c.span) && visit(b.src, c.callee) {
					return
				}
			}
		}
	}
}

// tellingNothing are names that every library has.
var tellingNothing = words("get", "set", "add", "find", "all", "first", "execute", "query", "filter", "json", "append", "map", "push", "print", "str", "len", "send", "create", "update", "delete",
	"save", "commit", "refresh", "close", "open", "read", "write", "then", "catch", "log", "info", "error", "warn", "debug", "status", "next", "join", "split", "format", "require", "select", "where")

// functions are those of that name in the file and in what it imports.
func (r *reach) functions(from *repo.Source, name string) []body {
	name = strings.TrimSuffix(name, "()")
	if len(name) < 3 || tellingNothing[name] {
		return nil
	}
	var found []body
	for _, src := range r.around(from) {
		if !src.Mentions(name) {
			continue
		}
		for _, span := range r.facts(src).functions[name] {
			found = append(found, body{src, span})
		}
		if len(found) > mostNamed {
			return nil
		}
	}
	return found
}

// around are the file and those it imports, through one file that only passes
// names on.
func (r *reach) around(from *repo.Source) []*repo.Source {
	if list, known := r.near[from.File]; known {
		return list
	}
	list := []*repo.Source{from}
	seen := map[*repo.File]bool{from.File: true}
	var take func(f *repo.File, deep int)
	take = func(f *repo.File, deep int) {
		for _, i := range r.s.Graph().Imports(f) {
			if seen[i.To] || i.To.Role != repo.Production || len(list) >= mostNear {
				continue
			}
			seen[i.To] = true
			if src := r.s.Source(i.To.Path); src != nil && (src.Lang == repo.Python) == (from.Lang == repo.Python) {
				list = append(list, src)
			}
			if stem, _, _ := strings.Cut(i.To.Name(), "."); deep < 1 && (stem == "index" || stem == "__init__") {
				take(i.To, deep+1)
			}
		}
	}
	take(from.File, 0)
	r.near[from.File] = list
	return list
}

// facts reads a file once.
func (r *reach) facts(src *repo.Source) *fileFacts {
	if f := r.files[src.File]; f != nil {
		return f
	}
	f := &fileFacts{functions: map[string][]finding.Span{}}
	r.files[src.File] = f
	if py := src.Py(); py != nil {
		for i := range py.Defs {
			name := strings.Clone(py.Defs[i].Name)
			f.functions[name] = append(f.functions[name], py.Defs[i].Span)
		}
		for i := range py.Calls {
			f.calls = append(f.calls, called{strings.Clone(lastName(py.Calls[i].Callee)), py.Calls[i].Span})
		}
		return f
	}
	if file := src.JS(); file != nil {
		for i := range file.Funcs {
			if file.Funcs[i].Name != "" {
				name := strings.Clone(file.Funcs[i].Name)
				f.functions[name] = append(f.functions[name], file.Funcs[i].Span)
			}
		}
		for i := range file.Calls {
			f.calls = append(f.calls, called{strings.Clone(lastName(file.Calls[i].Callee)), file.Calls[i].Span})
		}
	}
	return f
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
