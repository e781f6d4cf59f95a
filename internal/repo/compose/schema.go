package compose

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// ProblemKind says in which way a file is against the Compose specification.
type ProblemKind int

// The kinds of problems.
const (
	UnknownKey ProblemKind = iota + 1 // a key that the specification does not have
	WrongType                         // a list where a text belongs, a number that has to be quoted
	Empty                             // a key without a value; right when a file below gives it one
	BadValue                          // no duration, size, port or word that the key takes
	Missing                           // a key that has to be there
	Undefined                         // a name that nothing defines
	Conflict                          // two settings that exclude each other
	Template                          // ${ that is no variable
)

// Problem is one place that compose would refuse. What depends on a variable is
// none.
type Problem struct {
	Place
	Kind ProblemKind
	Msg  string // what is wrong, without the place: "services.web.port is not a key of a service; ports is"
}

// MaxProblems bounds the problems listed of one file.
const MaxProblems = 200

// kinds are the kinds of values that a key takes.
type kinds uint8

const (
	text kinds = 1 << iota
	integer
	number // with a fraction, too
	boolean
	null
	mapping
	list
)

// shape is what a value may be. A mapping has either known keys or free ones.
type shape struct {
	kinds    kinds
	what     string            // what a mapping with known keys is, for messages
	keys     map[string]*shape // of a mapping with known keys
	closed   bool              // not even x- keys besides those
	values   *shape            // of a mapping with free keys; nil takes anything
	name     func(string) bool // of a mapping with free keys: what a key looks like; nil takes any
	items    *shape            // of a list; nil takes anything
	required []string          // keys that a mapping must have
	words    []string          // all texts that are allowed
	format   func(string) string
}

// Problems lists what the file itself is against the specification for: unknown
// keys, wrong types, values that are no durations, sizes, ports or words. What
// needs the other files of a project is listed by Project.Problems.
func (f *File) Problems() []Problem {
	if f.Doc == nil || !f.Doc.Root.IsMapping() {
		return nil
	}
	v := validator{file: f, seen: map[visit]bool{}}
	v.value(f.Doc.Root, specification, "")
	f.malformed(func(p Problem) { v.add(p) })
	slices.SortStableFunc(v.out, func(a, b Problem) int { return a.Span.Start - b.Span.Start })
	return v.out
}

type visit struct {
	node  *yamldoc.Node
	shape *shape
}

// validator compares nodes with shapes. It recurses no deeper than the shapes
// nest, and looks at a node once per shape, however many aliases lead there.
type validator struct {
	file *File
	seen map[visit]bool
	out  []Problem
}

func (v *validator) add(p Problem) {
	if len(v.out) < MaxProblems {
		v.out = append(v.out, p)
	}
}

func (v *validator) report(n *yamldoc.Node, kind ProblemKind, format string, args ...any) {
	v.add(Problem{Place{v.file.Path, n.Resolve().Span}, kind, fmt.Sprintf(format, args...)})
}

// value compares a node with a shape. at is the path of keys to it.
func (v *validator) value(n *yamldoc.Node, s *shape, at string) {
	r := n.Resolve()
	if s == nil || r == nil || v.seen[visit{r, s}] || strings.HasPrefix(r.Tag, "!") && !strings.HasPrefix(r.Tag, "!!") && r.Tag != "!override" {
		return // !reset, and the tags of other programs
	}
	v.seen[visit{r, s}] = true
	switch r.Kind {
	case yamldoc.Mapping:
		if s.kinds&mapping == 0 {
			v.report(n, WrongType, "%s has to be %s, not a mapping", at, s)
			return
		}
		v.mapping(r, s, at)
	case yamldoc.Sequence:
		if s.kinds&list == 0 {
			v.report(n, WrongType, "%s has to be %s, not a list", at, s)
			return
		}
		for i, item := range r.Items() {
			v.value(item, s.items, fmt.Sprintf("%s[%d]", at, i))
		}
	case yamldoc.Scalar:
		v.scalar(r, s, at)
	}
}

