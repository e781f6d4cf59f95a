package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CredentialExposed finds credentials that are taken from addresses.
var CredentialExposed = check.PerProject(check.Doc{
	ID:         "backend/credential-exposed",
	Title:      "Credential in an address",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Addresses are kept: in the logs of servers and proxies, in the history of browsers, in the header that tells other sites where somebody came from.",
	How:        "Take passwords from the body and tokens from the Authorization header or a cookie. Where a link has to carry one, let it work once and end soon.",
	References: []string{
		"https://cwe.mitre.org/data/definitions/598.html",
		"https://www.rfc-editor.org/rfc/rfc6750#section-5.3",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, route := range s.Routes() {
		if !route.Mounted || route.HandlerFile == nil || !s.Runs(route.File) || triedOut(route.File) || route.Method == "WS" || carriesOnce(&route) {
			continue
		}
		src := s.Source(route.HandlerFile.Path)
		if src == nil {
			continue
		}
		if name, span, ok := queryCredential(src, &route); ok {
			p.Report(src.At(span), "%s takes %s from the address", route.Name(), name).Keyed("%s %s", route.Name(), name)
		}
	}
})

// carriesOnce says whether a token in the route's address is one that works once:
// in a link of a mail, in the answer of a sign-in elsewhere.
func carriesOnce(r *repo.Route) bool {
	for _, w := range []string{"verif", "confirm", "reset", "invit", "unsubscribe", "callback", "magic", "activat", "webhook", "oauth", "download", "share", "token-info", "revoke"} {
		if strings.Contains(strings.ToLower(r.Path), w) {
			return true
		}
	}
	return false
}

var credentialNames = []string{"password", "passwd", "api_key", "apikey", "access_token", "accesstoken", "secret", "client_secret", "refresh_token", "refreshtoken", "new_password", "current_password"}

// queryCredential finds a credential that a handler reads from the query.
func queryCredential(src *repo.Source, r *repo.Route) (string, finding.Span, bool) {
	known := func(name string) bool { return slices.Contains(credentialNames, strings.ToLower(name)) }
	if def := defOf(src, r.HandlerSpan); def != nil && r.Framework == "fastapi" {
		for _, param := range def.Params {
			callee := lastName(param.Default.Callee)
			kind := strings.TrimSpace(param.Annotation)
			simple := kind == "str" || kind == "Optional[str]" || kind == "str | None" || strings.HasPrefix(kind, "Annotated[str, Query(")
			if known(param.Name) && simple && (callee == "" || callee == "Query") && !strings.Contains(r.Path, "{"+param.Name) && param.Star == "" {
				return param.Name, param.Span, true
			}
		}
	}
	tokens := (body{src, r.HandlerSpan}).tokens()
	for i := 0; i+4 < len(tokens); i++ {
		if tokens[i].str {
			continue
		}
		name, at := "", 0
		switch {
		case tokens[i].text == "query" && i > 1 && (tokens[i-2].text == "req" || tokens[i-2].text == "request") && tokens[i+1].text == "." && known(tokens[i+2].text):
			name, at = tokens[i+2].text, i+2
		case (tokens[i].text == "args" || tokens[i].text == "query_params" || tokens[i].text == "GET") && i > 1 && tokens[i-2].text == "request" && (tokens[i+1].text == "[" && known(tokens[i+2].text) || tokens[i+2].text == "get" && known(tokens[i+4].text)):
			at = i + 2
			if tokens[i+1].text == "." {
				at = i + 4
			}
			name = tokens[at].text
		default:
			continue
		}
		span := tokens[at].span
		return name, finding.Span{Start: r.HandlerSpan.Start + span.Start, End: r.HandlerSpan.Start + span.End}, true
	}
	return "", finding.Span{}, false
}
