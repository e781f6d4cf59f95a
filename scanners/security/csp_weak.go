package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// CSPWeak finds policies that allow what they are there to stop.
var CSPWeak = check.PerProject(check.Doc{
	ID:         "security/csp-weak",
	Title:      "Content-Security-Policy allows too much",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "With unsafe-inline, or a whole scheme as a source, an injected script runs as if there were no policy.",
	How:        "Give the pages' own scripts a nonce or hash and take unsafe-inline and unsafe-eval out of script-src; name hosts rather than https:.",
	Holds:      "The Content-Security-Policy names its sources",
	References: []string{
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/script-src",
		"https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, h := range answerHeaders(s) {
		if h.name == headerCSP && h.value != "" {
			judgePolicy(p, h.at, h.value)
		}
	}
	for _, src := range s.SourcesMentioning("script", "default") {
		if src.Role != repo.Production || !s.Runs(src.File) && !strings.Contains(src.Name(), ".config.") || !src.Mentions("Content-Security-Policy", "content-security-policy", "contentSecurityPolicy") {
			continue
		}
		for _, span := range texts(src) {
			if text := src.Text(span); strings.Contains(text, "script-src ") || strings.Contains(text, "default-src ") {
				judgePolicy(p, src.At(span), text)
			}
		}
	}
})

// texts are the literals of a source, templates among them.
func texts(src *repo.Source) (out []finding.Span) {
	if src.Py() != nil {
		for _, t := range pylex.Lex(src.Bytes()) {
			if t.Kind == pylex.String || t.Kind == pylex.FStart || t.Kind == pylex.FMiddle || t.Kind == pylex.FEnd {
				out = append(out, t.Span)
			}
		}
		return out
	}
	for _, t := range jslex.Lex(src.Bytes()) {
		switch t.Kind {
		case jslex.String, jslex.Template, jslex.TemplateHead, jslex.TemplateMiddle, jslex.TemplateTail:
			out = append(out, t.Span)
		}
	}
	return out
}

func judgePolicy(p *check.Pass, at finding.Location, policy string) {
	list, known := scriptSources(policy)
	if !known {
		return
	}
	var wide []string
	nonce := false
	for _, source := range list {
		switch low := strings.ToLower(source); {
		case low == "'unsafe-inline'" || low == "'unsafe-eval'" || low == "https:" || low == "http:" || low == "*" || low == "data:":
			wide = append(wide, strings.Trim(source, "'"))
		case strings.HasPrefix(low, "'nonce-") || strings.HasPrefix(low, "'strict-dynamic'") || strings.HasPrefix(low, "'sha"):
			nonce = true
		}
	}
	if nonce { // browsers that know nonces take no notice of unsafe-inline and of hosts
		var left []string
		for _, w := range wide {
			if w == "unsafe-eval" {
				left = append(left, w)
			}
		}
		wide = left
	}
	if len(wide) == 0 {
		p.Holds(at, "scripts come only from %s", strings.Join(list, " "))
		return
	}
	p.Report(at, "scripts may come from %s", strings.Join(wide, ", ")).Keyed("%s", strings.Join(wide, " "))
}

// scriptSources are where a policy lets scripts come from; known is false where a
// part that decides is not written here.
func scriptSources(policy string) (list []string, known bool) {
	for _, name := range []string{"script-src", "default-src"} {
		for _, part := range strings.FieldsFunc(policy, func(r rune) bool { return r == ';' || r == '\n' || r == '"' || r == '`' }) {
			words := strings.Fields(part)
			if len(words) > 1 && words[0] == name {
				return words[1:], !strings.Contains(part, "${")
			}
		}
	}
	return nil, false
}
