// Package jslex reads JavaScript, TypeScript, JSX and TSX lightly: a lexer
// that never takes a comment, string, template, regular expression or JSX text
// for code, and on top of it the facts an audit asks for (imports, exports,
// calls, configuration objects, environment reads), each with its byte span.
//
// It is not a compiler front end: it accepts programs that do not compile and
// says nothing about types. It runs in linear time, without recursion over the
// input, and never panics.
package jslex

import (
	"fmt"

	"drydock/internal/finding"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token. A template with substitutions arrives as TemplateHead
// (`a${), any number of TemplateMiddle (}b${) and a TemplateTail (}c`), with
// the substituted code lexed as ordinary tokens in between.
const (
	Invalid        Kind = iota
	Ident               // also private names (#x) and reserved words used as property names
	Keyword             // reserved words, including this, null, true and false
	Punct               // operators and brackets
	String              // 'a' or "a", quotes included
	Template            // `a` without substitution
	TemplateHead        // `a${
	TemplateMiddle      // }a${
	TemplateTail        // }a`
	Number              // 1, 0xff, 1_000n
	Regex               // /a/g
	JSXOpen             // < or </ of a tag
	JSXClose            // > or /> of a tag
	JSXName             // tag or attribute name, with its dots, dashes and colons
	JSXString           // attribute value; has no escapes
	JSXText             // text between tags
	Comment             // line, block or hashbang
)

var kindNames = [...]string{
	"Invalid", "Ident", "Keyword", "Punct", "String", "Template", "TemplateHead", "TemplateMiddle",
	"TemplateTail", "Number", "Regex", "JSXOpen", "JSXClose", "JSXName", "JSXString", "JSXText", "Comment",
}

// String is the kind's name, for messages and tests.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind?"
}

// Token is one piece of the source.
type Token struct {
	Kind Kind
	Span finding.Span
}

// SyntaxError says where a file cannot be read as JavaScript.
type SyntaxError struct {
	Offset int // byte offset of the opening quote, backtick or comment mark
	Msg    string
}

// Error names the offset and what is wrong there.
func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Msg) }

// class groups bytes by what a token that begins with them can be.
type class uint8

const (
	clOther class = iota
	clSpace
	clIdent // letters, _ $ # \ and every byte of a non-ASCII character
	clDigit
	clQuote
	clTick
	clSlash
	clPunct
)

// classes maps a byte to its class; built once, never changed.
var classes = buildClasses()

func buildClasses() (t [256]class) {
	for c := 0; c < 256; c++ {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '$', c == '#', c == '\\', c >= 0x80:
			t[c] = clIdent
		case c >= '0' && c <= '9':
			t[c] = clDigit
		case c == ' ', c >= '\t' && c <= '\r':
			t[c] = clSpace
		case c == '\'', c == '"':
			t[c] = clQuote
		case c == '`':
			t[c] = clTick
		case c == '/':
			t[c] = clSlash
		case c > ' ' && c < 0x7f:
			t[c] = clPunct
		}
	}
	return t
}

// identPart says whether the byte can continue a name.
func identPart(c byte) bool { k := classes[c]; return k == clIdent || k == clDigit }

// isKeyword says whether the name is a reserved word.
func isKeyword(name []byte) bool {
	if len(name) < 2 || len(name) > 10 || name[0] < 'a' || name[0] > 'y' {
		return false
	}
	switch string(name) {
	case "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
		"else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "import", "in",
		"instanceof", "let", "new", "null", "return", "super", "switch", "this", "throw", "true", "try",
		"typeof", "var", "void", "while", "with", "yield":
		return true
	}
	return false
}

// keywordEndsOperand says whether a reserved word is a value, so that a slash
// after it divides.
func keywordEndsOperand(name []byte) bool {
	switch string(name) {
	case "this", "super", "null", "true", "false":
		return true
	}
	return false
}
