package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/jslex"
)

// handOver lets the routers that functions are handed be what the functions are
// called with: setup(app). Twice, for those that hand it on.
func (c *jsRoutes) handOver(sources []jsParsed) {
	if len(c.params) == 0 {
		return
	}
	for range 2 {
		for _, src := range sources {
			for i := range src.js.Calls {
				c.given(src, &src.js.Calls[i])
			}
		}
	}
}

func (c *jsRoutes) given(src jsParsed, call *jslex.Call) {
	required := strings.HasPrefix(call.Callee, "require()")
	if len(call.Args) == 0 || !required && !c.takers[lastPart(call.Callee)] && !c.takers["default"] || call.Decorator {
		return
	}
	for position, a := range call.Args {
		if a.Ident == "" || position > 3 {
			continue
		}
		parent := c.router(src, a.Ident, call.Span.Start)
		if parent == nil || parent.param && parent.alias == nil {
			continue
		}
		for _, p := range c.taking(src, call, position) {
			if r := c.params[p]; r != parent && r.alias == nil {
				r.alias, r.handed, r.framework = parent, call.Span.End, parent.framework
				r.mounts = append(r.mounts, jsMount{parent, "", nil, call.Span.End})
			}
		}
	}
}

// taking are the parameters that the argument of a call becomes.
func (c *jsRoutes) taking(src jsParsed, call *jslex.Call, position int) []jsParam {
	at, ok := c.s.Origin(src.Source, call.Callee)
	if strings.HasPrefix(call.Callee, "require()") { // require("./routes")(app)
		at, ok = Symbol{}, false
		for _, i := range src.js.Imports {
			if i.Require && call.CalleeSpan.Contains(i.ModuleSpan.Start) {
				if f := c.s.imported(src.File, i.ModuleSpan); f != nil {
					at, ok = c.s.exported(f, "default", ""), true
				}
			}
		}
	}
	if !ok {
		return nil
	}
	return c.paramsAt(at, position)
}

// paramsAt are the parameters at a position of the functions that a name means.
func (c *jsRoutes) paramsAt(at Symbol, position int) []jsParam {
	js := c.parsed[at.File]
	if js == nil {
		return nil
	}
	var out []jsParam
	for i := range js.Funcs {
		fn := &js.Funcs[i]
		if fn.Name != at.Name && lastPart(fn.Name) != lastPart(at.Name) && !(at.Name == "default" && (fn.Name == "default" || fn.Name == "module.exports")) {
			continue
		}
		names, _ := paramsOf(js, fn)
		if position < len(names) {
			if p := (jsParam{at.File, fn.Span.Start, names[position]}); c.params[p] != nil {
				out = append(out, p)
			}
		}
	}
	return out
}

// plugin is the router that the function an argument names or writes is handed.
func (c *jsRoutes) plugin(src jsParsed, a jslex.Arg) *jsRouter {
	if a.Kind == jslex.ValueFunc {
		for i := range src.js.Funcs {
			fn := &src.js.Funcs[i]
			if fn.Span.Start < a.Span.Start || fn.Span.End > a.Span.End {
				continue
			}
			names, _ := paramsOf(src.js, fn)
			if len(names) > 0 {
				return c.params[jsParam{src.File, fn.Span.Start, names[0]}]
			}
			return nil
		}
		return nil
	}
	at, ok := Symbol{}, false
	if call, isCall := a.Call(); isCall && len(call.Args) > 0 && (call.Callee == "fp" || call.Callee == "fastifyPlugin") {
		a = call.Args[0]
	}
	switch {
	case a.Ident != "":
		at, ok = c.s.Origin(src.Source, a.Ident)
	case a.Callee == "require" || a.Callee == "import":
		for _, i := range src.js.Imports {
			if a.Span.Contains(i.ModuleSpan.Start) {
				if f := c.s.imported(src.File, i.ModuleSpan); f != nil {
					at, ok = c.s.exported(f, "default", ""), true
				}
			}
		}
	}
	if !ok {
		return nil
	}
	for _, p := range c.paramsAt(at, 0) {
		return c.params[p]
	}
	return nil
}

// maxAutoloads bounds how many directories with plugins are gone through.
const maxAutoloads = 64

// autoload mounts what @fastify/autoload finds: the plugins below a directory,
// each below the path of its own directory.
func (c *jsRoutes) autoload(src jsParsed, parent *jsRouter, call *jslex.Call) bool {
	dir, ok := readDirectory(src.js, call)
	if !ok || c.autoloads > maxAutoloads {
		return false
	}
	c.autoloads++
	dir = path.Join(src.Dir(), dir)
	prefix := ""
	if p, ok := call.Args[1].Prop("options", "prefix"); ok {
		prefix = p.Value.Literal
	}
	cascade := false
	if p, ok := call.Args[1].Prop("cascadeHooks"); ok {
		cascade, _ = p.Value.Bool()
	}
	hooks := map[string]*jsRouter{} // of each directory
	for p, r := range c.params {
		if _, in := under(dir, p.file.Path); in && r.param && strings.HasPrefix(p.file.Name(), "autohooks.") {
			hooks[p.file.Dir()] = r
		}
	}
	c.plugins(dir, parent, call.Span.End)
	for p, r := range c.params {
		if _, in := under(dir, p.file.Path); !in || !r.param {
			continue
		}
		up, base := parent, dir
		for at := p.file.Dir(); ; at = path.Dir(at) {
			if h := hooks[at]; h != nil && h != r && (at == p.file.Dir() || cascade) {
				up, base = h, at
				break
			}
			if at == dir || at == "." {
				break
			}
		}
		below := strings.TrimPrefix(strings.TrimPrefix(p.file.Dir(), base), "/")
		at := strings.ReplaceAll(below, "_", ":")
		if up == parent {
			at = joinRoute(prefix, at)
		}
		r.framework = parent.framework
		r.mounts = append(r.mounts, jsMount{up, at, nil, call.Span.End})
	}
	return true
}

// plugins notes the plugins of packages that files below a directory export as
// theirs: export default fastifyHelmet.
func (c *jsRoutes) plugins(dir string, parent *jsRouter, offset int) {
	for _, f := range c.s.Under(dir) {
		src := c.s.Source(f.Path)
		if src == nil || src.Lang == Python || f.Role != Production {
			continue
		}
		for _, e := range c.s.names(src).exports {
			if e.name != "default" || e.local == "" {
				continue
			}
			js := src.JS()
			module := importedFrom(js, e.local)
			if module == "" || local(module) {
				continue
			}
			m := Middleware{Kind: Extension, Name: e.local, File: f}
			for _, x := range js.Exports {
				switch x.Name {
				case "default":
					m.Span = x.Span
				case "autoConfig":
					if v, ok := js.Variable("autoConfig"); ok {
						m.Args = v.Span
					}
				}
			}
			c.loaded = append(c.loaded, jsLoaded{parent, offset, m})
			parent.runs(jsUse{"", []string{e.local}, -1})
		}
	}
}
