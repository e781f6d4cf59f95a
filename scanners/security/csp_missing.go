package security

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CSPMissing finds pages that tell browsers nothing about what may run in them.
var CSPMissing = check.PerProject(check.Doc{
	ID:         "security/csp-missing",
	Title:      "No Content-Security-Policy",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Whatever script gets into a page, through a comment, a parameter or a dependency, runs with the visitor's session and may send it anywhere.",
	How:        "Send Content-Security-Policy-Report-Only with the sources the pages use, read the reports for a week, then send it as Content-Security-Policy: in nginx, in headers() of next.config, or with helmet.",
	Holds:      "Pages carry a Content-Security-Policy",
	References: []string{
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP",
		"https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html",
		"https://nextjs.org/docs/app/guides/content-security-policy",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	pages := surfaces(s)
	if len(pages) == 0 {
		return
	}
	headers := answerHeaders(s)
	reported := map[string]*check.Problem{}
	for _, page := range pages {
		if h, ok := page.carries(headers, headerCSP); ok {
			p.Holds(h.at, "answers of %s carry the policy", page.name)
			continue
		}
		at := page.at
		_, door := frontDoor(s, page)
		if door.Path != "" {
			at = door
		}
		if h, ok := page.carries(headers, headerCSP+"-report-only"); ok {
			p.Report(h.at, "the policy of %s is only reported, not enforced", page.name).As(finding.Medium).Keyed("%s", page.unit)
			continue
		}
		if first := reported[at.Path]; first != nil {
			first.Message += ", nor those of " + page.name
			continue
		}
		reported[at.Path] = p.Report(at, "no answer of %s carries a Content-Security-Policy", page.name).Keyed("%s", page.unit)
	}
})
