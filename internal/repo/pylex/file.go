package pylex

import (
	"sort"
	"strings"
	"unsafe"

	"drydock/internal/finding"
)

// File is what one source file says. All spans are byte ranges of the source.
// A File is read-only after Parse and safe for concurrent use.
type File struct {
	Imports  []Import
	Defs     []Def  // in order of their start, nested ones after their parent
	Calls    []Call // in order of their opening parenthesis
	Assigns  []Assign
	EnvReads []EnvRead
	Comments []finding.Span

	// Err is the first place that cannot be read (an open string or bracket),
	// nil when there is none. The rest of the file is still read.
	Err *SyntaxError

	src string
	t   []tok
	// By token index: the partner of a bracket, string part or block (-1 without
	// one), the innermost bracket or block around it (-1 at top level), the end
	// of the expression that begins there.
	match, up, stop []int32

	names map[string]string // local name to what the imports say it is
	state reading
}

// reading is what Parse knows while it walks over the tokens.
type reading struct {
	owners     []int32 // definitions whose body is open
	pending    []int   // definitions whose body has yet to begin
	decorators []int   // tokens after @ that wait for their definition
	afterColon int     // where the statement after a compound statement's colon begins
	typing     int     // end of the block under "if TYPE_CHECKING:"
	try        int     // end of the innermost try body
	pattern    int     // a parenthesis before this token calls nothing: it is in a case pattern, or the subject of match
	lineStart  int     // a token and
	lineEnd    int     // the Newline after it
}

// tok is a token in the smaller form that the package works on.
type tok struct {
	start, end int32
	kind       Kind
}

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
	f := &File{src: unsafe.String(unsafe.SliceData(src), len(src)), Err: err, names: map[string]string{}}
	f.t = make([]tok, 0, len(toks))
	for _, t := range toks {
		if t.kind == Comment {
			f.Comments = append(f.Comments, finding.Span{Start: int(t.start), End: int(t.end)})
			continue
		}
		f.t = append(f.t, t)
	}
	*buf = toks
	scratch.Put(buf)
	f.pair()
	f.findStops()
	f.state = reading{afterColon: -1}
	for i := range f.t {
		f.enter(int32(i))
		if f.startsStatement(i) {
			f.statement(i)
		}
		if f.t[i].kind == Op {
			switch f.src[f.t[i].start] {
			case '(':
				f.callAt(i)
			case '[':
				f.envSubscript(i)
			}
		}
	}
	f.findEnv()
	f.state = reading{}
	return f
}

// startsStatement says whether a statement begins at token i.
func (f *File) startsStatement(i int) bool {
	switch f.t[i].kind {
	case Newline, Indent, Dedent:
		return false
	}
	if i == 0 || i == f.state.afterColon {
		return true
	}
	switch f.t[i-1].kind {
	case Newline, Indent, Dedent:
		return true
	case Op:
		return f.text(i-1) == ";" && f.inBlock(i)
	}
	return false
}

// statement reads what the first token of a statement tells.
func (f *File) statement(i int) {
	if f.t[i].kind == Keyword {
		switch f.text(i) {
		case "import":
			f.importAt(i)
			return
		case "from":
			f.fromAt(i)
			return
		case "async":
			if f.word(i+1, "def") {
				f.defAt(i, i+1, AsyncFunc)
				return
			}
			f.compound(i)
			return
		case "def":
			f.defAt(i, i, Func)
			return
		case "class":
			f.defAt(i, i, Class)
			return
		case "if", "elif", "else", "try", "except", "finally", "for", "while", "with":
			f.compound(i)
			return
		}
	}
	if f.is(i, "@") {
		f.state.decorators = append(f.state.decorators, i+1)
		return
	}
	f.assignment(i)
}

