package jslex

import (
	"strings"

	"drydock/internal/finding"
)

// importAt reads what the keyword import at i begins.
func (f *File) importAt(i int) {
	if f.is(i-1, ".") || f.is(i+1, "(") { // a call is read at its parenthesis
		return
	}
	if f.is(i+1, ".") {
		f.envAt(i)
		return
	}
	imp := Import{}
	j := i + 1
	if f.kind(j) == String {
		f.addImport(imp, i, j)
		return
	}
	if f.word(j, "type") && f.kind(j) == Ident && !f.word(j+1, "from") && !f.is(j+1, ",") && !f.is(j+1, "=") {
		imp.TypeOnly = true
		j++
	}
	if f.kind(j) == Ident && (f.word(j, "defer") || f.word(j, "source")) && f.isName(j+1) && !f.word(j+1, "from") {
		j++
	}
	if f.kind(j) == Ident {
		imp.Default = f.text(j)
		j++
		if f.is(j, "=") { // import x = require("m") is read at its parenthesis
			return
		}
		if f.is(j, ",") {
			j++
		}
	}
	if f.is(j, "*") && f.word(j+1, "as") && f.isName(j+2) {
		imp.Namespace = f.text(j + 2)
		j += 3
	} else if f.is(j, "{") {
		imp.Names = f.specifiers(j)
		j = f.skip(j)
	}
	if f.word(j, "from") && f.kind(j+1) == String {
		f.addImport(imp, i, j+1)
	}
}

// addImport completes the import of a statement that begins at i and names
// its module at token m.
func (f *File) addImport(imp Import, i, m int) {
	imp.Module = f.unquote(m)
	imp.ModuleSpan = f.span(m, m+1)
	end := m + 1
	if (f.word(end, "with") || f.word(end, "assert")) && f.is(end+1, "{") {
		end = f.skip(end + 1)
	}
	if f.is(end, ";") {
		end++
	}
	imp.Span = f.span(i, end)
	f.Imports = append(f.Imports, imp)
}

// specifiers reads { a, b as c, type D } whose brace is at i.
func (f *File) specifiers(i int) []ImportName {
	var out []ImportName
	end := int(f.match[i])
	for j := i + 1; j < end; j++ {
		if !f.isName(j) && f.kind(j) != String {
			continue
		}
		n := ImportName{}
		if f.word(j, "type") && (f.isName(j+1) && !f.word(j+1, "as") || f.word(j+1, "as") && f.isName(j+2) && f.isName(j+3)) {
			n.TypeOnly = true
			j++
		}
		n.Name = f.keyAt(j)
		if f.word(j+1, "as") && j+2 < end && (f.isName(j+2) || f.kind(j+2) == String) {
			n.Alias = f.keyAt(j + 2)
			j += 2
		}
		out = append(out, n)
	}
	return out
}

// importCall records import("m") whose parenthesis is at open.
func (f *File) importCall(open, first int) {
	m := open + 1
	if f.kind(m) == TemplateHead {
		f.importPattern(open, first)
		return
	}
	if !f.wholeLiteral(m) {
		return
	}
	end := f.closer(open)
	imp := Import{Dynamic: true, Module: f.unquote(m), ModuleSpan: f.span(m, m+1), Span: f.span(first, min(end+1, len(f.t)))}
	if f.is(end+1, ".") && f.kind(end+2) == Ident && !f.is(end+3, "(") && !f.is(first-1, "=") || f.kind(first-1) == Keyword && f.text(first-1) == "typeof" {
		imp.TypeOnly = f.inTypePosition(first)
	}
	if f.is(end+1, ".") && f.word(end+2, "then") && f.is(end+3, "(") {
		imp.Names = f.thenNames(end + 4)
	}
	f.bind(&imp, first)
	f.Imports = append(f.Imports, imp)
}

// importPattern records import(`./a/${b}.ts`): what is filled in stands as *.
func (f *File) importPattern(open, first int) {
	m, end := open+1, f.closer(open)
	close := int(f.match[m])
	if close < 0 || !f.is(close+1, ")") && !f.is(close+1, ",") {
		return
	}
	head, tail := f.text(m), f.text(close)
	module := strings.TrimSuffix(strings.TrimPrefix(head, "`"), "${") + "*" + strings.TrimSuffix(strings.TrimPrefix(tail, "}"), "`")
	f.Imports = append(f.Imports, Import{Dynamic: true, Pattern: true, Module: module, ModuleSpan: f.span(m, close+1), Span: f.span(first, min(end+1, len(f.t)))})
}

