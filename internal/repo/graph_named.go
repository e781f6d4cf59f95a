package repo

import (
	"bytes"
	"strings"
)

// maxNamed bounds for how many modules of Python nothing but a text is looked for.
const maxNamed = 400

// namedInTexts are the modules of Python that nothing imports, and that code that
// runs names in full in a text: "app.core.types.Money" is imported when it is used.
func (g *Graph) namedInTexts(s *Snapshot) (out []Entry) {
	type wanted struct {
		f    *File
		name []byte
		last string
	}
	var dead []wanted
	var readers []*Source
	for _, src := range s.Sources() {
		if src.Lang != Python || src.Role != Production {
			continue
		}
		if _, live := g.live[src.File]; live {
			readers = append(readers, src)
			continue
		}
		name := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(src.Path, ".py"), "/__init__"), "/", ".")
		at := strings.Index(name, ".")
		if at < 0 || len(dead) == maxNamed {
			continue
		}
		if first := strings.LastIndexByte(name[:strings.LastIndexByte(name, '.')], '.'); first > 0 { // the last two parts tell enough to look closer
			name = name[first+1:]
		}
		dead = append(dead, wanted{src.File, []byte(name), lastPart(name)})
	}
	for _, w := range dead {
		full := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(w.f.Path, ".py"), "/__init__"), "/", ".")
		for _, r := range readers {
			if r.Mentions(w.last) && namesModule(r.Bytes(), w.name, full) {
				out = append(out, Entry{w.f, "named in a text of " + r.Path})
				break
			}
		}
	}
	return out
}

// namesModule says whether a text of the source begins with the module's name: as
// it is seen from the root, or from a directory below it. tail is how the name ends.
func namesModule(source, tail []byte, full string) bool {
	for rest := source; ; {
		at := bytes.Index(rest, tail)
		if at < 0 {
			return false
		}
		start := at
		for start > 0 && (isWord(rest[start-1]) || rest[start-1] == '.') {
			start--
		}
		end := at + len(tail)
		quoted := start > 0 && (rest[start-1] == '"' || rest[start-1] == '\'')
		ends := end == len(rest) || !isWord(rest[end])
		if name := string(rest[start:end]); quoted && ends && (name == full || strings.HasSuffix(full, "."+name)) {
			return true
		}
		rest = rest[at+len(tail):]
	}
}
