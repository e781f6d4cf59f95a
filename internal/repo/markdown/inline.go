package markdown

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"drydock/internal/finding"
)

// Limits of what is looked through for the end of something that may have none.
// When it is hit, nothing of the kind is looked for in the stretch again, so a
// document is read in linear time.
const (
	maxTarget = 4096 // bytes of a target with its title
	maxTag    = 8192 // bytes of a tag
)

// inline reads stretches of prose: links, images, tags.
type inline struct {
	src  []byte
	f    *File
	defs map[string]int
	mdx  bool

	end      int // of the stretch
	stack    []opener
	inactive int // openers below this index open no link: links do not hold links
	shown    []byte
	keep     bool // shown is wanted
	runs     map[int][]int
	title    finding.Span // of the tag <h1> that is open
	noTag    int          // no tag before this offset
	noTarget int          // no target before this offset
}

// opener is a bracket that may begin a link.
type opener struct {
	at     int // of [ or of the ! before it
	text   int // behind the bracket
	image  bool
	holds  bool // another bracket stands inside
	shown  int  // length of the shown text before it
	linked int  // links found before it
}

var special = func() (t [256]bool) {
	for _, c := range []byte("\\`<[]!:{") {
		t[c] = true
	}
	return t
}()

func (in *inline) read(t text) {
	in.end, in.stack, in.inactive = t.End, in.stack[:0], 0
	in.runs, in.keep, in.shown = nil, t.heading >= 0, in.shown[:0]
	in.noTag, in.noTarget = t.Start, t.Start
	for i := t.Start; i < t.End; {
		j := i
		for j < t.End && !special[in.src[j]] {
			j++
		}
		in.show(i, j)
		if i = j; i < t.End {
			i = in.at(i)
		}
	}
	if in.keep {
		in.f.Headings[t.heading].Text = unmarked(string(in.shown))
	}
}

func (in *inline) show(from, to int) {
	if in.keep {
		in.shown = append(in.shown, in.src[from:to]...)
	}
}

// at reads what the special byte at i starts and returns the offset behind it.
func (in *inline) at(i int) int {
	next := byte(0)
	if i+1 < in.end {
		next = in.src[i+1]
	}
	switch c := in.src[i]; {
	case c == '\\' && next != 0:
		in.show(i+1, i+2)
		return i + 2
	case c == '`':
		return in.code(i)
	case c == '<':
		if to := in.angle(i); to > i {
			return to
		}
	case c == '!' && next == '[':
		in.push(opener{at: i, text: i + 2, image: true})
		in.show(i+1, i+2)
		return i + 2
	case c == '[':
		in.push(opener{at: i, text: i + 1})
	case c == ']':
		if to := in.close(i); to > i {
			return to
		}
	case c == ':' && next == '/':
		if to := in.bare(i); to > i {
			return to
		}
	case c == '{' && in.mdx && next == '/' && i >= in.noTag:
		if n := bytes.Index(in.src[i:in.end], []byte("*/}")); n > 0 {
			return i + n + 3
		}
		in.noTag = in.end
	}
	in.show(i, i+1)
	return i + 1
}

const maxOpen = 1000 // brackets inside one another

func (in *inline) push(o opener) {
	if n := len(in.stack); n > 0 {
		in.stack[n-1].holds = true
	}
	if len(in.stack) >= maxOpen {
		return
	}
	o.shown, o.linked = len(in.shown), len(in.f.Links)
	in.stack = append(in.stack, o)
}

// code passes a span of code: up to a run of as many backticks.
func (in *inline) code(i int) int {
	if in.runs == nil {
		in.runs = map[int][]int{}
		for j := i; j < in.end; {
			n := run(in.src, j, in.end)
			if n == 0 {
				j++
				continue
			}
			in.runs[n] = append(in.runs[n], j)
			j += n
		}
	}
	n := run(in.src, i, in.end)
	left := in.runs[n]
	for len(left) > 0 && left[0] <= i {
		left = left[1:]
	}
	in.runs[n] = left
	if len(left) == 0 {
		in.show(i, i+n)
		return i + n
	}
	in.show(i+n, left[0])
	return left[0] + n
}

func run(src []byte, i, end int) (n int) {
	for i+n < end && src[i+n] == '`' {
		n++
	}
	return n
}

// close makes a link of the bracket that closes at i, if it is one.
func (in *inline) close(i int) int {
	n := len(in.stack)
	if n == 0 {
		return i
	}
	o := in.stack[n-1]
	in.stack = in.stack[:n-1]
	dead := !o.image && n-1 < in.inactive
	in.inactive = min(in.inactive, n-1)
	if dead {
		return i
	}
	if i+1 < in.end && in.src[i+1] == '(' {
		if where, to, ok := in.target(i + 2); ok {
			in.found(Inline, o, i, plain(in.src[where.Start:where.End]), to, where)
			return to
		}
	}
	if len(in.defs) == 0 {
		return i
	}
	label, to := finding.Span{Start: o.text, End: i}, i+1
	if i+1 < in.end && in.src[i+1] == '[' {
		if j := bytes.IndexByte(in.src[i+2:min(in.end, i+2+maxLabel)], ']'); j > 0 {
			label, to = finding.Span{Start: i + 2, End: i + 2 + j}, i+2+j+1
		} else if j == 0 {
			to = i + 3
		}
	}
	if label.Start == o.text && o.holds || label.Len() > maxLabel {
		return i
	}
	d, ok := in.defs[foldLabel(in.src[label.Start:label.End])]
	if !ok {
		return i
	}
	def := &in.f.Definitions[d]
	def.Used = true
	in.found(Reference, o, i, def.Target, to, def.Where)
	return to
}

