// Package makefile reads makefiles the way GNU make does, without running or
// including anything: rules with their recipes, variables, includes.
//
// Both branches of a conditional are read. What make's functions would compute is
// left as it is written.
package makefile

import (
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// Limits on what Parse accepts. Beyond them it returns an Error.
const (
	MaxBytes = 4 << 20 // bytes of one file
	MaxRules = 20_000  // rules, and as many variables
)

// Text is a word or line and where it stands.
type Text struct {
	Value string
	Span  finding.Span
}

// File is one makefile.
type File struct {
	Rules     []*Rule
	Variables []*Variable // in order; a name may come several times
	Includes  []Include
	Computed  bool // functions make rules that are not listed here
}

// Rule is one rule; a target may have several.
type Rule struct {
	Targets       []Text // as written: variables and patterns stay
	Prerequisites []Text
	OrderOnly     []Text
	Recipe        []Line
	Double        bool // written with ::
	Conditional   bool // stands between ifeq, ifdef or the like and endif
	Span          finding.Span
}

// Line is one logical line of a recipe, which one shell runs.
type Line struct {
	Text         string // without @, - and + before it; lines that a backslash joins stay apart
	Silent       bool   // @
	IgnoreErrors bool   // -
	Always       bool   // +
	Span         finding.Span
}

// Variable is one assignment.
type Variable struct {
	Name        string
	Value       string // joined lines are joined with a blank; of a define its lines
	Op          string // "=", ":=", "?=", "+=", "!="
	Target      string // of a target's own variable the targets as written, else ""
	Conditional bool
	Span        finding.Span
}

// Include is one include directive.
type Include struct {
	Files    []Text // as written
	Optional bool   // -include, sinclude
	Span     finding.Span
}

// Error says where and why reading ended.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Phony says whether the file declares the target .PHONY.
func (f *File) Phony(target string) bool {
	for _, r := range f.Rules {
		for _, t := range r.Targets {
			if t.Value != ".PHONY" {
				continue
			}
			for _, p := range r.Prerequisites {
				if p.Value == target {
					return true
				}
			}
		}
	}
	return false
}

// Empty says whether the file says nothing that make would act on.
func (f *File) Empty() bool {
	return len(f.Rules) == 0 && len(f.Includes) == 0 && len(f.Variables) == 0
}

// Special says whether a target is one of make's own names, such as .PHONY, or a
// suffix rule, rather than something to ask make for.
func Special(target string) bool {
	return strings.HasPrefix(target, ".") && !strings.ContainsRune(target, '/') && strings.ToUpper(target) == target ||
		len(target) > 1 && target[0] == '.' && strings.IndexByte(target[1:], '.') > 0 && !strings.ContainsRune(target, '/')
}

// Limits on what Expand computes.
const (
	maxExpansions = 500    // references that are looked up for one text
	maxExpanded   = 16_384 // bytes of one text
)

// Expand replaces references to variables by what lookup says they are worth and
// $$ by $. A reference that lookup does not know, a function or a substitution stays
// as it is written; ok says that none did.
func Expand(text string, lookup func(name string) (string, bool)) (out string, ok bool) {
	e := expander{lookup: lookup, budget: maxExpansions, ok: true}
	e.expand(text, 0)
	return e.out.String(), e.ok
}

type expander struct {
	lookup func(string) (string, bool)
	out    strings.Builder
	budget int
	ok     bool
}

const maxNested = 16 // variables that refer to variables

func (e *expander) expand(text string, depth int) {
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 || i+1 >= len(text) {
			e.write(text)
			return
		}
		e.write(text[:i])
		name, n := reference(text[i:])
		switch {
		case text[i+1] == '$':
			e.write("$")
			n = 2
		case name == "":
			e.ok = false
			e.write(text[i : i+n])
		default:
			e.budget--
			value, known := "", false
			if e.budget >= 0 && depth < maxNested {
				value, known = e.lookup(name)
			}
			if known {
				e.expand(value, depth+1)
			} else {
				e.ok = false
				e.write(text[i : i+n])
			}
		}
		text = text[i+n:]
	}
}

func (e *expander) write(s string) {
	if room := maxExpanded - e.out.Len(); len(s) > room {
		s, e.ok = s[:max(0, room)], false
	}
	e.out.WriteString(s)
}

// reference reads what the dollar at the start of text refers to: the name of a
// variable, "" for anything more, and the length of the reference.
func reference(text string) (name string, n int) {
	open := text[1]
	if open != '(' && open != '{' {
		return text[1:2], 2
	}
	n = closing(text, 1)
	inner := strings.TrimSuffix(text[2:n], string(closerOf(open)))
	if inner == "" || strings.ContainsAny(inner, "$ \t:,(){}\n") {
		return "", n
	}
	return inner, n
}

func closerOf(open byte) byte {
	if open == '(' {
		return ')'
	}
	return '}'
}

// closing is the offset behind the bracket that closes the one at i; the end of the
// text when none does.
func closing(s string, i int) int {
	open := s[i]
	shut, depth := closerOf(open), 0
	for ; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}
