package pylex

import "strings"

// importAt reads "import a.b as c, d", whose keyword is at i.
func (f *File) importAt(i int) {
	end := f.statementEnd(i)
	for j := i + 1; j < end; {
		first := j
		j = f.dotted(j, end)
		if j == first {
			return
		}
		imp := f.newImport(i, end)
		imp.Module = f.joined(first, j)
		imp.ModuleSpan = f.span(first, j)
		head, full := imp.Module, imp.Module
		if n := strings.IndexByte(head, '.'); n >= 0 {
			head, full = head[:n], head[:n]
		}
		if f.word(j, "as") && f.kind(j+1) == Name {
			imp.Alias = f.text(j + 1)
			head, full = imp.Alias, imp.Module
			j += 2
		}
		f.names[head] = full
		f.Imports = append(f.Imports, imp)
		if !f.is(j, ",") {
			return
		}
		j++
	}
}

// newImport is an import of the statement of tokens [i, end).
func (f *File) newImport(i, end int) Import {
	return Import{
		Span: f.span(i, end), Func: f.owner(),
		TypeChecking: i < f.state.typing, Try: i < f.state.try,
	}
}

// fromAt reads "from ..m import a as b, c", whose keyword is at i.
func (f *File) fromAt(i int) {
	end := f.statementEnd(i)
	j := i + 1
	imp := f.newImport(i, end)
	imp.From = true
	for f.is(j, ".") || f.is(j, "...") {
		imp.Level += len(f.text(j))
		j++
	}
	first := j
	j = f.dotted(j, end)
	imp.Module = f.joined(first, j)
	imp.ModuleSpan = f.span(i+1, j)
	if !f.word(j, "import") || j == i+1 {
		return
	}
	prefix := strings.Repeat(".", imp.Level) + imp.Module
	if imp.Module != "" {
		prefix += "."
	}
	for j++; j < end; j++ {
		switch {
		case f.is(j, "*"):
			imp.Names = append(imp.Names, ImportName{Name: "*"})
		case f.kind(j) == Name:
			n := ImportName{Name: f.text(j)}
			local := n.Name
			if f.word(j+1, "as") && f.kind(j+2) == Name {
				n.Alias = f.text(j + 2)
				local = n.Alias
				j += 2
			}
			f.names[local] = prefix + n.Name
			imp.Names = append(imp.Names, n)
		}
	}
	f.Imports = append(f.Imports, imp)
}

// importCall records importlib.import_module("m") and __import__("m").
func (f *File) importCall(c *Call) {
	switch f.Qualify(c.Callee) {
	case "importlib.import_module", "__import__":
	default:
		return
	}
	if len(c.Args) == 0 || !c.Args[0].IsLiteral || c.Args[0].Name != "" {
		return
	}
	module := c.Args[0].Literal
	name := strings.TrimLeft(module, ".")
	at := f.tokenAt(c.Span.Start)
	imp := f.newImport(at, at+1)
	imp.Module, imp.Level, imp.Dynamic = name, len(module)-len(name), true
	imp.Span, imp.ModuleSpan = c.Span, c.Args[0].Span
	f.Imports = append(f.Imports, imp)
}

// dotted is the index after the dotted name that begins at j.
func (f *File) dotted(j, end int) int {
	if j >= end || f.kind(j) != Name {
		return j
	}
	j++
	for j+1 < end && f.is(j, ".") && f.kind(j+1) == Name {
		j += 2
	}
	return j
}

// joined is the text of the tokens [i, end) without white space.
func (f *File) joined(i, end int) string {
	if i >= end {
		return ""
	}
	text := f.Text(f.span(i, end))
	if !strings.ContainsAny(text, " \t\\\r\n#") {
		return text
	}
	var b strings.Builder
	for ; i < end; i++ {
		b.WriteString(f.text(i))
	}
	return b.String()
}

// statementEnd is the Newline or semicolon that ends the statement at i.
func (f *File) statementEnd(i int) int {
	for i < len(f.t) {
		switch {
		case f.t[i].kind == Newline, f.t[i].kind == Indent, f.t[i].kind == Dedent, f.is(i, ";"):
			return i
		}
		i = f.skip(i)
	}
	return i
}
