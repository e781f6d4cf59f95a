package repo

import (
	"bytes"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"drydock/internal/finding"
	"drydock/internal/repo/secret"
)

// File is one file of the project. Its content is read on first use and shared.
type File struct {
	Path    string // relative to the root, slash-separated
	Size    int64  // bytes
	Mode    fs.FileMode
	Lang    Lang
	Role    Role
	Tracked bool // in the git index; without git, simply not ignored

	home  *home
	seen  statKey
	known atomic.Pointer[facts]
	data  again[[]byte]
	err   atomic.Pointer[error] // why it could not be read

	linesOnce sync.Once
	lines     []int // offset of each line's first byte

	hiderOnce sync.Once
	hider     *strings.Replacer
}

// home is what the files of one snapshot share.
type home struct {
	tree     Tree
	keep     keeper
	surveyed atomic.Int64 // files that were read for their facts
}

// Bytes is the file's content, nil when it cannot be read (see Err). The caller
// must not change it. It may be read again when it is asked for again: hold on to
// what you work on.
func (f *File) Bytes() []byte {
	if f.ReadErr() != nil {
		return nil
	}
	return f.data.get(&f.home.keep, func() ([]byte, int64) {
		data, err := f.read(nil)
		if err != nil {
			f.fail(err)
			return nil, 0
		}
		return data, int64(len(data))
	})
}

// read reads the file, into buf where its tree can and it fits.
func (f *File) read(buf []byte) ([]byte, error) {
	if t, ok := f.home.tree.(interface {
		readInto(name string, buf []byte) ([]byte, error)
	}); ok {
		return t.readInto(f.Path, buf)
	}
	return f.home.tree.ReadFile(f.Path)
}

func (f *File) fail(err error) { f.err.CompareAndSwap(nil, &err) }

// Err says why the file could not be read.
func (f *File) Err() error {
	if f.known.Load() == nil {
		f.Bytes()
	}
	return f.ReadErr()
}

// ReadErr is Err for a file that something has asked for already, else nil: it
// never reads.
func (f *File) ReadErr() error {
	if err := f.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Text is the part of the content that span covers.
func (f *File) Text(span finding.Span) string {
	data := f.Bytes()
	start, end := clamp(span, len(data))
	return string(data[start:end])
}

// Name is the last element of the path.
func (f *File) Name() string { return path.Base(f.Path) }

// Dir is the directory of the file, "." at the root.
func (f *File) Dir() string { return path.Dir(f.Path) }

// Blank says whether the file holds nothing but white space.
func (f *File) Blank() bool {
	if f.Size == 0 {
		return true
	}
	known := f.facts()
	return !known.binary && known.count.Total == known.count.Blank && f.ReadErr() == nil
}

// Binary says whether the first bytes hold a NUL, as git decides it.
func (f *File) Binary() bool { return f.facts().binary }

func isBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }

// LineOffsets are the offsets at which lines start; the first is 0.
func (f *File) LineOffsets() []int {
	f.linesOnce.Do(func() {
		data := f.Bytes()
		f.lines = append(f.lines, 0)
		for i, n := 0, 0; ; i += n + 1 {
			if n = bytes.IndexByte(data[i:], '\n'); n < 0 {
				break
			}
			f.lines = append(f.lines, i+n+1)
		}
	})
	return f.lines
}

// Position turns a byte offset into a line and a column, both from 1. Columns
// count characters, not bytes.
func (f *File) Position(offset int) (line, column int) {
	data, lines := f.Bytes(), f.LineOffsets()
	offset = max(0, min(offset, len(data)))
	i := sort.SearchInts(lines, offset+1) - 1
	return i + 1, utf8.RuneCount(data[lines[i]:offset]) + 1
}

// Line is the text of line n (from 1) without its ending, secrets masked.
func (f *File) Line(n int) string {
	lines := f.LineOffsets()
	if n < 1 || n > len(lines) {
		return ""
	}
	end := len(f.Bytes())
	if n < len(lines) {
		end = lines[n] - 1
	}
	return strings.TrimRight(f.Redacted(finding.Span{Start: lines[n-1], End: end}), "\r\n")
}

// Secrets are the spans of literal values that must never be shown.
func (f *File) Secrets() []finding.Span {
	return secretsOf.Of(nil, f)
}

var secretsOf = Derive(func(_ *Snapshot, f *File) []finding.Span { return secret.Spans(f.Path, f.Bytes()) })

// Redacted is the text of span with every secret masked.
func (f *File) Redacted(span finding.Span) string {
	return secret.Redact(f.Bytes(), span, f.Secrets())
}

// Hide is a text about the file with the file's secrets masked: for what quotes
// parsed values rather than the file's bytes.
func (f *File) Hide(text string) string {
	f.hiderOnce.Do(func() { f.hider = secret.Hider(f.Bytes(), f.Secrets()) })
	return f.hider.Replace(text)
}

// At turns a span of the file into a location with a masked snippet.
func (f *File) At(span finding.Span) finding.Location {
	data := f.Bytes()
	start, end := clamp(span, len(data))
	l := finding.Location{Path: f.Path}
	l.Line, l.Column = f.Position(start)
	l.EndLine, l.EndColumn = f.Position(end)
	l.Snippet = clip(strings.TrimSpace(f.Line(l.Line)))
	return l
}

// Start is the location of the file's first byte: for what a file lacks.
func (f *File) Start() finding.Location { return f.At(finding.Span{}) }

const maxSnippet = 240 // bytes: a minified line is not a snippet

func clip(s string) string {
	if len(s) <= maxSnippet {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(s[:maxSnippet], "") + "…"
}

func clamp(span finding.Span, size int) (start, end int) {
	start = max(0, min(span.Start, size))
	return start, max(start, min(span.End, size))
}
