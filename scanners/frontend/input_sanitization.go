package frontend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// InputSanitization finds text that is put into a page as HTML and that nobody has
// cleaned.
var InputSanitization = check.PerProject(check.Doc{
	ID:         "frontend/input-sanitization",
	Title:      "HTML goes into the page as it is",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "A script in a name, a comment or an imported page runs in the browser of whoever looks at it, signed in as they are.",
	How:        "Show text as text. Where it has to be HTML, clean it where it is put in: DOMPurify.sanitize(html), sanitize-html, or a renderer of Markdown that lets no HTML through.",
	Holds:      "HTML is cleaned before it is shown",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html",
		"https://react.dev/reference/react-dom/components/common#dangerously-setting-the-inner-html",
		"https://github.com/cure53/DOMPurify",
	},
	Peers: []finding.Peer{
		check.Narrower("semgrep", "react-dangerouslysetinnerhtml"),
		check.Narrower("eslint-plugin-react", "no-danger"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("dangerouslySetInnerHTML", "innerHTML", "outerHTML", "insertAdjacentHTML") {
		js := src.JS()
		if js == nil || js.Err != nil || sideFile(src.File) || strings.Contains(src.Path, "{{") || strings.Contains(src.Path, "/email/") {
			continue
		}
		cleaned, made := cleans(js), makesHTML(src, js)
		for _, k := range sinks(js) {
			switch from := harmless(s, src, js, k.value, 0); {
			case from == "cleaned", from == "" && cleaned != "":
				p.Holds(src.At(k.span), "%s is cleaned", k.name)
			case from != "", made:
			case !k.data():
				p.Unproven(src.At(k.span), "%s is given %s; who wrote that was not found", k.name, shorten(src.Redacted(k.value.Span)))
			default:
				p.Report(src.At(k.span), "%s is given %s, and nothing in %s cleans it", k.name, shorten(src.Redacted(k.value.Span)), src.Path).Keyed("%s %s", k.name, src.Redacted(k.value.Span))
			}
		}
	}
	componentFiles(p, s)
	templates(p, s)
})

// sink is a place where text becomes HTML.
type sink struct {
	name  string
	value jslex.Arg
	span  finding.Span
}

func sinks(js *jslex.File) (out []sink) {
	for _, tag := range js.JSXTags {
		if tag.Name == "style" || tag.Name == "script" || tag.Name == "Script" {
			continue // written by the project: themes, structured data
		}
		a, ok := tag.Attr("dangerouslySetInnerHTML")
		if !ok {
			continue
		}
		v := a.Value
		if html, found := v.Prop("__html"); found {
			v = html.Value
		}
		out = append(out, sink{a.Name, v, a.Span})
	}
	for _, a := range js.Assigns {
		object, name, dotted := cutLast(a.Target)
		if dotted && a.Kind == "" && (name == "innerHTML" || name == "outerHTML") && !detached(js, object) {
			out = append(out, sink{name, a.Value, a.Span})
		}
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		if last(c.Callee) == "insertAdjacentHTML" && len(c.Args) > 1 {
			out = append(out, sink{"insertAdjacentHTML", c.Args[1], c.Span})
		}
	}
	return out
}

func cutLast(name string) (object, member string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// detached says whether an element is one that the code makes for itself, mostly to
// read text out of HTML, or a sheet of styles.
func detached(js *jslex.File, object string) bool {
	if strings.Contains(strings.ToLower(object), "style") || strings.Contains(strings.ToLower(object), "template") {
		return true
	}
	for _, a := range js.Assigns {
		if a.Target == object && (last(a.Value.Callee) == "createElement" || last(a.Value.Callee) == "parseFromString") {
			return true
		}
	}
	return false
}

// recordFields are what texts of people are called in records.
var recordFields = map[string]bool{
	"content": true, "body": true, "html": true, "text": true, "message": true, "bio": true, "comment": true, "markdown": true, "summary": true, "excerpt": true, "note": true, "notes": true, "hash": true, "caption": true,
	"search": true, "bodyHtml": true, "contentHtml": true, "innerText": true,
}

// data says whether an expression takes a text out of a record, or puts one together
// with others: one that people may have written.
func (k *sink) data() bool {
	text := k.value.Text()
	if before, _, cast := strings.Cut(text, " as "); cast {
		text = before
	}
	text = strings.TrimSuffix(text, "!")
	if plain := strings.ReplaceAll(text, "?.", "."); !strings.ContainsAny(plain, "()[]{}+ `\"'") {
		object, member, dotted := cutLast(plain)
		return dotted && recordFields[member] && object != "styles"
	}
	if k.name == "dangerouslySetInnerHTML" || !strings.Contains(text, "<") {
		return false
	}
	for _, t := range jslex.Lex([]byte(text)) {
		if t.Kind == jslex.Ident && recordFields[text[t.Span.Start:t.Span.End]] {
			return true
		}
	}
	return false
}

// makesHTML says whether a file makes pictures or coloured code of text, with a
// package that lets nothing through.
func makesHTML(src *repo.Source, js *jslex.File) bool {
	for _, m := range src.Modules() {
		for _, name := range []string{"shiki", "prism", "highlight.js", "hljs", "lowlight", "uqr", "qrcode", "katex", "mermaid", "highlighter", "syntax-highlight"} {
			if strings.Contains(m, name) {
				return true
			}
		}
	}
	for i := range js.Calls {
		low := strings.ToLower(js.Calls[i].Callee)
		if strings.Contains(low, "highlight") || strings.Contains(low, "codetohtml") {
			return true
		}
	}
	return false
}

// cleaners are parts of names of functions after which text is harmless as HTML.
var cleaners = []string{"sanitize", "sanitise", "purify", "escape", "filterxss", "xss", "cleanhtml", "striptags", "safehtml", "encode"}

// makers are parts of names of functions that make HTML of what they are given, and
// let nothing of it through as it is.
var makers = []string{"stringify", "codetohtml", "highlight", "hljs", "prism", "rendertostring", "rendertostaticmarkup", "katex", "toSvg", "tosvg", "mermaid", "shiki", "qrcode", "serialize", "tohtml", "rendersvg", "styletags", "icon", "generatehtml", "t", "$t", "translate", "formatmessage", "i18n"}

// harmless says why an expression cannot carry somebody else's script: "fixed",
// "made", "cleaned"; "" when it may.
func harmless(s *repo.Snapshot, src *repo.Source, js *jslex.File, v jslex.Arg, depth int) string {
	if depth > 4 {
		return ""
	}
	if v.IsLiteral || v.Literal != "" || v.Kind == jslex.ValueNone {
		return "fixed"
	}
	if _, parts := v.Choices(); len(parts) > 0 {
		said := "fixed"
		for _, part := range parts {
			switch h := harmless(s, src, js, part, depth+1); h {
			case "":
				return ""
			case "cleaned", "made":
				said = h
			}
		}
		return said
	}
	if v.Callee != "" {
		low := strings.ToLower(v.Callee)
		for _, word := range cleaners {
			if strings.Contains(low, word) {
				return "cleaned"
			}
		}
		name := strings.ToLower(last(v.Callee))
		for _, word := range makers {
			if name == word || len(word) > 2 && strings.Contains(low, word) {
				return "made"
			}
		}
		if c, ok := v.Call(); ok && (name == "usememo" || name == "usecallback") && len(c.Args) > 0 {
			for _, r := range c.Args[0].Returns() {
				return harmless(s, src, js, r, depth+1)
			}
		}
		return ""
	}
	if v.Ident != "" {
		name, rest, dotted := strings.Cut(v.Ident, ".")
		low := strings.ToLower(v.Ident)
		for _, word := range cleaners {
			if strings.Contains(low, word) {
				return "cleaned"
			}
		}
		if value, ok := js.Variable(name); ok && !v.Parameter() {
			if !dotted {
				return harmless(s, src, js, value, depth+1)
			}
			if p, found := value.Prop(strings.Split(rest, ".")...); found {
				return harmless(s, src, js, p.Value, depth+1)
			}
		}
		if upper := strings.ToUpper(name); name == upper && len(name) > 2 {
			return "fixed" // a constant from elsewhere
		}
		if at, ok := s.Origin(src, v.Ident); ok && at.File != src.File {
			if other := s.Source(at.File.Path); other != nil && other.JS() != nil {
				if value, found := other.JS().Variable(at.Name); found {
					return harmless(s, other, other.JS(), value, depth+1)
				}
			}
		}
		return ""
	}
	if text := v.Text(); strings.HasPrefix(text, "`") && !strings.Contains(text, "${") {
		return "fixed"
	}
	if strings.HasPrefix(v.Text(), "`") { // a template of harmless parts
		return templateParts(s, src, js, v, depth)
	}
	return ""
}

// templateParts says of a template why all that it takes in is harmless.
func templateParts(s *repo.Snapshot, src *repo.Source, js *jslex.File, v jslex.Arg, depth int) string {
	text, at := v.Text(), v.Span.Start
	said := "fixed"
	for i := 0; ; {
		k := strings.Index(text[i:], "${")
		if k < 0 {
			return said
		}
		open := i + k + 2
		end, level := open, 1
		for ; end < len(text) && level > 0; end++ {
			switch text[end] {
			case '{':
				level++
			case '}':
				level--
			}
		}
		if level > 0 {
			return ""
		}
		h := harmless(s, src, js, js.Value(finding.Span{Start: at + open, End: at + end - 1}), depth+1)
		if h == "" {
			return ""
		}
		if h != "fixed" {
			said = h
		}
		i = end
	}
}

// cleans is a call of the file that cleans HTML.
func cleans(js *jslex.File) string {
	for i := range js.Calls {
		low := strings.ToLower(js.Calls[i].Callee)
		for _, word := range []string{"sanitize", "sanitise", "purify", "filterxss", "escapehtml", "cleanhtml"} {
			if strings.Contains(low, word) {
				return js.Calls[i].Callee
			}
		}
	}
	return ""
}

func shorten(text string) string {
	if text = strings.Join(strings.Fields(text), " "); len(text) > 60 {
		return text[:57] + "…"
	}
	return text
}

// templates looks for engines of Python that are told to escape nothing.
func templates(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("autoescape") {
		py := src.Py()
		if py == nil {
			continue
		}
		for i := range py.Calls {
			c := &py.Calls[i]
			if v, ok := c.Arg("autoescape"); ok && last(py.Qualify(c.Callee)) == "Environment" && v.Text() == "False" && src.Says("html", "HTMLResponse", "TemplateResponse") {
				p.Report(src.At(c.Span), "the templates are rendered with autoescape off: what they are given goes into the page as it is").Keyed("autoescape")
			}
		}
	}
}
