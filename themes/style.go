package themes

import (
	"strconv"
	"strings"
)

// Color is "#rrggbb", an ANSI index from "0" to "15", or "" for the terminal's
// own colour.
type Color string

// RGB is the colour's channels; ok is false for an ANSI index and for "".
func (c Color) RGB() (r, g, b uint8, ok bool) {
	if len(c) != 7 || c[0] != '#' {
		return 0, 0, 0, false
	}
	v, err := strconv.ParseUint(string(c[1:]), 16, 32)
	return uint8(v >> 16), uint8(v >> 8), uint8(v), err == nil
}

// index is the colour's ANSI index, -1 when it is none.
func (c Color) index() int {
	n, err := strconv.Atoi(string(c))
	if err != nil || n < 0 || n > 15 {
		return -1
	}
	return n
}

// Style is how a piece of text looks. The zero value is the terminal's own.
type Style struct {
	FG, BG    Color
	Bold      bool
	Italic    bool
	Underline bool
	Reverse   bool
}

// Over is the style with what s leaves open taken from base: how a segment looks
// on a selected row.
func (s Style) Over(base Style) Style {
	if s.FG == "" {
		s.FG = base.FG
	}
	if s.BG == "" {
		s.BG = base.BG
	}
	s.Bold = s.Bold || base.Bold
	s.Italic = s.Italic || base.Italic
	s.Underline = s.Underline || base.Underline
	s.Reverse = s.Reverse || base.Reverse
	return s
}

// Render is text in the style. The text must be inert already.
func (s Style) Render(text string) string {
	if s == (Style{}) || text == "" {
		return text
	}
	return s.sequence() + text + "\x1b[m"
}

func (s Style) sequence() string {
	var codes []string
	for _, on := range []struct {
		set  bool
		code string
	}{{s.Bold, "1"}, {s.Italic, "3"}, {s.Underline, "4"}, {s.Reverse, "7"}} {
		if on.set {
			codes = append(codes, on.code)
		}
	}
	codes = append(codes, colorCode(s.FG, 30), colorCode(s.BG, 40))
	joined := strings.Trim(strings.Join(codes, ";"), ";")
	return "\x1b[" + strings.ReplaceAll(joined, ";;", ";") + "m"
}

// colorCode is the colour's SGR parameters; base is 30 for text, 40 for the
// background.
func colorCode(c Color, base int) string {
	if r, g, b, ok := c.RGB(); ok {
		return strconv.Itoa(base+8) + ";2;" + strconv.Itoa(int(r)) + ";" + strconv.Itoa(int(g)) + ";" + strconv.Itoa(int(b))
	}
	switch n := c.index(); {
	case n < 0:
		return ""
	case n < 8:
		return strconv.Itoa(base + n)
	default:
		return strconv.Itoa(base + 60 + n - 8)
	}
}
