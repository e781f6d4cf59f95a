package paint

import (
	"unicode"

	"drydock/themes"
)

// Input is one line of text under edit.
type Input struct {
	runes  []rune
	cursor int
}

// Set replaces the text; the cursor goes to its end.
func (in *Input) Set(text string) {
	in.runes = []rune(text)
	in.cursor = len(in.runes)
}

// String is the text.
func (in *Input) String() string { return string(in.runes) }

// Insert puts text at the cursor, without what cannot stand in a line.
func (in *Input) Insert(text string) {
	var add []rune
	for _, r := range text {
		if unicode.IsPrint(r) {
			add = append(add, r)
		}
	}
	rest := append(add, in.runes[in.cursor:]...)
	in.runes = append(in.runes[:in.cursor:in.cursor], rest...)
	in.cursor += len(add)
}

// Key edits as a line editor does; text is what the key types. False when the
// key means nothing to it.
func (in *Input) Key(key, text string) bool {
	switch key {
	case "left", "ctrl+b":
		in.cursor = max(0, in.cursor-1)
	case "right", "ctrl+f":
		in.cursor = min(len(in.runes), in.cursor+1)
	case "home", "ctrl+a":
		in.cursor = 0
	case "end", "ctrl+e":
		in.cursor = len(in.runes)
	case "backspace":
		in.remove(in.cursor-1, in.cursor)
	case "delete":
		in.remove(in.cursor, in.cursor+1)
	case "ctrl+u":
		in.remove(0, in.cursor)
	case "ctrl+k":
		in.remove(in.cursor, len(in.runes))
	case "ctrl+w":
		in.remove(in.wordStart(), in.cursor)
	default:
		if text == "" {
			return false
		}
		in.Insert(text)
	}
	return true
}

func (in *Input) remove(from, to int) {
	from, to = max(0, from), min(to, len(in.runes))
	if from >= to {
		return
	}
	in.runes = append(in.runes[:from:from], in.runes[to:]...)
	in.cursor = from
}

func (in *Input) wordStart() int {
	i := in.cursor
	for i > 0 && in.runes[i-1] == ' ' {
		i--
	}
	for i > 0 && in.runes[i-1] != ' ' {
		i--
	}
	return i
}

// Line draws the text with its cursor in at most width columns; the part around
// the cursor is in view.
func (in *Input) Line(k *Kit, width int) *Line {
	from := max(0, in.cursor-width+2)
	l := k.Line()
	l.Text(string(in.runes[from:in.cursor]))
	under := " "
	rest := ""
	if in.cursor < len(in.runes) {
		under, rest = string(in.runes[in.cursor]), string(in.runes[in.cursor+1:])
	}
	return l.Add(themes.Style{Reverse: true}, under).Text(rest)
}
