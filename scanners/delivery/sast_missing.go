package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SASTMissing finds projects whose own code no tool searches for vulnerabilities.
var SASTMissing = check.PerProject(check.Doc{
	ID:         "delivery/sast-missing",
	Title:      "No static analysis for vulnerabilities",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Injection, unsafe deserialisation and broken access control are found by whoever looks first. A linter does not look for them.",
	How:        "Turn on CodeQL's default setup or add a job with CodeQL, Semgrep or the language's own tool (bandit, gosec, brakeman) on pull requests.",
	Holds:      "CI searches the code for vulnerabilities",
	References: []string{"https://docs.github.com/en/code-security/code-scanning", "https://semgrep.dev/docs/"},
	Peers:      []finding.Peer{check.Same("scorecard", "SAST"), check.Same("secure-repo", "sast")},
}, scan{
	kind:    repo.CISAST,
	missing: "no job of CI searches the code for vulnerabilities (CodeQL, Semgrep, Sonar)",
	other: func(s *repo.Snapshot) (finding.Location, string, bool) {
		if f := rootFile(s, "sonar-project.properties", ".sonarcloud.properties", ".deepsource.toml", ".codacy.yml", ".codacy.yaml", "qodana.yaml", ".semgrep.yml", ".snyk"); f != nil {
			return f.Start(), f.Path + " has a service search the code", true
		}
		if at, ok := preCommitHook(s, "bandit", "semgrep", "gosec"); ok {
			return at, "a hook searches the code before each commit", true
		}
		return finding.Location{}, "", false
	},
}.judge)
