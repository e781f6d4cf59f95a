package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// OAuthProxy says where a proxy asks an identity provider who is calling.
var OAuthProxy = check.PerProject(check.Doc{
	ID:         "security/oauth-proxy",
	Title:      "No proxy asks who is calling",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "A proxy that lets only known people through protects what has no sign-in of its own.",
	How:        "Put oauth2-proxy, Authelia or the mesh's request authentication in front.",
	Holds:      "An identity provider is asked at the door",
	References: []string{"https://oauth2-proxy.github.io/oauth2-proxy/", "https://istio.io/latest/docs/reference/config/security/request_authentication/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, image, ok := imageUse(s, "oauth2-proxy", "oauth2_proxy", "authelia", "pomerium", "vouch-proxy", "traefik-forward-auth"); ok {
		p.Holds(at, "%s stands in front", image)
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		kind := o.At(o.Node.Get("kind").Resolve().Span)
		if o.Kind == "RequestAuthentication" && len(o.Node.Get("spec", "jwtRules").Items()) > 0 {
			p.Holds(kind, "RequestAuthentication %s checks tokens", o.Name)
		}
		for _, e := range o.Node.Get("metadata", "annotations").Entries() {
			if o.Kind == "Ingress" && strings.HasSuffix(e.Name(), "/auth-url") && e.Value.Str() != "" {
				p.Holds(o.At(e.Value.Resolve().Span), "Ingress %s asks before it lets anybody through", o.Name)
			}
		}
	}
})