// inTypePosition says whether the import() at first stands where a type does.
func (f *File) inTypePosition(first int) bool {
	switch f.text(first - 1) {
	case "typeof", "<", "|", "&", "as", "satisfies", "extends", ":":
		return true
	case "=":
		return f.word(first-3, "type")
	}
	return false
}

// wholeLiteral says whether the argument at token i is a literal and nothing more.
func (f *File) wholeLiteral(i int) bool {
	return (f.kind(i) == String || f.kind(i) == Template) && (f.is(i+1, ")") || f.is(i+1, ","))
}

// thenNames reads which exports .then(m => m.X) or .then(({ X }) => …) takes;
// i is the first token of the callback.
func (f *File) thenNames(i int) []ImportName {
	if f.is(i, "(") {
		i++
	}
	if f.is(i, "{") {
		return f.bound(i)
	}
	if f.kind(i) != Ident {
		return nil
	}
	param := f.text(i)
	var out []ImportName
	for j, steps := i+1, 0; j < len(f.t) && steps < 64 && len(out) < 8; j, steps = j+1, steps+1 {
		if f.is(j, ";") {
			break
		}
		if f.kind(j) == Ident && f.text(j) == param && f.is(j+1, ".") && f.isName(j+2) && !f.is(j-1, ".") {
			out = append(out, ImportName{Name: f.text(j + 2)})
		}
	}
	return out
}

// bind reads the names that "const x =" or "const { a, b } =" before token
// first gives to what is loaded there.
func (f *File) bind(imp *Import, first int) {
	p := first - 1
	if f.kind(p) == Keyword && f.text(p) == "await" {
		p--
	}
	if !f.is(p, "=") {
		return
	}
	switch {
	case f.is(p-1, "}") && f.match[p-1] >= 0:
		imp.Names = append(imp.Names, f.bound(int(f.match[p-1]))...)
	case f.kind(p-1) == Ident && !f.is(p-2, ".") && imp.Dynamic:
		imp.Namespace = f.text(p - 1)
	case f.kind(p-1) == Ident && !f.is(p-2, "."):
		imp.Default = f.text(p - 1)
	}
}

// bound reads the names of the destructuring pattern whose brace is at i.
func (f *File) bound(i int) []ImportName {
	var out []ImportName
	end := int(f.match[i])
	for j := i + 1; j < end; j++ {
		if f.isName(j) || f.kind(j) == String {
			n := ImportName{Name: f.keyAt(j)}
			if f.is(j+1, ":") && f.kind(j+2) == Ident {
				n.Alias = f.text(j + 2)
			}
			out = append(out, n)
		}
		for j < end && !f.is(j, ",") { // to the next name, over defaults and patterns
			j = f.skip(j)
		}
	}
	return out
}

// loadedBy records the module that a call of require and its kind loads.
func (f *File) loadedBy(c *Call, open, first int) {
	m := open + 1
	imp := Import{Require: true}
	switch {
	case c.Callee == "require" && !c.New:
		f.bind(&imp, first)
		if end := f.closer(open); f.is(end+1, ".") && f.isName(end+2) {
			imp.Names = append(imp.Names, ImportName{Name: f.text(end + 2), Alias: otherThan(imp.Default, f.text(end+2))})
			imp.Default = ""
		}
	case c.Callee == "require.resolve":
	case c.New && c.Callee == "URL" && len(c.Args) == 2 && c.Args[1].Ident == "import.meta.url":
		imp = Import{URL: true}
	default:
		return
	}
	if !f.wholeLiteral(m) {
		return
	}
	imp.Module, imp.ModuleSpan, imp.Span = f.unquote(m), f.span(m, m+1), c.Span
	f.Imports = append(f.Imports, imp)
}

// otherThan is the alias when it differs from the name.
func otherThan(alias, name string) string {
	if alias == name {
		return ""
	}
	return alias
}

// reExport records export … from "m", whose module is at token m.
func (f *File) reExport(i, m int, imp Import) finding.Span {
	imp.ReExport = true
	f.addImport(imp, i, m)
	return f.Imports[len(f.Imports)-1].Span
}
