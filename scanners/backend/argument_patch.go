package backend

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// appendArguments is the edit that gives a call of Python further keyword
// arguments behind its last one. ok is false where that one ends in a way that
// cannot be continued.
func appendArguments(src *repo.Source, c *pylex.Call, text string) (patch.Edit, bool) {
	if len(c.Args) == 0 {
		return patch.Edit{}, false
	}
	last := c.Args[len(c.Args)-1]
	if last.Span.End <= last.Span.Start || last.Span.End > c.Span.End || last.Kind == pylex.ValueComp {
		return patch.Edit{}, false
	}
	at := last.Span.End
	return patch.Edit{Span: finding.Span{Start: at, End: at}, New: []byte(", " + text)}, true
}

// timeoutPatch gives every call of requests that has none a timeout.
func timeoutPatch(s *repo.Snapshot, open []finding.Location) (patch.Set, bool) {
	lines := map[string][]int{}
	var files []string
	for _, at := range open {
		if lines[at.Path] == nil {
			files = append(files, at.Path)
		}
		lines[at.Path] = append(lines[at.Path], at.Line)
	}
	slices.Sort(files)
	set := patch.Set{Title: "Give calls a timeout of 10 seconds"}
	for _, path := range files {
		src := s.Source(path)
		if src == nil || src.Py() == nil {
			return patch.Set{}, false
		}
		py := src.Py()
		var edits []patch.Edit
		for i := range py.Calls {
			c := &py.Calls[i]
			full := py.Qualify(c.Callee)
			if _, has := c.Arg("timeout"); has || !strings.HasPrefix(full, "requests.") || !requestVerbs[strings.TrimPrefix(full, "requests.")] || !slices.Contains(lines[path], src.At(c.Span).Line) {
				continue
			}
			edit, ok := appendArguments(src, c, "timeout=10")
			if !ok {
				return patch.Set{}, false
			}
			edits = append(edits, edit)
		}
		if len(edits) != len(lines[path]) {
			return patch.Set{}, false
		}
		set.Changes = append(set.Changes, patch.Change{
			Path: path, Base: patch.Sum(src.Bytes()), HasBase: true, Edits: edits,
			Note: "A call that gets no answer for 10 seconds raises requests.Timeout; calls that take longer by design need more",
		})
	}
	return set, len(set.Changes) > 0
}

// flagsPatch sets the flags that a cookie of Python lacks.
func flagsPatch(c *setCookie) (patch.Set, bool) {
	py := c.src.Py()
	if py == nil {
		return patch.Set{}, false
	}
	call, ok := py.CallAt(c.span.End - 1)
	if !ok || call.Span != c.span {
		return patch.Set{}, false
	}
	var edits []patch.Edit
	var add []string
	for _, flag := range c.absent {
		value := "True"
		if flag == "samesite" {
			value = `"lax"`
		}
		if a, set := call.Arg(flag); set {
			edits = append(edits, patch.Replace(a.Span, value))
		} else {
			add = append(add, flag+"="+value)
		}
	}
	if len(add) > 0 {
		edit, ok := appendArguments(c.src, call, strings.Join(add, ", "))
		if !ok {
			return patch.Set{}, false
		}
		edits = append(edits, edit)
	}
	return patch.Set{Title: "Set the flags of the cookie " + c.name, Changes: []patch.Change{{
		Path: c.src.Path, Base: patch.Sum(c.src.Bytes()), HasBase: true, Edits: edits,
		Note: "With Secure the browser sends the cookie over HTTPS only; scripts of the page no longer see one with HttpOnly",
	}}}, true
}
