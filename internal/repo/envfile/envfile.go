// Package envfile reads env files: lines of KEY=value as docker, dotenv and the
// shell understand them, each with its place.
package envfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"drydock/internal/finding"
)

// MaxBytes is the size above which Parse refuses a file.
const MaxBytes = 1 << 20

// File is one env file.
type File struct {
	Path    string
	Entries []*Entry
	Unread  []finding.Span // lines that are neither an entry, nor blank, nor a comment
	// Commented are the entries that comments show, such as # PORT=3000: variables
	// that may be set. Keys in capitals only.
	Commented []*Entry
}

// Duplicate is a key that a file sets more than once. The last counts.
type Duplicate struct{ First, Last *Entry }

// Duplicates are the keys that the file sets more than once, by their first place.
func (f *File) Duplicates() []Duplicate {
	var out []Duplicate
	at := map[string]int{} // index in out, or minus one minus the index of the first entry
	for i, e := range f.Entries {
		k, again := at[e.Key]
		switch {
		case !again:
			at[e.Key] = -1 - i
		case k < 0:
			at[e.Key] = len(out)
			out = append(out, Duplicate{f.Entries[-1-k], e})
		default:
			out[k].Last = e
		}
	}
	slices.SortFunc(out, func(a, b Duplicate) int { return a.First.KeySpan.Start - b.First.KeySpan.Start })
	return out
}

// Entry is one variable.
type Entry struct {
	Key      string
	Value    string // quotes removed, escapes replaced; variables in it are not
	HasValue bool   // false for a bare name, which takes the value of the shell
	Quote    byte   // ', ", ` or 0
	Export   bool   // written with export
	Colon    bool   // written KEY: value, which compose takes and a shell does not

	KeySpan finding.Span
	Span    finding.Span // the value, quotes included; empty behind the = when there is none
	Line    finding.Span // from the first byte that is not blank to the end of the value
	Comment finding.Span // the comment behind the value, its # included; empty without one
}

// Inner is the place of the value without its quotes.
func (e *Entry) Inner() finding.Span {
	if e.Quote == 0 {
		return e.Span
	}
	return finding.Span{Start: e.Span.Start + 1, End: e.Span.End - 1}
}

// Blank says whether the variable is given no value.
func (e *Entry) Blank() bool { return strings.TrimSpace(e.Value) == "" }

// Empty says whether the file sets no variable at all.
func (f *File) Empty() bool { return len(f.Entries) == 0 }

// Get is the entry that counts for a key: the last one. It is nil when there is
// none.
func (f *File) Get(key string) *Entry {
	for i := len(f.Entries) - 1; i >= 0; i-- {
		if f.Entries[i].Key == key {
			return f.Entries[i]
		}
	}
	return nil
}

// Error says where and why a file is not an env file.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads an env file. It fails, with an *Error, on what is too large or not
// text; a line that it does not understand is listed in Unread.
func Parse(path string, src []byte) (*File, error) {
	f := &File{Path: path}
	if len(src) > MaxBytes {
		return f, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return f, &Error{1 + bytes.Count(src[:i], []byte("\n")), "control character 0x00: not a text file"}
	}
	if !utf8.Valid(src) {
		i := 0
		for i < len(src) {
			r, w := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && w == 1 {
				break
			}
			i += w
		}
		return f, &Error{1 + bytes.Count(src[:i], []byte("\n")), "not valid UTF-8"}
	}
	s := scanner{src: src}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		s.i = 3
	}
	for s.i < len(src) {
		s.blanks()
		start := s.i
		switch e := s.entry(); {
		case e != nil:
			e.Line.Start = start
			e.Comment = s.comment()
			f.Entries = append(f.Entries, e)
		case start < len(src) && src[start] == '#':
			if e := s.commented(); e != nil {
				f.Commented = append(f.Commented, e)
			}
		case start < s.lineEnd(start):
			f.Unread = append(f.Unread, finding.Span{Start: start, End: s.lineEnd(start)})
		}
		s.i = s.nextLine()
	}
	return f, nil
}

// comment is the comment behind the value that the scanner stands behind.
func (s *scanner) comment() finding.Span {
	end := s.lineEnd(s.i)
	at := s.i
	for at < end && (s.src[at] == ' ' || s.src[at] == '\t') {
		at++
	}
	if at == end || s.src[at] != '#' {
		return finding.Span{}
	}
	return finding.Span{Start: at, End: end}
}

// commented is the entry that a comment shows, nil when it shows none. The scanner
// stays on the line.
func (s *scanner) commented() *Entry {
	end := s.lineEnd(s.i)
	line := scanner{src: s.src[:end], i: s.i}
	for line.i < end && (line.src[line.i] == '#' || line.src[line.i] == ' ' || line.src[line.i] == '\t') {
		line.i++
	}
	start := line.i
	e := line.entry()
	if e == nil || !e.HasValue || e.Colon || strings.ToUpper(e.Key) != e.Key || strings.Contains(e.Key, ".") || e.Span.Start > e.KeySpan.End+1 && e.Span.Len() > 0 {
		return nil
	}
	e.Line.Start = start
	return e
}

