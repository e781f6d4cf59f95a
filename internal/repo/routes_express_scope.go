package repo

import (
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// jsParam is a parameter of a function.
type jsParam struct {
	file *File
	fn   int // where the function begins
	name string
}

// The names and types by which functions are handed an application or a router.
var (
	routerParameter = set("app", "router", "server", "fastify", "instance", "api", "application", "f")
	routerTypes     = []string{"FastifyInstance", "Express", "Application", "Router", "IRouter", "Hono", "OpenAPIHono", "Elysia", "Koa", "Core.Express"}
	pluginTypes     = []string{"FastifyPluginAsync", "FastifyPluginCallback", "FastifyPlugin"}
)

// funcAt is the innermost function around an offset, nil at module level.
func funcAt(js *jslex.File, offset int) *jslex.Func {
	i := sort.Search(len(js.Funcs), func(i int) bool { return js.Funcs[i].Span.Start > offset }) - 1
	for i >= 0 && js.Funcs[i].Span.End <= offset {
		i = js.Funcs[i].Outer
	}
	if i < 0 {
		return nil
	}
	return &js.Funcs[i]
}

// scopeAt is the function around an offset, or the whole file.
func scopeAt(js *jslex.File, offset int) finding.Span {
	if fn := funcAt(js, offset); fn != nil {
		return fn.Span
	}
	return finding.Span{Start: 0, End: 1 << 40}
}

// maxNesting bounds how many functions around a call are asked.
const maxNesting = 32

// maxHeadText bounds how much of a function's head is looked at.
const maxHeadText = 1 << 10 // bytes

// paramsOf are the names of a function's parameters with what is written behind
// each: its type and default.
func paramsOf(js *jslex.File, fn *jslex.Func) (names, types []string) {
	head := js.Text(finding.Span{Start: fn.Span.Start, End: min(fn.BodySpan.Start, fn.Span.Start+maxHeadText)})
	open := strings.IndexByte(head, '(')
	arrow := strings.Index(head, "=>")
	if open < 0 || arrow >= 0 && arrow < open {
		name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(head[:max(arrow, 0)]), "async "))
		return []string{name}, []string{""}
	}
	depth, from := 0, open+1
	for i := open; i < len(head); i++ {
		switch head[i] {
		case '(', '{', '[', '<':
			depth++
		case ')', '}', ']', '>':
			if head[i] == '>' && head[i-1] == '=' {
				continue
			}
			if depth--; depth > 0 {
				continue
			}
		case ',':
			if depth > 1 {
				continue
			}
		default:
			continue
		}
		if depth > 1 || i == open {
			continue
		}
		name, typed, _ := strings.Cut(head[from:i], ":")
		name, _, _ = strings.Cut(name, "=")
		if depth > 0 || strings.TrimSpace(head[from:i]) != "" {
			names, types = append(names, strings.Trim(name, " \t\r\n?.")), append(types, typed)
		}
		from = i + 1
		if depth == 0 {
			break
		}
	}
	return names, types
}

// parameters declares the routers that a file's functions are handed: those
// whose parameter is named or typed as one and that use it as one.
func (c *jsRoutes) parameters(src jsParsed) {
	js := src.js
	framework := ""
	for i := range js.Calls {
		call := &js.Calls[i]
		root, verb, ok := cutLast(call.Callee)
		if !ok || call.Func == "" && funcAt(js, call.Span.Start) == nil {
			continue
		}
		root, _, _ = strings.Cut(root, ".")
		if httpMethods[verb] == "" && verb != "use" && verb != "register" && verb != "route" && verb != "addHook" && verb != "openapi" || len(call.Args) == 0 || strings.Contains(root, "(") {
			continue
		}
		levels := 0
		for fn := funcAt(js, call.Span.Start); fn != nil && levels < maxNesting; fn = outer(js, fn) {
			levels++
			at := jsParam{src.File, fn.Span.Start, root}
			if c.params[at] != nil {
				break
			}
			position := c.routerParam(js, fn, root)
			if position == -1 {
				continue
			}
			if position < -1 {
				break // a parameter that is something else
			}
			if framework == "" {
				framework = frameworkOf(js)
			}
			at.name = strings.Clone(root)
			c.params[at] = &jsRouter{framework: framework, param: true, file: src.File, name: at.name, span: fn.Span, scope: fn.Span}
			if fn.Name != "" {
				c.takers[strings.Clone(lastPart(fn.Name))] = true
			}
			break
		}
	}
}

func outer(js *jslex.File, fn *jslex.Func) *jslex.Func {
	if fn.Outer < 0 {
		return nil
	}
	return &js.Funcs[fn.Outer]
}

