package golex

import (
	"sort"
	"strings"

	"drydock/internal/finding"
)

// File is what one source file says. All spans are byte ranges of the source.
// A File is read-only after Parse and safe for concurrent use.
type File struct {
	Head
	Funcs      []Func // in order of their start, literals after the function around them
	Types      []Type
	Calls      []Call // in order of their opening parenthesis
	Assigns    []Assign
	Returns    []Return
	Composites []Composite
	EnvReads   []EnvRead
	Embeds     []Embed
	Nolints    []Nolint
	Comments   []finding.Span

	// Err is the first place that cannot be read (an open string or bracket), nil
	// when there is none. The rest of the file is still read.
	Err *SyntaxError

	src string
}

// maxSource is the largest source that is read; what is larger is no code.
const maxSource = 1 << 28

// Parse reads src. It never fails: File.Err says where reading stumbled.
func Parse(src []byte) *File {
	if len(src) > maxSource {
		return &File{Err: &SyntaxError{0, "file is too large to be source code"}}
	}
	f := &File{src: string(src)}
	buffer := buffers.Get().(*[]token)
	l := lex(f.src, 0, len(f.src), *buffer)
	f.Err, f.Comments = l.err, l.comments
	p := parser{reader: reader{src: f.src, t: l.t}, f: f}
	p.run()
	f.directives()
	p.findEnv()
	f.tagEnv()
	sort.SliceStable(f.EnvReads, func(a, b int) bool { return f.EnvReads[a].Span.Start < f.EnvReads[b].Span.Start })
	if *buffer = l.t; cap(l.t) <= maxBuffer {
		buffers.Put(buffer)
	}
	return f
}

// Text is the source in the span; "" when the span is not inside the file.
func (f *File) Text(s finding.Span) string {
	if s.Start < 0 || s.End > len(f.src) || s.Start > s.End {
		return ""
	}
	return f.src[s.Start:s.End]
}

// Qualify writes a dotted name with the import path of its package in front:
// "mux.NewRouter" becomes "github.com/gorilla/mux.NewRouter". Names of other
// origin stay as they are.
func (f *File) Qualify(name string) string {
	head, rest := name, ""
	if n := strings.IndexAny(name, ".(["); n >= 0 {
		head, rest = name[:n], name[n:]
	}
	for i := range f.Imports {
		if f.Imports[i].Name() == head {
			return f.Imports[i].Path + rest
		}
	}
	return name
}

// ImportOf is the import path of the package that a dotted name begins with, ""
// when it begins with something else. A local name that hides the package is
// not seen.
func (f *File) ImportOf(name string) string {
	head := name
	if n := strings.IndexAny(name, ".(["); n >= 0 {
		head = name[:n]
	}
	for i := range f.Imports {
		if f.Imports[i].Name() == head {
			return f.Imports[i].Path
		}
	}
	return ""
}

// Uses says whether the file imports a package of that path or below it.
func (f *File) Uses(path string) bool {
	for i := range f.Imports {
		if p := f.Imports[i].Path; p == path || strings.HasPrefix(p, path) && len(p) > len(path) && p[len(path)] == '/' {
			return true
		}
	}
	return false
}

// FuncAt is the index of the innermost function whose span holds the offset, -1
// without one.
func (f *File) FuncAt(offset int) int {
	i := sort.Search(len(f.Funcs), func(k int) bool { return f.Funcs[k].Span.Start > offset }) - 1
	for i >= 0 && !f.Funcs[i].Span.Contains(offset) {
		i = f.Funcs[i].Parent
	}
	return i
}

// Outer is the declared function that function i stands in, i itself when it is
// declared or stands at package level itself; -1 for -1.
func (f *File) Outer(i int) int {
	if i < 0 {
		return -1
	}
	return int(f.Funcs[i].outer)
}

// CallOf is the call that an argument is.
func (f *File) CallOf(a Arg) (*Call, bool) {
	if a.Kind != ValueCall || a.open < 0 {
		return nil, false
	}
	i := sort.Search(len(f.Calls), func(k int) bool { return f.Calls[k].open >= a.open })
	if i < len(f.Calls) && f.Calls[i].open == a.open {
		return &f.Calls[i], true
	}
	return nil, false
}

// FuncOf is the index of the function literal that an argument is, -1 when it is
// none.
func (f *File) FuncOf(a Arg) int {
	if a.Kind != ValueFunc {
		return -1
	}
	i := sort.Search(len(f.Funcs), func(k int) bool { return f.Funcs[k].Span.Start >= a.Span.Start })
	if i < len(f.Funcs) && f.Funcs[i].Span.Start == a.Span.Start {
		return i
	}
	return -1
}

// packageName guesses a package's name by its path.
func packageName(path string) string {
	dir, base := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, base = path[:i], path[i+1:]
	}
	if isVersion(base) && dir != "" {
		base = dir[strings.LastIndexByte(dir, '/')+1:]
	}
	if i := strings.LastIndex(base, ".v"); i > 0 && isVersion(base[i+1:]) { // gopkg.in/yaml.v3
		base = base[:i]
	}
	base = strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
	if i := strings.LastIndexByte(base, '-'); i >= 0 {
		base = base[i+1:]
	}
	return strings.TrimSuffix(base, ".go")
}

// isVersion says whether a path element is a major version: v2.
func isVersion(s string) bool {
	if len(s) < 2 || s[0] != 'v' {
		return false
	}
	for _, c := range s[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