// found adds the link that o opens and whose text ends at shut.
func (in *inline) found(kind LinkKind, o opener, shut int, target string, end int, where finding.Span) {
	links := in.f.Links
	for len(links) > o.linked && links[len(links)-1].Kind == Bare { // the text of a link is no other
		links = links[:len(links)-1]
	}
	badge := len(links) > o.linked && links[len(links)-1].Badge
	in.f.Links = links
	words := in.src[o.text:min(shut, o.text+maxText)]
	in.f.link(kind, o.image, string(words), target, finding.Span{Start: o.at, End: end}, where)
	if badge {
		in.f.Links[len(in.f.Links)-1].Badge = true
	}
	if !o.image {
		in.inactive = len(in.stack)
	}
	if !in.keep {
		return
	}
	if o.image {
		in.shown = in.shown[:o.shown]
	} else if o.shown < len(in.shown) {
		in.shown = append(in.shown[:o.shown], in.shown[o.shown+1:]...)
	}
}

// target reads (target "title"), from behind the opening bracket.
func (in *inline) target(i int) (where finding.Span, to int, ok bool) {
	if i < in.noTarget {
		return where, 0, false
	}
	limit := min(in.end, i+maxTarget)
	i = white(in.src, i, limit)
	where.Start = i
	if i < limit && in.src[i] == '<' {
		n := bytes.IndexAny(in.src[i:limit], ">\n")
		if n < 0 {
			in.noTarget = limit
			return where, 0, false
		}
		if in.src[i+n] != '>' {
			return where, 0, false
		}
		where = finding.Span{Start: i + 1, End: i + n}
		i += n + 1
	} else {
		for depth := 0; i < limit && in.src[i] > ' ' && (depth > 0 || in.src[i] != ')'); i++ {
			switch in.src[i] {
			case '\\':
				if i+1 < limit && in.src[i+1] > ' ' {
					i++
				}
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		where.End = i
	}
	i = white(in.src, i, limit)
	if i < limit && i > where.End && (in.src[i] == '"' || in.src[i] == '\'' || in.src[i] == '(') {
		shut := in.src[i]
		if shut == '(' {
			shut = ')'
		}
		for i++; i < limit && in.src[i] != shut; i++ {
			if in.src[i] == '\\' {
				i++
			}
		}
		i = white(in.src, i+1, limit)
	}
	if i >= limit { // nothing closes it: do not look again
		in.noTarget = limit
		return where, 0, false
	}
	return where, i + 1, in.src[i] == ')'
}

func white(src []byte, i, end int) int {
	for i < end && (src[i] == ' ' || src[i] == '\t' || src[i] == '\n' || src[i] == '\r') {
		i++
	}
	return i
}

// bare is an address in the text whose :// stands at i.
func (in *inline) bare(i int) int {
	start := i
	for start > 0 && i-start < 5 && ('a' <= in.src[start-1]|0x20 && in.src[start-1]|0x20 <= 'z') {
		start--
	}
	scheme := in.src[start:i]
	if !bytes.EqualFold(scheme, []byte("http")) && !bytes.EqualFold(scheme, []byte("https")) || !bytes.HasPrefix(in.src[i:in.end], []byte("://")) {
		return i
	}
	j := i + 3
	for depth := 0; j < in.end && in.src[j] > ' ' && strings.IndexByte("<>`\"|", in.src[j]) < 0 && in.src[j] != ']'; j++ {
		if in.src[j] == '(' {
			depth++
		} else if in.src[j] == ')' {
			if depth--; depth < 0 {
				break
			}
		}
	}
	for j > i+3 && strings.IndexByte("?!.,:*_~'\\", in.src[j-1]) >= 0 {
		j--
	}
	if j == i+3 {
		return i
	}
	span := finding.Span{Start: start, End: j}
	in.f.link(Bare, false, "", string(in.src[start:j]), span, span)
	in.show(i, j)
	return j
}

// plain is a target without the backslashes and entities of its writing.
func plain(target []byte) string {
	s := string(target)
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && !unicode.IsLetter(rune(s[i+1])) && !unicode.IsDigit(rune(s[i+1])) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unmarked is a heading's text without the marks of emphasis. An underscore
// inside a word is part of it.
func unmarked(s string) string {
	s = strings.Join(strings.Fields(html.UnescapeString(s)), " ")
	if !strings.ContainsAny(s, "*_~") {
		return s
	}
	letter := func(i int) bool {
		if i < 0 || i >= len(s) {
			return false
		}
		return s[i] >= utf8.RuneSelf || isWordByte(s[i])
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == s[i] {
			j++
		}
		before, after := letter(i-1), letter(j)
		switch c := s[i]; {
		case c == '*' && (i == 0 || s[i-1] == ' ') && (j == len(s) || s[j] == ' '):
			b.WriteString(s[i:j])
		case c == '*', c == '~' && j-i == 2:
		case c == '_' && before != after && strings.Count(s, s[i:j]) > 1:
		default:
			b.WriteString(s[i:j])
		}
		i = j
	}
	return b.String()
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
