// Package gomod reads go.mod, go.work and go.sum, each fact with its byte span.
// It accepts files that the go command would refuse, and says where they are wrong.
package gomod

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/internal/finding"
)

// Value is a word or quoted string and where it stands.
type Value struct {
	Value string
	Span  finding.Span
}

// Exists says whether the file has the value.
func (v Value) Exists() bool { return v.Value != "" }

// Require is one module that is needed.
type Require struct {
	Path     string
	Version  string
	Indirect bool
	Span     finding.Span // the line, without require and without a comment
}

// Replace is one module that another stands in for.
type Replace struct {
	Old, OldVersion string // OldVersion is "" for every version
	New, NewVersion string
	Span            finding.Span
	NewSpan         finding.Span
}

// Local says whether a directory stands in for the module.
func (r *Replace) Local() bool {
	return r.NewVersion == "" && (strings.HasPrefix(r.New, "./") || strings.HasPrefix(r.New, "../") || strings.HasPrefix(r.New, "/") || r.New == "." || r.New == "..")
}

// File is a go.mod or go.work file.
type File struct {
	Module    Value   // of go.mod
	Go        Value   // version
	Toolchain Value   // version
	Use       []Value // of go.work: directories
	Require   []Require
	Replace   []Replace
	Exclude   []Require
	Retract   []Value // what is in the brackets, or the one version
	Tool      []Value // packages
}

// Error is a line that cannot be read.
type Error struct {
	Line    int // from 1
	Message string
}

// Error names the line and what is wrong there.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Parse reads a go.mod or go.work file. With an error the file holds what could
// be read; the error is about the first line that could not.
func Parse(src []byte) (*File, error) {
	f := &File{}
	var first *Error
	block, offset := "", 0
	for n, line := range splitLines(string(src)) {
		start := offset
		offset += len(line) + 1
		words, comment := words(line, start)
		if len(words) == 0 {
			continue
		}
		verb := block
		switch {
		case block != "" && words[0].Value == ")":
			block = ""
			continue
		case block == "" && len(words) >= 2 && words[len(words)-1].Value == "(":
			block = words[0].Value
			continue
		case block == "":
			verb, words = words[0].Value, words[1:]
		}
		if msg := f.line(verb, words, comment); msg != "" && first == nil {
			first = &Error{n + 1, msg}
		}
	}
	if first != nil {
		return f, first
	}
	if block != "" {
		return f, &Error{strings.Count(string(src), "\n") + 1, block + " ( is not closed"}
	}
	return f, nil
}

func splitLines(text string) []string { return strings.Split(text, "\n") }

// words splits a line at white space; comment is what follows //.
func words(line string, offset int) (out []Value, comment string) {
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case strings.HasPrefix(line[i:], "//"):
			return out, strings.TrimSpace(line[i+2:])
		case c == '"' || c == '`':
			end := strings.IndexByte(line[i+1:], c)
			if end < 0 {
				end = len(line) - i - 2
			}
			stop := min(i+end+2, len(line))
			text := line[i:stop]
			value, err := strconv.Unquote(text)
			if err != nil {
				value = strings.Trim(text, string(c))
			}
			out = append(out, Value{value, finding.Span{Start: offset + i, End: offset + stop}})
			i = stop
		case c == '(' || c == ')' || c == '[' || c == ']' || c == ',':
			out = append(out, Value{string(c), finding.Span{Start: offset + i, End: offset + i + 1}})
			i++
		default:
			start := i
			for i < len(line) && !strings.ContainsRune(" \t\r()[],", rune(line[i])) && !strings.HasPrefix(line[i:], "//") {
				i++
			}
			out = append(out, Value{line[start:i], finding.Span{Start: offset + start, End: offset + i}})
		}
	}
	return out, ""
}

// line reads what one verb says; it returns what is wrong with it, or "".
func (f *File) line(verb string, w []Value, comment string) string {
	if len(w) == 0 {
		return verb + " says nothing"
	}
	switch verb {
	case "module":
		f.Module = w[0]
	case "go":
		f.Go = w[0]
	case "toolchain":
		f.Toolchain = w[0]
	case "use":
		f.Use = append(f.Use, w[0])
	case "tool":
		f.Tool = append(f.Tool, w[0])
	case "require", "exclude":
		if len(w) != 2 {
			return verb + " needs a module and its version"
		}
		r := Require{w[0].Value, w[1].Value, isIndirect(comment), finding.Span{Start: w[0].Span.Start, End: w[1].Span.End}}
		if verb == "exclude" {
			f.Exclude = append(f.Exclude, r)
		} else {
			f.Require = append(f.Require, r)
		}
	case "replace":
		return f.replace(w)
	case "retract":
		span := finding.Span{Start: w[0].Span.Start, End: w[len(w)-1].Span.End}
		var versions []string
		for _, v := range w {
			if v.Value != "[" && v.Value != "]" && v.Value != "," {
				versions = append(versions, v.Value)
			}
		}
		f.Retract = append(f.Retract, Value{strings.Join(versions, " to "), span})
	case "godebug", "ignore":
	default:
		return "unknown word " + verb
	}
	return ""
}

func (f *File) replace(w []Value) string {
	arrow := 0
	for arrow < len(w) && w[arrow].Value != "=>" {
		arrow++
	}
	left, right := w[:arrow], w[min(arrow+1, len(w)):]
	if len(left) < 1 || len(left) > 2 || len(right) < 1 || len(right) > 2 {
		return "replace needs a module, => and what stands in for it"
	}
	r := Replace{Old: left[0].Value, New: right[0].Value, NewSpan: right[0].Span}
	r.Span = finding.Span{Start: left[0].Span.Start, End: right[len(right)-1].Span.End}
	if len(left) == 2 {
		r.OldVersion = left[1].Value
	}
	if len(right) == 2 {
		r.NewVersion = right[1].Value
	}
	f.Replace = append(f.Replace, r)
	return ""
}

// isIndirect says whether a comment marks a module that only others need.
func isIndirect(comment string) bool {
	word, _, _ := strings.Cut(comment, ";")
	return strings.TrimSpace(word) == "indirect"
}

// Provides is the required module that holds a package, by the longest path; ok
// is false when none does.
func (f *File) Provides(pkg string) (r Require, ok bool) {
	for _, one := range f.Require {
		if len(one.Path) > len(r.Path) && Holds(one.Path, pkg) {
			r, ok = one, true
		}
	}
	return r, ok
}

// Holds says whether a package's path is a module's or lies below it.
func Holds(module, pkg string) bool {
	return pkg == module || len(pkg) > len(module) && strings.HasPrefix(pkg, module) && pkg[len(module)] == '/'
}

// Sum is one line of go.sum.
type Sum struct {
	Path    string
	Version string
	ModOnly bool // the hash is of the module's go.mod alone
	Hash    string
	Line    int // from 1
}

// ParseSum reads a go.sum file. Lines that are none are left out; the error is
// about the first of them.
func ParseSum(src []byte) ([]Sum, error) {
	var out []Sum
	var first error
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if len(w) != 3 {
			if first == nil {
				first = &Error{n, "needs a module, a version and a hash"}
			}
			continue
		}
		version, modOnly := strings.CutSuffix(w[1], "/go.mod")
		out = append(out, Sum{w[0], version, modOnly, w[2], n})
	}
	return out, first
}
