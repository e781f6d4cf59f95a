package repo

import (
	"strconv"
	"strings"

	"drydock/internal/repo/golex"
)

// goScope is one file while its routes are read: what its names mean.
type goScope struct {
	c       *goRoutes
	src     *GoSource
	file    *golex.File
	dir     string
	assigns map[string][]int  // by target
	chains  map[int][]int     // calls by where their callee begins, in order
	types   map[string]goType // of names in functions; see rootType
	depth   int
}

func newGoScope(c *goRoutes, src *GoSource) *goScope {
	g := &goScope{c: c, src: src, file: src.Go(), dir: src.Dir(), assigns: map[string][]int{}, chains: map[int][]int{}, types: map[string]goType{}}
	for i := range g.file.Assigns {
		t := g.file.Assigns[i].Target
		g.assigns[t] = append(g.assigns[t], i)
	}
	for i := range g.file.Calls {
		at := g.file.Calls[i].CalleeSpan.Start
		g.chains[at] = append(g.chains[at], i)
	}
	return g
}

// declare finds where routers are kept: variables, fields, results of functions.
func (g *goScope) declare() {
	for i := range g.file.Assigns {
		a := &g.file.Assigns[i]
		if a.Index > 0 || a.Value.Kind != golex.ValueCall && a.Value.Kind != golex.ValueIdent && a.Value.Kind != golex.ValueComposite {
			continue
		}
		if r := g.router(a.Value, a.Func); r != nil {
			g.keep(a.Target, a.Func, r)
		}
	}
	for i := range g.file.Composites {
		g.fields(&g.file.Composites[i])
	}
	for i := range g.file.Returns {
		x := &g.file.Returns[i]
		if x.Func < 0 || len(x.Values) == 0 || g.file.Funcs[x.Func].Literal() {
			continue
		}
		if r := g.router(x.Values[0], x.Func); r != nil {
			fn := &g.file.Funcs[x.Func]
			g.c.routers[key("result", g.dir, fn.Recv, fn.Name)] = r
			g.c.givers[strings.Clone(fn.Name)] = true
		}
	}
}

func key(parts ...string) string { return strings.Join(parts, "\x00") }

// keep remembers the router that a name holds.
func (g *goScope) keep(target string, fn int, r *goRouter) {
	on, field, dotted := cutLast(target)
	switch {
	case dotted:
		g.c.fields[strings.Clone(field)] = true
		if t := g.typeOf(on, fn); t.name != "" {
			g.c.routers[key("field", t.dir, t.name, field)] = r
		} else {
			g.c.routers[key("field", g.dir, "", field)] = r
		}
	case fn < 0:
		g.c.routers[key("package", g.dir, target)] = r
	default:
		for at := fn; at >= 0; at = g.file.Funcs[at].Parent { // x = … of the function around
			if _, known := g.c.routers[g.local(at, target)]; known {
				fn = at
				break
			}
		}
		if _, known := g.c.routers[key("package", g.dir, target)]; known && g.c.routers[g.local(fn, target)] == nil && !g.declares(target, fn) {
			g.c.routers[key("package", g.dir, target)] = r
			return
		}
		g.c.routers[g.local(fn, target)] = r
	}
}

// declares says whether a function declares a variable of that name.
func (g *goScope) declares(name string, fn int) bool {
	for _, i := range g.assigns[name] {
		if a := &g.file.Assigns[i]; a.Func == fn && a.Op != "=" {
			return true
		}
	}
	return false
}

func (g *goScope) local(fn int, name string) string {
	return key("local", g.src.Path, strconv.Itoa(fn), name)
}

// fields remembers the routers that a composite literal puts into fields.
func (g *goScope) fields(c *golex.Composite) {
	t := g.typeRef(c.Type)
	if x := g.c.indexes[t.dir]; x == nil || !x.holdsRouter[t.name] {
		return
	}
	for _, p := range g.file.Elements(c.Span) {
		if p.Key.Kind != golex.ValueIdent {
			continue
		}
		if r := g.router(p.Value, c.Func); r != nil {
			g.c.routers[key("field", t.dir, t.name, p.Key.Name)] = r
		}
	}
}

// path is the literal that an expression gives, with what is not known in braces.
func (g *goScope) path(a golex.Arg, fn int) string {
	var b strings.Builder
	for _, t := range g.file.Terms(a) {
		switch t.Kind {
		case golex.ValueString:
			b.WriteString(t.Literal)
		case golex.ValueIdent:
			v, ok := g.text(t.Name, fn)
			if !ok {
				v = "{" + lastPart(t.Name) + "}"
			}
			b.WriteString(v)
		default:
			call, ok := g.file.CallOf(t)
			if ok && (call.Callee == "path.Join" || call.Callee == "fmt.Sprintf" || call.Callee == "strings.TrimSuffix") {
				b.WriteString(g.joined(call, fn))
				continue
			}
			b.WriteString("{" + lastPart(strings.TrimSuffix(t.Name, "()")) + "}")
			if ok && len(call.Args) == 1 && strings.HasPrefix(call.Args[0].Literal, "/") { // prefixed("/x")
				b.WriteString(call.Args[0].Literal)
			}
		}
	}
	return b.String()
}

// joined is what path.Join and fmt.Sprintf give.
func (g *goScope) joined(call *golex.Call, fn int) string {
	if g.depth >= maxChain || len(call.Args) == 0 {
		return ""
	}
	g.depth++
	defer func() { g.depth-- }()
	switch call.Callee {
	case "path.Join":
		var parts []string
		for _, a := range call.Args {
			parts = append(parts, g.path(a, fn))
		}
		return joinRoute(parts...)
	case "fmt.Sprintf":
		out := call.Args[0].Literal
		for _, a := range call.Args[1:] {
			if i := strings.IndexByte(out, '%'); i >= 0 && i+1 < len(out) {
				out = out[:i] + g.path(a, fn) + out[i+2:]
			}
		}
		return out
	}
	return g.path(call.Args[0], fn)
}

// text is the one literal that a name has: a variable of the function that is
// set once, a constant of the package or of another.
func (g *goScope) text(name string, fn int) (string, bool) {
	found, n := "", 0
	for _, i := range g.assigns[name] {
		a := &g.file.Assigns[i]
		if a.Func >= 0 && g.file.Outer(a.Func) == g.file.Outer(fn) {
			found, n = a.Value.Literal, n+1
			if a.Value.Kind != golex.ValueString || a.Op == "+=" {
				n = 2
			}
		}
	}
	if n > 0 {
		return found, n == 1
	}
	v := g.c.s.goConst(g.src, g.file, name)
	return v, v != ""
}
