package repo

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// link is one import as the import graph needs it.
type link struct {
	module   string
	span     finding.Span // of the module's name in JavaScript, of the statement in Python
	names    []string     // Python: what is imported from the module
	level    int          // Python: leading dots
	typeOnly bool
	dynamic  bool
}

var (
	wordFrom         = hashOfWord([]byte("from"))
	wordImport       = hashOfWord([]byte("import"))
	wordRequire      = hashOfWord([]byte("require"))
	wordURL          = hashOfWord([]byte("URL"))
	wordDunderImport = hashOfWord([]byte("__import__"))
	wordImportModule = hashOfWord([]byte("import_module"))
)

// linksLate is how much of the text behind the last word that may import
// something belongs to the import: a statement and the comments in it.
const linksLate = 1 << 10 // bytes

// scriptLinks reads the imports of JavaScript or TypeScript. last is where the
// last word stands that may import something: nothing behind it is looked at.
func (r *reader) scriptLinks(text []byte, last int) []link {
	if last < 0 {
		return nil
	}
	return r.linksOf(jslex.Parse(text[:statementEnd(text, last)]), 0, nil)
}

// linksOf adds the imports of a script that begins at an offset of its file. The
// module of a link that loads many files is a pattern with a star.
func (r *reader) linksOf(js *jslex.File, offset int, out []link) []link {
	for _, i := range js.Imports {
		out = append(out, link{module: r.intern(i.Module), span: shifted(i.ModuleSpan, offset), typeOnly: i.TypeOnly, dynamic: i.Dynamic})
	}
	for k := range js.Calls {
		c := &js.Calls[k]
		if len(c.Args) == 0 {
			continue
		}
		switch c.Callee {
		case "import.meta.glob", "import.meta.globEager":
			patterns, _ := c.Args[0].Strings()
			for _, p := range patterns {
				out = append(out, link{module: r.intern(p), span: shifted(c.Args[0].Span, offset), dynamic: true})
			}
		case "require.context":
			if dir := c.Args[0]; dir.IsLiteral {
				depth := "/**"
				if len(c.Args) > 1 && c.Args[1].Literal == "false" {
					depth = "/*"
				}
				out = append(out, link{module: r.intern(strings.TrimSuffix(dir.Literal, "/") + depth), span: shifted(dir.Span, offset), dynamic: true})
			}
		}
	}
	return out
}

func shifted(s finding.Span, by int) finding.Span {
	return finding.Span{Start: s.Start + by, End: s.End + by}
}

// pythonLinks is scriptLinks for Python.
func (r *reader) pythonLinks(text []byte, last int) []link {
	if last < 0 {
		return nil
	}
	end := last
	if list := bytes.TrimLeft(text[min(len(text), last+len("import")):], " \t\\\r\n"); len(list) > 0 && list[0] == '(' {
		end = len(text) - len(list)
		if n := bytes.IndexByte(list, ')'); n >= 0 {
			end += n
		}
	}
	var out []link
	for _, i := range pylex.Parse(text[:statementEnd(text, end)]).Imports {
		l := link{module: r.intern(i.Module), span: i.Span, level: i.Level, typeOnly: i.TypeChecking}
		for _, n := range i.Names {
			l.names = append(l.names, r.intern(n.Name))
		}
		out = append(out, l)
	}
	return out
}

func statementEnd(text []byte, at int) int {
	if at = min(at+linksLate, len(text)); at < len(text) {
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			return at + n + 1
		}
	}
	return len(text)
}

// intern keeps one copy of each module's name, and of no file's text.
func (r *reader) intern(s string) string {
	if known, ok := r.names[s]; ok {
		return known
	}
	if r.names == nil {
		r.names = map[string]string{}
	}
	s = strings.Clone(s)
	r.names[s] = s
	return s
}

// mayLink says whether the word that ends at i may import something.
func mayLink(h wordHash, text []byte, i int) bool {
	switch h {
	case wordFrom, wordImport, wordRequire, wordURL:
		next := bytes.TrimLeft(text[i:min(len(text), i+64)], " \t\r\n")
		if len(next) == 0 {
			return true
		}
		switch next[0] {
		case '"', '\'', '`', '/':
			return true
		case '(', '.', '?':
			return h != wordFrom
		}
	}
	return false
}
