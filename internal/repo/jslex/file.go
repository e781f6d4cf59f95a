package jslex

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unsafe"

	"drydock/internal/finding"
)

// File is what one source file says. All spans are byte ranges of the source.
// A File is read-only after Parse and safe for concurrent use.
type File struct {
	Imports  []Import
	Exports  []Export
	Calls    []Call // in order of their opening parenthesis
	EnvReads []EnvRead
	Assigns  []Assign
	Funcs    []Func // in order of their start
	JSXTags  []JSXTag
	Comments []finding.Span

	// Err is the first place that cannot be read (an open string, template or
	// comment), nil when there is none. The rest of the file is still read.
	Err *SyntaxError

	src string
	t   []tok
	// By token index: the partner of a bracket (-1 without one), the innermost
	// open bracket (-1 at top level), the end of the expression that begins there.
	match, up, stop []int32

	owners   []int32 // stack of functions open at the token being read
	nextFunc int     // first function that begins after it
}

// tok is a token in the smaller form that the package works on.
type tok struct {
	start, end int32
	kind       Kind
	nl         bool  // a line ends between the previous token and this one
	brace      brace // what a { or [ holds
}

// brace says what an opening brace holds.
type brace uint8

const (
	block brace = iota
	object
	classBody
	typeBody // interface, object type, enum
	jsxExpr  // { } in a tag or between tags
	names    // import, export and destructuring lists
)

// maxSource is the largest source that is read; what is larger is no code.
const maxSource = 1 << 28

// Parse reads src, which must not change as long as the File is in use: its
// strings are parts of it. It never fails: File.Err says where reading stumbled.
func Parse(src []byte) *File {
	if len(src) > maxSource {
		return &File{Err: &SyntaxError{0, "file is too large to be source code"}}
	}
	buf := scratch.Get().(*[]tok)
	toks, err := lex(src, *buf)
	f := &File{src: text(src), Err: err}
	f.keep(toks)
	*buf = toks
	scratch.Put(buf)
	f.pair()
	f.classify()
	f.findStops()
	f.findFuncs()
	room := rooms.Get().(*room)
	f.Calls, f.Assigns, f.JSXTags = room.calls[:0], room.assigns[:0], room.tags[:0]
	for i := range f.t {
		f.enter(int32(i))
		f.visit(i)
	}
	f.owners = nil
	f.Calls, f.Assigns, f.JSXTags = moved(&room.calls, f.Calls), moved(&room.assigns, f.Assigns), moved(&room.tags, f.JSXTags)
	rooms.Put(room)
	return f
}

// room is where facts gather before it is known how many they are.
type room struct {
	calls   []Call
	assigns []Assign
	tags    []JSXTag
}

var rooms = sync.Pool{New: func() any { return &room{} }}

// moved is a copy of what was gathered in buf, which is empty then.
func moved[T any](buf *[]T, gathered []T) []T {
	*buf = gathered
	if len(gathered) == 0 {
		return nil
	}
	out := slices.Clone(gathered)
	clear(gathered)
	return out
}

// text is src as a string, without a copy.
func text(src []byte) string { return unsafe.String(unsafe.SliceData(src), len(src)) }

// keep takes over the tokens that are code.
func (f *File) keep(toks []tok) {
	comments := 0
	for _, t := range toks {
		if t.kind == Comment {
			comments++
		}
	}
	f.t = make([]tok, 0, len(toks)-comments)
	nl := false
	for _, t := range toks {
		nl = nl || t.nl
		if t.kind == Comment {
			f.Comments = append(f.Comments, finding.Span{Start: int(t.start), End: int(t.end)})
			nl = nl || strings.IndexByte(f.src[t.start:t.end], '\n') >= 0
			continue
		}
		t.nl, nl = nl, false
		f.t = append(f.t, t)
	}
}

// visit reads the facts that begin at, or are marked by, token i.
func (f *File) visit(i int) {
	switch t := f.t[i]; t.kind {
	case Keyword:
		switch f.text(i) {
		case "import":
			f.importAt(i)
		case "export":
			f.exportAt(i)
		case "const", "let", "var":
			if !f.word(i-1, "as") && !f.is(i-1, "<") {
				f.declaration(i)
			}
		}
	case Ident:
		switch f.text(i) {
		case "process":
			f.envAt(i)
		case "using":
			if f.kind(i+1) == Ident && !f.t[i+1].nl {
				f.declaration(i)
			}
		}
	case Punct:
		switch f.src[t.start] {
		case '(':
			f.callAt(i)
		case '=':
			if t.end == t.start+1 {
				f.assignment(i)
			}
		}
	case JSXOpen:
		if t.end == t.start+1 {
			f.tagAt(i)
		}
	}
}

// text is token i as written, "" outside the file.
func (f *File) text(i int) string {
	if i < 0 || i >= len(f.t) {
		return ""
	}
	return f.src[f.t[i].start:f.t[i].end]
}

// kind is the kind of token i, Invalid outside the file.
func (f *File) kind(i int) Kind {
	if i < 0 || i >= len(f.t) {
		return Invalid
	}
	return f.t[i].kind
}

// is says whether token i is the operator or bracket s.
func (f *File) is(i int, s string) bool {
	return f.kind(i) == Punct && f.text(i) == s
}

// word says whether token i is the name or keyword s.
func (f *File) word(i int, s string) bool {
	k := f.kind(i)
	return (k == Ident || k == Keyword) && f.text(i) == s
}

func (f *File) isName(i int) bool {
	k := f.kind(i)
	return k == Ident || k == Keyword
}

// skip is the token after token i, or after the group that i opens.
func (f *File) skip(i int) int {
	if i < len(f.match) && int(f.match[i]) > i {
		return int(f.match[i]) + 1
	}
	return i + 1
}

// closer is the token that closes the group i opens, the end of the file when none does.
func (f *File) closer(i int) int {
	if m := int(f.match[i]); m > i {
		return m
	}
	return len(f.t)
}

// span covers the tokens [i, end).
func (f *File) span(i, end int) finding.Span {
	if i >= len(f.t) {
		return finding.Span{Start: len(f.src), End: len(f.src)}
	}
	s := finding.Span{Start: int(f.t[i].start), End: int(f.t[i].end)}
	if end > i+1 {
		s.End = int(f.t[min(end, len(f.t))-1].end)
	}
	return s
}

// tokenAt is the first token that begins at or after the offset.
func (f *File) tokenAt(offset int) int {
	return sort.Search(len(f.t), func(i int) bool { return int(f.t[i].start) >= offset })
}

// Text is the source in the span; "" when the span is not inside the file.
func (f *File) Text(s finding.Span) string {
	if s.Start < 0 || s.End > len(f.src) || s.Start > s.End {
		return ""
	}
	return f.src[s.Start:s.End]
}

// After is the source from an offset on, at most so many bytes.
func (f *File) After(offset, most int) string {
	if offset < 0 || offset > len(f.src) || most < 0 {
		return ""
	}
	return f.src[offset:min(offset+most, len(f.src))]
}
