package repo

import (
	"iter"

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

// parsedPython goes through the sources of production code in Python that may hold
// one of the words and are no data, parsed. Keep few of them: they are large.
func parsedPython(s *Snapshot, words ...string) iter.Seq[pyParsed] {
	return func(yield func(pyParsed) bool) {
		for _, src := range s.SourcesMentioning(words...) {
			if src.Role != Production || src.Lang != Python {
				continue
			}
			if py := src.Py(); readablePython(py) && !yield(pyParsed{src, py}) {
				return
			}
		}
	}
}

// parsedScripts is parsedPython for JavaScript and TypeScript.
func parsedScripts(s *Snapshot, words ...string) iter.Seq[jsParsed] {
	return parsedScriptsThat(s, func([]byte) bool { return true }, words...)
}

// parsedScriptsThat leaves out those whose text does not look right.
func parsedScriptsThat(s *Snapshot, looks func(text []byte) bool, words ...string) iter.Seq[jsParsed] {
	return func(yield func(jsParsed) bool) {
		for _, src := range s.SourcesMentioning(words...) {
			if src.Role != Production || src.Lang == Python || !looks(src.Bytes()) {
				continue
			}
			if js := src.JS(); readableScript(js) && !yield(jsParsed{src, js}) {
				return
			}
		}
	}
}
