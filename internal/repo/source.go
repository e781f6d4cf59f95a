package repo

import (
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// Source is one file of TypeScript, JavaScript or Python. It is parsed when it is
// asked for, and may be parsed again when it is asked for later: hold on to the
// parsed file while you work on it, and to nothing of it afterwards.
type Source struct {
	*File
	js again[*jslex.File]
	py again[*pylex.File]
}

// parsedSize is how many bytes the tokens and facts of a byte of source take.
const parsedSize = 14

// JS is the file as TypeScript or JavaScript, nil when it is neither.
func (s *Source) JS() *jslex.File {
	if s.Lang != TypeScript && s.Lang != JavaScript {
		return nil
	}
	return s.js.get(&s.home.keep, func() (*jslex.File, int64) {
		data := s.Bytes()
		return jslex.Parse(data), parsedSize * int64(len(data))
	})
}

// Py is the file as Python, nil when it is not.
func (s *Source) Py() *pylex.File {
	if s.Lang != Python {
		return nil
	}
	return s.py.get(&s.home.keep, func() (*pylex.File, int64) {
		data := s.Bytes()
		return pylex.Parse(data), parsedSize * int64(len(data))
	})
}

// maxSource is the size above which a source file is data or somebody's bundle.
const maxSource = 2 << 20

// Sources lists the source files that people wrote here, by path: production,
// tests and examples, but neither generated nor vendored ones.
func (s *Snapshot) Sources() []*Source {
	return view(s, "sources", func() []*Source {
		var out []*Source
		for _, f := range s.files {
			if f.Role.Foreign() || f.Size > maxSource {
				continue
			}
			switch f.Lang {
			case TypeScript, JavaScript, Python:
				out = append(out, &Source{File: f})
			}
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

// Modules are the names of the modules that the file imports, as they are written;
// in Python without leading dots. It parses nothing.
func (s *Source) Modules() []string {
	var out []string
	for _, l := range s.facts().links {
		out = append(out, l.module)
	}
	return out
}
