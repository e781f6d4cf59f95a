package pylex

import "strings"

// maxSegments is how many members of a chain are named; what is before them
// is written as "…".
const maxSegments = 24

// pathEndingAt reads backwards the dotted path whose last token is at last. It
// returns the path and its first token; ok is false when no path ends there.
func (f *File) pathEndingAt(last int) (path string, first int, ok bool) {
	var parts [maxSegments]string
	n, j, plain := 0, last, true
	for {
		part, at, root, ok := f.segment(j)
		if !ok {
			return "", 0, false
		}
		plain = plain && at == j && part == f.text(j)
		parts[n] = part
		n++
		j = at
		if root || j < 2 || !f.is(j-1, ".") {
			break
		}
		if n == maxSegments {
			return "…." + joinReversed(parts[:n]), j, true
		}
		j -= 2
	}
	if plain { // most paths stand in the source as they are
		if text := f.Text(f.span(j, last+1)); !strings.ContainsAny(text, " \t\r\n\\#") {
			return text, j, true
		}
	}
	return joinReversed(parts[:n]), j, true
}

func joinReversed(parts []string) string {
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(parts[i])
	}
	return b.String()
}

// segment reads backwards one member of a path, with the calls and subscripts
// applied to it; root says that nothing can stand before it.
func (f *File) segment(j int) (part string, first int, root, ok bool) {
	suffix := ""
	for steps := 0; steps < maxSegments; steps++ {
		switch f.kind(j) {
		case Name:
			return f.text(j) + suffix, j, false, true
		case String, FEnd:
			first, ok := f.stringsBefore(j)
			return `""` + suffix, first, true, ok
		case Op:
			open := int(f.match[j])
			if open < 0 || open > j {
				return "", 0, false, false
			}
			group := f.groupName(open, j)
			if group == "" {
				return "", 0, false, false
			}
			if !f.endsOperand(open - 1) {
				return group + suffix, open, true, true
			}
			suffix = group + suffix
			j = open - 1
		default:
			return "", 0, false, false
		}
	}
	return "…" + suffix, j, true, true
}

// stringsBefore is the first of the adjacent strings whose last is at token j.
func (f *File) stringsBefore(j int) (first int, ok bool) {
	for {
		if f.kind(j) == FEnd {
			if j = int(f.match[j]); j < 0 {
				return 0, false
			}
		}
		if k := f.kind(j - 1); k != String && k != FEnd {
			return j, true
		}
		j--
	}
}

// groupName is how the call or subscript of tokens open to end is written.
func (f *File) groupName(open, end int) string {
	switch f.text(open) {
	case "(":
		return "()"
	case "[":
		if end == open+2 && f.kind(open+1) == String {
			return `["` + f.unquote(open+1) + `"]`
		}
		return "[]"
	case "{":
		return "{}"
	}
	return ""
}

// endsOperand says whether a value ends with token j, so that ( or [ after it
// applies to that value.
func (f *File) endsOperand(j int) bool {
	switch f.kind(j) {
	case Name, String, FEnd:
		return true
	case Op:
		switch f.text(j) {
		case ")", "]", "}":
			return f.match[j] >= 0
		}
	}
	return false
}