func (v *validator) mapping(n *yamldoc.Node, s *shape, at string) {
	for _, e := range n.Entries() {
		if len(v.out) >= MaxProblems {
			return
		}
		if !e.Key.IsScalar() || e.Key.IsNull() {
			continue
		}
		key := e.Name()
		path := strings.TrimPrefix(at+"."+key, ".")
		if s.keys == nil {
			if s.name != nil && !s.name(key) {
				v.report(e.Key, BadValue, "%s is not a name: letters, digits, dots, dashes and underscores are", clip(path))
				continue
			}
			v.value(e.Value, s.values, path)
			continue
		}
		known, ok := s.keys[key]
		if !ok {
			if (s.closed || !strings.HasPrefix(key, "x-")) && !opaque(key) {
				v.report(e.Key, UnknownKey, "%s is not a key of %s%s", clip(path), s.what, s.nearest(key))
			}
			continue
		}
		v.value(e.Value, known, path)
	}
	for _, key := range s.required {
		if _, ok := n.Entry(key); !ok {
			v.report(n, Missing, "%s has no %s", at, key)
		}
	}
}

func (v *validator) scalar(n *yamldoc.Node, s *shape, at string) {
	value := n.Value
	if opaque(value) {
		return
	}
	var is kinds
	switch n.Tag {
	case "!!null":
		is = null
	case "!!bool":
		is = boolean
	case "!!int":
		is = integer | number
	case "!!float":
		is = number
	default:
		is = text
	}
	switch {
	case s.kinds&is == 0 && is == null:
		v.report(n, Empty, "%s is empty and has to be %s", at, s)
		return
	case s.kinds&is == 0 && s.kinds&text != 0:
		v.report(n, WrongType, "%s has to be a text: put it in quotes", at)
		return
	case s.kinds&is == 0:
		v.report(n, WrongType, "%s has to be %s", at, s)
		return
	case is == text && len(s.words) > 0 && !slices.Contains(s.words, value):
		v.report(n, BadValue, "%s is %q, not %s", at, clip(value), orList(s.words))
	case (is == text || is&number != 0) && s.format != nil && value != "":
		if why := s.format(value); why != "" {
			v.report(n, BadValue, "%s is %q: %s", at, clip(value), why)
		}
	}
}

// opaque says whether a text is filled in before compose reads it, or by compose:
// ${VAR}, {{ var }}, <placeholder>.
func opaque(s string) bool {
	open, shut := strings.IndexByte(s, '<'), strings.LastIndexByte(s, '>')
	return strings.Contains(s, "$") || strings.Contains(s, "{{") || open >= 0 && open < shut || strings.Contains(s, "@@")
}

// String says in words what the shape takes.
func (s *shape) String() string {
	var out []string
	for _, k := range []struct {
		kind kinds
		name string
	}{{text, "a text"}, {integer, "a whole number"}, {number, "a number"}, {boolean, "true or false"}, {mapping, "a mapping"}, {list, "a list"}} {
		if s.kinds&k.kind != 0 && !(k.kind == integer && s.kinds&number != 0) {
			out = append(out, k.name)
		}
	}
	return orList(out)
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

const maxShown = 60 // bytes of a key or value in a message

func clip(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return s
}

// nearest is what the key may have been meant to be, as the end of a message.
func (s *shape) nearest(key string) string {
	if len(key) > maxShown {
		return ""
	}
	best, at := 3, ""
	for known := range s.keys {
		if d := distance(key, known, best); d < best || d == best && d < 3 && known < at {
			best, at = d, known
		}
	}
	if at == "" || best >= len(key) {
		return ""
	}
	return "; " + at + " is"
}

// distance is how many letters have to be changed, put in or left out to make one
// word of the other; more than limit when it is more than that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		corner := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := corner
			if a[i-1] != b[j-1] {
				cost++
			}
			corner, row[j] = row[j], min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
