package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// WAFMissing asks for a firewall that reads requests.
var WAFMissing = check.PerProject(check.Doc{
	ID:         "security/waf-missing",
	Title:      "No web application firewall in the project",
	Severity:   finding.Medium,
	Confidence: finding.NotProven,
	Hours:      8,
	Why:        "A firewall that reads requests stops known attacks while the application is not yet patched, and shows who tries what.",
	How:        "Switch on ModSecurity with the OWASP rules at the ingress, or the firewall of the cloud or CDN; begin by only logging." + howToAttest,
	Holds:      "A web application firewall reads requests",
	References: []string{"https://owasp.org/www-project-modsecurity-core-rule-set/", "https://kubernetes.github.io/ingress-nginx/user-guide/third-party-addons/modsecurity/", "https://docs.aws.amazon.com/waf/latest/developerguide/what-is-aws-waf.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	door, ok := served(s)
	found := false
	hold := func(at finding.Location, format string, args ...any) {
		found = true
		p.Holds(at, format, args...)
	}
	for _, c := range s.NginxConfigs() {
		for _, n := range c.Find("modsecurity") {
			if n.Arg(0) == "on" && c.File.Role == repo.Production {
				hold(c.At(s, n), "nginx runs ModSecurity")
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		for _, e := range o.Node.Get("metadata", "annotations").Entries() {
			switch name := e.Name(); {
			case strings.HasSuffix(name, "/enable-modsecurity") && e.Value.Str() == "true", strings.HasSuffix(name, "/enable-owasp-core-rules") && e.Value.Str() == "true",
				strings.HasSuffix(name, "/wafv2-acl-arn") && e.Value.Str() != "", strings.HasSuffix(name, "/waf-policy-for-path") && e.Value.Str() != "":
				hold(o.At(e.Value.Resolve().Span), "%s %s asks for it", o.Kind, o.Name)
			}
		}
		if o.Node.Get("data", "enable-modsecurity").Str() == "true" || o.Kind == "BackendConfig" && o.Node.Get("spec", "securityPolicy", "name").Str() != "" {
			hold(o.At(o.Node.Get("kind").Resolve().Span), "%s %s asks for it", o.Kind, o.Name)
		}
	}
	if at, name, ok := resourceUse(s, "aws_wafv2_web_acl_association", "aws_wafv2_web_acl", "aws_wafregional_web_acl_association", "google_compute_security_policy", "azurerm_web_application_firewall_policy", "azurerm_cdn_frontdoor_firewall_policy", "cloudflare_ruleset"); ok {
		hold(at, "%s", name)
	}
	if at, image, ok := imageUse(s, "modsecurity", "bunkerweb", "coraza", "safeline", "openappsec"); ok {
		hold(at, "%s stands in front", image)
	}
	if ok && !found {
		p.Unproven(door, "nothing in the project reads requests for attacks; whether a CDN or cloud does is not written here")
	}
})
