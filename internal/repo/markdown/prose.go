package markdown

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// front reads the metadata at the head of the document and returns the offset
// behind it.
func (b *blocks) front(at int) int {
	end, next := lineEnd(b.src, at)
	mark := strings.TrimRight(string(b.src[at:end]), " \t")
	if mark != "---" && mark != "+++" {
		return at
	}
	separator := ":"
	if mark == "+++" {
		separator = "="
	}
	var fields []Field
	for i := next; i < len(b.src); {
		end, next := lineEnd(b.src, i)
		line := string(b.src[i:end])
		if strings.TrimRight(line, " \t") == mark || mark == "---" && line == "..." {
			b.f.Front = Front{Span: finding.Span{Start: at, End: end}, Fields: fields}
			return next
		}
		if name, value, ok := strings.Cut(line, separator); ok && name != "" && !strings.ContainsAny(name[:1], " \t#-") && len(fields) < maxFields {
			fields = append(fields, Field{strings.Trim(name, " \t\""), strings.Trim(strings.TrimSpace(value), `"'`), finding.Span{Start: i, End: end}})
		}
		i = next
	}
	return at
}

const maxFields = 200 // of a document's metadata

// prose adds a line to the paragraph, up to a comment or raw text that opens in
// it and goes on below.
func (b *blocks) prose(at, end int) {
	b.closeTable()
	for !b.open && bytes.HasPrefix(b.src[at:end], []byte("<!--")) {
		n := bytes.Index(b.src[at:end], []byte("-->"))
		if n < 0 {
			break
		}
		if _, at = blanks(b.src, at+n+len("-->"), end); at == end {
			return
		}
	}
	if cut, until := b.opening(at, end); until != "" {
		b.until, end = until, cut
		for end > at && (b.src[end-1] == ' ' || b.src[end-1] == '\t') {
			end--
		}
		if end == at {
			b.closeParagraph()
			return
		}
	}
	if !b.open {
		b.open, b.para = true, finding.Span{Start: at}
	}
	b.para.End = end
	b.last = finding.Span{Start: at, End: end}
	if b.until != "" {
		b.closeParagraph()
	}
}

var rawTags = []string{"script", "style", "pre", "textarea"}

// opening finds a comment or raw text that the line opens and does not close.
func (b *blocks) opening(at, end int) (cut int, until string) {
	line := b.src[at:end]
	if bytes.IndexByte(line, '<') >= 0 {
		if i := bytes.LastIndex(line, []byte("<!--")); i >= 0 && !bytes.Contains(line[i:], []byte("-->")) && bytes.Count(line[:i], []byte("`"))%2 == 0 && b.closes("-->", end) {
			return at + i, "-->"
		}
		if line[0] == '<' {
			for _, tag := range rawTags {
				n := len(tag) + 1
				if len(line) >= n && strings.EqualFold(string(line[1:n]), tag) && (len(line) == n || strings.IndexByte(" \t>", line[n]) >= 0) {
					if until := "</" + tag + ">"; !bytes.Contains(line, []byte(until)) && b.closes(until, end) {
						return at, until
					}
				}
			}
		}
	}
	if b.mdx {
		if i := bytes.LastIndex(line, []byte("{/*")); i >= 0 && !bytes.Contains(line[i:], []byte("*/")) && b.closes("*/}", end) {
			return at + i, "*/}"
		}
	}
	return 0, ""
}

// closes says whether mark stands behind at. What is not found once is not looked
// for again.
func (b *blocks) closes(mark string, at int) bool {
	if b.noClose[mark] {
		return false
	}
	found := bytes.Contains(b.src[at:], []byte(mark))
	b.noClose[mark] = !found
	return found
}

func (b *blocks) closeParagraph() {
	if !b.open {
		return
	}
	b.open = false
	b.texts = append(b.texts, text{b.para, -1})
	b.f.count(b.src, b.para, b.heading)
}

// count adds the words of span to the document's and to those of the heading.
func (f *File) count(src []byte, span finding.Span, heading int) {
	words, in := 0, false
	for _, c := range src[span.Start:span.End] {
		word := c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || in && c != ' ' && c != '\t' && c != '\n' && c != '\r'
		if word && !in {
			words++
		}
		in = word
	}
	f.Words += words
	if heading >= 0 {
		f.Headings[heading].Words += words
	}
}

