package repo

import (
	"sync"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// Source is one file of TypeScript, JavaScript or Python, read on first use.
type Source struct {
	*File
	js   func() *jslex.File
	py   func() *pylex.File
	kind Lang
}

// JS is the file as TypeScript or JavaScript, nil when it is neither.
func (s *Source) JS() *jslex.File {
	if s.js == nil {
		return nil
	}
	return s.js()
}

// Py is the file as Python, nil when it is not.
func (s *Source) Py() *pylex.File {
	if s.py == nil {
		return nil
	}
	return s.py()
}

// maxSource is the size above which a source file is data or somebody's bundle.
const maxSource = 2 << 20

// Sources lists the source files that people wrote here, by path: production,
// tests and examples, but neither generated nor vendored ones.
func (s *Snapshot) Sources() []*Source {
	return view(s, "sources", func() []*Source {
		var out []*Source
		for _, f := range s.files {
			if f.Role == Vendored || f.Role == Generated || f.Size > maxSource {
				continue
			}
			src := &Source{File: f, kind: f.Lang}
			switch f.Lang {
			case TypeScript, JavaScript:
				src.js = sync.OnceValue(func() *jslex.File { return jslex.Parse(f.Bytes()) })
			case Python:
				src.py = sync.OnceValue(func() *pylex.File { return pylex.Parse(f.Bytes()) })
			default:
				continue
			}
			out = append(out, src)
		}
		return out
	})
}

// Source is the source at path, or nil.
func (s *Snapshot) Source(path string) *Source {
	byPath := view(s, "sources by path", func() map[string]*Source {
		m := map[string]*Source{}
		for _, src := range s.Sources() {
			m[src.Path] = src
		}
		return m
	})
	return byPath[path]
}
