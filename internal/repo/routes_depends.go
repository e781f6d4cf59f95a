package repo

import (
	"strings"

	"drydock/internal/repo/pylex"
)

// depends are the callables that the Depends and Security calls of a list name.
func (c *pyRoutes) depends(src *Source, list pylex.Arg) []string {
	var out []string
	items := list.Items()
	if items == nil {
		items = []pylex.Arg{list}
	}
	for _, item := range items {
		if name := dependency(src.Py(), item); name != "" {
			out = append(out, name)
			continue
		}
		out = append(out, c.alias(src, item.Ident)...)
	}
	return out
}

// dependency is what one Depends(x), Security(x) or Depends(x(…)) names.
func dependency(py *pylex.File, a pylex.Arg) string {
	call, ok := a.Call()
	if !ok {
		return ""
	}
	switch lastPart(py.Qualify(call.Callee)) {
	case "Depends", "Security":
	default:
		return ""
	}
	target, ok := call.At(0)
	if !ok {
		if target, ok = call.Arg("dependency"); !ok {
			return ""
		}
	}
	if target.Ident != "" {
		return target.Ident
	}
	return target.Callee
}

// handlerDepends are the dependencies that a handler's parameters name, as
// defaults, in Annotated, or through an alias of the project.
func (c *pyRoutes) handlerDepends(src *Source, def *pylex.Def) []string {
	var out []string
	for _, p := range def.Params {
		if name := dependency(src.Py(), p.Default); name != "" {
			out = append(out, name)
			continue
		}
		if strings.Contains(p.Annotation, "(") {
			out = append(out, annotated(p.Annotation)...)
			continue
		}
		out = append(out, c.alias(src, p.Annotation)...)
	}
	return out
}

// alias resolves a type such as CurrentUser = Annotated[User, Depends(f)].
func (c *pyRoutes) alias(src *Source, name string) []string {
	if name == "" || strings.ContainsAny(name, "[( |\"'") {
		return nil
	}
	at, ok := c.s.Origin(src, name)
	if !ok {
		return nil
	}
	target := c.s.Source(at.File.Path)
	if target == nil || target.Py() == nil {
		return nil
	}
	for _, a := range target.Py().Assigns {
		if a.Target == at.Name {
			if d := dependency(target.Py(), a.Value); d != "" {
				return []string{d}
			}
			return annotated(a.Value.Text())
		}
	}
	return nil
}

// annotated reads the dependencies out of an annotation as it is written.
func annotated(text string) []string {
	var out []string
	for _, marker := range []string{"Depends(", "Security("} {
		for rest := text; ; {
			_, after, ok := strings.Cut(rest, marker)
			if !ok {
				break
			}
			rest = after
			if end := strings.IndexAny(after, "(),= \n"); end > 0 {
				out = append(out, after[:end])
			}
		}
	}
	return out
}

// text is a string argument's value. A constant of the project is looked up; an
// unknown one stands as {name}.
func (c *pyRoutes) text(src *Source, a pylex.Arg) string {
	switch {
	case a.IsLiteral:
		return strings.Clone(a.Literal)
	case a.Kind == pylex.ValueNone:
		return ""
	case a.Kind == pylex.ValueFString:
		return c.formatted(src, strings.Trim(strings.TrimLeft(a.Text(), "rRfF"), `"'`))
	case a.Kind == pylex.ValueOther:
		terms := a.Terms("+", maxTerms)
		if terms == nil {
			return "{…}"
		}
		var b strings.Builder
		for _, t := range terms {
			b.WriteString(c.text(src, t))
		}
		return b.String()
	case a.Ident == "":
		if call, ok := a.Call(); ok && len(call.Args) > 0 && strings.HasPrefix(call.Args[0].Literal, "/") { // scoped("/login")
			return strings.Clone(call.Args[0].Literal)
		}
		return "{" + a.Callee + "}"
	}
	if v := c.constant(src, a.Ident); v != "" {
		return v
	}
	return "{" + a.Ident + "}"
}

// maxTerms bounds how many parts of a path are put together.
const maxTerms = 16

// formatted fills the names of an f-string in where they are constants.
func (c *pyRoutes) formatted(src *Source, text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return b.String()
		}
		if v := c.constant(src, name); v != "" && !strings.ContainsAny(name, "[(!: ") {
			b.WriteString(v)
		} else {
			b.WriteString("{" + name + "}")
		}
		text = after
	}
}

// constant is the path that a name stands for: what the file that declares it
// gives it, or the only one that any file of the project gives that name.
func (c *pyRoutes) constant(src *Source, name string) string {
	if at, ok := c.s.Origin(src, name); ok {
		if target := c.s.Source(at.File.Path); target != nil && target.Lang == Python {
			for _, a := range target.Py().Assigns {
				if a.Target == at.Name && a.Value.IsLiteral {
					return strings.Clone(a.Value.Literal)
				}
			}
		}
	}
	last := lastPart(name)
	known, ok := c.strings[last]
	if !ok {
		known = uniqueString(c.s, last)
		c.strings[strings.Clone(last)] = known
	}
	return known
}

// uniqueString is the only literal that looks like a path and that Python code
// of the project gives a name, "" when there is none or more than one.
func uniqueString(s *Snapshot, name string) string {
	found := ""
	for _, src := range s.SourcesMentioning(name) {
		if src.Role != Production || src.Lang != Python {
			continue
		}
		for _, a := range src.Py().Assigns {
			if lastPart(a.Target) != name || !a.Value.IsLiteral || !strings.HasPrefix(a.Value.Literal, "/") {
				continue
			}
			if found != "" && found != a.Value.Literal {
				return ""
			}
			found = strings.Clone(a.Value.Literal)
		}
	}
	return found
}
