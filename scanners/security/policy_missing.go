package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// PolicyMissing finds projects that do not say where to report a vulnerability.
var PolicyMissing = check.PerProject(check.Doc{
	ID:         "security/policy-missing",
	Title:      "No security policy",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Who finds a hole has nobody to tell: it goes into a public issue, or nowhere.",
	How:        "Add SECURITY.md: how to report in private, which versions are mended, how soon an answer comes; a bug bounty if there is one.",
	Holds:      "The project says where to report a vulnerability",
	References: []string{"https://docs.github.com/en/code-security/getting-started/adding-a-security-policy-to-your-repository", "https://www.rfc-editor.org/rfc/rfc9116"},
	Peers:      []finding.Peer{check.Same("scorecard", "Security-Policy")},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !slices.ContainsFunc(s.Production(), func(f *repo.File) bool { return f.Lang.Code() && !f.Blank() }) {
		return
	}
	for _, f := range s.Files() {
		if f.Role == repo.Vendored || f.Role == repo.Test || f.Role == repo.Example || f.Blank() {
			continue
		}
		low := strings.ToLower(f.Path)
		base := strings.ToLower(f.Name())
		if (strings.HasPrefix(base, "security.") || strings.HasPrefix(base, "security-policy.") || base == "security") && (f.Dir() == "." || f.Dir() == ".github" || f.Dir() == ".gitlab" || f.Dir() == "docs" || f.Dir() == ".gitea") && f.Lang != repo.TypeScript && !f.Lang.Code() ||
			strings.HasSuffix(low, ".well-known/security.txt") {
			p.Holds(f.Start(), "%s", f.Path)
			return
		}
	}
	for _, passage := range s.Passages(repo.DocSecurity) {
		if passage.Words > 15 && (passage.Doc.Dir() == "." || passage.Doc.Dir() == ".github") {
			p.Holds(passage.At(), "%s says it", passage.Doc.Path)
			return
		}
	}
	p.Report(finding.Root(), "nothing says where to report a vulnerability").Keyed("policy")
})
