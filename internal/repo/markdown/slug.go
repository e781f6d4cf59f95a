package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"drydock/internal/finding"
)

// number gives the headings their anchors: those of one text are counted.
func (f *File) number() {
	taken := make(map[string]int, len(f.Headings))
	for i := range f.Headings {
		h := &f.Headings[i]
		if h.Slug == "" {
			h.Slug = f.Format.slug(h.Text)
		}
		n, again := taken[h.Slug]
		if !again {
			taken[h.Slug] = 0
			continue
		}
		base := h.Slug
		for again {
			n++
			h.Slug = base + f.Format.joint() + strconv.Itoa(n)
			_, again = taken[h.Slug]
		}
		taken[base], taken[h.Slug] = n, 0
	}
}

func (format Format) joint() string {
	if format == AsciiDoc {
		return "_"
	}
	return "-"
}

func (format Format) slug(text string) string {
	switch format {
	case ReStructuredText:
		return squeezed(text, '-')
	case AsciiDoc:
		return "_" + squeezed(text, '_')
	}
	return Slug(text)
}

// Slug is the anchor that a forge gives a Markdown heading of this text, before
// equal ones are counted.
func Slug(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		switch {
		case r == ' ' || r == '-':
			b.WriteByte('-')
		case unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// squeezed is text in lower case with one joint for whatever stands between words.
func squeezed(text string, joint byte) string {
	var b strings.Builder
	open := false
	for _, r := range text {
		if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
			open = b.Len() > 0
			continue
		}
		if open {
			b.WriteByte(joint)
			open = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Offers says whether the document has a place of that name. Renderers differ in
// how they make anchors of punctuation, so the letters and digits decide.
func (f *File) Offers(anchor string) bool {
	if anchor == "" || anchor == "top" {
		return true
	}
	f.once.Do(func() {
		f.places = make(map[string]bool, 2*len(f.Headings)+len(f.Anchors))
		for _, h := range f.Headings {
			f.places[squeezed(h.Slug, '-')] = true
			f.places[squeezed(h.Text, '-')] = true
		}
		for _, a := range f.Anchors {
			f.places[squeezed(a.Name, '-')] = true
		}
	})
	return f.places[squeezed(strings.TrimPrefix(anchor, "user-content-"), '-')]
}

// askedSlug takes the anchor that a heading asks for off its end: {#id}.
func (b *blocks) askedSlug(words finding.Span) (finding.Span, string) {
	line := bytes.TrimRight(b.src[words.Start:words.End], " \t\r\n")
	i := bytes.LastIndexByte(line, '{')
	if i < 0 || line[len(line)-1] != '}' {
		return words, ""
	}
	for _, part := range strings.Fields(strings.Trim(string(line[i:]), "{}/* ")) {
		if id, ok := strings.CutPrefix(part, "#"); ok && id != "" {
			for i > 0 && (line[i-1] == ' ' || line[i-1] == '\\') {
				i--
			}
			return finding.Span{Start: words.Start, End: words.Start + i}, strings.TrimSuffix(id, "\\")
		}
	}
	return words, ""
}
