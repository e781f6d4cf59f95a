package tui

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"drydock/internal/inert"
	"drydock/internal/repo"
	"drydock/themes"
	"drydock/tui/paint"
)

// excerpt is a part of a file, highlighted, secrets masked.
type excerpt struct {
	path  string
	first int // number of the first line
	lines [][]token
	last  bool   // the file ends with the last line
	why   string // why there is nothing to show
}

// token is a piece of a line and what it is.
type token struct {
	text string
	kind tokenKind
}

type tokenKind byte

const (
	plainToken tokenKind = iota
	keywordToken
	stringToken
	numberToken
	commentToken
)

func (t tokenKind) style(k *paint.Kit) themes.Style {
	switch t {
	case keywordToken:
		return k.Keyword
	case stringToken:
		return k.String
	case numberToken:
		return k.Number
	case commentToken:
		return k.Comment
	}
	return k.Text
}

// How much of a file is read for an excerpt: lines on each side of the place,
// and bytes of one line.
const (
	excerptReach = 200
	excerptWide  = 400
)

// excerpts remembers what was highlighted, by file and place. Files of a
// snapshot do not change, so an entry stays true; it is small, so the oldest go.
type excerpts struct {
	mu   sync.Mutex
	done map[excerptKey]*excerpt
	age  []excerptKey

	lexers map[string]chroma.Lexer // by file name
}

type excerptKey struct {
	file  *repo.File
	first int
}

const excerptsKept = 64

// of is the excerpt of file around line; it reads and highlights on first use.
func (e *excerpts) of(ctx context.Context, file *repo.File, line int) *excerpt {
	key := excerptKey{file, max(1, line-excerptReach)}
	e.mu.Lock()
	known := e.done[key]
	e.mu.Unlock()
	if known != nil || ctx.Err() != nil {
		return known
	}
	x := e.read(file, key.first)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = map[excerptKey]*excerpt{}
	}
	e.done[key] = x
	e.age = append(e.age, key)
	if len(e.age) > excerptsKept {
		delete(e.done, e.age[0])
		e.age = e.age[1:]
	}
	return x
}

func (e *excerpts) read(file *repo.File, first int) *excerpt {
	x := &excerpt{path: file.Path, first: first}
	switch {
	case file.Err() != nil:
		x.why = "cannot be read: " + file.Err().Error()
		return x
	case file.Size == 0:
		x.why = "the file is empty"
		return x
	case file.Binary():
		x.why = fmt.Sprintf("binary, %s bytes", thousands(int(file.Size)))
		return x
	}
	total := len(file.LineOffsets())
	end := min(total, first+2*excerptReach)
	var source []string
	for n := first; n <= end; n++ {
		line := file.Line(n)
		if len(line) > excerptWide {
			line = line[:excerptWide] + "…"
		}
		source = append(source, inert.Line(line))
	}
	x.last = end == total
	x.lines = highlight(e.lexer(file.Path), source)
	return x
}

// highlight splits lines into tokens. Without a lexer, or where it fails, a line
// is one plain token.
func highlight(lexer chroma.Lexer, lines []string) [][]token {
	out := make([][]token, 0, len(lines))
	if lexer != nil {
		if tokens, err := chroma.Coalesce(lexer).Tokenise(nil, strings.Join(lines, "\n")); err == nil {
			for _, line := range chroma.SplitTokensIntoLines(tokens.Tokens()) {
				var row []token
				for _, t := range line {
					row = append(row, token{strings.TrimRight(t.Value, "\n"), kindOf(t.Type)})
				}
				out = append(out, row)
			}
		}
	}
	if len(out) < len(lines) {
		for _, line := range lines[len(out):] {
			out = append(out, []token{{line, plainToken}})
		}
	}
	return out[:len(lines)]
}

// lexer is the one for a file name, or nil. It is remembered: finding one tries
// hundreds of patterns.
func (e *excerpts) lexer(path string) chroma.Lexer {
	name := path[strings.LastIndexByte(path, '/')+1:]
	e.mu.Lock()
	defer e.mu.Unlock()
	l, ok := e.lexers[name]
	if !ok {
		l = lexers.Match(name)
		if e.lexers == nil {
			e.lexers = map[string]chroma.Lexer{}
		}
		e.lexers[name] = l
	}
	return l
}

func kindOf(t chroma.TokenType) tokenKind {
	switch {
	case t.InCategory(chroma.Keyword), t == chroma.NameTag, t == chroma.NameBuiltin, t == chroma.NameDecorator:
		return keywordToken
	case t.InSubCategory(chroma.LiteralNumber):
		return numberToken
	case t.InCategory(chroma.Literal):
		return stringToken
	case t.InCategory(chroma.Comment):
		return commentToken
	}
	return plainToken
}
