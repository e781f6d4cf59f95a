package repo

import (
	"bytes"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// Says says whether the file holds one of the words, each a run of letters, digits,
// _ and $: of source in its code and its strings, comments left out. Unlike Mentions
// it reads the file and is sure.
func (f *File) Says(words ...string) bool {
	if !f.Mentions(words...) {
		return false
	}
	data := f.Bytes()
	switch f.Lang {
	case TypeScript, JavaScript:
		for _, t := range jslex.Lex(data) {
			if t.Kind != jslex.Comment && holdsWord(data[t.Span.Start:t.Span.End], words) {
				return true
			}
		}
		return false
	case Python:
		for _, t := range pylex.Lex(data) {
			if t.Kind != pylex.Comment && holdsWord(data[t.Span.Start:t.Span.End], words) {
				return true
			}
		}
		return false
	}
	return holdsWord(data, words)
}

// holdsWord says whether text holds one of the words as a whole.
func holdsWord(text []byte, words []string) bool {
	for _, w := range words {
		for at := 0; w != ""; {
			i := bytes.Index(text[at:], []byte(w))
			if i < 0 {
				break
			}
			i += at
			at = i + len(w)
			if (i == 0 || !inWord[text[i-1]]) && (at == len(text) || !inWord[text[at]]) {
				return true
			}
		}
	}
	return false
}
