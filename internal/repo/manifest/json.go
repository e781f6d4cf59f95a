package manifest

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"drydock/internal/finding"
)

// ParseJSON reads a JSON document into values with spans. It also takes what
// editors and compilers allow: a byte order mark, comments, trailing commas.
// Duplicate names are kept. It fails with an *Error on anything else, on more
// than MaxBytes, and on nesting deeper than MaxDepth.
func ParseJSON(src []byte) (*Value, error) {
	v, _, err := parseJSON(src)
	return v, err
}

// parseJSON also says where the document is more than strict JSON; beyond is
// nil when it is not.
func parseJSON(src []byte) (v *Value, beyond *Error, err error) {
	if err := tooLarge(src); err != nil {
		return nil, nil, err
	}
	p := &jsonReader{src: src}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		p.pos = 3
	}
	p.blank()
	if v = p.value(1); v == nil {
		return nil, nil, p.err
	}
	if p.blank(); p.pos < len(src) && p.err == nil {
		p.fail("text after the end of the document")
	}
	if p.err != nil {
		return nil, nil, p.err
	}
	return v, p.beyond, nil
}

// parseStrictJSON reads a document for a program that takes no comments. The
// value is returned with the error when only these stand in the way.
func parseStrictJSON(src []byte) (*Value, error) {
	v, beyond, err := parseJSON(src)
	if err == nil && beyond != nil {
		err = beyond
	}
	return v, err
}

type jsonReader struct {
	src    []byte
	pos    int
	err    *Error
	beyond *Error
}

// fail keeps the first error and returns nil for the caller to return.
func (p *jsonReader) fail(format string, args ...any) *Value {
	if p.err == nil {
		p.err = errorAt(p.src, p.pos, format, args...)
	}
	return nil
}

func (p *jsonReader) tolerate(offset int, msg string) {
	if p.beyond == nil {
		p.beyond = errorAt(p.src, offset, "%s", msg)
	}
}

func (p *jsonReader) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

// blank skips white space and comments.
func (p *jsonReader) blank() {
	for p.pos < len(p.src) {
		rest := p.src[p.pos:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.pos++
		case bytes.HasPrefix(rest, []byte("//")):
			p.tolerate(p.pos, "a comment: JSON has none")
			n := bytes.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			p.pos += n
		case bytes.HasPrefix(rest, []byte("/*")):
			p.tolerate(p.pos, "a comment: JSON has none")
			n := bytes.Index(rest[2:], []byte("*/"))
			if n < 0 {
				p.fail("the comment is not closed")
				p.pos = len(p.src)
				return
			}
			p.pos += n + 4
		default:
			return
		}
	}
}

func (p *jsonReader) value(depth int) *Value {
	if depth > MaxDepth {
		return p.fail("nested deeper than %d levels", MaxDepth)
	}
	if p.pos >= len(p.src) {
		return p.fail("the document ends where a value is expected")
	}
	switch c := p.src[p.pos]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.string()
	case c == '-' || c >= '0' && c <= '9':
		return p.word(Number)
	default:
		return p.word(0)
	}
}

// word reads a number, true, false or null.
func (p *jsonReader) word(kind Kind) *Value {
	start := p.pos
	for p.pos < len(p.src) && isWordByte(p.src[p.pos]) {
		p.pos++
	}
	text := string(p.src[start:p.pos])
	switch {
	case kind == Number:
		if _, err := strconv.ParseFloat(text, 64); err != nil && !strings.Contains(err.Error(), "range") {
			p.pos = start
			return p.fail("%q is not a number", text)
		}
	case text == "true" || text == "false":
		kind = Bool
	case text == "null":
		kind = Null
	default:
		p.pos = start
		return p.fail("a value is expected")
	}
	return &Value{Kind: kind, Text: text, Span: finding.Span{Start: start, End: p.pos}}
}

func isWordByte(c byte) bool {
	return c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *jsonReader) object(depth int) *Value {
	v := &Value{Kind: Object, Span: finding.Span{Start: p.pos}}
	for p.pos++; ; {
		p.blank()
		switch {
		case p.peek() == '}':
			if n := len(v.Members); n > 0 {
				p.trailingComma(v.Members[n-1].Span.End)
			}
			p.pos++
			v.Span.End = p.pos
			return v
		case p.peek() != '"':
			return p.fail("a name in double quotes or } is expected")
		}
		name := p.string()
		if name == nil {
			return nil
		}
		if p.blank(); p.peek() != ':' {
			return p.fail("a colon is expected after %.40q", name.Text)
		}
		p.pos++
		p.blank()
		value := p.value(depth + 1)
		if value == nil {
			return nil
		}
		v.Members = append(v.Members, Member{name.Text, name.Span, value, finding.Span{Start: name.Span.Start, End: value.Span.End}})
		if !p.separator('}') {
			return p.fail("a comma or } is expected")
		}
	}
}

func (p *jsonReader) array(depth int) *Value {
	v := &Value{Kind: Array, Span: finding.Span{Start: p.pos}}
	for p.pos++; ; {
		p.blank()
		if p.peek() == ']' {
			if n := len(v.Items); n > 0 {
				p.trailingComma(v.Items[n-1].Span.End)
			}
			p.pos++
			v.Span.End = p.pos
			return v
		}
		item := p.value(depth + 1)
		if item == nil {
			return nil
		}
		v.Items = append(v.Items, item)
		if !p.separator(']') {
			return p.fail("a comma or ] is expected")
		}
	}
}

// separator steps over the comma after an element; a closing bracket stays.
func (p *jsonReader) separator(shut byte) bool {
	p.blank()
	if p.peek() == ',' {
		p.pos++
		return true
	}
	return p.peek() == shut
}

// trailingComma notes a comma between the last element and the bracket.
func (p *jsonReader) trailingComma(from int) {
	q := jsonReader{src: p.src, pos: from}
	if q.blank(); q.peek() == ',' {
		p.tolerate(q.pos, "a comma before the closing bracket")
	}
}

func (p *jsonReader) string() *Value {
	start := p.pos
	for i := start + 1; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '\\':
			i++
		case c == '\n':
			return p.fail("the string is not closed on its line")
		case c == '"':
			p.pos = i + 1
			return &Value{Kind: String, Text: unescape(p.src[start+1 : i]), Span: finding.Span{Start: start, End: p.pos}}
		}
	}
	return p.fail("the string is not closed")
}

// unescape decodes the inside of a JSON string. An escape that JSON does not
// know stands for its character.
func unescape(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 >= len(raw) {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r, n := codeUnit(raw[i+1:])
			i += n
			if low, m := surrogate(r, raw[i+1:]); m > 0 {
				r, i = low, i+m
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// codeUnit reads four hexadecimal digits.
func codeUnit(raw []byte) (r rune, n int) {
	if len(raw) < 4 {
		return utf8.RuneError, 0
	}
	v, err := strconv.ParseUint(string(raw[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(v), 4
}

// surrogate joins a high surrogate with the \u escape that follows it.
func surrogate(high rune, raw []byte) (r rune, n int) {
	if !utf16.IsSurrogate(high) || len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return high, 0
	}
	low, _ := codeUnit(raw[2:])
	if r = utf16.DecodeRune(high, low); r == utf8.RuneError {
		return high, 0
	}
	return r, 6
}
