package security

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// CodeInjection finds requests that are run as code.
var CodeInjection = check.PerProject(check.Doc{
	ID:         "security/code-injection",
	Title:      "Request data evaluated as code",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Whoever can send the request runs programs on the server: reads its secrets, its database, its neighbours.",
	How:        "Parse what is expected, a number, JSON, a word of a list, instead of evaluating it; for formulas use a parser of their own.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Injection_Prevention_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/95.html",
		"https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/eval#never_use_direct_eval!",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range requestSources(s, "eval", "exec", "Function", "runInNewContext", "runInThisContext", "runInContext", "compile", "render_template_string", "from_string") {
		in := inputsOf(s, src)
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				a, ok := c.At(0)
				if !ok || !in.in(a.Text(), a.Span.Start) || checkedValue(a.Callee) {
					continue
				}
				switch py.Qualify(c.Callee) {
				case "eval", "exec", "compile", "builtins.eval", "builtins.exec":
					p.Report(src.At(c.Span), "%s runs what the request says", c.Callee).Keyed("%s %s", c.Callee, a.Text())
				case "flask.render_template_string", "jinja2.Template":
					p.Report(src.At(c.Span), "%s takes its template from the request", lastOf(c.Callee)).Keyed("%s %s", c.Callee, a.Text())
				}
			}
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			if evaluates(c) && slices.ContainsFunc(c.Args, func(a jslex.Arg) bool { return in.in(a.Text(), a.Span.Start) && !checkedValue(a.Callee) }) {
				p.Report(src.At(c.Span), "%s runs what the request says", c.Callee).Keyed("%s %s", c.Callee, c.Args[0].Text())
			}
		}
	}
})

// evaluates says whether a call runs texts as code.
func evaluates(c *jslex.Call) bool {
	if len(c.Args) == 0 {
		return false
	}
	switch lastOf(c.Callee) {
	case "eval", "Function":
		return c.Callee == "eval" || c.Callee == "Function" || c.Callee == "globalThis.eval"
	case "runInNewContext", "runInThisContext", "runInContext":
		return true
	}
	return false
}
