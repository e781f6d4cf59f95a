package dockerfile

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// scope holds the variables that are visible at one place of a stage. A variable
// that is only given at build time is there with known set to false.
type scope map[string]variable

type variable struct {
	value string
	known bool
}

// declare takes an ARG or ENV into the scope. global are the ARGs before the first
// FROM, whose defaults an ARG without one takes over. given are the arguments of
// the build.
func (s scope) declare(inst *Instruction, global scope, given map[string]BuildArg) {
	switch c := inst.typed.(type) {
	case *instructions.ArgCommand:
		for _, a := range c.Args {
			if g, ok := given[a.Key]; ok {
				s[a.Key] = variable{g.Value, g.Known && len(g.Value) <= maxValue}
				continue
			}
			if a.Value == nil {
				s[a.Key] = global[a.Key]
				continue
			}
			value, missing := s.expand(*a.Value)
			s[a.Key] = variable{value, missing == ""}
		}
	case *instructions.EnvCommand:
		set := make([]variable, len(c.Env)) // one line does not see what it sets itself
		for i, kv := range c.Env {
			value, missing := s.expand(kv.Value)
			set[i] = variable{value, missing == ""}
		}
		for i, kv := range c.Env {
			s[kv.Key] = set[i]
		}
	}
}

// maxValue bounds a value in bytes: variables made of variables could double it
// with every line.
const maxValue = 4096

// expand replaces the variables in a word and removes its quotes. missing is the
// first variable whose value nothing in the file says, or whose value is too long
// to be told.
func (s scope) expand(word string) (value, missing string) {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case c == '"' || c == '\'':
		case c == '\\' && i+1 < len(word):
			i++
			b.WriteByte(word[i])
		case c == '$' && i+1 < len(word):
			name, op, arg, end := reference(word, i)
			if name == "" {
				b.WriteByte(c)
				continue
			}
			text, lost := s.lookup(name, op, arg)
			if lost != "" && missing == "" {
				missing = lost
			}
			if b.Len()+len(text) > maxValue {
				return "", name
			}
			b.WriteString(text)
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), missing
}

func (s scope) lookup(name, op, arg string) (text, missing string) {
	v, declared := s[name]
	known := v.known && (v.value != "" || !strings.HasPrefix(op, ":"))
	switch strings.TrimPrefix(op, ":") {
	case "":
		if known {
			return v.value, ""
		}
		return "", name
	case "-":
		if known {
			return v.value, ""
		}
		return s.expandShorter(arg)
	case "+":
		if known {
			return s.expandShorter(arg)
		}
		if declared && !v.known {
			return "", name
		}
		return "", ""
	}
	return "", name // ${NAME#pattern} and its kin
}

// expandShorter expands the argument of a reference; it is shorter than the word
// it stands in, so this ends.
func (s scope) expandShorter(arg string) (string, string) {
	if len(arg) > maxValue {
		return "", arg[:16]
	}
	return s.expand(arg)
}

// reference reads $NAME or ${NAME…} at word[i]; name is "" when there is none, end
// is the offset behind it.
func reference(word string, i int) (name, op, arg string, end int) {
	j := i + 1
	if word[j] != '{' {
		for end = j; end < len(word) && isNameByte(word[end], end == j); end++ {
		}
		return word[j:end], "", "", end
	}
	depth := 0
	for end = j; end < len(word); end++ {
		if word[end] == '{' {
			depth++
		} else if word[end] == '}' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if end == len(word) {
		return "", "", "", end
	}
	body := word[j+1 : end]
	k := 0
	for k < len(body) && isNameByte(body[k], k == 0) {
		k++
	}
	name, rest := body[:k], body[k:]
	for _, known := range []string{":-", ":+", "-", "+"} {
		if strings.HasPrefix(rest, known) {
			return name, known, rest[len(known):], end + 1
		}
	}
	if rest != "" {
		op = "#"
	}
	return name, op, rest, end + 1
}

func isNameByte(c byte, first bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9'
}