// esm is a line of MDX that imports or exports; what it starts goes on up to a
// blank line.
func (b *blocks) esm(at, start, end int) bool {
	if !b.mdx || at != start {
		return false
	}
	line := b.src[at:end]
	b.module = bytes.HasPrefix(line, []byte("import ")) || bytes.HasPrefix(line, []byte("export "))
	return b.module
}

// definition is a line such as [label]: target "title".
func (b *blocks) definition(at, end int) bool {
	line := b.src[at:end]
	if line[0] != '[' || len(line) > 4 && line[1] == '^' {
		return false
	}
	i := bytes.Index(line, []byte("]:"))
	if i < 2 || i > maxLabel || bytes.ContainsAny(line[1:i], "[]") {
		return false
	}
	_, from := blanks(b.src, at+i+2, end)
	if from >= end {
		return false
	}
	to := from
	for to < end && b.src[to] != ' ' && b.src[to] != '\t' {
		to++
	}
	if b.src[from] == '<' {
		if n := bytes.IndexByte(b.src[from:end], '>'); n > 0 {
			from, to = from+1, from+n
		}
	}
	label := foldLabel(line[1:i])
	if _, known := b.defs[label]; !known {
		b.defs[label] = len(b.f.Definitions)
	}
	b.f.Definitions = append(b.f.Definitions, Definition{Label: label, Target: plain(b.src[from:to]), Span: finding.Span{Start: at, End: end}, Where: finding.Span{Start: from, End: to}})
	return true
}

const maxLabel = 999 // bytes, as in CommonMark

// foldLabel is a label as labels are compared.
func foldLabel(label []byte) string {
	return strings.ToLower(strings.Join(strings.Fields(string(label)), " "))
}

// row is a line of a table: of the one that is open, or the line under the head
// of a new one.
func (b *blocks) row(at, end int) bool {
	line := b.src[at:end]
	if b.table != nil {
		if bytes.IndexByte(line, '|') < 0 {
			return false
		}
		cells := b.split(at, end)
		if b.cells += len(cells); b.cells <= maxTableCells {
			b.table.Rows = append(b.table.Rows, cells)
		}
		b.table.Span.End = end
		b.texts = append(b.texts, text{finding.Span{Start: at, End: end}, -1})
		return true
	}
	if !b.open || bytes.IndexByte(line, '-') < 0 || bytes.IndexByte(line, '|') < 0 && bytes.IndexByte(line, ':') < 0 || len(bytes.Trim(line, "|-: \t")) > 0 {
		return false
	}
	for _, c := range line {
		if c != '|' && c != '-' && c != ':' && c != ' ' && c != '\t' {
			return false
		}
	}
	head := b.last
	header := b.split(head.Start, head.End)
	if len(header) != len(b.split(at, end)) || bytes.IndexByte(b.src[head.Start:head.End], '|') < 0 {
		return false
	}
	b.open = head.Start > b.para.Start
	b.para.End = head.Start
	b.closeParagraph()
	b.texts = append(b.texts, text{head, -1})
	b.cells += len(header)
	b.table = &Table{Header: header, Span: finding.Span{Start: head.Start, End: end}}
	return true
}

func (b *blocks) closeTable() {
	if b.table != nil {
		b.f.Tables = append(b.f.Tables, *b.table)
		b.table = nil
	}
}

// split takes a line of a table apart at the bars that no backslash escapes.
func (b *blocks) split(at, end int) []Cell {
	if at < end && b.src[at] == '|' {
		at++
	}
	var cells []Cell
	for at < end && len(cells) < maxCells {
		i := at
		for i < end && b.src[i] != '|' {
			if b.src[i] == '\\' && i+1 < end {
				i++
			}
			i++
		}
		_, from := blanks(b.src, at, i)
		to := i
		for to > from && (b.src[to-1] == ' ' || b.src[to-1] == '\t') {
			to--
		}
		if i < end || to > from {
			cells = append(cells, Cell{clip(string(b.src[from:to])), finding.Span{Start: from, End: to}})
		}
		at = i + 1
	}
	return cells
}
