package backend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// JWTNoExpiry finds tokens that are good for ever.
var JWTNoExpiry = check.PerProject(check.Doc{
	ID:         "backend/jwt-no-expiry",
	Title:      "Token that never ends",
	Severity:   finding.High,
	Worst:      finding.Critical,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A token that leaks once, in a log or from a stolen laptop, opens the account until the signing key is changed for everybody.",
	How:        "Sign every token with an end: minutes for access, days for refresh. Give the library the algorithms that it may accept when it checks.",
	Holds:      "Tokens end",
	References: []string{
		"https://www.rfc-editor.org/rfc/rfc8725",
		"https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html",
		"https://pyjwt.readthedocs.io/en/stable/usage.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, m := range mints(s) {
		switch {
		case m.none:
			p.Report(m.at(), "%s signs with the algorithm none: anybody can make such a token", m.callee).As(finding.Critical)
		case m.expires:
			p.Holds(m.at(), "%s sets when the token ends", m.callee)
		case m.open:
			p.Unproven(m.at(), "%s signs what is made elsewhere; whether it says when it ends is not followed", m.callee)
		default:
			p.Report(m.at(), "%s signs a token without an end", m.callee)
		}
	}
})
