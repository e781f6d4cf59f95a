package repo

import (
	"slices"
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// goIndex is what a package declares, as far as following routes needs it.
type goIndex struct {
	funcs       map[string][]*goFunc // by name, methods too
	fields      map[string]goType    // Type.field
	values      map[string]goType    // variables of the package
	routers     map[string]string    // Type.field → framework
	embeds      map[string]string    // type → the field of the router that it embeds
	bases       map[string][]goType  // type → what else it embeds
	holdsRouter map[string]bool      // types with a field that is a router or a handler
	handlers    map[string]goHandler // variables of the package that hold a function
}

// goType is a named type of the project.
type goType struct{ dir, name string }

// goFunc is a declared function or method.
type goFunc struct {
	file    *File
	dir     string
	recv    string
	name    string
	span    finding.Span
	params  []golex.Param
	routers []int  // parameters that are routers
	result  goType // first result
	results string
}

// index is what the package in dir declares.
func (c *goRoutes) index(dir string) *goIndex {
	if x := c.indexes[dir]; x != nil {
		return x
	}
	x := &goIndex{
		funcs: map[string][]*goFunc{}, fields: map[string]goType{}, values: map[string]goType{}, routers: map[string]string{},
		embeds: map[string]string{}, bases: map[string][]goType{}, holdsRouter: map[string]bool{}, handlers: map[string]goHandler{},
	}
	c.indexes[dir] = x
	p := c.s.GoPackage(dir)
	if p == nil || dir == "" {
		return x
	}
	for _, src := range p.Files {
		if src.Size <= maxSource {
			c.add(x, src)
		}
	}
	return x
}

// add puts what one file declares into the index of its package.
func (c *goRoutes) add(x *goIndex, src *GoSource) {
	file := src.Go()
	for i := range file.Funcs {
		f := &file.Funcs[i]
		if f.Literal() {
			continue
		}
		fn := &goFunc{file: src.File, dir: src.Dir(), recv: strings.Clone(f.Recv), name: strings.Clone(f.Name), span: f.Span, results: strings.Clone(f.Results)}
		for k, p := range f.Params {
			fn.params = append(fn.params, golex.Param{Name: strings.Clone(p.Name), Type: strings.Clone(p.Type)})
			if routerType(file, p.Type) != "" {
				fn.routers = append(fn.routers, k)
				c.takers[fn.name] = true
			}
		}
		first, _, _ := strings.Cut(f.Results, ",")
		if at := strings.LastIndexByte(first, ' '); at >= 0 { // (s *Server, err error)
			first = first[at+1:]
		}
		fn.result = c.typeRef(src, file, first)
		x.funcs[fn.name] = append(x.funcs[fn.name], fn)
	}
	for i := range file.Types {
		t := &file.Types[i]
		for _, f := range t.Fields {
			name := strings.Clone(t.Name + "." + f.Name)
			if ref := c.typeRef(src, file, f.Type); ref.name != "" {
				x.fields[name] = ref
				if f.Embedded {
					x.bases[t.Name] = append(x.bases[t.Name], ref)
				}
			}
			framework := routerType(file, f.Type)
			if framework != "" || strings.HasSuffix(f.Type, "http.Handler") {
				x.holdsRouter[strings.Clone(t.Name)] = true
				c.fields[strings.Clone(f.Name)] = true
			}
			if framework != "" {
				x.routers[name] = framework
				c.fields[strings.Clone(f.Name)] = true
				if f.Embedded {
					x.embeds[strings.Clone(t.Name)] = strings.Clone(f.Name)
					c.embeds = true
				}
			}
		}
	}
	for i := range file.Assigns {
		if a := &file.Assigns[i]; a.Func < 0 {
			if h, ok := heldHandler(src, file, a.Value); ok {
				h.name = strings.Clone(a.Target)
				x.handlers[h.name] = h
			}
			ref := c.typeRef(src, file, a.Type)
			if a.Value.Kind == golex.ValueComposite && ref.name == "" {
				ref = c.typeRef(src, file, a.Value.Name)
			}
			if ref.name != "" {
				x.values[strings.Clone(a.Target)] = ref
			}
		}
	}
}

// heldHandler is the function literal that a value is, wrappers around it taken
// off.
func heldHandler(src *GoSource, file *golex.File, a golex.Arg) (h goHandler, ok bool) {
	for range maxHops {
		if i := file.FuncOf(a); i >= 0 {
			h.file, h.span = src.File, file.Funcs[i].Span
			return h, true
		}
		call, is := file.CallOf(a)
		if !is {
			return h, false
		}
		at := slices.IndexFunc(call.Args, func(x golex.Arg) bool { return x.Kind == golex.ValueFunc || x.Kind == golex.ValueCall })
		if at < 0 {
			return h, false
		}
		if !goConversions[goQualified(file, call.Callee)] {
			h.around = append(h.around, strings.Clone(call.Callee))
		}
		a = call.Args[at]
	}
	return h, false
}

// typeRef is the type of the project that a type's text names, the zero goType for
// any other.
func (c *goRoutes) typeRef(src *GoSource, file *golex.File, text string) goType {
	text = strings.TrimLeft(text, "*&[]. ")
	if i := strings.IndexAny(text, "[{("); i >= 0 {
		text = text[:i]
	}
	on, name, dotted := cutLast(text)
	if !dotted {
		if text == "" || strings.ContainsAny(text, " \t\n") || builtinType(text) {
			return goType{}
		}
		return goType{src.Dir(), strings.Clone(text)}
	}
	if p := c.s.GoImport(src.File, file.ImportOf(on)); p != nil {
		return goType{p.Dir, strings.Clone(name)}
	}
	return goType{}
}

func builtinType(name string) bool {
	switch name {
	case "string", "bool", "error", "any", "byte", "rune", "func", "map", "chan", "struct", "interface":
		return true
	}
	return strings.HasPrefix(name, "int") || strings.HasPrefix(name, "uint") || strings.HasPrefix(name, "float")
}

func (g *goScope) typeRef(text string) goType { return g.c.typeRef(g.src, g.file, text) }

// typeOf is the type of the project that a dotted name has in function fn, the
// zero goType when it is not known.
func (g *goScope) typeOf(name string, fn int) goType {
	if made, ok := strings.CutSuffix(name, "()"); ok { // api.NewServer(…).Routes
		if f := g.function(made, fn); f != nil {
			return f.result
		}
		return goType{}
	}
	if strings.ContainsAny(name, "([{") {
		return goType{}
	}
	root, rest, more := strings.Cut(name, ".")
	t := g.rootType(root, fn)
	for more && t.name != "" {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		t = g.c.index(t.dir).fields[t.name+"."+part]
	}
	return t
}

// rootType is the type of a name without dots. Each is found once; while it is
// looked for, it is not known.
func (g *goScope) rootType(name string, fn int) goType {
	k := key(name, strconv.Itoa(fn))
	t, known := g.types[k]
	if !known {
		g.types[k] = goType{}
		t = g.findType(name, fn)
		g.types[k] = t
	}
	return t
}

func (g *goScope) findType(name string, fn int) goType {
	for at, steps := fn, 0; at >= 0 && steps < maxScopes; at, steps = g.file.Funcs[at].Parent, steps+1 {
		f := &g.file.Funcs[at]
		if f.RecvName == name && f.Recv != "" {
			return goType{g.dir, f.Recv}
		}
		for _, p := range f.Params {
			if p.Name == name {
				return g.typeRef(p.Type)
			}
		}
		for _, i := range g.assigns[name] {
			if a := &g.file.Assigns[i]; a.Func == at && a.Index == 0 {
				if t := g.valueType(a); t.name != "" {
					return t
				}
			}
		}
	}
	return g.c.index(g.dir).values[name]
}

// valueType is the type of what is assigned.
func (g *goScope) valueType(a *golex.Assign) goType {
	switch {
	case a.Type != "":
		return g.typeRef(a.Type)
	case a.Value.Kind == golex.ValueComposite:
		return g.typeRef(a.Value.Name)
	case a.Value.Kind == golex.ValueIdent && a.Value.Name != a.Target:
		return g.typeOf(a.Value.Name, a.Func)
	case a.Value.Kind == golex.ValueCall:
		if call, ok := g.file.CallOf(a.Value); ok {
			if call.Callee == "new" {
				return g.typeRef(call.At(0).Name)
			}
			if f := g.function(call.Callee, a.Func); f != nil {
				return f.result
			}
		}
	}
	return goType{}
}

// function is the declared function or method that a name means in function fn,
// nil when it is not the project's or not known.
func (g *goScope) function(name string, fn int) *goFunc {
	on, last, dotted := cutLast(name)
	if !dotted {
		return g.c.index(g.dir).function("", name)
	}
	if from := g.file.ImportOf(on); from != "" && !strings.Contains(on, ".") {
		if p := g.c.s.GoImport(g.src.File, from); p != nil {
			return g.c.index(p.Dir).function("", last)
		}
	}
	if t := g.typeOf(on, fn); t.name != "" {
		return g.c.methodOf(t, last, 0)
	}
	own := g.c.index(g.dir)
	if f := own.function(on, last); f != nil { // T.method
		return f
	}
	var only *goFunc
	for _, f := range own.funcs[last] {
		if f.recv != "" {
			if only != nil {
				return nil
			}
			only = f
		}
	}
	return only
}

func (x *goIndex) function(recv, name string) *goFunc {
	for _, f := range x.funcs[name] {
		if f.recv == recv {
			return f
		}
	}
	return nil
}

// maxBases is how deep embedded types are followed.
const maxBases = 4

func (c *goRoutes) methodOf(t goType, name string, depth int) *goFunc {
	x := c.index(t.dir)
	if f := x.function(t.name, name); f != nil {
		return f
	}
	if depth < maxBases {
		for _, base := range x.bases[t.name] {
			if f := c.methodOf(base, name, depth+1); f != nil {
				return f
			}
		}
	}
	return nil
}
