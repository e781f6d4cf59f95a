package security

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// requestWords pass over the files that know no request.
var requestWords = []string{"req", "request", "ctx", "searchParams", "Request", "APIRouter", "FastAPI", "query", "event"}

// inputs are the names that hold what a request says, in one source file.
type inputs struct {
	roots []string // expressions that read a request wherever they stand
	names []input  // variables and parameters
}

type input struct {
	name  string
	scope finding.Span // where the name means this
}

// scriptRoots are how servers in JavaScript read requests.
var scriptRoots = []string{
	"req.query", "req.body", "req.params", "req.headers", "req.cookies", "req.url", "request.query", "request.body", "request.params", "request.headers",
	"ctx.query", "ctx.params", "ctx.request.body", "ctx.request.query", "c.req.query", "c.req.param", "c.req.json", "request.json()", "req.json()", "req.param(",
	"searchParams.get", "request.nextUrl.searchParams", "event.queryStringParameters", "request.formData()", "req.formData()",
}

// pythonRoots are how servers in Python read requests.
var pythonRoots = []string{
	"request.args", "request.form", "request.json", "request.get_json", "request.values", "request.data", "request.cookies", "request.GET", "request.POST",
	"request.body", "request.query_params", "request.path_params", "request.match_info", "request.query.get", "request.query[", "request.rel_url.query", "self.request.query_params", "self.request.data",
}

// inputsOf finds them, following assignments within functions.
func inputsOf(s *repo.Snapshot, src *repo.Source) *inputs {
	in := &inputs{}
	switch {
	case src.Py() != nil:
		in.python(s, src)
	case src.JS() != nil:
		in.script(src)
	}
	return in
}

func (in *inputs) script(src *repo.Source) {
	js := src.JS()
	in.roots = scriptRoots
	for range 3 { // a value goes through few variables
		before := len(in.names)
		for i := range js.Assigns {
			a := &js.Assigns[i]
			if in.has(a.Target, a.TargetSpan.Start) || !in.passes(a.Value.Text(), a.Value.Span.Start) {
				continue
			}
			in.names = append(in.names, input{a.Target, scopeOf(js, a.Span.Start)})
		}
		if len(in.names) == before {
			break
		}
	}
}

// scopeOf is the function around an offset, or the whole file.
func scopeOf(js *jslex.File, offset int) finding.Span {
	best := finding.Span{End: 1 << 40}
	for i := range js.Funcs {
		if f := &js.Funcs[i]; f.Span.Contains(offset) && f.Span.Len() < best.Len() {
			best = f.Span
		}
	}
	return best
}

// checkedValue says whether a call turns its argument into what can do no harm.
func checkedValue(callee string) bool {
	switch lastOf(callee) {
	case "Number", "parseInt", "parseFloat", "Boolean", "int", "float", "bool", "len", "UUID", "encodeURIComponent", "quote", "escape", "secure_filename", "parse", "safeParse", "validate", "basename", "BigInt", "toString":
		return lastOf(callee) != "parse" || callee != "JSON.parse"
	}
	return false
}

// plainTypes are annotations of parameters that hold no text.
var plainTypes = []string{"int", "float", "bool", "UUID", "uuid.UUID", "date", "datetime", "Decimal", "UUID4", "UploadFile"}

func (in *inputs) python(s *repo.Snapshot, src *repo.Source) {
	py := src.Py()
	in.roots = pythonRoots
	for _, r := range s.Routes() {
		if r.HandlerFile == nil || r.HandlerFile.Path != src.Path {
			continue
		}
		for i := range py.Defs {
			d := &py.Defs[i]
			if d.Kind == pylex.Class || !r.HandlerSpan.Contains(d.NameSpan.Start) || d.Name != lastOf(r.Handler) {
				continue
			}
			for _, p := range d.Params {
				if takesInput(&r, &p) {
					in.names = append(in.names, input{p.Name, d.BodySpan})
				}
			}
		}
	}
	for range 3 {
		before := len(in.names)
		for i := range py.Assigns {
			a := &py.Assigns[i]
			if a.Func < 0 || in.has(a.Target, a.TargetSpan.Start) || !in.passes(a.Value.Text(), a.Value.Span.Start) {
				continue
			}
			in.names = append(in.names, input{a.Target, py.Defs[a.Func].BodySpan})
		}
		if len(in.names) == before {
			break
		}
	}
}

