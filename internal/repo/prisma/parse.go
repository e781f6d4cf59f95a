package prisma

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"drydock/internal/finding"
)

// Parse reads a schema. The error, an *Error, names the first thing that is not
// one; what could be read is returned with it.
func Parse(path string, src []byte) (*File, error) {
	f := &File{Path: path}
	if len(src) > MaxBytes {
		return f, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return f, &Error{1 + bytes.Count(src[:i], []byte("\n")), "control character 0x00"}
	}
	if !utf8.Valid(src) {
		return f, &Error{1, "not valid UTF-8"}
	}
	p := parser{src: src, file: f}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		p.i = 3
	}
	for {
		p.skip(true)
		if p.i >= len(src) {
			break
		}
		p.block()
	}
	if p.err != nil {
		return f, p.err
	}
	return f, nil
}

type parser struct {
	src  []byte
	i    int
	file *File
	err  *Error
}

func (p *parser) fail(at int, msg string) {
	if p.err == nil {
		p.err = &Error{1 + bytes.Count(p.src[:at], []byte("\n")), msg}
	}
}

// skip moves over blanks and comments, and over line ends too when lines is true.
func (p *parser) skip(lines bool) {
	for p.i < len(p.src) {
		rest := p.src[p.i:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n' && lines:
			p.i++
		case bytes.HasPrefix(rest, []byte("//")):
			p.i = p.lineEnd()
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest, []byte("*/"))
			if n < 0 {
				n = len(rest) - 2
			}
			p.i += n + 2
		default:
			return
		}
	}
}

func (p *parser) lineEnd() int {
	if n := bytes.IndexByte(p.src[p.i:], '\n'); n >= 0 {
		return p.i + n
	}
	return len(p.src)
}

// word reads a name; it is empty when none starts here.
func (p *parser) word() (string, finding.Span) {
	start := p.i
	for p.i < len(p.src) && isWordByte(p.src[p.i]) {
		p.i++
	}
	return string(p.src[start:p.i]), finding.Span{Start: start, End: p.i}
}

func isWordByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// block reads "kind name { … }".
func (p *parser) block() {
	start := p.i
	kind, _ := p.word()
	p.skip(false)
	name, nameSpan := p.word()
	p.skip(true)
	if kind == "" || name == "" || p.i >= len(p.src) || p.src[p.i] != '{' {
		p.fail(start, "expected a block such as: model Name { … }")
		p.i = max(p.lineEnd(), start+1)
		return
	}
	p.i++
	b := body{kind: kind}
	for {
		p.skip(true)
		if p.i >= len(p.src) {
			p.fail(start, fmt.Sprintf("the block %s %s is not closed", kind, name))
			break
		}
		if p.src[p.i] == '}' {
			p.i++
			break
		}
		p.line(&b)
	}
	p.finish(&b, name, nameSpan, finding.Span{Start: start, End: p.i})
}

// body is what the lines of a block say, whatever its kind.
type body struct {
	kind       string
	settings   []Setting
	fields     []*Field
	attributes []Attribute
	values     []string
}

func (p *parser) finish(b *body, name string, nameSpan, span finding.Span) {
	setting := func(key string) Text {
		for _, s := range b.settings {
			if s.Name == key {
				return s.Text
			}
		}
		return Text{}
	}
	f := p.file
	switch b.kind {
	case "datasource":
		f.Datasources = append(f.Datasources, &Datasource{name, setting("provider"), setting("url"), b.settings, span, nameSpan})
	case "generator":
		f.Generators = append(f.Generators, &Generator{name, setting("provider"), b.settings, span})
	case "model", "view", "type":
		m := &Model{name, b.kind == "view", b.fields, b.attributes, span, nameSpan}
		if b.kind == "type" {
			f.Types = append(f.Types, m)
		} else {
			f.Models = append(f.Models, m)
		}
	case "enum":
		f.Enums = append(f.Enums, &Enum{name, b.values, span, nameSpan})
	default:
		p.fail(span.Start, fmt.Sprintf("no block is called %q", b.kind))
	}
}

