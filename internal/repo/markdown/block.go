package markdown

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// Limits of what is understood of a document's structure.
const (
	maxContainers = 32     // quotations and lists inside one another
	maxCells      = 64     // columns of a table
	maxTableCells = 20_000 // cells of a document that are kept
)

// blocks reads Markdown line by line: what each line belongs to, but not what
// its text says.
type blocks struct {
	src  []byte
	f    *File
	mdx  bool
	defs map[string]int // label → index in f.Definitions

	texts   []text // what is read for links once all definitions are known
	para    finding.Span
	open    bool // a paragraph is
	last    finding.Span
	lists   []int // columns at which the content of open list items starts
	heading int   // the last one, -1 before the first
	cells   int

	code    *Code
	mark    byte // of the fence that is open
	marks   int
	table   *Table
	until   string // what closes the comment or raw text that is open
	module  bool   // in the imports and exports of MDX
	noClose map[string]bool
}

// text is a stretch of prose; heading is the index of the one it is, or -1.
type text struct {
	finding.Span
	heading int
}

func parseMarkdown(f *File, src []byte) {
	b := &blocks{src: src, f: f, mdx: f.Format == MDX, defs: map[string]int{}, heading: -1, noClose: map[string]bool{}}
	at := 0
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	at = b.front(at)
	for at < len(src) {
		end, next := lineEnd(src, at)
		b.line(at, end)
		at = next
	}
	b.closeCode(len(src))
	b.closeParagraph()
	b.closeTable()
	in := &inline{src: src, f: f, defs: b.defs, mdx: b.mdx}
	for _, t := range b.texts {
		in.read(t)
	}
}

// lineEnd is the end of the line at i without its ending, and where the next starts.
func lineEnd(src []byte, i int) (end, next int) {
	n := bytes.IndexByte(src[i:], '\n')
	if n < 0 {
		end, next = len(src), len(src)
	} else {
		end, next = i+n, i+n+1
	}
	if end > i && src[end-1] == '\r' {
		end--
	}
	return end, next
}

// blanks is the width of the white space at i and the offset behind it.
func blanks(src []byte, i, end int) (width, next int) {
	for ; i < end; i++ {
		switch src[i] {
		case ' ':
			width++
		case '\t':
			width += 4 - width%4
		default:
			return width, i
		}
	}
	return width, i
}

func (b *blocks) line(start, end int) {
	switch {
	case b.code != nil && b.code.Fenced:
		if b.fenced(start, end) {
			return
		}
	case b.until != "":
		n := bytes.Index(b.src[start:end], []byte(b.until))
		if n < 0 {
			return
		}
		start += n + len(b.until)
		b.until = ""
	case b.module:
		if len(bytes.TrimSpace(b.src[start:end])) > 0 {
			return
		}
		b.module = false
	}
	b.block(start, end)
}

// fenced is a line while a fence is open; it is false when the quotation around
// the block has ended, and with it the block.
func (b *blocks) fenced(start, end int) bool {
	at, ok := unquote(b.src, start, end, b.code.quotes)
	if !ok {
		b.code.Body.End = start
		b.endCode(start)
		return false
	}
	line := bytes.TrimSpace(b.src[at:end])
	n := 0
	for n < len(line) && line[n] == b.mark {
		n++
	}
	if n >= b.marks && n == len(line) {
		b.code.Body.End = max(start, b.code.Body.Start)
		b.endCode(end)
	}
	return true
}

func (b *blocks) endCode(end int) {
	b.code.Span.End = end
	b.f.Code = append(b.f.Code, *b.code)
	b.code = nil
}

// closeCode ends a block that nothing closed.
func (b *blocks) closeCode(end int) {
	if b.code == nil {
		return
	}
	if b.code.Fenced {
		b.code.Body.End = max(end, b.code.Body.Start)
		b.endCode(end)
		return
	}
	b.endCode(b.code.Body.End)
}

// unquote is the offset behind n marks of quotation.
func unquote(src []byte, at, end, n int) (int, bool) {
	for ; n > 0; n-- {
		_, at = blanks(src, at, end)
		if at >= end || src[at] != '>' {
			return at, false
		}
		at++
	}
	return at, true
}

// block is a line that stands in no fence and no comment.
func (b *blocks) block(start, end int) {
	width, at := blanks(b.src, start, end)
	if at >= end {
		b.closeParagraph()
		b.closeTable()
		return
	}
	quotes := 0
	for quotes < maxContainers && at < end && b.src[at] == '>' && b.inside(width) < 4 {
		quotes++
		more, next := blanks(b.src, at+1, end)
		at, width = next, width+1+more
	}
	if at >= end {
		b.closeParagraph()
		b.closeTable()
		return
	}
	rel := b.inside(width)
	if b.code != nil {
		if rel >= 4 {
			b.code.Body.End = end
			return
		}
		b.closeCode(end)
	}
	if rel >= 4 && !b.open && b.table == nil && !b.mdx {
		b.code = &Code{Span: finding.Span{Start: at}, Body: finding.Span{Start: at, End: end}, quotes: quotes, indent: width}
		return
	}
	if b.underline(at, end) || b.rule(at, end) {
		return
	}
	at, width = b.items(at, end, width)
	if at >= end || b.fence(at, end, start, width, quotes) || b.title(at, end) || b.row(at, end) {
		return
	}
	if !b.open && (b.definition(at, end) || b.esm(at, start, end)) {
		return
	}
	b.prose(at, end)
}

