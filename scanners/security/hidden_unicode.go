package security

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// HiddenUnicode finds characters that make code read differently from what it does.
var HiddenUnicode = check.PerProject(check.Doc{
	ID:         "security/hidden-unicode",
	Title:      "Invisible or reordering characters in code",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Characters that turn the direction of text around, or show as nothing, hide code from whoever reviews it.",
	How:        "Remove them; where one is meant, write it as an escape.",
	References: []string{
		"https://trojansource.codes/",
		"https://cwe.mitre.org/data/definitions/1007.html",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, f := range s.Production() {
		if !f.Lang.Code() || f.Size > 1<<20 || !f.Tracked {
			continue
		}
		found := hidden(f.Bytes())
		if len(found) == 0 {
			continue
		}
		r, _ := utf8.DecodeRune(f.Bytes()[found[0].Start:])
		one := p.Report(f.At(found[0]), "%s in %s: U+%04X first", plural(len(found), "hidden character"), f.Path, r).Keyed("hidden")
		var edits []patch.Edit
		for i, at := range found {
			if i > 0 && i < 10 {
				one.With(f.At(at))
			}
			edits = append(edits, patch.Replace(at, ""))
		}
		title := fmt.Sprintf("Remove %s", plural(len(found), "hidden character"))
		one.WithPatch(title, finding.Review, patch.Set{Title: title, Changes: []patch.Change{{
			Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: edits, Note: "Removes what cannot be seen; read what the code does without it.",
		}}})
	}
})

// hidden are the places of characters that reorder text, and of invisible ones in
// words of ASCII. Joiners belong to emoji and to many languages, a byte order mark to
// the start of a file.
func hidden(data []byte) (out []finding.Span) {
	for i := 0; i < len(data); {
		n := bytes.IndexByte(data[i:], 0xE2)
		if n < 0 {
			return out
		}
		i += n
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			out = append(out, finding.Span{Start: i, End: i + size})
		case (r == 0x200B || r == 0x2060 || r == 0x2061 || r == 0x2062 || r == 0x2063 || r == 0x2064) && i > 0 && i+size < len(data) && data[i-1] < 0x80 && data[i+size] < 0x80 && nameByte(data[i-1]) && nameByte(data[i+size]):
			out = append(out, finding.Span{Start: i, End: i + size})
		}
		i += max(size, 1)
	}
	return out
}
