// Package ini reads the INI dialect of Python's configparser, which setup.cfg,
// alembic.ini, tox.ini and their kin are written in.
package ini

import (
	"bytes"
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// MaxBytes is the largest file that Parse reads.
const MaxBytes = 8 << 20

// Doc is one file.
type Doc struct{ Sections []Section }

// Section is a header in brackets and the keys below it.
type Section struct {
	Name string
	Span finding.Span // the header, brackets included
	Keys []Key
}

// Key is one setting.
type Key struct {
	Name      string // in lower case, as configparser compares it
	Lines     []Line // the lines of the value that hold text, without indentation
	NameSpan  finding.Span
	ValueSpan finding.Span // from the first to the last line with text; empty behind the sign when there is none
	Span      finding.Span
}

// Line is one line of a value.
type Line struct {
	Text string
	Span finding.Span
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads a file. Lines that start with # or ; are comments; indented lines
// continue a value. It fails with an *Error on a setting before the first
// section, on a header that is not closed, and on a file that is no text; the
// sections before that place are returned with it.
func Parse(src []byte) (*Doc, error) {
	if len(src) > MaxBytes {
		return nil, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, &Error{bytes.Count(src[:i], []byte("\n")) + 1, "not a text file"}
	}
	r := &reader{}
	start := 0
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		start = 3
	}
	for number := 1; start < len(src); number++ {
		end := len(src)
		if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n
		}
		if msg := r.line(string(src[start:end]), start); msg != "" {
			return &r.doc, &Error{number, msg}
		}
		start = end + 1
	}
	return &r.doc, nil
}

type reader struct {
	doc Doc
	key *Key // the setting that an indented line continues
}

// line reads one line that starts at the offset base and says what is wrong
// with it.
func (r *reader) line(raw string, base int) string {
	body := strings.TrimRight(raw, " \t\r")
	text := strings.TrimLeft(body, " \t")
	indent := len(body) - len(text)
	span := finding.Span{Start: base + indent, End: base + len(body)}
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		return ""
	case indent > 0 && r.key != nil:
		r.key.extend(Line{text, span})
		return ""
	case text[0] == '[':
		end := strings.LastIndexByte(text, ']')
		if end < 0 {
			return "the section's header is not closed"
		}
		span.End = span.Start + end + 1
		r.doc.Sections = append(r.doc.Sections, Section{Name: text[1:end], Span: span})
		r.key = nil
		return ""
	case len(r.doc.Sections) == 0:
		return "a setting stands before the first section"
	}
	return r.setting(text, span)
}

func (r *reader) setting(text string, span finding.Span) string {
	sign := strings.IndexAny(text, "=:")
	name := text
	if sign >= 0 {
		name = text[:sign]
	}
	name = strings.TrimRight(name, " \t")
	if name == "" {
		return "a setting has no name"
	}
	k := Key{Name: strings.ToLower(name), Span: span, NameSpan: finding.Span{Start: span.Start, End: span.Start + len(name)}}
	k.ValueSpan = finding.Span{Start: span.End, End: span.End}
	if sign >= 0 {
		if value := strings.TrimLeft(text[sign+1:], " \t"); value != "" {
			k.extend(Line{value, finding.Span{Start: span.End - len(value), End: span.End}})
		}
	}
	section := &r.doc.Sections[len(r.doc.Sections)-1]
	section.Keys = append(section.Keys, k)
	r.key = &section.Keys[len(section.Keys)-1]
	return ""
}

func (k *Key) extend(l Line) {
	if len(k.Lines) == 0 {
		k.ValueSpan.Start = l.Span.Start
	}
	k.Lines = append(k.Lines, l)
	k.ValueSpan.End, k.Span.End = l.Span.End, l.Span.End
}

// Value is the text of the setting, its lines joined with line breaks.
func (k Key) Value() string {
	if len(k.Lines) == 1 {
		return k.Lines[0].Text
	}
	var lines []string
	for _, l := range k.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, "\n")
}

// Section is the first section with the given name.
func (d *Doc) Section(name string) (Section, bool) {
	for _, s := range d.Sections {
		if s.Name == name {
			return s, true
		}
	}
	return Section{}, false
}

// Key is the last setting of that name in the section, as configparser counts
// them.
func (d *Doc) Key(section, name string) (Key, bool) {
	for i := len(d.Sections) - 1; i >= 0; i-- {
		if d.Sections[i].Name != section {
			continue
		}
		for k := len(d.Sections[i].Keys) - 1; k >= 0; k-- {
			if d.Sections[i].Keys[k].Name == strings.ToLower(name) {
				return d.Sections[i].Keys[k], true
			}
		}
	}
	return Key{}, false
}
