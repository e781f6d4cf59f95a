package golex

import (
	"strings"

	"drydock/internal/finding"
)

// directives reads what comments tell tools.
func (f *File) directives() {
	f.Head.comments(f.src, f.Comments)
	for _, c := range f.Comments {
		text := f.src[c.Start:c.End]
		if len(text) < 8 || text[1] != '/' {
			continue
		}
		switch {
		case strings.HasPrefix(text, "//go:embed"):
			if rest := text[len("//go:embed"):]; rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
				f.Embeds = append(f.Embeds, Embed{patterns(rest), c})
			}
		case strings.HasPrefix(text, "//nolint"), strings.HasPrefix(text, "// nolint"):
			f.nolint(text, c)
		}
	}
}

// patterns splits what follows //go:embed; a pattern may be quoted.
func patterns(text string) (out []string) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexAny(text, " \t")
		if q := text[0]; q == '"' || q == '`' {
			if n := strings.IndexByte(text[1:], q); n >= 0 {
				out = append(out, unquote(text[:n+2]))
				text = text[n+2:]
				continue
			}
		}
		if end < 0 {
			end = len(text)
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

func (f *File) nolint(text string, span finding.Span) {
	rest := strings.TrimSpace(text[2:])[len("nolint"):]
	rest, reason, _ := strings.Cut(rest, "//")
	n := Nolint{Reason: strings.TrimSpace(reason), Span: span}
	switch {
	case strings.HasPrefix(rest, ":"):
		for name := range strings.SplitSeq(rest[1:], ",") {
			if name = strings.TrimSpace(name); name != "" && name != "all" {
				n.Linters = append(n.Linters, name)
			}
		}
	case strings.TrimSpace(rest) != "": // nolintlint, or prose
		return
	}
	f.Nolints = append(f.Nolints, n)
}
