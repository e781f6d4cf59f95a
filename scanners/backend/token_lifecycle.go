package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// TokenLifecycle finds tokens that live too long or may be taken for others.
var TokenLifecycle = check.PerProject(check.Doc{
	ID:         "backend/token-lifecycle",
	Title:      "Tokens are minted and checked by different rules",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "A refresh token that passes for an access token is an access token of thirty days; one that lives for days and cannot be revoked outlives every change of password.",
	How:        "Write the kind of token into a claim and compare it when the token is checked, let access tokens end within the hour, and keep a version or an id by which they can be revoked.",
	Holds:      "Tokens say what they are for and can be revoked",
	References: []string{
		"https://www.rfc-editor.org/rfc/rfc8725#section-3.11",
		"https://www.rfc-editor.org/rfc/rfc9700",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	byUnit := map[string][]minted{}
	var units []string
	for _, m := range mints(s) {
		unit := s.ProgramDir(m.src.File)
		if byUnit[unit] == nil {
			units = append(units, unit)
		}
		byUnit[unit] = append(byUnit[unit], m)
	}
	for _, unit := range units {
		judgeKinds(p, s, unit, byUnit[unit])
		if revokes(s, unit) {
			continue
		}
		for _, l := range lifetimes(s, unit) {
			if l.hours > 24 {
				p.Report(l.at, "%s lets access tokens live for %s, and nothing revokes them", l.name, spellHours(l.hours)).Keyed("%s", l.name)
			}
		}
		for _, m := range byUnit[unit] {
			if hours := windowText(m.lasts) / 3600; hours > 24 && !m.typed && !soundsLike("refresh", "invit", "verif", "reset", "unsubscribe")(m.within) {
				p.Report(m.at(), "%s makes tokens that live for %s, and nothing revokes them", m.callee, spellHours(hours))
			}
		}
	}
})

func spellHours(hours float64) string {
	if hours >= 48 {
		return count(int(hours/24), "day", "days")
	}
	return count(int(hours), "hour", "hours")
}

// judgeKinds looks whether a refresh token can be told from an access token: by a
// claim or by its key.
func judgeKinds(p *check.Pass, s *repo.Snapshot, unit string, list []minted) {
	var access, refresh *minted
	for i := range list {
		switch m := &list[i]; {
		case m.open && !m.typed:
		case strings.Contains(strings.ToLower(m.within), "refresh"):
			refresh = m
		case soundsLike("access", "login", "signin", "createtoken", "generatetoken")(m.within):
			access = m
		}
	}
	switch {
	case access == nil || refresh == nil || refresh.typed && access.typed:
		if access != nil && refresh != nil {
			p.Holds(refresh.at(), "access and refresh tokens say what they are")
		}
	case refresh.typed, access.typed, access.key != refresh.key, access.key == "":
	default:
		p.Report(refresh.at(), "%s signs refresh tokens like access tokens: nothing in them says which they are, and either passes for the other", refresh.within).
			Keyed("kinds of %s", unit).With(access.at())
	}
}

// lifetime is a setting that says how long access tokens live.
type lifetime struct {
	at    finding.Location
	name  string
	hours float64
}

func lifetimes(s *repo.Snapshot, unit string) []lifetime {
	var out []lifetime
	for _, src := range s.RunningSources("ACCESS_TOKEN_EXPIRE_MINUTES", "access_token_expire_minutes", "ACCESS_TOKEN_EXPIRE_DAYS", "ACCESS_TOKEN_EXPIRE_HOURS", "access_token_expire_days", "access_token_expire_hours", "JWT_EXPIRE_MINUTES", "jwt_expire_minutes", "TOKEN_EXPIRE_MINUTES", "JWT_EXPIRATION_HOURS", "ACCESS_TOKEN_EXPIRES_MINUTES") {
		if src.Py() == nil || s.ProgramDir(src.File) != unit {
			continue
		}
		for _, a := range src.Py().Assigns {
			low := strings.ToLower(lastName(a.Target))
			if !strings.Contains(low, "token") && !strings.Contains(low, "jwt") || !strings.Contains(low, "expir") || strings.Contains(low, "refresh") || strings.Contains(low, "reset") || strings.Contains(low, "verif") {
				continue
			}
			n := product(a.Value.Text())
			switch {
			case strings.HasSuffix(low, "minutes"):
				n /= 60
			case strings.HasSuffix(low, "days"):
				n *= 24
			case strings.HasSuffix(low, "hours"):
			default:
				continue
			}
			out = append(out, lifetime{src.At(a.Span), lastName(a.Target), n})
		}
	}
	return out
}

// revokes says whether the program can make a token worthless before it ends.
func revokes(s *repo.Snapshot, unit string) bool {
	for _, src := range s.RunningSources("token_version", "tokenVersion", "jti", "revoked", "blacklist", "denylist", "blocklist", "is_revoked", "revoke", "revoked_at", "revokedAt", "session_id", "sessionId", "token_blacklist") {
		if s.ProgramDir(src.File) != unit {
			continue
		}
		for _, t := range (body{src, finding.Span{End: len(src.Bytes())}}).tokens() {
			if soundsLike("tokenversion", "revoke", "blacklist", "denylist", "blocklist", "sessionid")(t.text) || t.text == "jti" {
				return true
			}
		}
	}
	return false
}