// routerParam is the position of a function's parameter that is a router, -1
// when the function has none of that name, -2 when that one is no router.
func (c *jsRoutes) routerParam(js *jslex.File, fn *jslex.Func, name string) int {
	names, types := paramsOf(js, fn)
	for i, n := range names {
		if n != name {
			continue
		}
		typed, _, _ := strings.Cut(types[i], "=")
		typed = strings.TrimSpace(typed)
		for _, t := range routerTypes {
			if typed == t || strings.HasPrefix(typed, t+"<") || strings.HasSuffix(typed, "."+t) {
				return i
			}
		}
		if typed == "" && i <= 1 && (routerParameter[name] || i == 0 && isPlugin(js, fn)) || typed == "any" && routerParameter[name] {
			return i
		}
		return -2
	}
	return -1
}

// isPlugin says whether a function is declared as a plugin of fastify: by the
// type of the variable, or by what it is given to.
func isPlugin(js *jslex.File, fn *jslex.Func) bool {
	before := js.Text(finding.Span{Start: max(0, fn.Span.Start-120), End: fn.Span.Start})
	before = strings.TrimRight(before, " \t\r\n")
	before = before[strings.LastIndexAny(before, ";\n")+1:]
	for _, t := range pluginTypes {
		if strings.Contains(before, t) {
			return true
		}
	}
	return strings.HasSuffix(before, ".register(") || strings.Contains(before, "fp(") || strings.Contains(before, "fastifyPlugin(")
}

// router is the router that a name stands for at an offset of src.
func (c *jsRoutes) router(src jsParsed, name string, offset int) *jsRouter {
	name = strings.TrimPrefix(name, "this.")
	if name == "" {
		return nil
	}
	levels := 0
	for fn := funcAt(src.js, offset); fn != nil && levels < maxNesting && len(c.params) > 0; fn = outer(src.js, fn) {
		levels++
		if r := c.params[jsParam{src.File, fn.Span.Start, name}]; r != nil {
			return r
		}
	}
	if r := c.inScope(Symbol{src.File, name}, offset); r != nil {
		return r
	}
	if r := c.assigned(src, name); r != nil {
		return r
	}
	at, ok := c.s.Origin(src.Source, name)
	if !ok || at.File == src.File && at.Name == name {
		return nil
	}
	if r := c.inScope(at, -1); r != nil {
		return r
	}
	if js := c.parsed[at.File]; js != nil {
		return c.assigned(jsParsed{c.s.Source(at.File.Path), js}, at.Name)
	}
	return nil
}

// inScope is the router of a name whose scope is the narrowest around an offset;
// seen from another file (-1), the first.
func (c *jsRoutes) inScope(at Symbol, offset int) *jsRouter {
	var found *jsRouter
	for _, r := range c.routers[at] {
		if offset >= 0 && !r.scope.Contains(offset) && len(c.routers[at]) > 1 {
			continue
		}
		if found == nil || r.scope.Len() < found.scope.Len() && offset >= 0 {
			found = r
		}
	}
	return found
}

// assigned is the router that a variable gets from a function that makes one, or
// from an object that holds one: app = createApp(), routes.router where routes =
// new Routes().
func (c *jsRoutes) assigned(src jsParsed, name string) *jsRouter {
	base, member, dotted := cutLast(name)
	for i := range src.js.Assigns {
		a := &src.js.Assigns[i]
		switch {
		case a.Value.Kind != jslex.ValueCall:
		case a.Target == name:
			if r := c.made(src, a.Value.Callee); r != nil {
				return r
			}
		case dotted && a.Target == base:
			if r := c.memberOf(src, a.Value.Callee, member); r != nil {
				return r
			}
		}
	}
	return nil
}

// memberOf is the router that an object of a class holds.
func (c *jsRoutes) memberOf(src jsParsed, class, member string) *jsRouter {
	if at, ok := c.s.Origin(src.Source, class); ok {
		return c.inScope(Symbol{at.File, member}, -1)
	}
	return nil
}

// made is the router that a function of the project makes: its application, or
// the first that it makes.
func (c *jsRoutes) made(src jsParsed, callee string) *jsRouter {
	if callee == "" || strings.Contains(callee, "()") {
		return nil
	}
	at, ok := c.s.Origin(src.Source, callee)
	if !ok || !c.makers[lastPart(at.Name)] {
		return nil
	}
	js := c.parsed[at.File]
	if js == nil {
		return nil
	}
	var found *jsRouter
	for i := range js.Funcs {
		fn := &js.Funcs[i]
		if lastPart(fn.Name) != lastPart(at.Name) {
			continue
		}
		for start, r := range c.chains[at.File] {
			if fn.Span.Contains(start) && (found == nil || r.app && !found.app || r.app == found.app && r.span.Start < found.span.Start) {
				found = r
			}
		}
	}
	return found
}