// compound reads the head of if, try and the like.
func (f *File) compound(i int) {
	colon := f.colonAfter(i)
	if colon < 0 {
		return
	}
	f.state.afterColon = colon + 1
	switch f.text(i) {
	case "if":
		if name, first, ok := f.pathEndingAt(colon - 1); ok && first == i+1 && (name == "TYPE_CHECKING" || strings.HasSuffix(name, ".TYPE_CHECKING")) {
			f.state.typing = f.blockEnd(colon)
		}
	case "try":
		f.state.try = max(f.state.try, f.blockEnd(colon))
	}
}

// colonAfter is the colon that ends the head of the compound statement at i, or -1.
func (f *File) colonAfter(i int) int {
	for j := i; j < len(f.t) && f.t[j].kind != Newline; j = f.skip(j) {
		switch {
		case f.is(j, ":"):
			return j
		case f.word(j, "lambda") && f.kind(j) == Keyword:
			if j = f.headEnd(j, ":"); j < 0 {
				return -1
			}
		}
	}
	return -1
}

// blockEnd is the token after the body whose head ends with the colon.
func (f *File) blockEnd(colon int) int {
	i := colon + 1
	if f.kind(i) == Newline && f.kind(i+1) == Indent {
		return f.skip(i + 1)
	}
	s := &f.state
	if i < s.lineStart || i > s.lineEnd { // several bodies on one line share its end
		s.lineStart, s.lineEnd = i, i
		for s.lineEnd < len(f.t) && f.t[s.lineEnd].kind != Newline {
			s.lineEnd++
		}
	}
	return min(s.lineEnd+1, len(f.t))
}

// enter keeps the stack of definitions whose body is open at token i.
func (f *File) enter(i int32) {
	s := &f.state
	for len(s.owners) > 0 && f.Defs[s.owners[len(s.owners)-1]].end <= i {
		s.owners = s.owners[:len(s.owners)-1]
	}
	for len(s.pending) > 0 && f.Defs[s.pending[0]].body <= i {
		if f.Defs[s.pending[0]].end > i {
			s.owners = append(s.owners, int32(s.pending[0]))
		}
		s.pending = s.pending[1:]
	}
}

// owner is the innermost definition whose body is open, -1 without one.
func (f *File) owner() int {
	if n := len(f.state.owners); n > 0 {
		return int(f.state.owners[n-1])
	}
	return -1
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
func (f *File) is(i int, s string) bool { return f.kind(i) == Op && f.text(i) == s }

// word says whether token i is the name or keyword s.
func (f *File) word(i int, s string) bool {
	k := f.kind(i)
	return (k == Name || k == Keyword) && f.text(i) == s
}

// skip is the token after token i, or after the group that i opens.
func (f *File) skip(i int) int {
	if i < len(f.match) && int(f.match[i]) > i {
		return int(f.match[i]) + 1
	}
	return i + 1
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

// Text is the source in the span; "" when the span is not inside the file.
func (f *File) Text(s finding.Span) string {
	if s.Start < 0 || s.End > len(f.src) || s.Start > s.End {
		return ""
	}
	return f.src[s.Start:s.End]
}

// tokenAt is the first token that begins at or after the offset.
func (f *File) tokenAt(offset int) int {
	return sort.Search(len(f.t), func(i int) bool { return int(f.t[i].start) >= offset })
}

// Value reads the expression that stands exactly in the span.
func (f *File) Value(s finding.Span) Arg {
	return f.valueOf(f.tokenAt(s.Start), f.tokenAt(s.End))
}

// Qualify writes a dotted name with its first part replaced by what the
// imports say it is: "CORSMiddleware" becomes
// "fastapi.middleware.cors.CORSMiddleware". Relative modules keep their dots.
func (f *File) Qualify(name string) string {
	head, rest := name, ""
	if n := strings.IndexAny(name, ".(["); n >= 0 {
		head, rest = name[:n], name[n:]
	}
	if full, ok := f.names[head]; ok {
		return full + rest
	}
	return name
}