type scanner struct {
	src []byte
	i   int
}

func (s *scanner) blanks() {
	for s.i < len(s.src) && (s.src[s.i] == ' ' || s.src[s.i] == '\t') {
		s.i++
	}
}

// lineEnd is the offset of the line end at or behind i, its CR not included.
func (s *scanner) lineEnd(i int) int {
	end := len(s.src)
	if j := bytes.IndexByte(s.src[i:], '\n'); j >= 0 {
		end = i + j
	}
	if end > i && s.src[end-1] == '\r' {
		end--
	}
	return end
}

func (s *scanner) nextLine() int {
	if j := bytes.IndexByte(s.src[s.i:], '\n'); j >= 0 {
		return s.i + j + 1
	}
	return len(s.src)
}

// entry reads an entry that starts here and stands behind its value then; nil when
// the line holds none.
func (s *scanner) entry() *Entry {
	e := &Entry{}
	end := s.lineEnd(s.i)
	if rest, ok := bytes.CutPrefix(s.src[s.i:end], []byte("export")); ok && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		e.Export = true
		s.i += len("export")
		s.blanks()
	}
	e.KeySpan.Start = s.i
	for s.i < end && isKeyByte(s.src[s.i], s.i == e.KeySpan.Start) {
		s.i++
	}
	e.KeySpan.End = s.i
	e.Key = string(s.src[e.KeySpan.Start:s.i])
	if e.Key == "" {
		return nil
	}
	s.blanks()
	if s.i >= end || s.src[s.i] == '#' {
		e.Span = finding.Span{Start: e.KeySpan.End, End: e.KeySpan.End}
		e.Line.End = e.Span.End
		return e
	}
	switch {
	case s.src[s.i] == '=':
	case s.src[s.i] == ':' && s.i == e.KeySpan.End && s.i+1 < end && s.src[s.i+1] == ' ' && strings.ToUpper(e.Key) == e.Key:
		e.Colon = true
	default:
		return nil
	}
	s.i++
	e.HasValue = true
	afterEquals := s.i
	s.blanks()
	if s.i >= end {
		e.Span = finding.Span{Start: afterEquals, End: afterEquals}
	} else if !s.quoted(e) {
		s.plain(e, afterEquals, end)
	}
	e.Line.End = e.Span.End
	s.i = e.Span.End
	return e
}

// plain reads a value without quotes: up to the line end or to a blank and #.
func (s *scanner) plain(e *Entry, afterEquals, end int) {
	start := s.i
	for j := start; j < end; j++ {
		if s.src[j] == '#' && (j == start && start > afterEquals || j > start && (s.src[j-1] == ' ' || s.src[j-1] == '\t')) {
			end = j
			break
		}
	}
	for end > start && (s.src[end-1] == ' ' || s.src[end-1] == '\t' || s.src[end-1] == '\r') {
		end--
	}
	if end == start {
		start, end = afterEquals, afterEquals
	}
	e.Span = finding.Span{Start: start, End: end}
	e.Value = string(s.src[start:end])
}

// quoted reads a quoted value, which may go over several lines; false when the
// value has no quotes or they do not close.
func (s *scanner) quoted(e *Entry) bool {
	quote := s.src[s.i]
	if quote != '"' && quote != '\'' && quote != '`' {
		return false
	}
	var b strings.Builder
	for j := s.i + 1; j < len(s.src); j++ {
		c := s.src[j]
		switch {
		case c == quote:
			e.Quote, e.Value = quote, b.String()
			e.Span = finding.Span{Start: s.i, End: j + 1}
			return true
		case c == '\\' && quote == '"' && j+1 < len(s.src):
			j++
			b.WriteString(unescape(s.src[j]))
		case c == '\n' && startsEntry(s.src[j+1:]):
			return false // most likely an apostrophe that was never meant to open anything
		default:
			b.WriteByte(c)
		}
	}
	return false
}

func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\\', '$', '\'', '`':
		return string(c)
	}
	return "\\" + string(c)
}

// startsEntry says whether the text begins with KEY=value, the key in capitals.
// The last line of a base64 text ends with = and is none.
func startsEntry(text []byte) bool {
	n := 0
	for n < len(text) && isKeyByte(text[n], n == 0) && (text[n] < 'a' || text[n] > 'z') {
		n++
	}
	return n > 0 && n+1 < len(text) && text[n] == '=' && bytes.IndexByte([]byte("=\r\n"), text[n+1]) < 0
}

func isKeyByte(c byte, first bool) bool {
	if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '.' || c == '-')
}
