package security

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/jslex"
)

// TLSVerifyDisabled finds connections that accept any certificate.
var TLSVerifyDisabled = check.PerProject(check.Doc{
	ID:         "security/tls-verify-disabled",
	Title:      "Certificates are not checked",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whoever sits between the two ends reads and changes what is sent, passwords and tokens among it, and nobody notices.",
	How:        "Check certificates; for a private authority hand over its certificate: verify=\"ca.pem\", ca: readFileSync(…), RootCAs.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
		"https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
		"https://nodejs.org/api/tls.html",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("verify", "verify_ssl", "CERT_NONE", "_create_unverified_context", "rejectUnauthorized", "NODE_TLS_REJECT_UNAUTHORIZED", "check_hostname", "disable_warnings") {
		if env := pathEnv(src.Path); env == compose.Dev || env == compose.Test {
			continue
		}
		if src.Lang == repo.Python {
			unverifiedPython(p, src)
		} else if src.Mentions("rejectUnauthorized", "NODE_TLS_REJECT_UNAUTHORIZED") {
			unverifiedScript(p, src)
		}
	}
	for _, src := range s.GoSourcesMentioning("InsecureSkipVerify") {
		if src.Role == repo.Production && src.Excluded == "" {
			unverifiedGo(p, src)
		}
	}
	for _, v := range settings(s) {
		if strings.EqualFold(v.name, "NODE_TLS_REJECT_UNAUTHORIZED") && strings.Trim(v.value, `"'`) == "0" && v.deployed() && v.file.Role == repo.Production {
			p.Report(v.file.At(v.at), "%s is 0: no certificate is checked", v.of()).Keyed("%s %s", v.owner, v.name)
		}
	}
})

func unverifiedPython(p *check.Pass, src *repo.Source) {
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		name := py.Qualify(c.Callee)
		root, _, _ := strings.Cut(name, ".")
		if name == "ssl._create_unverified_context" {
			p.Report(src.At(c.Span), "%s checks nothing", c.Callee).Keyed("%s", c.Callee)
			continue
		}
		for _, key := range []string{"verify", "verify_ssl", "ssl_verify", "verify_certs"} {
			a, ok := c.Arg(key)
			if !ok {
				continue
			}
			on, known := a.Bool()
			session := strings.Contains(strings.ToLower(c.Callee), "session") || strings.Contains(strings.ToLower(c.Callee), "client")
			if known && !on && (root == "requests" || root == "httpx" || root == "aiohttp" || session || key != "verify") && !strings.Contains(name, "jwt") {
				p.Report(src.At(a.NameSpan), "%s of %s is off", key, c.Callee).Keyed("%s %s", c.Callee, key).
					WithPatch("Check certificates", finding.Review, replaced(src.File, a.Span, "True", "Connections to hosts with a certificate that nobody vouches for fail from now on."))
			}
		}
	}
	for _, a := range py.Assigns {
		switch {
		case py.Qualify(a.Value.Ident) == "ssl.CERT_NONE" && strings.HasSuffix(a.Target, "verify_mode"), strings.HasSuffix(a.Target, "session.verify") && a.Value.Literal == "False",
			a.Target == "ssl._create_default_https_context" && strings.Contains(a.Value.Text(), "unverified"):
			p.Report(src.At(a.Span), "%s is switched off", a.Target).Keyed("%s", a.Target)
		}
	}
}

func replaced(f *repo.File, at finding.Span, text, note string) patch.Set {
	return patch.Set{Title: "Check certificates", Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: []patch.Edit{patch.Replace(at, text)}, Note: note,
	}}}
}

