// Package inert makes text from a project safe to print.
//
// A file name, a line of code or a commit message may hold escape sequences,
// carriage returns, or marks that reorder what a person reads. Whatever goes to
// a terminal or into a report passes through here first: such characters come
// out as visible escapes, and everything else stays as it is.
package inert

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TabWidth is the distance of tab stops, in characters, to which Line expands.
const TabWidth = 4

// Line is s as one printable line: line breaks and every other control, format
// or undecodable character are written as escapes (\n, \r, \x1b, \u202e), a tab
// becomes spaces up to the next stop. The result holds only printable characters.
func Line(s string) string { return escape(s, false) }

// Text is s with its line feeds kept and everything else as Line has it. A
// carriage return comes out as \r even before a line feed.
func Text(s string) string { return escape(s, true) }

// ASCII is Line for terminals that show nothing but ASCII: an ellipsis becomes
// two dots, any other character outside it a question mark per column.
func ASCII(s string) string {
	s = Line(s)
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r == '…':
			b.WriteString("..")
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

func escape(s string, keepBreaks bool) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	column := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' && keepBreaks:
			b.WriteByte('\n')
			column = -1
		case r == '\t':
			fill := TabWidth - column%TabWidth
			b.WriteString(strings.Repeat(" ", fill))
			column += fill - 1
		case r == utf8.RuneError && n == 1:
			column += writeEscape(&b, `\x%02x`, rune(s[i])) - 1
		case harmless(r):
			b.WriteRune(r)
		case r == '\n':
			column += writeEscape(&b, `\n`) - 1
		case r == '\r':
			column += writeEscape(&b, `\r`) - 1
		case r < 0x100:
			column += writeEscape(&b, `\x%02x`, r) - 1
		case r < 0x10000:
			column += writeEscape(&b, `\u%04x`, r) - 1
		default:
			column += writeEscape(&b, `\U%08x`, r) - 1
		}
		column++
		i += n
	}
	return b.String()
}

func writeEscape(b *strings.Builder, format string, args ...any) int {
	n, _ := fmt.Fprintf(b, format, args...) // a Builder never fails
	return n
}

// harmless says whether a character shows as itself and does nothing else.
// Spaces other than U+0020 pass only if they occupy a column like it.
func harmless(r rune) bool {
	switch {
	case r == '\u00a0', r == '\u3000':
		return true
	case '\ufe00' <= r && r <= '\ufe0f', '\U000e0100' <= r && r <= '\U000e01ef':
		return false // variation selectors: they hide data and change widths
	case r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u2800':
		return false // letters by class that show nothing
	}
	return unicode.IsPrint(r)
}

// plainASCII says whether s is nothing but printable ASCII: nearly every string
// is, and those pass untouched.
func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
