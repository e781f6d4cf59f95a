package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// StubEndpoint finds routes that only pretend.
var StubEndpoint = check.PerProject(check.Doc{
	ID:         "backend/stub-endpoint",
	Title:      "Route that does nothing",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The caller is told that something was done, or gets an empty list that looks like an answer; nobody notices until the data is missed.",
	How:        "Write the handler, or take the route out of the application until there is one.",
	References: []string{"https://httpwg.org/specs/rfc9110.html#status.501"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range bodylessToo(s) {
		var stubs []repo.Route
		why := ""
		for _, r := range a.routes {
			if what, ok := pretends(s, &r); ok {
				if why == "" {
					why = what
				}
				stubs = append(stubs, r)
			}
		}
		if len(stubs) == 0 {
			continue
		}
		p.Report(stubs[0].At(), "%d of %d handlers of %s do nothing (%s): %s", len(stubs), len(a.routes), a.name(), why, strings.Join(sampleNames(stubs), ", ")).
			Keyed("stubs of %s", a.unit+a.family).With(places(stubs)[1:]...)
	}
})

// bodylessToo are the programs with the routes that somebody asks for an answer.
func bodylessToo(s *repo.Snapshot) []*api {
	out := apis(s)
	for _, a := range out {
		var keep []repo.Route
		for _, r := range a.work() {
			if r.HandlerFile != nil && r.Method != "OPTIONS" && r.Method != "HEAD" && !pathHas(r.Path, "logout", "signout", "sign-out", "ping", "test", "csrf") {
				keep = append(keep, r)
			}
		}
		a.routes = keep
	}
	return out
}

// pretends says whether a handler's body is one statement that does nothing.
func pretends(s *repo.Snapshot, r *repo.Route) (string, bool) {
	src := s.Source(r.HandlerFile.Path)
	if src == nil {
		return "", false
	}
	b := body{src, r.HandlerSpan}
	if def := defOf(src, r.HandlerSpan); def != nil {
		b.span = def.BodySpan
		for _, param := range def.Params { // a dependency may do the work
			if lastName(param.Default.Callee) == "Depends" || strings.Contains(param.Annotation, "Depends") {
				if text := plain(b); text != "pass" && !saysUnwritten(text) {
					return "", false
				}
			}
		}
	} else if file := src.JS(); file != nil {
		for i := range file.Funcs {
			if file.Funcs[i].Span == r.HandlerSpan {
				b.span = file.Funcs[i].BodySpan
				if b.span.Len() > 1 && src.Bytes()[b.span.Start] == '{' {
					b.span.Start, b.span.End = b.span.Start+1, b.span.End-1
				}
			}
		}
	}
	text := plain(b)
	switch {
	case text == "pass" || text == "...":
		return "no body", true
	case saysUnwritten(text):
		return "not implemented", true
	}
	return "", false
}

// plain is a body of one statement, its docstring left out; "" for longer ones.
func plain(b body) string {
	var out []string
	statements := 0
	var now []string
	flush := func() {
		if len(now) == 1 && strings.HasPrefix(now[0], "\x00") {
			now = nil // a docstring
		}
		if len(now) > 0 {
			statements++
			out = append(out, now...)
		}
		now = nil
	}
	for _, t := range b.tokens() {
		switch {
		case t.ends, t.opens && b.src.Lang == repo.Python, t.closes && b.src.Lang == repo.Python:
			flush()
		case t.opens:
			now = append(now, "{")
		case t.closes:
			now = append(now, "}")
		case t.str:
			now = append(now, "\x00"+t.text)
		default:
			now = append(now, t.text)
		}
	}
	flush()
	if statements != 1 || len(out) > 40 {
		return ""
	}
	return strings.Join(out, " ")
}

// saysUnwritten says whether the one statement is an answer that there is nothing
// yet.
func saysUnwritten(text string) bool {
	low := strings.ToLower(strings.ReplaceAll(text, "\x00", ""))
	if strings.Contains(low, "notimplementederror") || strings.Contains(low, "501") || strings.Contains(low, "http_501") {
		return true
	}
	for _, w := range []string{"not implemented", "not yet implemented", "coming soon", "to be implemented", "unimplemented"} {
		if strings.Contains(low, w) && strings.Contains(text, "\x00") {
			return true
		}
	}
	return strings.Contains(text, "TODO") && strings.Contains(text, "\x00")
}
