package compose

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Ref is one variable in a text: $NAME, ${NAME} or ${NAME:-default}.
type Ref struct {
	Name string
	Op   string // "", ":-", "-", ":?", "?", ":+" or "+"
	Arg  string // what stands after Op, variables in it not substituted
	Span finding.Span
}

// HasDefault says whether the text has a meaning without the variable.
func (r Ref) HasDefault() bool { return r.Op == ":-" || r.Op == "-" || r.Op == ":+" || r.Op == "+" }

// Required says whether compose refuses to start without the variable.
func (r Ref) Required() bool { return r.Op == ":?" || r.Op == "?" }

const maxNesting = 50 // variables in the defaults of variables

// Interpolations finds the variables in s, those in defaults included, in the
// order they begin. $$ is an escaped dollar sign. Spans are offsets in s.
func Interpolations(s string) []Ref { return interpolations(s, 0, 0) }

func interpolations(s string, base, depth int) []Ref {
	var out []Ref
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
				return out // nothing behind an unclosed brace is a variable
			}
			ref, argAt := braced(s[i+2 : end])
			if ref.Name != "" {
				ref.Span = finding.Span{Start: base + i, End: base + end + 1}
				out = append(out, ref)
				if depth < maxNesting {
					out = append(out, interpolations(ref.Arg, base+i+2+argAt, depth+1)...)
				}
			}
			i = end
		case isNameStart(next):
			end := nameEnd(s, i+1)
			out = append(out, Ref{Name: s[i+1 : end], Span: finding.Span{Start: base + i, End: base + end}})
			i = end - 1
		}
	}
	return out
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
// does.
func closingBrace(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch {
		case s[i] == '{' && s[i-1] == '$':
			depth++
		case s[i] == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
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
	if f.Doc == nil {
		return nil
	}
	keys := map[*yamldoc.Node]bool{}
	var out []Ref
	f.Doc.Root.Walk(func(n *yamldoc.Node) bool {
		for _, e := range n.Own() {
			if n.Kind == yamldoc.Mapping {
				keys[e.Key] = true
			}
		}
		if n.Kind != yamldoc.Scalar || keys[n] || !strings.Contains(n.Value, "$") {
			return true
		}
		for _, ref := range Interpolations(n.Value) {
			ref.Span = n.Within(ref.Span.Start, ref.Span.End)
			out = append(out, ref)
		}
		return true
	})
	return out
}
