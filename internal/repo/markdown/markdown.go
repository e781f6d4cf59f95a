// Package markdown reads documents that people write in light markup: Markdown
// as forges show it (MDX tolerated) and, lightly, reStructuredText and AsciiDoc.
// It says what a document holds and where: headings with the anchors they get,
// links and images, blocks of code and the command lines in them, tables. What is
// in a comment or in code is not prose. It reads in one pass and never fails.
package markdown

import (
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"drydock/internal/finding"
)

// MaxBytes is the size above which a document is data and not worth reading.
const MaxBytes = 2 << 20

const maxNodes = 50_000 // headings, and links, of one document that are kept

// Format is a markup language.
type Format string

// The formats.
const (
	Markdown         Format = "markdown"
	MDX              Format = "mdx" // Markdown with components
	ReStructuredText Format = "rst"
	AsciiDoc         Format = "asciidoc"
)

// FormatOf is the format that a file's name promises, "" for none.
func FormatOf(name string) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdown", ".mkd":
		return Markdown
	case ".mdx":
		return MDX
	case ".rst", ".rest":
		return ReStructuredText
	case ".adoc", ".asciidoc", ".asc":
		return AsciiDoc
	}
	return ""
}

// File is what one document holds, each list in the order of the text. Nothing
// in it refers to the bytes it was read from.
type File struct {
	Format      Format
	Front       Front
	Headings    []Heading
	Links       []Link
	Definitions []Definition
	Code        []Code
	Tables      []Table
	Anchors     []Anchor
	Words       int // of prose, headings left out

	once   sync.Once
	places map[string]bool // what Offers compares with
}

// Front is the metadata between --- or +++ at the head of a document.
type Front struct {
	Span   finding.Span // with its marks; empty when there is none
	Fields []Field      // the top level: key: value, or key = value
}

// Field is one line of a document's metadata.
type Field struct {
	Name, Value string // the value without quotes; "" when it is a list or a mapping
	Span        finding.Span
}

// Heading is a heading.
type Heading struct {
	Level   int          // from 1
	Text    string       // as shown, without markup
	Slug    string       // the anchor that a forge gives it, or the one it asks for
	Span    finding.Span // its line or lines
	Section finding.Span // what stands below it, up to the next heading of its level or above
	Words   int          // of prose up to the next heading of any level
}

// LinkKind is how a link is written.
type LinkKind string

// The kinds of links.
const (
	Inline    LinkKind = "inline"    // [text](target), ![alt](target) and their kin
	Reference LinkKind = "reference" // [text][label], [label]
	Auto      LinkKind = "autolink"  // <https://…>
	Bare      LinkKind = "bare"      // https://… in the text
	HTML      LinkKind = "html"      // <a href>, <img src>
	Include   LinkKind = "include"   // a file that becomes part of the document
)

// Link is a link or an image.
type Link struct {
	Kind   LinkKind
	Image  bool
	Badge  bool         // an image that shows a state, or a link around one
	Text   string       // between the brackets, as written
	Target string       // without escapes
	Anchor string       // behind the target's #, percent signs decoded
	Span   finding.Span // of the whole link
	Where  finding.Span // of the target; of a reference, in its definition
}

// Path is the target without query and anchor, percent signs decoded; "" for a
// link inside the document.
func (l Link) Path() string {
	p, _, _ := strings.Cut(l.Target, "#")
	p, _, _ = strings.Cut(p, "?")
	return decoded(p)
}

// External says whether the target is an address rather than a path: it has a
// scheme or a host.
func (l Link) External() bool {
	if strings.HasPrefix(l.Target, "//") {
		return true
	}
	scheme, _, ok := strings.Cut(l.Target, ":")
	return ok && len(scheme) > 1 && strings.IndexFunc(scheme, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '-' || r == '.')
	}) < 0
}

