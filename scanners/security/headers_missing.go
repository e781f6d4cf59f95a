package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/nginx"
)

// HeadersMissing finds pages without the headers that cost nothing and keep out
// what browsers otherwise allow.
var HeadersMissing = check.PerProject(check.Doc{
	ID:         "security/headers-missing",
	Title:      "Security headers missing",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Without them other pages may frame these and steal clicks, browsers guess at types and run what was uploaded, the first visit goes over plain HTTP, and addresses with tokens reach other sites.",
	How:        "Send X-Content-Type-Options: nosniff and Referrer-Policy: strict-origin-when-cross-origin everywhere; X-Frame-Options: DENY or frame-ancestors unless pages are meant to be framed; Strict-Transport-Security once every host is reached over HTTPS. In nginx an add_header in a location drops those of the server.",
	Holds:      "Pages carry the security headers",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html",
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security",
		"https://nginx.org/en/docs/http/ngx_http_headers_module.html",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	pages := surfaces(s)
	if len(pages) == 0 {
		return
	}
	headers := answerHeaders(s)
	reported := map[string]*check.Problem{}
	for _, page := range pages {
		config, door := frontDoor(s, page)
		encrypts := config != nil && slices.ContainsFunc(config.Servers(), (*nginx.Server).TLS)
		var missing []string
		for _, h := range []struct{ name, shown string }{
			{headerFrame, "X-Frame-Options"}, {headerSniff, "X-Content-Type-Options"}, {headerHSTS, "Strict-Transport-Security"}, {headerReferrer, "Referrer-Policy"},
		} {
			if _, ok := page.carries(headers, h.name); ok {
				continue
			}
			if h.name == headerFrame && framesAllowed(page, headers) {
				continue
			}
			if h.name == headerHSTS && !encrypts {
				continue // whoever ends the encryption sends it
			}
			missing = append(missing, h.shown)
		}
		at := page.at
		if config != nil {
			at = door
		}
		if len(missing) == 0 {
			p.Holds(at, "answers of %s carry them", page.name)
			continue
		}
		list := strings.Join(missing, ", ")
		if first := reported[at.Path+list]; first != nil {
			first.Message += "; so do those of " + page.name
			continue
		}
		found := p.Report(at, "answers of %s lack %s", page.name, list).Keyed("%s", page.unit)
		if config != nil {
			if set, ok := headersPatch(s, config, at.Path, at.Line, missing); ok {
				found.WithPatch(set.Title, finding.Review, set)
			}
		}
		reported[at.Path+list] = found
	}
})

// framesAllowed says whether a policy says who may frame the pages.
func framesAllowed(page surface, headers []answerHeader) bool {
	for _, h := range headers {
		if h.name == headerCSP && (h.unit == "" || h.unit == page.unit || !page.own) && (strings.Contains(h.value, "frame-ancestors") || strings.Contains(h.at.Snippet, "frame-ancestors")) {
			return true
		}
	}
	return false
}
