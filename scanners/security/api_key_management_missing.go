package security

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// APIKeyManagementMissing asks how keys for the API are issued and taken back.
var APIKeyManagementMissing = check.PerProject(check.Doc{
	ID:         "security/api-key-management-missing",
	Title:      "API keys cannot be issued or revoked one by one",
	Severity:   finding.Medium,
	Confidence: finding.NotProven,
	Hours:      6,
	Why:        "One key for all callers cannot be taken from one of them, nor does a log say whose it was; changing it means a new deployment and a call to every caller.",
	How:        "Keep keys in a table: a hash, an owner, scopes, an end and the last use; add routes to issue, rotate and revoke them." + howToAttest,
	Holds:      "API keys are kept one by one",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#api-keys", "https://fastapi.tiangolo.com/reference/security/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	at, ok := readsAPIKey(s)
	if !ok {
		return
	}
	for _, m := range s.Models() {
		if m.Role == repo.Production && (hasParts(m.Spec.Name, "api", "key") || hasParts(m.Spec.Name, "api", "keys") || hasParts(m.Spec.Name, "access", "token") || hasParts(m.Spec.Name, "api", "token")) {
			p.Holds(m.At(m.Spec.NameSpan), "%s keeps them", m.Spec.Name)
			return
		}
	}
	for _, r := range s.Routes() {
		low := strings.ReplaceAll(strings.ToLower(r.Path), "_", "-")
		if r.Method == "POST" && (strings.Contains(low, "api-keys") || strings.Contains(low, "apikeys") || strings.Contains(low, "access-tokens")) && s.Runs(r.File) {
			p.Holds(r.At(), "%s issues them", r.Name())
			return
		}
	}
	p.Unproven(at, "callers show a key, and nothing in the project issues, rotates or revokes one")
})

// readsAPIKey finds where a running server asks for a key in a header.
func readsAPIKey(s *repo.Snapshot) (at finding.Location, ok bool) {
	for _, src := range s.RunningSources("APIKeyHeader", "x_api_key", "apikey", "api-key", "API-Key", "Api-Key", "API-KEY") {
		switch {
		case src.Py() != nil:
			for i := range src.Py().Calls {
				c := &src.Py().Calls[i]
				key, _ := c.At(0)
				switch {
				case lastOf(c.Callee) == "APIKeyHeader",
					lastOf(c.Callee) == "get" && strings.HasSuffix(c.Callee, "request.headers.get") && apiKeyHeader(key.Literal):
					return src.At(c.Span), true
				}
			}
			for _, d := range src.Py().Defs {
				if d.Kind != pylex.Class && slices.ContainsFunc(d.Params, func(p pylex.Param) bool { return p.Name == "x_api_key" && lastOf(p.Default.Callee) == "Header" }) {
					return src.At(d.NameSpan), true
				}
			}
		case src.Lang != repo.Python && s.Routes() != nil:
			if !slices.ContainsFunc([]string{"api-key", "apikey", "API-Key", "Api-Key", "API-KEY"}, func(w string) bool { return bytes.Contains(src.Bytes(), []byte(w)) }) {
				continue
			}
			tokens := jslex.Lex(src.Bytes())
			for i, t := range tokens {
				if t.Kind != jslex.String || i < 2 || !apiKeyHeader(strings.Trim(src.Text(t.Span), "\"'`")) {
					continue
				}
				open, before := src.Text(tokens[i-1].Span), src.Text(tokens[i-2].Span)
				if open == "[" && before == "headers" || open == "(" && (before == "header" || before == "get") && i > 3 && reading(src.Text(tokens[i-4].Span)) {
					return src.At(t.Span), true
				}
			}
		}
	}
	return at, false
}

func apiKeyHeader(name string) bool {
	low := strings.ToLower(name)
	return low == "x-api-key" || low == "api-key" || low == "apikey" || low == "x-apikey"
}

// reading says whether a name is that of a request.
func reading(name string) bool {
	return name == "req" || name == "request" || name == "headers" || name == "c"
}
