package nginx

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"drydock/internal/finding"
)

// Parse reads a configuration file. The error, an *Error, names the first thing
// that nginx would refuse; what stands before it is returned with it.
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
	p := parser{lexer: lexer{src: src, line: 1}, file: f}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		p.i = 3
	}
	if err := p.run(); err != nil {
		return f, err
	}
	return f, nil
}

// parser keeps the open blocks in a list instead of calling itself, so that depth
// costs nothing.
type parser struct {
	lexer
	file *File
	open []*Directive
}

func (p *parser) add(d *Directive) {
	if n := len(p.open); n > 0 {
		d.Parent = p.open[n-1]
		d.Parent.Block = append(d.Parent.Block, d)
		return
	}
	p.file.Directives = append(p.file.Directives, d)
}

func (p *parser) run() *Error {
	defer p.closeAll()
	var d *Directive
	for {
		tok := p.next()
		switch tok.kind {
		case bad:
			return &Error{tok.line, tok.value}
		case end:
			if d != nil {
				return &Error{d.Line, fmt.Sprintf("%s is not ended with ;", d.Name)}
			}
			if n := len(p.open); n > 0 {
				return &Error{p.open[n-1].Line, fmt.Sprintf("the block %s is not closed", p.open[n-1].Name)}
			}
			return nil
		case word:
			if d == nil {
				d = &Directive{Name: tok.value, NameSpan: tok.span, Span: tok.span, Line: tok.line}
			} else {
				d.Args = append(d.Args, Arg{tok.value, tok.span})
			}
		case ';':
			if d == nil {
				return &Error{tok.line, "unexpected ;"}
			}
			d.Span.End = tok.span.End
			p.add(d)
			d = nil
		case '{':
			if d == nil {
				return &Error{tok.line, "unexpected {"}
			}
			if len(p.open) >= MaxDepth {
				return &Error{tok.line, fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
			}
			if !p.block(d, tok) {
				return &Error{d.Line, fmt.Sprintf("the block %s is not closed", d.Name)}
			}
			d = nil
		case '}':
			if d != nil {
				return &Error{d.Line, fmt.Sprintf("%s is not ended with ;", d.Name)}
			}
			n := len(p.open)
			if n == 0 {
				return &Error{tok.line, "unexpected }"}
			}
			p.open[n-1].close(tok.span)
			p.open = p.open[:n-1]
		}
	}
}

// block opens the block of d. One of Lua is text to us: it is skipped, and when it
// does not end block says false.
func (p *parser) block(d *Directive, brace token) bool {
	d.IsBlock = true
	d.Body.Start = brace.span.End
	p.add(d)
	if strings.HasSuffix(d.Name, "_by_lua_block") {
		at := p.skipLua()
		if at < 0 {
			p.open = append(p.open, d)
			return false
		}
		d.close(finding.Span{Start: at, End: at + 1})
		return true
	}
	p.open = append(p.open, d)
	return true
}

func (d *Directive) close(brace finding.Span) {
	d.Body.End = brace.Start
	d.Span.End = brace.End
}

// closeAll ends the blocks that the file leaves open.
func (p *parser) closeAll() {
	for _, d := range p.open {
		d.close(finding.Span{Start: len(p.src), End: len(p.src)})
	}
}

// The kinds of tokens besides ; { and }.
const (
	end byte = iota
	word
	bad
)

type token struct {
	kind  byte
	value string
	span  finding.Span
	line  int
}

type lexer struct {
	src  []byte
	i    int
	line int

	unclosed [20]bool // levels of Lua's long strings that nothing ahead closes
}

func (l *lexer) next() token {
	l.skip()
	if l.i >= len(l.src) {
		return token{kind: end, line: l.line}
	}
	start, line := l.i, l.line
	switch c := l.src[l.i]; c {
	case ';', '{', '}':
		l.i++
		return token{c, "", finding.Span{Start: start, End: l.i}, line}
	case '"', '\'':
		return l.quoted(start, line, c)
	}
	value := l.word()
	return token{word, value, finding.Span{Start: start, End: l.i}, line}
}

// skip moves over blanks and comments.
func (l *lexer) skip() {
	for l.i < len(l.src) {
		switch c := l.src[l.i]; {
		case isSpace(c):
			if c == '\n' {
				l.line++
			}
			l.i++
		case c == '#':
			for l.i < len(l.src) && l.src[l.i] != '\n' {
				l.i++
			}
		default:
			return
		}
	}
}

// word reads up to a blank, ; or {. The braces of ${name} belong to it, and so does
// what a backslash stands before.
func (l *lexer) word() string {
	start := l.i
	for l.i < len(l.src) {
		c := l.src[l.i]
		switch {
		case c == '\\' && l.i+1 < len(l.src) && l.src[l.i+1] != '\n':
			l.i++
		case c == '$' && l.i+1 < len(l.src) && l.src[l.i+1] == '{':
			l.variable()
			continue
		case isSpace(c), c == ';', c == '{':
			return string(l.src[start:l.i])
		}
		l.i++
	}
	l.i = len(l.src)
	return string(l.src[start:])
}

// variable moves over ${name}; over the ${ alone when no name follows.
func (l *lexer) variable() {
	j := l.i + 2
	for j < len(l.src) && isNameByte(l.src[j]) {
		j++
	}
	if j < len(l.src) && l.src[j] == '}' {
		l.i = j + 1
		return
	}
	l.i += 2
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c == ':' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (l *lexer) quoted(start, line int, quote byte) token {
	var b strings.Builder
	for l.i++; l.i < len(l.src); l.i++ {
		switch c := l.src[l.i]; {
		case c == quote:
			l.i++
			return token{word, b.String(), finding.Span{Start: start, End: l.i}, line}
		case c == '\\' && l.i+1 < len(l.src):
			l.i++
			if next := l.src[l.i]; next != quote && next != '\\' {
				b.WriteByte(c)
			}
			b.WriteByte(l.src[l.i])
		default:
			b.WriteByte(c)
		}
		if l.src[l.i] == '\n' {
			l.line++
		}
	}
	return token{kind: bad, value: "a quote is not closed", line: line}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
