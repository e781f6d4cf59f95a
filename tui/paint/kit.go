// Package paint draws: lines that fit, boxes, bars, lists. It knows meanings
// (text, muted, critical), not what they are used for, and nothing it draws can
// carry an escape sequence of the project's.
package paint

import (
	"charm.land/bubbles/v2/spinner"
	"charm.land/lipgloss/v2"

	"drydock/internal/finding"
	"drydock/themes"
)

// Kit is what everything is drawn with: the styles of one theme and a set of
// glyphs. A new theme or glyph set is a new Kit, so that what was rendered with
// an old one can be told by the pointer.
type Kit struct {
	Theme themes.Theme
	Glyphs

	Text, Muted, Faint, Accent, Title, Key themes.Style
	Critical, High, Medium, Low, Good      themes.Style
	Keyword, String, Number, Comment       themes.Style
	Selected                               themes.Style // the base of the selected row

	pens map[themes.Style]pen // of the styles that were drawn with so far
}

// NewKit makes the kit of a theme. ascii keeps to glyphs of 7 bits.
func NewKit(t themes.Theme, ascii bool) *Kit {
	fg := func(c themes.Color) themes.Style { return themes.Style{FG: c} }
	bold := func(c themes.Color) themes.Style { return themes.Style{FG: c, Bold: true} }
	k := &Kit{
		Theme: t, Glyphs: unicodeGlyphs,
		Text: fg(t.Text), Muted: fg(t.Muted), Faint: fg(t.Faint), Accent: fg(t.Accent), Title: bold(t.Text), Key: fg(t.Key),
		Critical: bold(t.Critical), High: fg(t.High), Medium: fg(t.Medium), Low: fg(t.Low), Good: fg(t.Good),
		Keyword: fg(t.Keyword), String: fg(t.String), Number: fg(t.Number), Comment: fg(t.Comment),
		Selected: themes.Style{BG: t.Selection}, pens: map[themes.Style]pen{},
	}
	if ascii {
		k.Glyphs = asciiGlyphs
	}
	if t.Selection == "" {
		k.Selected = themes.Style{Reverse: true}
	}
	if t.Colorless() {
		k.Accent.Bold, k.Key.Bold = true, true
	}
	return k
}

// Severity is the style of a problem of severity s.
func (k *Kit) Severity(s finding.Severity) themes.Style {
	switch s {
	case finding.Critical:
		return k.Critical
	case finding.High:
		return k.High
	case finding.Medium:
		return k.Medium
	}
	return k.Low
}

// Mark is the glyph and style of a finding's severity, or of a strength.
func (k *Kit) Mark(f *finding.Finding) (string, themes.Style) {
	if f.Verdict == finding.Strength {
		return k.Strong, k.Good
	}
	return k.SeverityGlyph(f.Severity), k.Severity(f.Severity)
}

// Score is the style of a score from 0 to 100.
func (k *Kit) Score(v float64) themes.Style {
	switch {
	case v >= 80:
		return k.Good
	case v >= 70:
		return k.Medium
	case v >= 60:
		return k.High
	}
	return themes.Style{FG: k.Theme.Critical}
}

// Glyphs are the characters that are no letters.
type Glyphs struct {
	ASCII                                       bool
	SevCritical, SevHigh, SevMedium, SevLow     string
	Strong, Fix, Cursor, Ellipsis, Arrow, Up    string
	Down, Yes, No, On, Off, RadioOn, RadioOff   string
	Full, Empty, Thick, Thin, Thumb, Crumb, Dot string
	Times                                       string
	Border                                      lipgloss.Border
	Spin                                        spinner.Spinner
}

var unicodeGlyphs = Glyphs{
	SevCritical: "▲", SevHigh: "■", SevMedium: "●", SevLow: "○",
	Strong: "✓", Fix: "⚒", Cursor: "▸", Ellipsis: "…", Arrow: "→", Up: "▲",
	Down: "▼", Yes: "✓", No: "✗", On: "[x]", Off: "[ ]", RadioOn: "(●)", RadioOff: "( )",
	Full: "█", Empty: "░", Thick: "━", Thin: "─", Times: "×", Thumb: "┃", Crumb: "›", Dot: "·",
	Border: lipgloss.RoundedBorder(),
	Spin:   spinner.MiniDot,
}

var asciiGlyphs = Glyphs{
	ASCII:       true,
	SevCritical: "!", SevHigh: "#", SevMedium: "*", SevLow: "-",
	Strong: "+", Fix: "%", Cursor: ">", Ellipsis: "~", Arrow: "->", Up: "^",
	Down: "v", Yes: "ok", No: "no", On: "[x]", Off: "[ ]", RadioOn: "(*)", RadioOff: "( )",
	Full: "#", Empty: ".", Thick: "=", Thin: "-", Times: "x", Thumb: "#", Crumb: ">", Dot: "-",
	Border: lipgloss.ASCIIBorder(),
	Spin:   spinner.Line,
}

// SeverityGlyph tells severities apart without colour.
func (g *Glyphs) SeverityGlyph(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return g.SevCritical
	case finding.High:
		return g.SevHigh
	case finding.Medium:
		return g.SevMedium
	}
	return g.SevLow
}
