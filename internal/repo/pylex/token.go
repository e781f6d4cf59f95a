// Package pylex reads Python lightly: an indentation-aware lexer that never
// takes a comment or string for code (and reads the code inside f-strings),
// and on top of it the facts an audit asks for (imports, definitions, calls,
// assignments, environment reads), each with its byte span.
//
// It is no compiler front end: it accepts programs that do not compile, of any
// Python version. It runs in linear time, without recursion over the input,
// and never panics.
package pylex

import (
	"fmt"

	"drydock/internal/finding"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token. An f-string with replacement fields arrives as FStart
// (f"a{), any number of FMiddle (}b{, or :>10}b{ with a format) and an FEnd
// (}c"), with the code of the fields lexed as ordinary tokens in between.
const (
	Invalid Kind = iota
	Name         // also soft keywords: match, case, type
	Keyword
	Op // operators and brackets
	Number
	String // any prefix, quotes included; an f-string without fields, too
	FStart
	FMiddle
	FEnd
	Comment
	Newline // the end of a logical line
	Indent  // the white space that opens a block
	Dedent  // empty: where a block has ended
)

var kindNames = [...]string{"Invalid", "Name", "Keyword", "Op", "Number", "String", "FStart", "FMiddle", "FEnd",
	"Comment", "Newline", "Indent", "Dedent"}

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

// SyntaxError says where a file cannot be read as Python.
type SyntaxError struct {
	Offset int // byte offset of the string or bracket that is not closed
	Msg    string
}

// Error names the offset and what is wrong there.
func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Msg) }

// class groups bytes by what a token that begins with them can be.
type class uint8

const (
	clOther class = iota
	clSpace
	clNewline
	clName // letters, _ and every byte of a non-ASCII character
	clDigit
	clQuote
	clHash
	clBackslash
	clOp
)

// classes maps a byte to its class; built once, never changed.
var classes = buildClasses()

func buildClasses() (t [256]class) {
	for c := 0; c < 256; c++ {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80:
			t[c] = clName
		case c >= '0' && c <= '9':
			t[c] = clDigit
		case c == ' ', c == '\t', c == '\r', c == '\f', c == '\v':
			t[c] = clSpace
		case c == '\n':
			t[c] = clNewline
		case c == '\'', c == '"':
			t[c] = clQuote
		case c == '#':
			t[c] = clHash
		case c == '\\':
			t[c] = clBackslash
		case c > ' ' && c < 0x7f:
			t[c] = clOp
		}
	}
	return t
}

func namePart(c byte) bool { k := classes[c]; return k == clName || k == clDigit }

// isKeyword says whether the name is a reserved word.
func isKeyword(name []byte) bool {
	if len(name) < 2 || len(name) > 8 {
		return false
	}
	switch string(name) {
	case "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
		"del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
		"nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield":
		return true
	}
	return false
}

// stringPrefix says whether the name, right before a quote, is a string's
// prefix, and whether the string has replacement fields.
func stringPrefix(name []byte) (ok, formatted bool) {
	if len(name) > 2 {
		return false, false
	}
	for _, c := range name {
		switch c | 0x20 {
		case 'f', 't':
			formatted = true
		case 'r', 'b', 'u':
		default:
			return false, false
		}
	}
	return true, formatted
}
