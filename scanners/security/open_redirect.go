package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// OpenRedirect finds redirects to wherever a link says.
var OpenRedirect = check.PerProject(check.Doc{
	ID:         "security/open-redirect",
	Title:      "Redirect to an address from the request",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A link to the real site leads to a copy of it that asks for the password; tokens in the address go along.",
	How:        "Allow only paths of one's own: one slash at the start, no second one, no backslash; or look the target up in a list.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/601.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range requestSources(s, "redirect", "permanentRedirect", "RedirectResponse", "HttpResponseRedirect", "useRouter") {
		in := inputsOf(s, src)
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				switch lastOf(py.Qualify(c.Callee)) {
				case "redirect", "RedirectResponse", "HttpResponseRedirect", "HttpResponsePermanentRedirect":
				default:
					continue
				}
				a, ok := c.Arg("url")
				if !ok {
					a, ok = c.At(0)
				}
				if ok && !ownPathFirst(pythonFirst(py, a)) && in.passes(a.Text(), a.Span.Start) && !testedPython(src, c) && !checkedValue(a.Callee) && !reverses(a) {
					p.Report(src.At(c.Span), "%s goes where the request says", lastOf(c.Callee)).Keyed("%s", a.Text())
				}
			}
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			switch {
			case (lastOf(c.Callee) == "redirect" || c.Callee == "permanentRedirect") && len(c.Args) > 0:
			case (c.Callee == "router.push" || c.Callee == "router.replace") && len(c.Args) > 0 && src.Mentions("useRouter"):
			default:
				continue
			}
			a := c.Args[len(c.Args)-1]
			if strings.HasSuffix(c.Callee, "Response.redirect") || lastOf(c.Callee) != "redirect" || c.Callee == "redirect" {
				a = c.Args[0]
			}
			text := a.Text()
			if ownPathFirst(text) || !in.passes(text, a.Span.Start) || strings.HasPrefix(text, "new URL(") || testedScript(src, a.Span, text) {
				continue
			}
			if op, parts := a.Choices(); op == "?" && len(parts) == 2 {
				continue // some condition decides
			}
			p.Report(src.At(c.Span), "%s goes where the request says", c.Callee).Keyed("%s", text)
		}
	}
})

// ownPathFirst says whether an expression begins with a text that keeps the
// visitor on the site, or names the host.
func ownPathFirst(text string) bool {
	lead := strings.TrimLeft(text, "f(")
	if len(lead) < 2 || strings.IndexByte("\"'`", lead[0]) < 0 {
		return false
	}
	rest := lead[1:]
	return strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, "//") && len(rest) > 1 && rest[1] != '{' && rest[1] != '$' || strings.HasPrefix(rest, "http") || strings.HasPrefix(rest, "?")
}

// reverses says whether a target is made of a route's name.
func reverses(a pylex.Arg) bool {
	switch lastOf(a.Callee) {
	case "url_for", "reverse", "reverse_lazy", "url_path_for":
		return true
	}
	return a.IsLiteral
}

// tests are what code does to an address before it goes there.
var tests = []string{"startswith(", "startsWith(", "url_has_allowed_host_and_scheme", "is_safe_url", "isSafe", "safe", "Safe", "allowed", "Allowed", "ALLOWED", "valid", "Valid", "netloc", "hostname", ".origin", ".host", "sanitize", "Sanitize", "isRelative", "is_relative", "includes(", "has("}

// testedPython says whether the function around a call looks at where it goes.
func testedPython(src *repo.Source, c *pylex.Call) bool {
	if c.Func < 0 {
		return false
	}
	return holdsTest(src.Text(src.Py().Defs[c.Func].BodySpan))
}

// testedScript is testedPython for JavaScript.
func testedScript(src *repo.Source, at finding.Span, text string) bool {
	scope := scopeOf(src.JS(), at.Start)
	return holdsTest(text) || holdsTest(src.Text(finding.Span{Start: scope.Start, End: min(scope.End, int(src.Size))}))
}

func holdsTest(text string) bool {
	for _, t := range tests {
		if strings.Contains(text, t) {
			return true
		}
	}
	return false
}
