package yamldoc

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// admit looks at the bytes before a parser does: what is too large, too deep or
// not text at all is refused here, in one pass without recursion.
func admit(src []byte) error {
	if len(src) > MaxBytes {
		return &Error{1, 0, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if bytes.HasPrefix(src, []byte{0xff, 0xfe}) || bytes.HasPrefix(src, []byte{0xfe, 0xff}) {
		return &Error{1, 1, "written in UTF-16: save it as UTF-8"}
	}
	if err := admitCharacters(src); err != nil {
		return err
	}
	return admitDepth(src)
}

func admitCharacters(src []byte) error {
	line, start := 1, 0
	for i := 0; i < len(src); {
		c := src[i]
		if c == '\n' {
			line, start = line+1, i+1
		}
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				return &Error{line, utf8.RuneCount(src[start:i]) + 1, fmt.Sprintf("control character 0x%02x", c)}
			}
			i++
			continue
		}
		r, w := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && w == 1 {
			return &Error{line, utf8.RuneCount(src[start:i]) + 1, "not valid UTF-8"}
		}
		i += w
	}
	return nil
}

// admitDepth counts how deep flow brackets and the dashes of one line nest, and how
// many nodes there can be. Quoted text, comments and the lines of block scalars do
// not count as depth.
func admitDepth(src []byte) error {
	depth, line, nodes := 0, 1, 0
	scalarIndent := -1 // lines indented deeper than this are text of a block scalar
	for i := 0; i < len(src); line++ {
		end := len(src)
		if j := bytes.IndexByte(src[i:], '\n'); j >= 0 {
			end = i + j
		}
		body, indent := indentation(src[i:end])
		if scalarIndent >= 0 && (len(body) == 0 || indent > scalarIndent) {
			i = end + 1
			continue
		}
		scalarIndent = -1
		if depth == 0 && opensBlockScalar(body) {
			scalarIndent = indent
		}
		dashes, rest := leadingDashes(body)
		if nodes += dashes + atMostNodes(rest); nodes > MaxNodes {
			return &Error{line, 0, fmt.Sprintf("more than %d entries", MaxNodes)}
		}
		depth = bracketDepth(rest, depth)
		if depth+dashes > MaxDepth {
			return &Error{line, 0, fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
		}
		i = end + 1
	}
	return nil
}

func indentation(line []byte) (body []byte, indent int) {
	body = bytes.TrimLeft(line, " ")
	return bytes.TrimRight(body, " \t\r"), len(line) - len(body)
}

// leadingDashes counts the sequence and key indicators at the start of a line,
// each of which opens a collection.
func leadingDashes(body []byte) (n int, rest []byte) {
	for len(body) > 1 && (body[0] == '-' || body[0] == '?' || body[0] == ':') && (body[1] == ' ' || body[1] == '\t') {
		n++
		body = bytes.TrimLeft(body[1:], " \t")
	}
	return n, body
}

// atMostNodes is how many nodes the line can hold: one more than what separates
// them.
func atMostNodes(line []byte) int {
	if len(line) == 0 || line[0] == '#' {
		return 0
	}
	n := 1
	for _, c := range line {
		if c == ',' || c == ':' || c == '[' || c == '{' {
			n++
		}
	}
	return n
}

// opensBlockScalar says whether the line ends with a header such as | or >-.
func opensBlockScalar(body []byte) bool {
	if i := bytes.Index(body, []byte(" #")); i >= 0 {
		body = bytes.TrimRight(body[:i], " \t")
	}
	body = bytes.TrimRight(body, "+-123456789")
	if len(body) == 0 || body[len(body)-1] != '|' && body[len(body)-1] != '>' {
		return false
	}
	return len(body) == 1 || body[len(body)-2] == ' ' || body[len(body)-2] == '\t'
}

// bracketDepth is the depth at its deepest point when the line nests beyond the
// limit, and at its end otherwise.
func bracketDepth(line []byte, depth int) int {
	for i := 0; i < len(line); i++ {
		c := line[i]
		opening := i == 0 || line[i-1] == ' ' || line[i-1] == '\t' || depth > 0 && isFlow(line[i-1])
		switch {
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return depth
		case (c == '"' || c == '\'') && opening:
			i = closingQuote(line, i)
		case (c == '[' || c == '{') && (opening || depth > 0):
			if depth++; depth > MaxDepth {
				return depth
			}
		case (c == ']' || c == '}') && depth > 0:
			depth--
		}
	}
	return depth
}

func isFlow(c byte) bool { return c == '[' || c == '{' || c == ',' || c == ':' }

// closingQuote is the index of the quote that closes the one at i, or i when the
// line does not close it.
func closingQuote(line []byte, i int) int {
	for j := i + 1; j < len(line); j++ {
		if line[j] == '\\' && line[i] == '"' {
			j++
		} else if line[j] == line[i] {
			return j
		}
	}
	return i
}
