package frontend

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// rawHTML are the marks, by the language of the template, in front of an expression
// that becomes HTML, and behind it.
var rawHTML = map[repo.Lang][2]string{"Vue": {` v-html="`, `"`}, "Svelte": {"{@html ", "}"}}

// componentFiles looks for HTML that templates of Vue and Svelte put into the page as
// it is.
func componentFiles(p *check.Pass, s *repo.Snapshot) {
	for _, f := range s.Files() {
		marks, ok := rawHTML[f.Lang]
		if !ok || f.Role != repo.Production || f.Size > 1<<20 || !f.Mentions("html") || forShow(f.Dir()) || sideFile(f) {
			continue
		}
		data := f.Bytes()
		clean := cleansText(data)
		made := f.Says("ansi_up", "AnsiUp", "ansi_to_html", "hljs", "shiki", "codeToHtml", "Prism", "katex", "mermaid", "qrcode")
		for _, span := range expressions(data, marks[0], marks[1]) {
			text := strings.TrimSpace(f.Text(span))
			name := "v-html"
			if f.Lang == "Svelte" {
				name = "@html"
			}
			k := rawText{name, text}
			switch {
			case k.cleaned() || clean:
				p.Holds(f.At(span), "%s is cleaned", name)
			case k.harmless(), made:
			case k.data():
				p.Report(f.At(span), "%s is given %s, and nothing in %s cleans it", name, shorten(f.Redacted(span)), f.Path).Keyed("%s %s", name, f.Redacted(span))
			default:
				p.Unproven(f.At(span), "%s is given %s; who wrote that was not found", name, shorten(f.Redacted(span)))
			}
		}
	}
}

// expressions are the spans between a mark and its end, outside comments of HTML.
func expressions(data []byte, mark, end string) (out []finding.Span) {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(mark))
		if i < 0 {
			return out
		}
		start := at + i + len(mark)
		open := bytes.LastIndex(data[:start], []byte("<!--"))
		closed := bytes.LastIndex(data[:start], []byte("-->"))
		n := bytes.Index(data[start:], []byte(end))
		if n < 0 {
			return out
		}
		if at = start + n; open <= closed {
			out = append(out, finding.Span{Start: start, End: at})
		}
	}
}

// rawText is an expression of a template as it is written.
type rawText struct{ name, text string }

func (k rawText) cleaned() bool {
	low := strings.ToLower(k.text)
	for _, word := range []string{"sanitize", "sanitise", "purify", "escape", "striptags"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// harmless says whether the text is the project's own: translations, literals, coloured
// code, icons.
func (k rawText) harmless() bool {
	low := strings.ToLower(k.text)
	for _, begin := range []string{"$t(", "t(", "'", "`", "i18n", "icon", "svg"} {
		if strings.HasPrefix(low, begin) && !strings.Contains(k.text, "${") {
			return true
		}
	}
	return strings.Contains(low, "highlight") || strings.Contains(low, "icon") || strings.Contains(low, "svg") || strings.Contains(low, "$t(")
}

// data says whether a text is taken out of a record.
func (k rawText) data() bool {
	plain := strings.ReplaceAll(k.text, "?.", ".")
	if strings.ContainsAny(plain, "()[]{}+ `\\\"'") {
		return false
	}
	_, member, dotted := cutLast(plain)
	return dotted && recordFields[member]
}

// cleansText says whether a file calls something that cleans HTML.
func cleansText(data []byte) bool {
	low := bytes.ToLower(data)
	for _, call := range []string{"purify.sanitize(", "sanitizehtml(", "sanitize(", "purify(", "filterxss("} {
		if bytes.Contains(low, []byte(call)) {
			return true
		}
	}
	return false
}
