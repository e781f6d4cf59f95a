package backend

import (
	"fmt"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

const suggestedLimit = "5/minute"

// limitPatch adds slowapi's decorator, and the request parameter that it asks
// for, where the file has both names already. Anything else would be a guess.
func limitPatch(s *repo.Snapshot, r *repo.Route) (patch.Set, bool) {
	src := s.Source(r.File.Path)
	if r.Framework != "fastapi" || r.HandlerFile != r.File || src == nil {
		return patch.Set{}, false
	}
	py := src.Py()
	limiter := slowapiLimiter(s, src)
	request := requestName(py)
	def := defAt(py, r.HandlerSpan)
	if limiter == "" || request == "" || def == nil {
		return patch.Set{}, false
	}
	data := src.Bytes()
	indent := string(data[patch.LineStart(data, r.Span.Start) : r.Span.Start-1]) // up to the @
	if strings.TrimSpace(indent) != "" {
		return patch.Set{}, false
	}
	edits := []patch.Edit{patch.InsertAfter(data, r.Span.End, fmt.Sprintf("%s@%s.limit(%q)", indent, limiter, suggestedLimit))}
	parameter, ok := requestParameter(data, def, request)
	if !ok {
		return patch.Set{}, false
	}
	if parameter != nil {
		edits = append(edits, *parameter)
	}
	return patch.Set{Title: "Limit " + r.Name(), Changes: []patch.Change{{
		Path: src.Path, Base: patch.Sum(data), HasBase: true, Edits: edits,
		Note: fmt.Sprintf("%s answers %s for each address and 429 after that", r.Name(), suggestedLimit),
	}}}, true
}

// slowapiLimiter is the local name of the project's slowapi limiter.
func slowapiLimiter(s *repo.Snapshot, src *repo.Source) string {
	at, ok := s.Origin(src, "limiter")
	if !ok {
		return ""
	}
	target := s.Source(at.File.Path)
	if target == nil || target.Py() == nil {
		return ""
	}
	for _, a := range target.Py().Assigns {
		if a.Target == at.Name && strings.HasPrefix(target.Py().Qualify(a.Value.Callee), "slowapi.") {
			return "limiter"
		}
	}
	return ""
}

// requestName is what the file calls Starlette's Request.
func requestName(py *pylex.File) string {
	for _, name := range []string{"fastapi.Request", "starlette.requests.Request"} {
		if py.Qualify("Request") == name {
			return "Request"
		}
	}
	return ""
}

func defAt(py *pylex.File, span finding.Span) *pylex.Def {
	for i := range py.Defs {
		if py.Defs[i].Span == span {
			return &py.Defs[i]
		}
	}
	return nil
}

// requestParameter is the edit that puts the parameter first; nil when it is
// there. ok is false where the name is taken or the request has another one.
func requestParameter(data []byte, def *pylex.Def, request string) (edit *patch.Edit, ok bool) {
	for _, p := range def.Params {
		switch {
		case p.Name == "request" && p.Annotation == request:
			return nil, true
		case p.Name == "request", p.Annotation == request, p.Name == "self":
			return nil, false
		}
	}
	at := def.NameSpan.End
	for at < len(data) && data[at] != '(' {
		at++
	}
	at++
	if at >= len(data) {
		return nil, false
	}
	text := "request: " + request
	if len(def.Params) > 0 {
		text += ", "
		if data[at] == '\n' || data[at] == '\r' { // one parameter a line
			first := def.Params[0].Span.Start
			start := patch.LineStart(data, first)
			edit := patch.Edit{Span: finding.Span{Start: start, End: start}, New: []byte(string(data[start:first]) + "request: " + request + "," + patch.EOL(data, start))}
			return &edit, strings.TrimSpace(string(data[start:first])) == ""
		}
	}
	return &patch.Edit{Span: finding.Span{Start: at, End: at}, New: []byte(text)}, true
}
