package jslex

import "strings"

// maxType bounds how many groups of a type annotation are looked over.
const maxType = 256

// declaration reads the variables that const, let or var at i declares.
func (f *File) declaration(i int) {
	kind := f.text(i)
	j := i + 1
	if f.word(j, "enum") {
		return
	}
	for f.kind(j) == Ident || f.is(j, "{") || f.is(j, "[") {
		end := int(f.stop[j])
		eq := j
		for steps := 0; eq < end && !f.is(eq, "="); steps++ {
			if f.word(eq, "of") && eq > j || f.word(eq, "in") || steps > maxType {
				return
			}
			eq = f.skip(eq)
		}
		if eq < end {
			f.declare(kind, j, eq, end)
		}
		if !f.is(end, ",") {
			return
		}
		j = end + 1
	}
}

// declare records one declarator: its pattern begins at j, its value lies
// between the = at eq and end.
func (f *File) declare(kind string, j, eq, end int) {
	value := f.valueOf(eq+1, end)
	a := Assign{Kind: kind, Value: value, Func: f.owner(), Span: f.span(j, end)}
	switch {
	case f.kind(j) == Ident:
		a.Target, a.TargetSpan = f.text(j), f.span(j, j+1)
		f.Assigns = append(f.Assigns, a)
	case f.is(j, "{"):
		if value.Ident == "process.env" || value.Ident == "import.meta.env" {
			f.envPattern(j, value.Ident != "process.env")
		}
		for _, n := range f.bound(j) {
			a.Key, a.Target = n.Name, n.Name
			if n.Alias != "" {
				a.Target = n.Alias
			}
			a.TargetSpan = f.span(j, f.skip(j))
			f.Assigns = append(f.Assigns, a)
		}
	}
}

// assignment reads the assignment whose = is at i.
func (f *File) assignment(i int) {
	target, first, ok := f.pathEndingAt(i - 1)
	if name := f.typedField(i); name >= 0 {
		target, first, ok = f.text(name), name, true
	}
	if !ok || strings.HasSuffix(target, ")") || !f.assignable(first, target) {
		return
	}
	value := f.valueOf(i+1, int(f.stop[min(i+1, len(f.t)-1)]))
	f.Assigns = append(f.Assigns, Assign{
		Target: target, Value: value, Func: f.owner(),
		Span: f.span(first, int(f.stop[i])), TargetSpan: f.span(first, i),
	})
	f.commonJS(target, first, i, value)
}

// typedField is the name of the class field whose type ends before the = at
// i, or -1.
func (f *File) typedField(i int) int {
	up := int(f.up[i])
	if up < 0 || f.t[up].brace != classBody {
		return -1
	}
	for j, steps := i-1, 0; j > up+1 && steps < maxHead; j, steps = j-1, steps+1 {
		if m := int(f.match[j]); m >= 0 && m < j {
			j = m
		}
		if f.is(j, ":") {
			if f.is(j-1, "!") || f.is(j-1, "?") {
				j--
			}
			if f.kind(j-1) == Ident {
				return j - 1
			}
			return -1
		}
		if !f.inTypeAt(j) || f.breaksBefore(j) {
			return -1
		}
	}
	return -1
}

// assignable says whether the path at first is assigned to, rather than being
// a declaration, a parameter with a default, a type or an attribute.
func (f *File) assignable(first int, target string) bool {
	switch f.kind(first - 1) {
	case Keyword:
		switch f.text(first - 1) {
		case "const", "let", "var", "import", "export", "typeof", "class", "enum":
			return false
		}
	case Ident:
		switch f.text(first - 1) {
		case "type", "namespace", "is", "as":
			return f.t[first].nl
		}
	case Punct:
		switch f.text(first - 1) {
		case ":", ",", "|", "&", "<", ".", "...", "?":
			return false
		}
	case JSXName, JSXOpen:
		return false
	}
	up := int(f.up[first])
	if up < 0 {
		return true
	}
	if f.src[f.t[up].start] != '{' {
		return strings.Contains(target, ".")
	}
	switch f.t[up].brace {
	case block, classBody:
		return true
	}
	return false
}
