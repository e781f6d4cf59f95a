package repo

import (
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// pyParsed and jsParsed are sources that a view goes over several times.
type pyParsed struct {
	*Source
	py *pylex.File
}

type jsParsed struct {
	*Source
	js *jslex.File
}

// parsedPython are the sources of production code in Python that may hold one of
// the words. Let go of them soon: they are large.
func parsedPython(s *Snapshot, words ...string) []pyParsed {
	var out []pyParsed
	for _, src := range s.SourcesMentioning(words...) {
		if src.Role == Production && src.Lang == Python {
			out = append(out, pyParsed{src, src.Py()})
		}
	}
	return out
}

// parsedScripts is parsedPython for JavaScript and TypeScript.
func parsedScripts(s *Snapshot, words ...string) []jsParsed {
	var out []jsParsed
	for _, src := range s.SourcesMentioning(words...) {
		if src.Role == Production && src.Lang != Python {
			out = append(out, jsParsed{src, src.JS()})
		}
	}
	return out
}
