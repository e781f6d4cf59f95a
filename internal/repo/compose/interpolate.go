package compose

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Ref is one variable in a text: $NAME, ${NAME} or ${NAME:-default}.
type Ref struct {
	Name   string
	Op     string // "", ":-", "-", ":?", "?", ":+" or "+"
	Arg    string // what stands after Op, variables in it not substituted
	Nested bool   // it stands in the Arg of another, and counts only when that is used
	Span   finding.Span
}

// HasDefault says whether the text has a meaning without the variable.
func (r Ref) HasDefault() bool { return r.Op == ":-" || r.Op == "-" || r.Op == ":+" || r.Op == "+" }

// Required says whether compose refuses to start without the variable.
func (r Ref) Required() bool { return r.Op == ":?" || r.Op == "?" }

const (
	maxNesting = 50   // variables in the defaults of variables
	maxBraces  = 4096 // bytes behind a closing brace in which one that fits better is looked for
)

// Interpolations finds the variables in s, those in defaults included, in the
// order they begin. $$ is an escaped dollar sign. Spans are offsets in s.
func Interpolations(s string) []Ref {
	refs, _ := interpolations(s, 0, 0)
	return refs
}

// Malformed is the first place in s that looks like a variable and is none, which
// compose refuses: ${1}, ${A B}, ${A without an end. ok is false when there is
// none.
func Malformed(s string) (at finding.Span, ok bool) {
	_, bad := interpolations(s, 0, 0)
	if bad == nil {
		return finding.Span{}, false
	}
	return *bad, true
}

func interpolations(s string, base, depth int) (out []Ref, bad *finding.Span) {
	wrong := func(from, to int) {
		if bad == nil {
			bad = &finding.Span{Start: base + from, End: base + to}
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 >= len(s) {
			continue
		}
		switch next := s[i+1]; {
		case next == '$':
			i++
		case next == '{':
			end := closingBrace(s, i+1)
			if end < 0 {
				wrong(i, len(s))
				return out, bad // nothing behind an unclosed brace is a variable
			}
			ref, argAt := braced(s[i+2 : end])
			if ref.Name == "" {
				wrong(i, end+1)
				i = end
				continue
			}
			ref.Nested = depth > 0
			ref.Span = finding.Span{Start: base + i, End: base + end + 1}
			out = append(out, ref)
			if depth < maxNesting {
				inner, within := interpolations(ref.Arg, base+i+2+argAt, depth+1)
				out = append(out, inner...)
				if within != nil && bad == nil {
					bad = within
				}
			}
			i = end
		case isNameStart(next):
			end := nameEnd(s, i+1)
			out = append(out, Ref{Name: s[i+1 : end], Nested: depth > 0, Span: finding.Span{Start: base + i, End: base + end}})
			i = end - 1
		}
	}
	return out, bad
}

// braced reads what stands between the braces; argAt is where Arg starts in it.
func braced(body string) (ref Ref, argAt int) {
	end := nameEnd(body, 0)
	if end == 0 || !isNameStart(body[0]) {
		return Ref{}, 0
	}
	ref.Name = body[:end]
	rest := body[end:]
	if rest == "" {
		return ref, end
	}
	for _, op := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if strings.HasPrefix(rest, op) {
			ref.Op, ref.Arg = op, rest[len(op):]
			return ref, end + len(op)
		}
	}
	return Ref{}, 0
}

// closingBrace is the index of the brace that closes the one at i, -1 when none
// does. A brace that is no variable's, as in ${A:-{"b": 1}}, is counted as long as
// it is closed too.
func closingBrace(s string, i int) int {
	depth, variables := 0, 0
	first := -1
	for ; i < len(s) && (first < 0 || i-first < maxBraces); i++ {
		switch s[i] {
		case '{':
			depth++
			if s[i-1] == '$' {
				variables++
			}
		case '}':
			if variables > 0 {
				variables--
			}
			if variables == 0 && first < 0 {
				first = i
			}
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return first
}

const maxSubstituted = 64 << 10 // bytes of a text with its variables replaced

// Substitute is a text with its variables replaced, as compose does it: lookup gives
// the value of a name, and false for one that is not set. known is false when the
// text depends on a variable that is neither set nor has a default.
func Substitute(s string, lookup func(name string) (string, bool)) (text string, known bool) {
	return substitute(s, lookup, 0)
}

func substitute(s string, lookup func(string) (string, bool), depth int) (string, bool) {
	refs := Interpolations(s)
	if len(refs) == 0 {
		return strings.ReplaceAll(s, "$$", "$"), true
	}
	var b strings.Builder
	at, known := 0, true
	for _, ref := range refs {
		if ref.Span.Start < at {
			continue // in the default of the one before
		}
		b.WriteString(strings.ReplaceAll(s[at:ref.Span.Start], "$$", "$"))
		at = ref.Span.End
		value, set := lookup(ref.Name)
		full := set && (value != "" || !strings.HasPrefix(ref.Op, ":"))
		switch op := strings.TrimPrefix(ref.Op, ":"); {
		case op == "+" && !full:
			value = ""
		case op == "+", op == "-" && !full:
			known = known && depth < maxNesting
			if value = ""; known {
				value, known = substitute(ref.Arg, lookup, depth+1)
			}
		default:
			known = known && (full || set && op == "")
		}
		if b.Len()+len(value) > maxSubstituted {
			return "", false
		}
		b.WriteString(value)
	}
	b.WriteString(strings.ReplaceAll(s[at:], "$$", "$"))
	return b.String(), known
}

func nameEnd(s string, i int) int {
	for i < len(s) && (isNameStart(s[i]) || s[i] >= '0' && s[i] <= '9') {
		i++
	}
	return i
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Refs are the variables in the values of the file, with spans in the file.
// Values reached only through an alias or a merge key count once, where they are
// written. Keys are not interpolated.
func (f *File) Refs() []Ref {
	var out []Ref
	f.dollars(func(n *yamldoc.Node) {
		for _, ref := range Interpolations(n.Value) {
			ref.Span = n.Within(ref.Span.Start, ref.Span.End)
			out = append(out, ref)
		}
	})
	return out
}

// malformed reports what looks like a variable and is none. What another program
// fills in, as ${{ secrets.X }}, is its own.
func (f *File) malformed(report func(Problem)) {
	f.dollars(func(n *yamldoc.Node) {
		at, ok := Malformed(n.Value)
		if !ok || strings.HasPrefix(n.Value[at.Start:], "${{") || strings.Contains(n.Value, "<%") {
			return
		}
		report(Problem{Place{f.Path, n.Within(at.Start, at.End)}, Template, "not a variable: those are written ${NAME} or ${NAME:-default}, and a dollar sign $$"})
	})
}

// dollars visits the values of the file with a dollar sign in them, but for those
// whose tag keeps compose from reading them.
func (f *File) dollars(visit func(*yamldoc.Node)) {
	if f.Doc == nil {
		return
	}
	keys := map[*yamldoc.Node]bool{}
	f.Doc.Root.Walk(func(n *yamldoc.Node) bool {
		if n.Kind == yamldoc.Mapping {
			for _, e := range n.Own() {
				keys[e.Key] = true
			}
		}
		if n.Kind == yamldoc.Scalar && !keys[n] && strings.Contains(n.Value, "$") {
			visit(n)
		}
		return true
	})
}
