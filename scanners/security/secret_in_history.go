package security

import (
	"fmt"
	"time"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// SecretInHistory finds tokens that were taken out of the files and not out of git.
var SecretInHistory = check.PerProject(check.Doc{
	ID:         "security/secret-in-history",
	Title:      "Token or private key in the git history",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Every clone has every commit: a token that a later commit removed is one command away for whoever has the repository, and bots look there too.",
	How:        "Revoke the token where it was issued: that ends the matter. Then, if the history may be rewritten, take it out with git filter-repo --replace-text and have everybody clone anew.",
	References: []string{
		"https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
		"https://github.com/newren/git-filter-repo",
		"https://github.com/gitleaks/gitleaks",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	if v := s.VCS(); v == nil || v.Commit == "" {
		return
	}
	past, err := s.PastTokens(p.Context())
	if err != nil {
		return // no history that can be read: nothing to look at
	}
	now := map[repo.Hash]bool{}
	for _, t := range s.Tokens() {
		now[t.Digest] = true
	}
	for _, t := range past.Tokens {
		if now[t.Digest] || t.Kind == secret.Named && (pathEnv(t.Path) == compose.Dev || pathEnv(t.Path) == compose.Test) {
			continue
		}
		at := finding.Root()
		if f := s.File(t.Path); f != nil {
			at = f.Start()
			at.Snippet = ""
		}
		found := p.Report(at, "%s stood in %s, line %d, and is in commit %s of %s", pastName(t), t.Path, t.Line, t.Commit[:10], t.When.UTC().Format(time.DateOnly)).
			Keyed("%s %s %s %d", t.Kind, t.Name, t.Path, t.Line)
		if t.Kind == secret.Named {
			found.As(finding.Medium)
		}
	}
})

// pastName is what a token is, for a message.
func pastName(t repo.PastToken) string {
	switch t.Kind {
	case secret.PrivateKey:
		return "a private key"
	case secret.Named:
		return fmt.Sprintf("a value for %s, %s,", t.Name, t.Masked)
	}
	return fmt.Sprintf("%s, %s,", words(t.Kind), t.Masked)
}
