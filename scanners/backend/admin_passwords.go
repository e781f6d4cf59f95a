package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// adminPasswords finds where a file gives an administrator a password. In files
// that only fill databases a field called password counts, too.
func adminPasswords(src *repo.Source, seed bool) []adminPassword {
	if src.Lang == repo.Python {
		return pythonAdmins(src, seed)
	}
	return scriptAdmins(src, seed)
}

// code is what a body says without its comments.
func code(b body) string {
	var out strings.Builder
	for _, t := range b.tokens() {
		out.WriteString(t.text + " ")
	}
	return out.String()
}

// linesAround are the lines near a place.
func linesAround(src *repo.Source, span finding.Span) body {
	const near = 8
	offsets := src.LineOffsets()
	first, _ := src.Position(span.Start)
	last, _ := src.Position(span.End)
	start, end := offsets[max(0, first-1-near)], len(src.Bytes())
	if last+near < len(offsets) {
		end = offsets[last+near]
	}
	return body{src, finding.Span{Start: start, End: end}}
}

func flat(name string) string {
	return strings.ToLower(strings.ReplaceAll(lastName(name), "_", ""))
}

func pythonAdmins(src *repo.Source, seed bool) []adminPassword {
	py := src.Py()
	var out []adminPassword
	value := func(a pylex.Arg) (string, bool, bool) { // literal, known, outside
		if a.IsLiteral {
			return a.Literal, knownPassword(a.Literal), false
		}
		if a.Ident != "" {
			for _, as := range py.Assigns {
				if as.Target == a.Ident || lastName(as.Target) == a.Ident {
					return as.Value.Literal, as.Value.IsLiteral && knownPassword(as.Value.Literal), fromOutside(as.Value.Text())
				}
			}
		}
		return "", false, fromOutside(a.Text())
	}
	scene := func(span finding.Span, at int) string { // the function around, or the lines
		if at >= 0 {
			return code(body{src, py.Defs[at].Span})
		}
		return code(linesAround(src, span))
	}
	add := func(a pylex.Arg, span finding.Span, admin bool) {
		text, known, outside := value(a)
		if admin && (known || outside) {
			out = append(out, adminPassword{span, text, outside && !known})
		}
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		last := flat(c.Callee)
		switch {
		case last == "createsuperuser" || last == "createadmin" || last == "createadminuser":
			if a, ok := c.Arg("password"); ok {
				add(a, c.Span, true)
			} else if len(c.Args) > 0 && c.Args[len(c.Args)-1].Name == "" && len(c.Args) >= 3 {
				add(c.Args[len(c.Args)-1], c.Span, true)
			}
		case hashers[last]:
			if a, ok := c.At(0); ok && (seed || a.IsLiteral) {
				add(a, c.Span, aboutAdmin(scene(c.Span, c.Func)))
			}
		case seed && last != "print":
			for _, name := range []string{"password", "plain_password", "raw_password"} {
				if a, ok := c.Arg(name); ok && a.IsLiteral {
					add(a, c.Span, aboutAdmin(src.File.Text(c.Span)) || aboutAdmin(scene(c.Span, c.Func)))
				}
			}
		}
	}
	return firstOf(out)
}

func scriptAdmins(src *repo.Source, seed bool) []adminPassword {
	file := src.JS()
	if file == nil {
		return nil
	}
	var out []adminPassword
	value := func(a jslex.Arg) (string, bool, bool) {
		if a.IsLiteral {
			return a.Literal, knownPassword(a.Literal), false
		}
		if a.Ident != "" {
			if v, ok := file.Variable(a.Ident); ok {
				return v.Literal, v.IsLiteral && knownPassword(v.Literal), fromOutside(v.Text())
			}
		}
		return "", false, fromOutside(a.Text())
	}
	near := func(span finding.Span) string { return code(linesAround(src, span)) }
	for i := range file.Calls {
		c := &file.Calls[i]
		if hashers[flat(c.Callee)] && len(c.Args) > 0 && (seed || c.Args[0].IsLiteral) {
			text, known, outside := value(c.Args[0])
			if (known || outside) && aboutAdmin(near(c.Span)) {
				out = append(out, adminPassword{c.Span, text, outside && !known})
			}
		}
		if !seed {
			continue
		}
		for _, a := range c.Args {
			for _, path := range [][]string{{"password"}, {"data", "password"}, {"create", "password"}} {
				prop, ok := a.Prop(path...)
				if !ok {
					continue
				}
				text, known, outside := value(prop.Value)
				if (known || outside) && aboutAdmin(a.Text()) {
					out = append(out, adminPassword{prop.Span, text, outside && !known})
				}
			}
		}
	}
	return firstOf(out)
}

// firstOf keeps the known passwords, one for each, else the first that comes from
// outside.
func firstOf(list []adminPassword) []adminPassword {
	var out []adminPassword
	seen := map[string]bool{}
	for _, p := range list {
		if !p.outside && !seen[p.value] {
			seen[p.value] = true
			out = append(out, p)
		}
	}
	if len(out) == 0 && len(list) > 0 {
		return list[:1]
	}
	return out
}
