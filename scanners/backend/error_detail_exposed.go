package backend

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// ErrorDetailExposed finds answers that carry the text of an error nobody foresaw.
var ErrorDetailExposed = check.PerProject(check.Doc{
	ID:         "backend/error-detail-exposed",
	Title:      "Internal errors are sent to clients",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Texts of databases and libraries name tables, hosts, paths and versions; whoever looks for a way in provokes errors to read them.",
	How:        "Log the error with the request's id and answer a general text with that id. Pass on only texts of exceptions that were written for clients.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/209.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	byUnit := map[string][]finding.Location{}
	var units []string
	for _, src := range s.RunningSources("HTTPException", "traceback", "JSONResponse", "jsonify", "status", "stack", "NextResponse", "make_response") {
		if triedOut(src.File) {
			continue
		}
		var spans []finding.Span
		if src.Lang == repo.Python {
			if src.Mentions("HTTPException", "JSONResponse", "jsonify", "make_response") && src.Mentions("traceback", "except") {
				spans = pythonExposed(src)
			}
		} else if text := src.Bytes(); bytes.Contains(text, []byte("500")) || bytes.Contains(text, []byte("INTERNAL")) {
			spans = scriptExposed(src)
		}
		unit := s.ProgramDir(src.File)
		for _, span := range spans {
			if byUnit[unit] == nil {
				units = append(units, unit)
			}
			byUnit[unit] = append(byUnit[unit], src.At(span))
		}
	}
	for _, unit := range units {
		found := byUnit[unit]
		p.Report(found[0], "%s the text of an error that nobody foresaw", count(len(found), "answer carries", "answers carry")).
			Keyed("%s", unit).With(found[1:min(len(found), mostShown)]...)
	}
})

// broad is an except clause for everything, with the name of what it catches and
// where its block lies.
type broad struct {
	name  string
	block finding.Span
}

// broadHandlers are the clauses "except Exception as e".
func broadHandlers(data []byte) []broad {
	var out, open []broad
	tokens := pylex.Lex(data)
	depth := 0
	var pending *broad
	var levels []int
	for i, t := range tokens {
		switch t.Kind {
		case pylex.Indent:
			depth++
			if pending != nil {
				pending.block.Start = t.Span.End
				open, levels = append(open, *pending), append(levels, depth)
				pending = nil
			}
		case pylex.Dedent:
			for len(levels) > 0 && levels[len(levels)-1] == depth {
				one := open[len(open)-1]
				one.block.End = t.Span.Start
				out = append(out, one)
				open, levels = open[:len(open)-1], levels[:len(levels)-1]
			}
			depth--
		case pylex.Keyword:
			if string(data[t.Span.Start:t.Span.End]) != "except" || i+3 >= len(tokens) {
				continue
			}
			word := func(k int) string { return string(data[tokens[i+k].Span.Start:tokens[i+k].Span.End]) }
			if (word(1) == "Exception" || word(1) == "BaseException") && word(2) == "as" {
				pending = &broad{name: word(3)}
			}
		}
	}
	return out
}

func pythonExposed(src *repo.Source) []finding.Span {
	py := src.Py()
	var out []finding.Span
	blocks := broadHandlers(src.Bytes())
	for i := range py.Calls {
		c := &py.Calls[i]
		last := lastName(c.Callee)
		if last != "HTTPException" && last != "JSONResponse" && last != "jsonify" && last != "make_response" || c.Decorator {
			continue
		}
		if status, ok := c.Arg("status_code"); ok && strings.HasPrefix(status.Literal, "4") || len(c.Args) > 0 && strings.HasPrefix(c.Args[0].Literal, "4") && !c.Args[0].IsLiteral {
			if !strings.Contains(py.Text(c.Span), "traceback.") {
				continue // meant for the client
			}
		}
		text := py.Text(c.Span)
		if strings.Contains(text, "traceback.format_exc(") {
			out = append(out, c.Span)
			continue
		}
		for _, b := range blocks {
			if b.block.Start <= c.Span.Start && c.Span.End <= b.block.End && carries(text, b.name) {
				out = append(out, c.Span)
				break
			}
		}
	}
	return out
}

// carries says whether a call's arguments turn the exception into text.
func carries(text, name string) bool {
	for _, form := range []string{"str(" + name + ")", "repr(" + name + ")", "{" + name + "}", "{" + name + "!", "{str(" + name + ")", name + ".args"} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// scriptExposed finds res.status(500).json({ error: err.message }) and the like:
// the status of a server's fault, with the caught error's own text or its stack.
func scriptExposed(src *repo.Source) []finding.Span {
	file := src.JS()
	var out []finding.Span
	for i := range file.Calls {
		c := &file.Calls[i]
		last := lastName(c.Callee)
		if last != "json" && last != "send" && last != "end" || len(c.Args) == 0 {
			continue
		}
		fault := false
		switch {
		case strings.Contains(c.Callee, ".status().") || strings.Contains(c.Callee, ".code()."):
			head := src.File.Text(finding.Span{Start: c.CalleeSpan.Start, End: c.CalleeSpan.End})
			fault = strings.Contains(head, "(500)") || strings.Contains(head, "INTERNAL")
		case c.Callee == "NextResponse.json" || c.Callee == "Response.json" || c.Callee == "c.json":
			for _, a := range c.Args[1:] {
				if p, ok := a.Prop("status"); ok && p.Value.Literal == "500" || a.Literal == "500" {
					fault = true
				}
			}
		}
		if fault && tellsError(c.Args[0]) {
			out = append(out, c.Span)
		}
	}
	return out
}

func tellsError(a jslex.Arg) bool {
	values := []jslex.Arg{a}
	for _, p := range a.Props() {
		values = append(values, p.Value)
		for _, inner := range p.Value.Props() {
			values = append(values, inner.Value)
		}
	}
	for _, v := range values {
		parts := []jslex.Arg{v}
		if _, choices := v.Choices(); choices != nil {
			parts = append(parts, choices...)
		}
		if slices.ContainsFunc(parts, func(x jslex.Arg) bool {
			switch x.Ident {
			case "err.message", "error.message", "e.message", "err.stack", "error.stack", "e.stack", "ex.message", "err", "error", "e":
				return true
			}
			return false
		}) {
			return true
		}
	}
	return false
}
