package markdown

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// asciidoc reads AsciiDoc: titles, blocks of code, macros that link.
type asciidoc struct {
	src     []byte
	f       *File
	heading int
	asked   string // the anchor that a line above asks for
	lang    string // of the block that follows
}

func parseAsciiDoc(f *File, src []byte) {
	a := &asciidoc{src: src, f: f, heading: -1}
	for at := 0; at < len(src); {
		end, next := lineEnd(src, at)
		for end > at && (src[end-1] == ' ' || src[end-1] == '\t') {
			end--
		}
		if to, ok := a.block(at, end, next); ok {
			next = to
		} else if end > at && !a.title(at, end) && !a.attributes(at, end) && !bytes.HasPrefix(src[at:end], []byte("//")) {
			span := finding.Span{Start: at, End: end}
			f.count(src, span, a.heading)
			a.inline(span)
		}
		at = next
	}
}

// block passes a block between two equal lines: code, literal text, a comment.
func (a *asciidoc) block(at, end, next int) (int, bool) {
	line := a.src[at:end]
	if len(line) < 3 {
		return 0, false
	}
	mark, fence := line[0], bytes.HasPrefix(line, []byte("```"))
	if !fence && (mark != '-' && mark != '.' && mark != '/' && mark != '+' || len(line) < 4 || len(bytes.Trim(line, string(mark))) > 0) {
		return 0, false
	}
	c := Code{Lang: a.lang, Info: a.lang, Fenced: true, Span: finding.Span{Start: at}, Body: finding.Span{Start: next}}
	if fence {
		c.Lang, c.Info, line = language(string(line[3:])), string(line[3:]), line[:3]
	}
	a.lang = ""
	i := next
	for i < len(a.src) {
		e, n := lineEnd(a.src, i)
		if bytes.Equal(bytes.TrimRight(a.src[i:e], " \t"), line) {
			c.Body.End, c.Span.End = i, e
			i = n
			break
		}
		i = n
	}
	if c.Span.End == 0 {
		c.Body.End, c.Span.End = max(len(a.src), next), len(a.src)
	}
	if mark == '-' || mark == '.' || fence {
		a.f.Code = append(a.f.Code, c)
	}
	return max(i, next), true
}

func (a *asciidoc) title(at, end int) bool {
	line := a.src[at:end]
	level := 0
	for level < len(line) && line[level] == '=' {
		level++
	}
	if level == 0 {
		for level < len(line) && line[level] == '#' {
			level++
		}
	}
	if level == 0 || level > 6 || level >= len(line) || line[level] != ' ' {
		return false
	}
	text := strings.Trim(strings.TrimSpace(string(line[level:])), "*_`")
	a.heading = a.f.title(Heading{Level: level, Text: text, Slug: a.asked, Span: finding.Span{Start: at, End: end}})
	a.asked = ""
	return true
}

// attributes is a line in brackets above a block: [source,bash], [[id]], [#id].
func (a *asciidoc) attributes(at, end int) bool {
	line := string(a.src[at:end])
	if line[0] != '[' || line[len(line)-1] != ']' {
		return false
	}
	id := ""
	switch {
	case strings.HasPrefix(line, "[["):
		id, _, _ = strings.Cut(strings.Trim(line, "[]"), ",")
	case strings.HasPrefix(line, "[#"):
		id = line[2 : 2+strings.IndexAny(line[2:], ",.%]")]
	default:
		if parts := strings.Split(strings.Trim(line, "[]"), ","); len(parts) > 1 && strings.HasPrefix(parts[0], "source") {
			a.lang = language(strings.TrimSpace(parts[1]))
		}
		return true
	}
	a.asked = strings.Clone(id)
	a.f.Anchors = append(a.f.Anchors, Anchor{a.asked, finding.Span{Start: at, End: end}})
	return true
}

var macros = []struct {
	name  string
	kind  LinkKind
	image bool
}{{"link:", Inline, false}, {"xref:", Inline, false}, {"image::", Inline, true}, {"image:", Inline, true}, {"include::", Include, false}}

// inline finds the macros that link, <<anchor>>, and addresses, in one line.
func (a *asciidoc) inline(s finding.Span) {
	in := &inline{src: a.src, f: a.f, end: s.End}
	for i := s.Start; i < s.End; {
		if to := a.macro(i, s.End); to > i {
			i = to
			continue
		}
		switch {
		case a.src[i] == ':':
			if to := in.bare(i); to > i {
				l := &a.f.Links[len(a.f.Links)-1]
				if n := strings.IndexByte(l.Target, '['); n > 0 {
					text, _, _ := strings.Cut(l.Target[n+1:], "]")
					l.Text, l.Target, l.Kind = text, l.Target[:n], Inline
					l.Where.End = l.Where.Start + n
				}
				i = to
				continue
			}
		case bytes.HasPrefix(a.src[i:s.End], []byte("<<")):
			if n := bytes.Index(a.src[i:s.End], []byte(">>")); n > 0 {
				id, text, _ := strings.Cut(string(a.src[i+2:i+n]), ",")
				target := id
				if !strings.Contains(id, "#") {
					target = "#" + id
				}
				a.f.link(Reference, false, text, target, finding.Span{Start: i, End: i + n + 2}, finding.Span{Start: i + 2, End: i + 2 + len(id)})
				i += n + 2
				continue
			}
			return
		}
		i++
	}
}

// macro reads name:target[text] at i.
func (a *asciidoc) macro(i, end int) int {
	for _, m := range macros {
		if !hasPrefixAt(a.src, i, end, m.name) || i > 0 && isWordByte(a.src[i-1]) {
			continue
		}
		from := i + len(m.name)
		j := from
		for j < end && a.src[j] > ' ' && a.src[j] != '[' {
			j++
		}
		if j == from || j >= end || a.src[j] != '[' {
			return j
		}
		shut := bytes.IndexByte(a.src[j:end], ']')
		if shut < 0 {
			return j
		}
		a.f.link(m.kind, m.image, string(a.src[j+1:j+shut]), string(a.src[from:j]), finding.Span{Start: i, End: j + shut + 1}, finding.Span{Start: from, End: j})
		return j + shut + 1
	}
	return i
}

func hasPrefixAt(src []byte, i, end int, prefix string) bool {
	return i+len(prefix) <= end && string(src[i:i+len(prefix)]) == prefix
}
