package markdown

import (
	"strings"
	"testing"

	"drydock/internal/finding"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"# a\n\n[b](c \"d\") ![e][f] <g@h> <i j=\"k\">\n\n[f]: l\n", "```sh\n$ a <<E\nb\nE\n", "| a | b |\n|---|---|\n| c\\| | d |\n",
		"---\na: b\n---\n> - 1. x\n\n      code\n", "import x\n\n<A b={{c}} href=\"d\">{/* e */}\n", "====\nT\n====\n\n`a <b>`_ ::\n\n  c\n\n.. image:: d\n",
		"= T\n[[a]]\n== B\n[source,sh]\n----\nls\n----\nlink:a[b] <<c>>\n", "\\[``a`", "<!--\n<pre>\n", "[#]\n", "x {#",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(2))
	}
	formats := []Format{Markdown, MDX, ReStructuredText, AsciiDoc}
	f.Fuzz(func(t *testing.T, src string, format uint8) {
		d := Parse(formats[int(format)%len(formats)], []byte(src))
		inside := func(what string, s finding.Span) {
			if s.Start < 0 || s.Start > s.End || s.End > len(src) {
				t.Fatalf("%s: span %v of %d bytes", what, s, len(src))
			}
		}
		inside("front", d.Front.Span)
		for _, h := range d.Headings {
			inside("heading", h.Span)
			inside("section", h.Section)
		}
		for _, l := range d.Links {
			inside("link", l.Span)
			inside("target", l.Where)
			l.Path()
			l.External()
		}
		for _, x := range d.Definitions {
			inside("definition", x.Span)
			inside("defined target", x.Where)
		}
		for i := range d.Code {
			inside("code", d.Code[i].Span)
			inside("body", d.Code[i].Body)
			for _, c := range d.Code[i].Commands([]byte(src)) {
				inside("command", finding.Span{Start: c.Start, End: c.End})
			}
		}
		for _, table := range d.Tables {
			inside("table", table.Span)
			for _, row := range append(table.Rows, table.Header) {
				for _, c := range row {
					inside("cell", c.Span)
				}
			}
		}
		for _, a := range d.Anchors {
			inside("anchor", a.Span)
			d.Offers(a.Name)
		}
	})
}

// What never ends must not be looked for again and again.
func TestHostileTextIsReadInLinearTime(t *testing.T) {
	for _, piece := range []string{"[", "]", "![", "[a](", "[a](<", "[a](b \"", "<a", "<a b='", "<!--", "`a``", "{/*", "<x:", "[a][", "> ", "- ", "1. ", "|-", "* ", "_a", "http://(", "**", "<<", "link:", "`a <", "::\n\n", "```\n~~~\n", "# a\n", "[a]: b\n[a]\n", "<pre>\n", "<!-- \n", "=== \"", "a\n-\n", "link:a", "image::[", "&#", "\\"} {
		src := []byte(strings.Repeat(piece, (64<<10)/len(piece)))
		for _, format := range []Format{Markdown, MDX, ReStructuredText, AsciiDoc} {
			d := Parse(format, src)
			if len(d.Links) > maxNodes || len(d.Headings) > maxNodes {
				t.Errorf("%q as %s: %d links, %d headings", piece, format, len(d.Links), len(d.Headings))
			}
			for i := range d.Links {
				d.Offers(d.Links[i].Anchor)
			}
		}
	}
}
