package migration

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/sqlfile"
)

// maxFollow is how many wrappers and names around a text of SQL are followed.
const maxFollow = 4

// PythonSQL reads the SQL that an argument is: a string, an f-string, text(…) of
// one, or a variable that holds it. ok is false when it is computed.
func PythonSQL(py *pylex.File, a pylex.Arg, dialect sqlfile.Dialect) (ops []Op, ok bool) {
	for range maxFollow {
		switch a.Kind {
		case pylex.ValueString:
			offset := -1
			if i := strings.Index(a.Text(), a.Literal); i >= 0 && a.Literal != "" {
				offset = a.Span.Start + i
			}
			return Embedded(a.Literal, offset, a.Span, dialect, false), true
		case pylex.ValueFString:
			body, offset, whole := fstring(a)
			if !whole {
				return nil, false
			}
			return Embedded(body, offset, a.Span, dialect, true), true
		case pylex.ValueCall:
			call, has := a.Call()
			if !has || len(call.Args) == 0 {
				return nil, false
			}
			switch call.Callee[strings.LastIndexByte(call.Callee, '.')+1:] {
			case "text", "DDL", "dedent", "SQL", "strip":
				a = call.Args[0]
			default:
				return nil, false
			}
		case pylex.ValueIdent:
			value, found := assigned(py, a.Ident)
			if !found {
				return nil, false
			}
			a = value
		case pylex.ValueList, pylex.ValueTuple: // Django takes a list of statements, or of pairs
			ok = true
			for _, item := range a.Items() {
				if pair := item.Items(); len(pair) > 0 {
					item = pair[0]
				}
				if item.Kind != pylex.ValueString && item.Kind != pylex.ValueFString {
					ok = false
					continue
				}
				more, read := PythonSQL(py, item, dialect)
				ops, ok = append(ops, more...), ok && read
			}
			return ops, ok
		default:
			return nil, false
		}
	}
	return nil, false
}

// maxLook bounds the assignments among which one to a name is looked for.
const maxLook = 512

// assigned is the last value that the file gives a name.
func assigned(py *pylex.File, name string) (pylex.Arg, bool) {
	for i := len(py.Assigns) - 1; i >= max(0, len(py.Assigns)-maxLook); i-- {
		if a := &py.Assigns[i]; a.Target == name && a.Op == "=" {
			return a.Value, true
		}
	}
	return pylex.Arg{}, false
}

// fstring is what stands between the quotes of an f-string that is one token.
func fstring(a pylex.Arg) (body string, offset int, ok bool) {
	t := a.Text()
	at := strings.IndexAny(t, "\"'")
	if at < 0 || at > 2 {
		return "", 0, false
	}
	mark := t[at : at+1]
	if strings.HasPrefix(t[at:], strings.Repeat(mark, 3)) {
		mark = strings.Repeat(mark, 3)
	}
	rest := t[at+len(mark):]
	body, ok = strings.CutSuffix(rest, mark)
	if len(mark) == 1 && strings.Contains(body, mark) { // adjacent strings
		return "", 0, false
	}
	return strings.Clone(body), a.Span.Start + at + len(mark), ok
}

// block is the body of the with statement in whose head the offset lies: the
// lines behind it that are indented further.
func block(src []byte, offset int) finding.Span {
	start := offset
	for start > 0 && src[start-1] != '\n' {
		start--
	}
	indent := func(at int) int {
		n := 0
		for at+n < len(src) && (src[at+n] == ' ' || src[at+n] == '\t') {
			n++
		}
		return n
	}
	own := indent(start)
	end := offset
	for at := start; at < len(src); {
		next := at
		for next < len(src) && src[next] != '\n' {
			next++
		}
		n := indent(at)
		if at > offset && at+n < next && src[at+n] != '\r' && n <= own && src[at+n] != ')' {
			break
		}
		end = next
		at = next + 1
	}
	return finding.Span{Start: offset, End: end}
}

// Blocks are the bodies of the with statements whose heads make the given calls.
func Blocks(src []byte, calls []finding.Span) []finding.Span {
	out := make([]finding.Span, 0, min(len(calls), maxBlocks))
	for _, c := range calls[:min(len(calls), maxBlocks)] {
		out = append(out, block(src, c.Start))
	}
	return out
}

// maxBlocks bounds the with statements that are looked at of one file.
const maxBlocks = 64
