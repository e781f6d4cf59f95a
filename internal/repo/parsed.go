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

// maxFacts is how many calls, assignments, functions and the like a file may have
// for the views that look from one of them for another: a source that people
// write has far less, one that has more is data.
const maxFacts = 8_000

func readablePython(py *pylex.File) bool {
	return len(py.Calls) <= maxFacts && len(py.Assigns) <= maxFacts && len(py.Defs) <= maxFacts
}

func readableScript(js *jslex.File) bool {
	return len(js.Calls) <= maxFacts && len(js.Assigns) <= maxFacts && len(js.Funcs) <= maxFacts && len(js.Exports) <= maxFacts && len(js.Imports) <= maxFacts
}

// parsedPython are the sources of production code in Python that may hold one of
// the words and are no data. Let go of them soon: they are large.
func parsedPython(s *Snapshot, words ...string) []pyParsed {
	var out []pyParsed
	for _, src := range s.SourcesMentioning(words...) {
		if src.Role != Production || src.Lang != Python {
			continue
		}
		if py := src.Py(); readablePython(py) {
			out = append(out, pyParsed{src, py})
		}
	}
	return out
}

// parsedScripts is parsedPython for JavaScript and TypeScript.
func parsedScripts(s *Snapshot, words ...string) []jsParsed {
	var out []jsParsed
	for _, src := range s.SourcesMentioning(words...) {
		if src.Role != Production || src.Lang == Python {
			continue
		}
		if js := src.JS(); readableScript(js) {
			out = append(out, jsParsed{src, js})
		}
	}
	return out
}
