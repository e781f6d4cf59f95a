package jslex

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
		if root || !f.is(j-1, ".") && !f.is(j-1, "?.") || j < 2 {
			break
		}
		if n == maxSegments {
			return "…." + joinReversed(parts[:n]), j, true
		}
		plain = plain && f.is(j-1, ".")
		j -= 2
	}
	if plain { // most paths stand in the source as they are
		s := f.span(j, last+1)
		if text := f.Text(s); !strings.ContainsAny(text, " \t\r\n/") {
			return text, j, true
		}
	}
	return joinReversed(parts[:n]), j, true
}

func joinReversed(parts []string) string {
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		if b.Len() > 0 && parts[i][0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(parts[i])
	}
	return b.String()
}

// segment reads backwards one member of a path, with the calls and computed
// members applied to it; root says that nothing can stand before it.
func (f *File) segment(j int) (part string, first int, root, ok bool) {
	suffix := ""
	for steps := 0; steps < maxSegments; steps++ {
		switch {
		case f.is(j, "!"):
			j--
		case f.is(j, ")") && f.match[j] >= 0:
			open := int(f.match[j])
			if f.afterCondition(open) {
				return "", 0, false, false
			}
			before := f.beforeTypeArgs(open - 1)
			if !f.endsOperand(before) {
				return "()" + suffix, open, true, true
			}
			suffix = "()" + suffix
			j = before
		case f.is(j, "]") && f.match[j] >= 0:
			open := int(f.match[j])
			before := open - 1
			if f.is(before, "?.") {
				before--
			}
			if !f.endsOperand(before) {
				return "[]" + suffix, open, true, true
			}
			if open+2 == j && (f.kind(open+1) == String || f.kind(open+1) == Template) {
				suffix = memberSuffix(f.unquote(open+1)) + suffix
			} else {
				suffix = "[]" + suffix
			}
			j = before
		default:
			return f.named(j, suffix)
		}
	}
	return "…" + suffix, j, true, true
}

// memberSuffix writes x["key"] as .key where the key is a name.
func memberSuffix(key string) string {
	for i := 0; i < len(key); i++ {
		if !identPart(key[i]) {
			return `["` + key + `"]`
		}
	}
	return "." + key
}

// named reads the name, string or template at token j that a path consists of.
func (f *File) named(j int, suffix string) (part string, first int, root, ok bool) {
	switch f.kind(j) {
	case Ident:
		return f.text(j) + suffix, j, false, true
	case Keyword:
		switch f.text(j) {
		case "this", "super", "import":
			return f.text(j) + suffix, j, false, true
		}
	case String, Template:
		return `""` + suffix, j, true, true
	case Regex:
		return `//` + suffix, j, true, true
	case TemplateTail:
		if f.match[j] >= 0 {
			return `""` + suffix, int(f.match[j]), true, true
		}
	}
	return "", 0, false, false
}

// afterCondition says whether the parenthesis at open belongs to if, for and the like.
func (f *File) afterCondition(open int) bool {
	switch f.kind(open - 1) {
	case Keyword:
		switch f.text(open - 1) {
		case "if", "for", "while", "with", "switch", "catch", "function":
			return true
		case "await":
			return f.word(open-2, "for")
		}
	}
	return false
}

// beforeTypeArgs is the last token of what is called when a parenthesis
// follows token j: without ?. and type arguments.
func (f *File) beforeTypeArgs(j int) int {
	if f.is(j, ">") && f.match[j] >= 0 {
		j = int(f.match[j]) - 1
	}
	if f.is(j, "?.") {
		j--
	}
	return j
}

// endsOperand says whether a value ends with token j, so that ( or [ after it
// applies to that value.
func (f *File) endsOperand(j int) bool {
	switch f.kind(j) {
	case Ident, String, Template, TemplateTail, Regex:
		return true
	case Keyword:
		switch f.text(j) {
		case "this", "super", "import":
			return true
		}
	case Punct:
		switch f.text(j) {
		case ")", "]":
			return f.match[j] >= 0 && !f.breaksBefore(j+1)
		case "!":
			return j > 0 && f.endsOperandFlat(j-1)
		}
	}
	return false
}

// endsOperandFlat is endsOperand for the token before a postfix !.
func (f *File) endsOperandFlat(j int) bool {
	return f.kind(j) == Ident || f.is(j, ")") || f.is(j, "]")
}