// line reads one setting, field, enum value or block attribute.
func (p *parser) line(b *body) {
	start := p.i
	if p.src[p.i] == '@' {
		if a, ok := p.attribute(); ok {
			b.attributes = append(b.attributes, a)
		}
		return
	}
	name, nameSpan := p.word()
	if name == "" {
		p.fail(start, fmt.Sprintf("unexpected %q", p.src[start]))
		p.i = max(p.lineEnd(), start+1)
		return
	}
	p.skip(false)
	switch {
	case b.kind == "datasource" || b.kind == "generator":
		if p.i < len(p.src) && p.src[p.i] == '=' {
			p.i++
			p.skip(false)
			b.settings = append(b.settings, Setting{name, p.value(), nameSpan})
		}
		p.i = p.lineEnd()
	case b.kind == "enum":
		b.values = append(b.values, name)
		p.attributes()
	default:
		f := p.field()
		f.Name, f.NameSpan = name, nameSpan
		f.Span = finding.Span{Start: start, End: max(nameSpan.End, f.TypeSpan.End)}
		if n := len(f.Attributes); n > 0 {
			f.Span.End = f.Attributes[n-1].Span.End
		}
		b.fields = append(b.fields, f)
	}
}

// field reads what stands behind a field's name.
func (p *parser) field() *Field {
	f := &Field{}
	f.Type, f.TypeSpan = p.word()
	for p.i < len(p.src) {
		switch rest := p.src[p.i:]; {
		case rest[0] == '(':
			p.i = p.closing() // Unsupported("…")
		case rest[0] == '?':
			f.Optional = true
			p.i++
		case bytes.HasPrefix(rest, []byte("[]")):
			f.List = true
			p.i += 2
		default:
			f.TypeSpan.End = p.i
			f.Attributes = p.attributes()
			return f
		}
	}
	f.TypeSpan.End = p.i
	return f
}

// attributes reads the attributes up to the end of the line.
func (p *parser) attributes() []Attribute {
	var out []Attribute
	for {
		p.skip(false)
		if p.i >= len(p.src) || p.src[p.i] == '\n' || p.src[p.i] == '}' {
			return out
		}
		if p.src[p.i] != '@' {
			p.i++
			continue
		}
		if a, ok := p.attribute(); ok {
			out = append(out, a)
		}
	}
}

// attribute reads @name or @@name with its arguments, which may go over several
// lines. @db.VarChar(20) has the name db.VarChar.
func (p *parser) attribute() (Attribute, bool) {
	start := p.i
	for p.i < len(p.src) && p.src[p.i] == '@' {
		p.i++
	}
	nameStart := p.i
	for p.i < len(p.src) && (isWordByte(p.src[p.i]) || p.src[p.i] == '.') {
		p.i++
	}
	a := Attribute{Name: string(p.src[nameStart:p.i])}
	if p.i < len(p.src) && p.src[p.i] == '(' {
		open := p.i
		p.i = p.closing()
		a.Args = string(p.src[open+1 : max(p.i-1, open+1)])
	}
	a.Span = finding.Span{Start: start, End: p.i}
	return a, a.Name != ""
}

// closing is the offset behind the bracket that closes the one here. When none
// does it is where the block ends, so that no byte is looked at twice.
func (p *parser) closing() int {
	depth, i := 0, p.i
	for ; i < len(p.src) && p.src[i] != '{' && p.src[i] != '}'; i++ {
		switch p.src[i] {
		case '"':
			i = closingQuote(p.src, i) - 1
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	p.fail(p.i, "a bracket is not closed")
	return min(i, len(p.src))
}

// value reads a text, a list, a call or a word.
func (p *parser) value() Text {
	start := p.i
	if p.i >= len(p.src) {
		return Text{}
	}
	switch c := p.src[p.i]; {
	case c == '"':
		p.i = closingQuote(p.src, p.i)
	case c == '[':
		p.i = p.closing()
	default:
		p.word()
		if p.i < len(p.src) && p.src[p.i] == '(' {
			p.i = p.closing()
		}
	}
	t := Text{Value: string(p.src[start:p.i]), Span: finding.Span{Start: start, End: p.i}}
	if p.i > start && p.src[start] == '"' {
		t.Value = unquote(t.Value)
	} else if call, ok := bytes.CutPrefix(p.src[start:p.i], []byte("env(")); ok {
		t.Env = unquote(string(bytes.TrimSpace(bytes.TrimSuffix(call, []byte(")")))))
	}
	return t
}

// closingQuote is the offset behind the text that opens at i; the end of the line
// when it is not closed.
func closingQuote(src []byte, i int) int {
	for i++; i < len(src) && src[i] != '\n'; i++ {
		if src[i] == '\\' {
			i++
		} else if src[i] == '"' {
			return i + 1
		}
	}
	return min(i, len(src))
}

func unquote(s string) string {
	if v, err := strconv.Unquote(s); err == nil {
		return v
	}
	return string(bytes.Trim([]byte(s), `"`))
}
