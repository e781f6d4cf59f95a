package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// RequestOriginTrust finds tests of where a request is from that others pass.
var RequestOriginTrust = check.PerProject(check.Doc{
	ID:         "security/request-origin-trust",
	Title:      "Origin, host or address of a request is trusted too easily",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "https://acme.example.evil.test begins like https://acme.example, and a caller writes what it likes into X-Forwarded-For: the test is there and keeps nobody out.",
	How:        "Compare whole origins with a list; for hosts use the framework's own syntax; take the client's address from the right, counted in proxies of your own, or from what the framework's proxy setting gives.",
	References: []string{
		"https://portswigger.net/web-security/cors",
		"https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#security_and_privacy_concerns",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("origin", "referer", "referrer", "Origin", "Referer") {
		if !inBrowser(src) {
			partialOrigins(p, src)
		}
	}
	for _, d := range s.DjangoSettings() {
		if d.Role != repo.Production || pathEnv(d.Path) == compose.Dev || pathEnv(d.Path) == compose.Test || d.Env == "local" {
			continue
		}
		if v, ok := d.Setting("ALLOWED_HOSTS"); ok {
			judgeHosts(p, s, d, v)
		}
	}
	if overwritten(s) {
		return
	}
	for _, src := range s.RunningSources("forwarded") {
		if src.Mentions("rate", "limit", "limiter", "rateLimit", "rate_limit", "Limiter", "throttle", "keyGenerator", "key_func", "RateLimiter", "ratelimit", "allowlist", "whitelist", "allowed_ips") {
			leftmost(p, src)
		}
	}
})

// partialOrigins reports tests of an origin by a part of it.
func partialOrigins(p *check.Pass, src *repo.Source) {
	say := func(at finding.Span, callee, literal string) {
		method := lastOf(callee)
		subject := strings.TrimSuffix(callee, "."+method)
		parts := secret.Parts(lastOf(subject))
		if len(parts) == 0 || literal == "" {
			return
		}
		switch parts[len(parts)-1] {
		case "origin", "referer", "referrer":
		default:
			return
		}
		loose := false
		switch method {
		case "startsWith", "startswith":
			_, rest, ok := strings.Cut(literal, "://")
			loose = ok && rest != "" && !strings.ContainsAny(rest, "/:") && rest != "localhost"
		case "endsWith", "endswith":
			loose = !strings.HasPrefix(literal, ".") && !strings.Contains(literal, "://") && strings.Contains(literal, ".")
		case "includes", "indexOf", "find", "search":
			loose = strings.Contains(literal, ".") && !strings.ContainsAny(literal, " ")
		}
		if loose {
			p.Report(src.At(at), "%s lets every origin pass that %s %s", callee, map[bool]string{true: "holds", false: "begins or ends with"}[method == "includes" || method == "indexOf" || method == "find" || method == "search"], literal).Keyed("%s %s", callee, literal)
		}
	}
	if py := src.Py(); py != nil {
		for i := range py.Calls {
			if c := &py.Calls[i]; len(c.Args) == 1 {
				say(c.Span, c.Callee, c.Args[0].Literal)
			}
		}
		return
	}
	for i := range src.JS().Calls {
		if c := &src.JS().Calls[i]; len(c.Args) == 1 && c.Args[0].IsLiteral {
			say(c.Span, c.Callee, c.Args[0].Literal)
		}
	}
}

// judgeHosts looks at the hosts that Django answers for.
func judgeHosts(p *check.Pass, s *repo.Snapshot, d *repo.DjangoSettings, v repo.DjangoSetting) {
	src := s.Source(d.Path)
	if src == nil || src.Py() == nil {
		return
	}
	list, ok := src.Py().Value(v.ValueSpan).Strings()
	if !ok {
		return
	}
	for _, host := range list {
		switch {
		case strings.HasPrefix(host, "*."):
			p.Report(d.At(v.Span), "%s in ALLOWED_HOSTS matches no host: Django writes it as %s", host, host[1:]).As(finding.Medium).Keyed("%s", host)
		case strings.Contains(host, "://"):
			p.Report(d.At(v.Span), "%s in ALLOWED_HOSTS matches no host: it is an address", host).As(finding.Medium).Keyed("%s", host)
		}
	}
}

// overwritten says whether the project's own proxy replaces what callers write into
// X-Forwarded-For.
func overwritten(s *repo.Snapshot) bool {
	for _, c := range s.NginxConfigs() {
		for _, n := range c.Find("proxy_set_header") {
			if strings.EqualFold(n.Arg(0), "X-Forwarded-For") && n.Arg(1) == "$remote_addr" && c.File.Role == repo.Production {
				return true
			}
		}
	}
	return false
}

// leftmost reports where the first entry of X-Forwarded-For is taken for the client.
func leftmost(p *check.Pass, src *repo.Source) {
	type place struct {
		text string
		at   finding.Span
	}
	var tokens []place
	if src.Py() != nil {
		for _, t := range pylex.Lex(src.Bytes()) {
			if t.Kind != pylex.Comment {
				tokens = append(tokens, place{src.Text(t.Span), t.Span})
			}
		}
	} else {
		for _, t := range jslex.Lex(src.Bytes()) {
			if t.Kind != jslex.Comment {
				tokens = append(tokens, place{src.Text(t.Span), t.Span})
			}
		}
	}
	last := -1 // index of the header's name
	for i, t := range tokens {
		if strings.EqualFold(strings.Trim(t.text, "\"'`"), "x-forwarded-for") && len(t.text) > 15 {
			last = i
		}
		if last < 0 || i-last > 60 || t.text != "split" || i+5 >= len(tokens) {
			continue
		}
		if tokens[i+1].text == "(" && strings.Trim(tokens[i+2].text, "\"'` ") == "," && tokens[i+3].text == ")" && (tokens[i+4].text == "[" || tokens[i+4].text == "?.") && (tokens[i+5].text == "0" || tokens[i+5].text == "[") {
			p.Report(src.At(finding.Span{Start: tokens[last].at.Start, End: tokens[i+5].at.End}), "the client's address is the first entry of X-Forwarded-For, which the caller writes").As(finding.Medium).Keyed("x-forwarded-for")
			last = -1
		}
	}
}
