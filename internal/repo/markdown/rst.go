package markdown

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// rst reads reStructuredText: titles, directives, links.
type rst struct {
	src     []byte
	f       *File
	levels  map[string]int // style of a title's underline → level
	para    finding.Span
	open    bool
	heading int
}

func parseRST(f *File, src []byte) {
	r := &rst{src: src, f: f, levels: map[string]int{}, heading: -1}
	for at := 0; at < len(src); {
		at = r.line(at)
	}
	r.close()
}

// line reads what the line at starts and returns the offset behind it.
func (r *rst) line(at int) int {
	end, next := lineEnd(r.src, at)
	width, from := blanks(r.src, at, end)
	if from >= end {
		r.close()
		return next
	}
	line := r.src[from:end]
	if width == 0 && !r.open {
		if to, ok := r.title(at, end, next); ok {
			return to
		}
	}
	if bytes.HasPrefix(line, []byte(".. ")) {
		r.close()
		return r.directive(from, end, next, width)
	}
	if !r.open {
		r.open, r.para = true, finding.Span{Start: from}
	}
	r.para.End = end
	if bytes.HasSuffix(bytes.TrimRight(line, " \t"), []byte("::")) {
		r.close()
		if body, to := r.indented(next, width); body.Len() > 0 {
			r.f.Code = append(r.f.Code, Code{Span: body, Body: body})
			return to
		}
	}
	return next
}

// title is a line with a line of punctuation below it, and maybe above.
func (r *rst) title(at, end, next int) (int, bool) {
	words, style := finding.Span{Start: at, End: end}, ""
	if adorns(r.src[at:end]) {
		e, n := lineEnd(r.src, next)
		words, next, style = finding.Span{Start: next, End: e}, n, "over"
	}
	text := strings.TrimSpace(string(r.src[words.Start:words.End]))
	if text == "" || next >= len(r.src) {
		return 0, false
	}
	e, n := lineEnd(r.src, next)
	under := bytes.TrimRight(r.src[next:e], " \t")
	if !adorns(under) || len(under)+2 < len([]rune(text)) || style != "" && under[0] != r.src[at] {
		return 0, false
	}
	style += string(under[:1])
	if r.levels[style] == 0 {
		r.levels[style] = len(r.levels) + 1
	}
	r.heading = r.f.title(Heading{Level: r.levels[style], Text: strings.ReplaceAll(text, "`", ""), Span: finding.Span{Start: at, End: e}})
	return n, true
}

// adorns says whether a line is one character of punctuation again and again.
func adorns(line []byte) bool {
	line = bytes.TrimRight(line, " \t")
	if len(line) < 3 || strings.IndexByte("=-`:'\"~^_*+#<>.", line[0]) < 0 {
		return false
	}
	for _, c := range line {
		if c != line[0] {
			return false
		}
	}
	return true
}

// directive reads a line that starts with two dots, and what belongs to it.
func (r *rst) directive(from, end, next, width int) int {
	span := finding.Span{Start: from, End: end}
	_, at := blanks(r.src, from+2, end)
	text := string(r.src[at:end])
	if label, ok := strings.CutPrefix(text, "_"); ok {
		name, target, _ := strings.Cut(label, ": ")
		name = strings.Trim(strings.TrimSuffix(name, ":"), "`_ ")
		if target = strings.TrimSpace(target); target == "" {
			r.f.Anchors = append(r.f.Anchors, Anchor{strings.Clone(name), span})
		} else if i := strings.LastIndex(string(r.src[from:end]), target); i >= 0 {
			where := finding.Span{Start: from + i, End: from + i + len(target)}
			r.f.Definitions = append(r.f.Definitions, Definition{Label: foldLabel([]byte(name)), Target: strings.Clone(target), Span: span, Where: where})
			r.f.link(Reference, false, name, target, span, where)
		}
		return next
	}
	if strings.HasPrefix(text, "|") { // .. |name| image:: path
		if _, rest, ok := strings.Cut(text[1:], "| "); ok {
			text = rest
		}
	}
	name, argument, ok := strings.Cut(text, "::")
	argument = strings.TrimSpace(argument)
	if !ok || strings.ContainsAny(name, " \t") { // a comment
		_, to := r.indented(next, width)
		return to
	}
	where := finding.Span{Start: end - len(argument), End: end}
	switch name {
	case "image", "figure":
		r.f.link(Inline, true, "", argument, span, where)
	case "include", "literalinclude":
		r.f.link(Include, false, "", argument, span, where)
	case "code-block", "code", "sourcecode", "prompt", "parsed-literal":
		body, to := r.indented(next, width)
		r.f.Code = append(r.f.Code, Code{Lang: language(argument), Info: strings.Clone(argument), Fenced: true, Span: finding.Span{Start: from, End: max(end, body.End)}, Body: body})
		return to
	case "raw", "math", "csv-table":
		_, to := r.indented(next, width)
		return to
	}
	return next
}

// indented is the block of lines from at on that stand further in than width,
// options such as :linenos: left out.
func (r *rst) indented(at, width int) (body finding.Span, to int) {
	body, to = finding.Span{Start: at, End: at}, at
	head := true
	for i := at; i < len(r.src); {
		end, next := lineEnd(r.src, i)
		w, from := blanks(r.src, i, end)
		if from < end {
			if w <= width {
				break
			}
			if head && r.src[from] == ':' {
				body.Start, to, i = next, next, next
				body.End = next
				continue
			}
			body.End, to = end, next
		}
		head = head && from >= end
		i = next
	}
	return body, max(to, at)
}

func (r *rst) close() {
	if !r.open {
		return
	}
	r.open = false
	r.f.count(r.src, r.para, r.heading)
	r.inline(r.para)
}

// inline finds `text <target>`_, roles that name files, and addresses.
func (r *rst) inline(s finding.Span) {
	in := &inline{src: r.src, f: r.f, end: s.End}
	for i := s.Start; i < s.End; {
		switch r.src[i] {
		case ':':
			if to := in.bare(i); to > i {
				i = to
				continue
			}
		case '`':
			n := run(r.src, i, s.End)
			shut := bytes.Index(r.src[i+n:s.End], bytes.Repeat([]byte("`"), n))
			if shut < 0 {
				return
			}
			if n == 1 {
				r.quoted(finding.Span{Start: i + 1, End: i + 1 + shut}, s)
			}
			i += n + shut + n
			continue
		}
		i++
	}
}

// quoted is a text between backticks.
func (r *rst) quoted(text, in finding.Span) {
	span := finding.Span{Start: text.Start - 1, End: text.End + 1}
	words := r.src[text.Start:text.End]
	target, where := words, text
	if open := bytes.LastIndexByte(words, '<'); open >= 0 && words[len(words)-1] == '>' {
		where = finding.Span{Start: text.Start + open + 1, End: text.End - 1}
		target, words = r.src[where.Start:where.End], bytes.TrimSpace(words[:open])
	}
	before := r.src[in.Start : text.Start-1]
	for _, role := range []string{":doc:", ":download:"} {
		if bytes.HasSuffix(before, []byte(role)) {
			r.f.link(Reference, false, string(words), string(target), span, where)
			return
		}
	}
	if span.End < in.End && r.src[span.End] == '_' && where != text && !bytes.HasSuffix(target, []byte("_")) {
		r.f.link(Inline, false, string(words), string(target), span, where)
	}
}
