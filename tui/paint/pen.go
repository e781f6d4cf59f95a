package paint

import (
	"strings"

	"drydock/themes"
)

// pen is what lipgloss writes before and after a text in one style.
type pen struct{ on, off string }

// newPen has lipgloss draw one letter and keeps what stands around it: a style
// is worked out once and not for each of a frame's hundreds of segments.
func newPen(s themes.Style) pen {
	const letter = "x"
	on, off, _ := strings.Cut(s.Lipgloss().Render(letter), letter)
	return pen{on, off}
}

// ink is text in a style. The text must be inert already.
func (k *Kit) ink(s themes.Style, text string) string {
	if s == (themes.Style{}) || text == "" {
		return text
	}
	p, ok := k.pens[s]
	if !ok {
		p = newPen(s)
		k.pens[s] = p
	}
	return p.on + text + p.off
}