// takesInput says whether a handler's parameter is text of the request.
func takesInput(r *repo.Route, p *pylex.Param) bool {
	if p.Star != "" || p.Name == "self" || p.Name == "request" || p.Name == "cls" {
		return false
	}
	inPath := strings.Contains(r.Path, "{"+p.Name) || strings.Contains(r.Path, p.Name+">") || strings.Contains(r.Path, ":"+p.Name)
	switch r.Framework {
	case "fastapi":
		switch lastOf(p.Default.Callee) {
		case "Depends", "Security", "File":
			return false
		}
		base, _, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(p.Annotation, "Optional[", "")), "|")
		if strings.Contains(p.Annotation, "Depends") || slices.Contains(plainTypes, strings.Trim(strings.TrimSpace(base), "]")) {
			return false
		}
		return base == "" || strings.HasPrefix(base, "str") || strings.HasPrefix(base, "Annotated[str") || strings.HasPrefix(base, "dict")
	case "flask", "django", "aiohttp":
		return inPath && !strings.Contains(r.Path, "int:") && !strings.Contains(r.Path, "uuid:")
	}
	return false
}

// passes says whether a value that is assigned is still what the request says: what
// some function makes of it is not.
func (in *inputs) passes(text string, at int) bool {
	if !in.in(text, at) {
		return false
	}
	callee, args, call := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "await "), "new "), "(")
	if !call || strings.ContainsAny(callee, " \"'`{[?+<>=!&|") || !strings.HasSuffix(text, ")") {
		return true
	}
	if checkedValue(callee) {
		return false
	}
	switch lastOf(callee) {
	case "String", "decodeURIComponent", "decodeURI", "unquote", "str", "URL", "getlist", "unquote_plus":
		return true
	}
	if callee == "JSON.parse" || callee == "json.loads" || callee == "" {
		return true
	}
	root, _, _ := strings.Cut(callee, ".")
	return in.has(root, at) || slices.ContainsFunc(in.roots, func(r string) bool { return strings.HasPrefix(callee+"("+args, r) })
}

// has says whether the name is known there.
func (in *inputs) has(name string, at int) bool {
	return slices.ContainsFunc(in.names, func(i input) bool { return i.name == name && i.scope.Contains(at) })
}

// in says whether an expression that stands at the offset holds what a request says.
func (in *inputs) in(text string, at int) bool {
	if len(text) > maxExpression {
		return false
	}
	for _, root := range in.roots {
		if i := strings.Index(text, root); i >= 0 && (i == 0 || !nameByte(text[i-1]) && text[i-1] != '.') {
			return true
		}
	}
	for _, n := range in.names {
		if n.scope.Contains(at) && holdsName(text, n.name) {
			return true
		}
	}
	return false
}

const maxExpression = 2000 // bytes of an expression that is looked through

// holdsName says whether the text uses the name as code: whole, not after a dot,
// not as a key, and outside plain texts.
func holdsName(text, name string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(name)
		if (i == 0 || !nameByte(text[i-1]) && text[i-1] != '.') && (end == len(text) || !nameByte(text[end])) && !keyed(text[end:]) && !inPlainText(text, i) {
			return true
		}
		at = end
	}
}

// keyed says whether a name stands before the value it names: {url: x}, f(url=x).
func keyed(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==")
}

// inPlainText says whether an offset is inside quotes and not in a substitution.
func inPlainText(text string, at int) bool {
	quote, depth := byte(0), 0
	for i := 0; i < at; i++ {
		c := text[i]
		switch {
		case c == '\\':
			i++
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote, depth = c, 0
		case quote != 0 && c == quote && depth == 0:
			quote = 0
		case quote != 0 && c == '{':
			depth++
		case quote != 0 && c == '}' && depth > 0:
			depth--
		}
	}
	return quote != 0 && depth == 0
}

func nameByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// requestSources are the running sources that may read requests and hold one of the
// words.
func requestSources(s *repo.Snapshot, words ...string) []*repo.Source {
	return slices.DeleteFunc(s.RunningSources(words...), func(src *repo.Source) bool { return !mayRead(s, src) })
}

// mayRead says, without parsing, whether a source may read requests.
func mayRead(s *repo.Snapshot, src *repo.Source) bool {
	roots := scriptRoots
	if src.Lang == repo.Python {
		if holdsRoute(s, src) {
			return true
		}
		roots = pythonRoots
	}
	if !src.Mentions(requestWords...) {
		return false
	}
	return slices.ContainsFunc(roots, func(r string) bool { return src.Mentions(r) && bytes.Contains(src.Bytes(), []byte(r)) })
}

// holdsRoute says whether the file has a handler of a route.
func holdsRoute(s *repo.Snapshot, src *repo.Source) bool {
	return repo.Shared(s, "security handlers", func() map[string]bool {
		files := map[string]bool{}
		for _, r := range s.Routes() {
			if r.HandlerFile != nil {
				files[r.HandlerFile.Path] = true
			}
		}
		return files
	})[src.Path]
}
