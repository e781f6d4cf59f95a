package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// TLSNotManaged finds proxies that speak TLS with certificates nobody provides.
var TLSNotManaged = check.PerProject(check.Doc{
	ID:         "delivery/tls-not-managed",
	Title:      "Certificates that nobody provides",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "The proxy does not start without the files it names, and the site is down on the first deployment. Files that somebody copies there by hand expire within a year, at night.",
	How:        "Let something obtain and renew certificates: a certbot service that shares a volume with nginx and renews twice a day, Traefik or Caddy with ACME, cert-manager in a cluster, the load balancer of the cloud.",
	Holds:      "Certificates are obtained and renewed by themselves",
	References: []string{"https://eff-certbot.readthedocs.io/en/stable/using.html", "https://doc.traefik.io/traefik/https/acme/", "https://cert-manager.io/docs/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := managesTLS(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	script, tool, made := certificateScript(s)
	seen := map[string]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, v := range project.Services() {
			f := s.File(v.Key.Path)
			if f == nil || f.Role != repo.Production || isDevelopmentFile(f.Path) || len(v.Profiles) > 0 || !servesTLS(s, v) {
				continue
			}
			if made {
				p.Unproven(script, "who renews the certificates of %s: %s provides them when somebody runs it", v.Name, tool)
				return
			}
			judgeCertificates(p, s, v, seen)
		}
	}
})

// servesTLS says whether a proxy speaks TLS itself: it publishes 443, or one of the
// configurations it is given does.
func servesTLS(s *repo.Snapshot, v *compose.Service) bool {
	if s.RoleOfSpec(v) != repo.RoleProxy {
		return false
	}
	if slices.ContainsFunc(v.Ports, func(port compose.Port) bool { return port.Container == "443" || port.Container == "8443" }) {
		return true
	}
	for _, c := range s.NginxConfigs() {
		if !slices.ContainsFunc(c.Uses, func(u repo.NginxUse) bool { return u.Service != nil && u.Service.Name == v.Name }) {
			continue
		}
		for _, server := range c.Servers() {
			if server.TLS() {
				return true
			}
		}
	}
	return false
}

// judgeCertificates looks at the mounts of a proxy that certificates come from.
func judgeCertificates(p *check.Pass, s *repo.Snapshot, v *compose.Service, seen map[string]bool) {
	for _, m := range v.Volumes {
		if !certificates(m) {
			continue
		}
		at := s.Place(m.Path, m.Span)
		switch {
		case m.Type != compose.Bind, strings.Contains(m.Source, "$"), path.IsAbs(m.Source), strings.HasPrefix(m.Source, "~"):
			p.Unproven(at, "where %s has its certificates from: %s is not in the project", v.Name, m.Source)
			continue
		}
		dir := path.Join(path.Dir(m.Path), m.Source)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		files := s.Under(dir)
		if f := s.File(dir); f != nil {
			files = []*repo.File{f}
		}
		if slices.ContainsFunc(files, func(f *repo.File) bool { return isCertificate(f.Path) }) {
			p.Unproven(at, "who renews the certificates of %s: they lie in %s", v.Name, dir)
			continue
		}
		p.Report(at, "%s terminates TLS with certificates from %s, which the project neither holds nor obtains", v.Name, dir).Keyed("%s", v.Name)
	}
}

// certificates says whether a mount brings certificates, by its names.
func certificates(m compose.Mount) bool {
	for _, text := range []string{m.Source, m.Target} {
		for _, part := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune("/._-", r) }) {
			switch part {
			case "ssl", "tls", "cert", "certs", "certificates", "letsencrypt", "fullchain", "privkey", "pem":
				return true
			}
		}
	}
	return false
}

func isCertificate(name string) bool {
	switch path.Ext(name) {
	case ".pem", ".crt", ".cer", ".key", ".p12", ".pfx":
		return true
	}
	return false
}

// acmeImages obtain and renew certificates by themselves.
var acmeImages = []string{"certbot", "swag", "acme-companion", "letsencrypt-nginx-proxy-companion", "acme.sh", "lego", "https-portal", "nginx-proxy-manager", "dehydrated", "dns-cloudflare", "nginx-certbot", "dns-route53", "caddy"}

// managesTLS finds what obtains certificates.
func managesTLS(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, v := range project.Services() {
			if slices.Contains(acmeImages, v.Image.Base()) {
				return s.Place(v.Key.Path, v.Key.Span), v.Name + " obtains and renews certificates", true
			}
		}
	}
	for _, t := range s.Traefik() {
		for _, setting := range t.Settings {
			if strings.Contains(strings.ToLower(setting.Name), "certificatesresolvers") && strings.Contains(strings.ToLower(setting.Name), "acme") && t.Env.Deployed() {
				return t.Where(setting), "Traefik obtains and renews certificates", true
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		issuer := o.Node.Get("metadata", "annotations", "cert-manager.io/cluster-issuer")
		switch {
		case strings.HasPrefix(o.APIVersion, "cert-manager.io/") && o.Kind != "CertificateRequest", o.Kind == "ManagedCertificate", issuer.Exists():
			return o.At(o.Node.Span), o.Kind + " " + o.Name + " has certificates issued", true
		}
	}
	for _, m := range s.TerraformModules() {
		if list := m.ResourcesOf("aws_acm_certificate", "google_compute_managed_ssl_certificate", "azurerm_app_service_managed_certificate", "cloudflare_origin_ca_certificate", "acme_certificate"); len(list) > 0 && m.Role == repo.Production {
			return list[0].At(list[0].Span), list[0].Address() + " is a managed certificate", true
		}
	}
	return finding.Location{}, "", false
}

// certificateScript is a command or script that makes or obtains certificates.
func certificateScript(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, cmd := range s.Commands() {
		if tool := certificateTool(cmd.Words); tool != "" {
			return cmd.At(), tool, true
		}
	}
	for _, f := range s.Production() {
		if f.Lang != repo.Shell || !f.Mentions("certbot", "acme", "openssl", "lego", "mkcert", "dehydrated") {
			continue
		}
		if at, ok := liveLine(f, "#", func(line string) bool { return certificateTool(strings.Fields(line)) != "" }); ok {
			return f.At(at), f.Path, true
		}
	}
	return finding.Location{}, "", false
}

// certificateTool is the tool with which a command makes or obtains a certificate.
func certificateTool(words []string) string {
	for i, w := range words {
		switch path.Base(strings.Trim(w, `"'(`)) {
		case "certbot", "acme.sh", "lego", "dehydrated", "getssl", "mkcert":
			if i == 0 || words[0] != "apt-get" && words[0] != "apt" && words[0] != "apk" && words[0] != "echo" && words[0] != "which" && words[0] != "pip" {
				return path.Base(strings.Trim(w, `"'(`))
			}
		case "openssl":
			if slices.Contains(words[i:], "req") && slices.Contains(words[i:], "-x509") {
				return "openssl"
			}
		}
	}
	return ""
}
