package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// DepAuditMissing finds projects that learn of vulnerable dependencies by chance.
var DepAuditMissing = check.PerProject(check.Doc{
	ID:         "delivery/dep-audit-missing",
	Title:      "No vulnerability scan of dependencies",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Most code that runs is that of dependencies, and new vulnerabilities in it are published every day. Without a scan the project ships them until somebody reads about it.",
	How:        "Add a job that runs the ecosystem's own tool (npm audit, pip-audit, govulncheck, cargo audit) or osv-scanner, on changes and once a day.",
	Holds:      "CI scans dependencies for vulnerabilities",
	References: []string{"https://google.github.io/osv-scanner/", "https://docs.github.com/en/code-security/supply-chain-security/understanding-your-software-supply-chain/about-dependency-review"},
	Peers:      []finding.Peer{check.Narrower("scorecard", "Vulnerabilities")},
}, func(p *check.Pass, s *repo.Snapshot) {
	if len(dependencyPlaces(s)) == 0 {
		return
	}
	scan{
		kind:    repo.CIDepAudit,
		missing: "no job of CI scans dependencies for vulnerabilities (npm audit, pip-audit, govulncheck, osv-scanner)",
		places:  dependencyPlaces,
		other: func(s *repo.Snapshot) (finding.Location, string, bool) {
			if f := rootFile(s, ".snyk", ".whitesource", ".github/dependency-review-config.yml", "osv-scanner.toml"); f != nil {
				return f.Start(), f.Path + " has a service scan dependencies", true
			}
			return finding.Location{}, "", false
		},
	}.judge(p, s)
})

// dependencyPlaces are the manifests of the project's packages that have
// dependencies, the workspace's alone where it locks those of its members.
func dependencyPlaces(s *repo.Snapshot) []finding.Location {
	var out []finding.Location
	for _, u := range s.Units() {
		if u.Manifest.Role != repo.Production || u.Workspace != nil || ecosystemOf(u) == "" {
			continue
		}
		out = append(out, u.Manifest.Start())
	}
	return out
}
