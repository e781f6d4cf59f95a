package dockerfile

import "drydock/internal/finding"

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'
}

// words splits what stands behind the command of an instruction into words:
// continued lines are joined, comment lines between them skipped, quotes kept.
// Of the JSON form each string is a word.
func words(src []byte, span finding.Span, escape byte, json bool) []Word {
	w := wordLexer{src: src[:span.End], i: span.Start, escape: escape}
	w.next() // the command
	var out []Word
	for {
		w.skip()
		if w.i >= len(w.src) {
			return out
		}
		start := w.i
		if json && src[start] != '-' {
			if !w.nextString() {
				continue
			}
		} else {
			w.next()
		}
		if end := w.i; end > start {
			out = append(out, Word{string(src[start:end]), finding.Span{Start: start, End: end}})
		}
		if w.atLineEnd() {
			return out // what follows is a heredoc
		}
	}
}

type wordLexer struct {
	src    []byte
	i      int
	escape byte
}

// skip moves over blanks, continued line ends, and the comment and empty lines
// behind them.
func (w *wordLexer) skip() {
	for w.i < len(w.src) {
		if n := w.continuation(); n > 0 {
			w.i += n
			w.skipComments()
		} else if isSpace(w.src[w.i]) {
			w.i++
		} else {
			return
		}
	}
}

// continuation is the length of an escaped line end at the current place, 0 when
// there is none.
func (w *wordLexer) continuation() int {
	if w.src[w.i] != w.escape {
		return 0
	}
	j := w.i + 1
	for j < len(w.src) && (w.src[j] == ' ' || w.src[j] == '\t' || w.src[j] == '\r') {
		j++
	}
	if j < len(w.src) && w.src[j] != '\n' {
		return 0
	}
	return min(j+1, len(w.src)) - w.i
}

func (w *wordLexer) skipComments() {
	for {
		j := w.i
		for j < len(w.src) && isSpace(w.src[j]) {
			j++
		}
		if j >= len(w.src) || w.src[j] != '#' {
			return
		}
		for j < len(w.src) && w.src[j] != '\n' {
			j++
		}
		w.i = j
	}
}

// next moves to the end of the word at the current place.
func (w *wordLexer) next() {
	quote := byte(0)
	for w.i < len(w.src) {
		c := w.src[w.i]
		if w.continuation() > 0 && quote == 0 {
			return
		}
		switch {
		case c == w.escape && quote != '\'' && w.i+1 < len(w.src):
			w.i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && isSpace(c), c == '\n':
			return
		}
		w.i++
	}
	w.i = min(w.i, len(w.src))
}

// nextString moves over one JSON string, or over one byte of what stands between
// strings; then it says false.
func (w *wordLexer) nextString() bool {
	if w.src[w.i] != '"' {
		w.i++
		return false
	}
	for w.i++; w.i < len(w.src); w.i++ {
		switch w.src[w.i] {
		case '\\':
			w.i++
		case '"':
			w.i++
			return true
		}
	}
	w.i = len(w.src)
	return true
}

// atLineEnd says whether the instruction's own line ends here.
func (w *wordLexer) atLineEnd() bool {
	for j := w.i; j < len(w.src); j++ {
		if w.src[j] == '\n' {
			return true
		}
		if !isSpace(w.src[j]) {
			return false
		}
	}
	return true
}
