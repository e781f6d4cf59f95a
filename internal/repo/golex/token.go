// Package golex reads Go lightly: a lexer that never takes a comment, string or
// rune for code and ends statements where Go does, and on top of it the facts an
// audit asks for (imports, declarations, calls, assignments, environment reads,
// log calls), each with its byte span.
//
// It is no compiler front end: it accepts programs that do not compile. It runs
// in linear time, without recursion over the input, and never panics. What it
// returns holds no tokens: what stands inside a value is read again when it is
// asked for.
package golex

import "fmt"

// kind says what a token is.
type kind uint8

const (
	invalid kind = iota
	ident
	keyword
	op // operators and brackets
	number
	str  // "…"
	raw  // `…`
	char // '…'
	semi // written, or empty where a line ends a statement
)

// token is one piece of the source.
type token struct {
	start, end int32
	match      int32 // index of the partner of a bracket, else -1
	kind       kind
	id         byte // of a keyword or operator: see below; of a bracket the bracket
}

// Operators of more than one byte that matter, as token ids; the others of one
// byte are their byte, the rest is opOther.
const (
	opDefine  = 'a' // :=
	opEqual   = 'b' // ==
	opArrow   = 'c' // <-
	opStep    = 'd' // ++ --
	opDots    = 'e' // ...
	opUpdate  = 'f' // += and the like
	opUnequal = 'g' // !=
	opOther   = 'z'
)

// Keywords as token ids.
const (
	kwOther byte = iota
	kwPackage
	kwImport
	kwFunc
	kwType
	kwVar
	kwConst
	kwStruct
	kwInterface
	kwMap
	kwChan
	kwIf
	kwFor
	kwSwitch
	kwSelect
	kwReturn
	kwGo
	kwDefer
	kwRange
	kwCase
	kwDefault
	kwElse
	kwGoto
	kwBreak
	kwContinue
	kwFallthrough
)

// keywordOf is the id of a reserved word, kwOther for other names.
func keywordOf(name string) byte {
	switch name {
	case "if":
		return kwIf
	case "go":
		return kwGo
	case "for":
		return kwFor
	case "var":
		return kwVar
	case "map":
		return kwMap
	case "func":
		return kwFunc
	case "type":
		return kwType
	case "case":
		return kwCase
	case "chan":
		return kwChan
	case "else":
		return kwElse
	case "goto":
		return kwGoto
	case "const":
		return kwConst
	case "range":
		return kwRange
	case "break":
		return kwBreak
	case "defer":
		return kwDefer
	case "return":
		return kwReturn
	case "struct":
		return kwStruct
	case "switch":
		return kwSwitch
	case "select":
		return kwSelect
	case "import":
		return kwImport
	case "package":
		return kwPackage
	case "default":
		return kwDefault
	case "continue":
		return kwContinue
	case "interface":
		return kwInterface
	case "fallthrough":
		return kwFallthrough
	}
	return kwOther
}

// mayBegin says whether a reserved word begins with a byte; built once, never
// changed.
var mayBegin = func() (t [256]bool) {
	for _, c := range []byte("bcdefgimprstv") {
		t[c] = true
	}
	return t
}()

// SyntaxError says where a file cannot be read as Go.
type SyntaxError struct {
	Offset int // byte offset of the string, comment or bracket that is not closed
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
	clString
	clRaw
	clChar
	clSlash
	clOpen
	clClose
	clSemi
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
		case c > ' ' && c < 0x7f:
			t[c] = clOp
		}
	}
	for c, k := range map[byte]class{
		'\n': clNewline, '"': clString, '`': clRaw, '\'': clChar, '/': clSlash, ';': clSemi,
		'(': clOpen, '[': clOpen, '{': clOpen, ')': clClose, ']': clClose, '}': clClose,
	} {
		t[c] = k
	}
	return t
}

// namePart says whether a byte may continue a name; built once, never changed.
var namePart = func() (t [256]bool) {
	for c := range t {
		t[c] = classes[c] == clName || classes[c] == clDigit
	}
	return t
}()
