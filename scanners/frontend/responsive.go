package frontend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// Responsive finds frontends whose components fit small and large screens.
var Responsive = check.PerProject(check.Doc{
	ID:         "frontend/responsive",
	Title:      "Layout for one size of screen",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "More than half of all visitors come with a telephone.",
	How:        "Lay pages out for the small screen first, and add what larger ones have room for by breakpoints.",
	Holds:      "Layouts fit small and large screens",
	References: []string{"https://tailwindcss.com/docs/responsive-design", "https://developer.mozilla.org/en-US/docs/Learn_web_development/Core/CSS_layout/Responsive_Design"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		classes, fitting := 0, 0
		var at finding.Location
		for _, src := range app.mentioning("className") {
			l := layoutIn.Of(s, src.File)
			if !l.has {
				continue
			}
			classes++
			if l.fits {
				if fitting++; fitting == 1 {
					at = src.At(l.at)
				}
			}
		}
		if fitting > 0 && 5*fitting >= classes { // many components need none
			p.Holds(at, "%d of %d files with classes of %s use breakpoints", fitting, classes, app.label())
		}
	}
})

// layout says whether the tags of a file have classes, and whether one of them counts
// from some width of the screen on.
type layout struct {
	has, fits bool
	at        finding.Span
}

var layoutIn = repo.Derive(func(_ *repo.Snapshot, f *repo.File) layout {
	if f.Lang == repo.Python || !f.Mentions("className") {
		return layout{}
	}
	return breakpoints(f.Bytes())
})

// breakpoints looks at tokens alone: nearly every file of a frontend has classes.
func breakpoints(data []byte) (l layout) {
	tokens := slices.DeleteFunc(jslex.Lex(data), func(t jslex.Token) bool { return t.Kind == jslex.Comment })
	text := func(i int) string { return string(data[tokens[i].Span.Start:tokens[i].Span.End]) }
	for i := 0; i+2 < len(tokens); i++ {
		if tokens[i].Kind != jslex.JSXName || text(i) != "className" || text(i+1) != "=" {
			continue
		}
		l.has = true
		end := i + 2
		for depth := 0; end < len(tokens); end++ {
			if tokens[end].Kind == jslex.Punct {
				switch text(end) {
				case "{":
					depth++
				case "}":
					depth--
				}
			}
			if depth == 0 {
				break
			}
		}
		if end == len(tokens) {
			continue
		}
		span := finding.Span{Start: tokens[i].Span.Start, End: tokens[end].Span.End}
		value := string(data[tokens[i+2].Span.Start:span.End])
		for _, class := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \"'`{}()\n\t", r) }) {
			switch prefix, rest, found := strings.Cut(class, ":"); {
			case !found || rest == "":
			case prefix == "sm", prefix == "md", prefix == "lg", prefix == "xl", prefix == "2xl":
				return layout{true, true, span}
			}
		}
	}
	return l
}