// inside is the width of a line's indentation inside the list items that are
// open; items that it does not belong to are closed.
func (b *blocks) inside(width int) int {
	for n := len(b.lists); n > 0 && width < b.lists[n-1] && !b.open; n = len(b.lists) {
		b.lists = b.lists[:n-1]
	}
	if n := len(b.lists); n > 0 && width >= b.lists[n-1] {
		return width - b.lists[n-1]
	}
	for n := len(b.lists) - 1; n >= 0; n-- {
		if width >= b.lists[n] {
			return width - b.lists[n]
		}
	}
	return width
}

// items passes the markers of list items.
func (b *blocks) items(at, end, width int) (int, int) {
	for range maxContainers {
		if at >= end {
			break
		}
		n := marker(b.src[at:end])
		if n == 0 {
			break
		}
		b.closeParagraph()
		b.closeTable()
		for k := len(b.lists); k > 0 && width < b.lists[k-1]; k = len(b.lists) {
			b.lists = b.lists[:k-1]
		}
		more, next := blanks(b.src, at+n, end)
		if more > 4 {
			more = 1
		}
		at, width = next, width+n+max(1, more)
		if len(b.lists) < maxContainers {
			b.lists = append(b.lists, width)
		}
	}
	return at, width
}

// marker is the length of a list item's marker, or of an admonition's, whose
// content is indented as an item's is.
func marker(s []byte) int {
	for _, m := range []string{"!!!", "???+", "???", `=== "`} {
		if bytes.HasPrefix(s, []byte(m)) && len(s) > 4 {
			return 3
		}
	}
	i := 0
	if s[0] == '-' || s[0] == '*' || s[0] == '+' {
		i = 1
	} else {
		for i < len(s) && i < 9 && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		if i == 0 || i >= len(s) || s[i] != '.' && s[i] != ')' {
			return 0
		}
		i++
	}
	if i < len(s) && s[i] != ' ' && s[i] != '\t' {
		return 0
	}
	return i
}

// underline turns the paragraph above === or --- into a heading.
func (b *blocks) underline(at, end int) bool {
	line := bytes.TrimRight(b.src[at:end], " \t")
	if !b.open || len(line) == 0 || line[0] != '=' && line[0] != '-' || len(bytes.Trim(line, string(line[:1]))) > 0 {
		return false
	}
	if len(line) == 1 && line[0] == '-' {
		return false // an empty item
	}
	b.open = false
	level := 1
	if line[0] == '-' {
		level = 2
	}
	b.addHeading(level, b.para, finding.Span{Start: b.para.Start, End: end})
	return true
}

// rule is a line across the page.
func (b *blocks) rule(at, end int) bool {
	mark, n := b.src[at], 0
	if mark != '-' && mark != '*' && mark != '_' {
		return false
	}
	for _, c := range b.src[at:end] {
		switch c {
		case mark:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	if n < 3 {
		return false
	}
	b.closeParagraph()
	b.closeTable()
	return true
}

func (b *blocks) fence(at, end, start, width, quotes int) bool {
	mark, n := b.src[at], 0
	if mark != '`' && mark != '~' {
		return false
	}
	for at+n < end && b.src[at+n] == mark {
		n++
	}
	info := strings.TrimSpace(string(b.src[at+n : end]))
	if n < 3 || mark == '`' && strings.Contains(info, "`") {
		return false
	}
	b.closeParagraph()
	b.closeTable()
	_, body := lineEnd(b.src, start)
	b.mark, b.marks = mark, n
	b.code = &Code{Lang: language(info), Info: info, Fenced: true, Span: finding.Span{Start: at}, Body: finding.Span{Start: body, End: body}, quotes: quotes, indent: width}
	return true
}

// language is the first word behind a fence: bash, {.bash}, bash{1,3}, bash:file.
func language(info string) string {
	word := strings.ToLower(strings.TrimLeft(info, "{. \t"))
	if i := strings.IndexAny(word, " \t,{}:("); i >= 0 {
		word = word[:i]
	}
	return strings.Clone(word)
}

// title is a heading behind number signs.
func (b *blocks) title(at, end int) bool {
	level := 0
	for at+level < end && b.src[at+level] == '#' {
		level++
	}
	if level == 0 || level > 6 || at+level < end && b.src[at+level] != ' ' && b.src[at+level] != '\t' {
		return false
	}
	b.closeParagraph()
	b.closeTable()
	_, from := blanks(b.src, at+level, end)
	to := end
	for to > from && (b.src[to-1] == ' ' || b.src[to-1] == '\t') {
		to--
	}
	cut := to
	for cut > from && b.src[cut-1] == '#' {
		cut--
	}
	if cut == from || cut < to && (b.src[cut-1] == ' ' || b.src[cut-1] == '\t') {
		to = cut
	}
	b.addHeading(level, finding.Span{Start: from, End: to}, finding.Span{Start: at, End: end})
	return true
}

func (b *blocks) addHeading(level int, words, span finding.Span) {
	h := Heading{Level: level, Span: span}
	words, h.Slug = b.askedSlug(words)
	b.heading = b.f.title(h)
	b.texts = append(b.texts, text{words, b.heading})
}