func unverifiedScript(p *check.Pass, src *repo.Source) {
	js := src.JS()
	for _, a := range js.Assigns {
		if a.Target == "process.env.NODE_TLS_REJECT_UNAUTHORIZED" && strings.Trim(a.Value.Text(), `"'`) == "0" && !develops(src.Text(lineAround(src, a.Span))) {
			p.Report(src.At(a.Span), "NODE_TLS_REJECT_UNAUTHORIZED is 0: no certificate is checked").Keyed("reject")
		}
	}
	tokens := jslex.Lex(src.Bytes())
	for i := 0; i+2 < len(tokens); i++ {
		if tokens[i].Kind != jslex.Ident || src.Text(tokens[i].Span) != "rejectUnauthorized" || src.Text(tokens[i+1].Span) != ":" || src.Text(tokens[i+2].Span) != "false" {
			continue
		}
		if develops(src.Text(lineAround(src, tokens[i].Span))) || choiceAround(src, tokens[i].Span) {
			continue
		}
		p.Report(src.At(finding.Span{Start: tokens[i].Span.Start, End: tokens[i+2].Span.End}), "rejectUnauthorized is off").Keyed("rejectUnauthorized").
			WithPatch("Check certificates", finding.Review, replaced(src.File, tokens[i+2].Span, "true", "Connections to hosts with a certificate that nobody vouches for fail from now on."))
	}
}

// lineAround is the line that holds the span.
func lineAround(src *repo.Source, at finding.Span) finding.Span {
	data := src.Bytes()
	start, end := at.Start, at.End
	for start > 0 && data[start-1] != '\n' {
		start--
	}
	for end < len(data) && data[end] != '\n' {
		end++
	}
	return finding.Span{Start: start, End: end}
}

// choiceAround says whether a condition within the three lines before decides.
func choiceAround(src *repo.Source, at finding.Span) bool {
	data := src.Bytes()
	start := at.Start
	for n := 0; start > 0 && n < 4; start-- {
		if data[start-1] == '\n' {
			n++
		}
	}
	text := string(data[start:at.Start])
	for line := range strings.Lines(text) {
		if t := strings.TrimSpace(line); strings.HasPrefix(t, ": {") || strings.HasPrefix(t, "? {") {
			return true
		}
	}
	return strings.Contains(text, "? {") || strings.Contains(text, "?{") || strings.Contains(text, "if (") || strings.Contains(text, "&& {") || strings.Contains(text, "? ")
}

// develops says whether a line is about development.
func develops(line string) bool {
	low := strings.ToLower(line)
	return strings.Contains(low, "development") || strings.Contains(low, "isdev") || strings.Contains(low, "!== 'production'") || strings.Contains(low, `!== "production"`) || strings.Contains(low, "is_dev") || strings.Contains(low, "test") || strings.Contains(low, "local")
}

// unverifiedGo finds InsecureSkipVerify: true without a check of its own beside it.
func unverifiedGo(p *check.Pass, src *repo.GoSource) {
	data := src.Bytes()
	low := strings.ToLower(src.Path)
	if src.Mentions("VerifyPeerCertificate", "VerifyConnection") || strings.Contains(low, "probe") || strings.Contains(low, "health") || strings.Contains(low, "status") {
		return
	}
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("InsecureSkipVerify:"))
		if i < 0 {
			return
		}
		at += i + len("InsecureSkipVerify:")
		rest := strings.TrimLeft(string(data[at:min(len(data), at+20)]), " \t")
		start := at - len("InsecureSkipVerify:")
		named := strings.Count(strings.ToLower(src.Line(lineOf(src.File, start))), "insecure") > 1 // the variable says so
		if strings.HasPrefix(rest, "true") && !named && !inComment(data, start) && !strings.Contains(src.Line(lineOf(src.File, start)), "nolint") && !strings.Contains(src.Line(lineOf(src.File, start)), "nosec") && !askedFor(src.File, start) {
			p.Report(src.At(finding.Span{Start: start, End: at}), "InsecureSkipVerify is on").Keyed("InsecureSkipVerify")
		}
	}
}

// askedFor says whether a condition on a setting stands before the place: who sets it
// knows what it does.
func askedFor(f *repo.File, offset int) bool {
	line := lineOf(f, offset)
	for n := line; n > 0 && n > line-8; n-- {
		low := strings.ToLower(f.Line(n))
		if strings.Contains(low, "if ") && (strings.Contains(low, "insecure") || strings.Contains(low, "skip") || strings.Contains(low, "verify")) {
			return true
		}
	}
	return false
}

func lineOf(f *repo.File, offset int) int {
	line, _ := f.Position(offset)
	return line
}
