// Package themes holds drydock's looks as data: a theme gives a colour to each
// of a few meanings, and everything that is drawn asks for a meaning.
package themes

import (
	"fmt"
	"slices"
	"strings"
)

// Theme is one palette. Text stands on the terminal's own background unless the
// person chose the theme by name; then Background is painted too.
type Theme struct {
	Name  string // as in --theme and drydock.yaml
	Title string
	Dark  bool // made for a dark background

	Background Color // what the other colours were chosen for
	Text       Color
	Muted      Color // secondary text
	Faint      Color // borders, empty parts of bars
	Accent     Color // focus, titles
	Selection  Color // background of the selected row
	Key        Color // keys in hints
	Critical   Color
	High       Color
	Medium     Color
	Low        Color
	Good       Color // strengths, proofs, added lines
	Keyword    Color
	String     Color
	Number     Color
	Comment    Color
}

// Auto names the choice by the terminal's background and colours.
const Auto = "auto"

// All lists the themes in the order the picker shows them.
func All() []Theme { return slices.Clone(all) }

// Names lists what --theme accepts, Auto first.
func Names() []string {
	names := []string{Auto}
	for _, t := range all {
		names = append(names, t.Name)
	}
	return names
}

// Find is the theme with this name. It fails, listing the names, for another.
func Find(name string) (Theme, error) {
	for _, t := range all {
		if t.Name == name {
			return t, nil
		}
	}
	return Theme{}, fmt.Errorf("theme %q: no such theme; use one of %s", name, strings.Join(Names(), ", "))
}

// Capability is what the terminal can show.
type Capability int

// The capabilities, in ascending order.
const (
	NoColor Capability = iota
	ANSI16
	FullColor
)

// Pick is the theme for a terminal when nobody chose one.
func Pick(dark bool, can Capability) Theme {
	name := "light"
	switch {
	case can == NoColor:
		name = "mono"
	case can == ANSI16:
		name = "ansi"
	case dark:
		name = "dark"
	}
	t, err := Find(name)
	if err != nil {
		panic(err) // the list above names what palettes.go holds; a test says so
	}
	return t
}

// Colorless says whether the theme uses no colour at all.
func (t Theme) Colorless() bool { return t.Text == "" && t.Accent == "" && t.Critical == "" }
