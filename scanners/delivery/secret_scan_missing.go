package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SecretScanMissing finds projects into which anybody may commit a password
// unnoticed.
var SecretScanMissing = check.PerProject(check.Doc{
	ID:         "delivery/secret-scan-missing",
	Title:      "No search for committed secrets",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "A key that is committed by mistake is found by those who search public and leaked repositories for it, often within minutes. The project learns of it from the bill.",
	How:        "Run gitleaks or TruffleHog on pull requests, or as a pre-commit hook, and turn on push protection where the forge has it.",
	Holds:      "Commits are searched for secrets",
	References: []string{"https://github.com/gitleaks/gitleaks", "https://docs.github.com/en/code-security/secret-scanning"},
	Peers:      []finding.Peer{check.Same("minder", "secret_scanning")},
}, scan{
	kind:    repo.CISecrets,
	missing: "nothing searches changes for secrets: no gitleaks, TruffleHog or their like in CI or hooks",
	other: func(s *repo.Snapshot) (finding.Location, string, bool) {
		if f := rootFile(s, ".gitguardian.yml", ".gitguardian.yaml", ".github/secret_scanning.yml"); f != nil {
			return f.Start(), f.Path + " has a service search commits for secrets", true
		}
		if at, ok := preCommitHook(s, "gitleaks", "trufflehog", "detect-secrets", "ggshield", "talisman", "git-secrets", "detect-private-key"); ok {
			return at, "a hook searches each commit for secrets", true
		}
		return finding.Location{}, "", false
	},
}.judge)
