package themes

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Color is "#rrggbb", an ANSI index from "0" to "15", or "" for the terminal's
// own colour.
type Color string

// Ink is the colour as lipgloss draws with it; NoColor for "".
func (c Color) Ink() color.Color { return lipgloss.Color(string(c)) }

// Style is how a piece of text looks. The zero value is the terminal's own.
// Styles can be compared, which those of lipgloss cannot.
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

// Lipgloss is the style that draws this look on one line.
func (s Style) Lipgloss() lipgloss.Style {
	return lipgloss.NewStyle().Inline(true).
		Foreground(s.FG.Ink()).Background(s.BG.Ink()).
		Bold(s.Bold).Italic(s.Italic).Underline(s.Underline).Reverse(s.Reverse)
}