func decoded(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// Definition is what [label]: target defines.
type Definition struct {
	Label  string // as compared: in lower case, blanks folded
	Target string
	Span   finding.Span
	Where  finding.Span // of the target
	Used   bool
}

// Code is a block of code.
type Code struct {
	Lang   string       // the first word behind the fence, in lower case; "" without one
	Info   string       // all that stands behind the fence
	Fenced bool         // else indented
	Span   finding.Span // with its fences
	Body   finding.Span // without them

	quotes, indent int // what stands before each line: marks of quotation, blanks
}

// Table is a table of Markdown.
type Table struct {
	Header []Cell
	Rows   [][]Cell
	Span   finding.Span
}

// Cell is one cell of a table.
type Cell struct {
	Text string // as written
	Span finding.Span
}

// Anchor is a place that the document names itself, such as <a id="x">.
type Anchor struct {
	Name string
	Span finding.Span
}

// Parse reads a document. An unknown format is read as Markdown.
func Parse(format Format, src []byte) *File {
	f := &File{Format: format}
	switch format {
	case ReStructuredText:
		parseRST(f, src)
	case AsciiDoc:
		parseAsciiDoc(f, src)
	default:
		parseMarkdown(f, src)
	}
	slices.SortStableFunc(f.Headings, func(a, b Heading) int { return a.Span.Start - b.Span.Start })
	f.number()
	f.sections(len(src))
	return f
}

// sections gives each heading the extent of what stands below it.
func (f *File) sections(size int) {
	var open []int // of rising level
	end := func(level, at int) {
		for len(open) > 0 && f.Headings[open[len(open)-1]].Level >= level {
			f.Headings[open[len(open)-1]].Section.End = at
			open = open[:len(open)-1]
		}
	}
	for i := range f.Headings {
		h := &f.Headings[i]
		end(h.Level, h.Span.Start)
		h.Section.Start = h.Span.End
		open = append(open, i)
	}
	end(0, size)
}

// Under lists the blocks of code that stand below a heading.
func (f *File) Under(h *Heading) []Code {
	at := func(offset int) int {
		return sort.Search(len(f.Code), func(i int) bool { return f.Code[i].Span.Start >= offset })
	}
	return f.Code[at(h.Section.Start):at(h.Section.End)]
}

// Field is the value of a field of the metadata, "" without it.
func (f *File) Field(name string) string {
	for _, field := range f.Front.Fields {
		if field.Name == name {
			return field.Value
		}
	}
	return ""
}

// link adds a link whose target stands at where.
func (f *File) link(kind LinkKind, image bool, text, target string, span, where finding.Span) {
	if len(f.Links) >= maxNodes {
		return
	}
	l := Link{Kind: kind, Image: image, Text: clip(text), Target: strings.Clone(target), Span: span, Where: where}
	if _, anchor, ok := strings.Cut(target, "#"); ok {
		l.Anchor = decoded(anchor)
	}
	l.Badge = image && isBadge(l.Target)
	f.Links = append(f.Links, l)
}

// title adds a heading and returns its index, -1 when the document has too many.
func (f *File) title(h Heading) int {
	if len(f.Headings) >= maxNodes {
		return -1
	}
	f.Headings = append(f.Headings, h)
	return len(f.Headings) - 1
}

const maxText = 200 // bytes of a link's text that are kept

func clip(s string) string { return strings.Clone(s[:min(len(s), maxText)]) }

// isBadge says whether an image is drawn by a service to show a state.
func isBadge(target string) bool {
	lower := strings.ToLower(target)
	for _, part := range []string{"badge", "shields.io", "badgen.net", "codecov.io/", "coveralls.io/", "travis-ci.", "circleci.com/", "snyk.io/test", "api.securityscorecards.dev", "deepwiki.com", "appveyor.com/api", "img.badgesize", "isitmaintained.com", "godoc.org/github.com", "goreportcard.com", "david-dm.org", "opencollective.com/"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}
