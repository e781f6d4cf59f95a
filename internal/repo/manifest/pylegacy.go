package manifest

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/ini"
)

// PyLegacy is what a Pipfile, setup.cfg or setup.py declares.
type PyLegacy struct {
	Name           Text
	RequiresPython Text
	Requirements   []Requirement
}

// Find is the requirement with the given name, in any spelling and group.
func (p *PyLegacy) Find(name string) (Requirement, bool) {
	return findRequirement(p.Requirements, name)
}

// ParsePipfile reads a Pipfile.
func ParsePipfile(src []byte) (*PyLegacy, error) {
	root, err := ParseTOML(src)
	if err != nil {
		return nil, err
	}
	p := &PyLegacy{RequiresPython: root.Get("requires", "python_version").AsText()}
	for _, m := range root.Members {
		switch m.Name {
		case "packages":
			p.Requirements = append(p.Requirements, namedRequirements(m.Value, "", false)...)
		case "dev-packages":
			p.Requirements = append(p.Requirements, namedRequirements(m.Value, "dev", true)...)
		case "source", "requires", "scripts", "pipenv":
		default:
			if m.Value.Kind == Object {
				p.Requirements = append(p.Requirements, namedRequirements(m.Value, m.Name, isDevGroup(m.Name))...)
			}
		}
	}
	return p, nil
}

// ParseSetupCfg reads the metadata and requirements of a setup.cfg.
func ParseSetupCfg(src []byte) (*PyLegacy, error) {
	doc, err := ini.Parse(src)
	if err != nil {
		return nil, err
	}
	text := func(section, key string) Text {
		k, _ := doc.Key(section, key)
		return Text{k.Value(), k.ValueSpan}
	}
	p := &PyLegacy{Name: text("metadata", "name"), RequiresPython: text("options", "python_requires")}
	if k, ok := doc.Key("options", "install_requires"); ok {
		p.Requirements = append(p.Requirements, iniRequirements(k, "")...)
	}
	if extras, ok := doc.Section("options.extras_require"); ok {
		for _, k := range extras.Keys {
			p.Requirements = append(p.Requirements, iniRequirements(k, k.Name)...)
		}
	}
	return p, nil
}

func iniRequirements(k ini.Key, group string) []Requirement {
	var list []Text
	for _, line := range k.Lines {
		list = append(list, Text{line.Text, line.Span})
	}
	return requirementsOf(list, group, isDevGroup(group))
}

// ParseSetupPy reads the literal strings of install_requires in a setup.py,
// without running it. What is computed is not seen.
func ParseSetupPy(src []byte) (*PyLegacy, error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	p := &PyLegacy{}
	s := pyScanner{src: src}
	for s.next() {
		switch s.word {
		case "install_requires":
			p.Requirements = append(p.Requirements, requirementsOf(s.literals(), "", false)...)
		case "name":
			if list := s.literals(); len(list) == 1 && !p.Name.Exists() {
				p.Name = list[0]
			}
		case "python_requires":
			if list := s.literals(); len(list) == 1 {
				p.RequiresPython = list[0]
			}
		}
	}
	return p, nil
}

// pyScanner walks the words of Python source outside strings and comments.
type pyScanner struct {
	src  []byte
	pos  int
	word string
}

func (s *pyScanner) next() bool {
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '#':
			s.pos = lineEnd(s.src, s.pos)
		case c == '"' || c == '\'':
			_, s.pos = pyString(s.src, s.pos)
		case c != '-' && c != '.' && isNameByte(c):
			start := s.pos
			for s.pos < len(s.src) && s.src[s.pos] != '-' && s.src[s.pos] != '.' && isNameByte(s.src[s.pos]) {
				s.pos++
			}
			s.word = string(s.src[start:s.pos])
			return true
		default:
			s.pos++
		}
	}
	return false
}

// literals are the strings behind the = that follows the word: one string, or
// those of a list that holds nothing else. The scanner does not move.
func (s *pyScanner) literals() []Text {
	i := skipPyBlank(s.src, s.pos)
	if i >= len(s.src) || s.src[i] != '=' {
		return nil
	}
	i = skipPyBlank(s.src, i+1)
	if i >= len(s.src) {
		return nil
	}
	if s.src[i] == '"' || s.src[i] == '\'' {
		t, _ := pyString(s.src, i)
		return []Text{t}
	}
	if s.src[i] != '[' && s.src[i] != '(' {
		return nil
	}
	var out []Text
	for i++; i < len(s.src); {
		i = skipPyBlank(s.src, i)
		switch {
		case i >= len(s.src) || s.src[i] == ']' || s.src[i] == ')':
			return out
		case s.src[i] == '"' || s.src[i] == '\'':
			var t Text
			t, i = pyString(s.src, i)
			out = append(out, t)
		default:
			i++
		}
	}
	return out
}

func skipPyBlank(src []byte, i int) int {
	for i < len(src) {
		switch src[i] {
		case ' ', '\t', '\r', '\n':
			i++
		case '#':
			i = lineEnd(src, i)
		default:
			return i
		}
	}
	return i
}

func lineEnd(src []byte, i int) int {
	if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(src)
}

// pyString reads the string literal at i and says where it ends.
func pyString(src []byte, i int) (t Text, end int) {
	quote := string(src[i])
	if triple := strings.Repeat(quote, 3); bytes.HasPrefix(src[i:], []byte(triple)) {
		quote = triple
	}
	for end = i + len(quote); end < len(src); end++ {
		switch {
		case src[end] == '\\':
			end++
		case bytes.HasPrefix(src[end:], []byte(quote)):
			body := string(src[i+len(quote) : end])
			end += len(quote)
			return Text{body, finding.Span{Start: i, End: end}}, end
		case len(quote) == 1 && src[end] == '\n':
			return Text{string(src[i+1 : end]), finding.Span{Start: i, End: end}}, end
		}
	}
	end = len(src)
	return Text{string(src[min(i+len(quote), end):end]), finding.Span{Start: i, End: end}}, end
}
