package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// K8sSecretPlain finds Secrets whose values git has.
var K8sSecretPlain = check.PerProject(check.Doc{
	ID:         "security/k8s-secret-plain",
	Title:      "Kubernetes Secret with its values in git",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "base64 hides nothing: whoever reads the repository has what the cluster keeps behind access rules, and a rotated value means another commit.",
	How:        "Track a SealedSecret, a file encrypted with SOPS, or an ExternalSecret that names a store; take the plain manifest out of git and rotate what it held.",
	Holds:      "Secrets reach the cluster sealed or from a store",
	References: []string{
		"https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
		"https://external-secrets.io/latest/",
		"https://github.com/bitnami-labs/sealed-secrets",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production || !o.Tracked || pathEnv(o.Path) == compose.Dev || pathEnv(o.Path) == compose.Test || strings.Contains("/"+o.Path, "/hack/") {
			continue
		}
		switch o.Kind {
		case "SealedSecret", "ExternalSecret", "ClusterExternalSecret", "SecretProviderClass", "VaultStaticSecret", "VaultDynamicSecret", "OnePasswordItem", "InfisicalSecret":
			p.Holds(o.At(o.Node.Get("kind").Resolve().Span), "%s %s", o.Kind, o.Name)
			continue
		case "Secret":
		default:
			continue
		}
		if o.APIVersion != "v1" || o.Node.Get("sops").Exists() {
			continue
		}
		names := plainValues(o)
		if len(names) == 0 {
			continue
		}
		p.Report(o.At(o.Node.Get("kind").Resolve().Span), "Secret %s holds %s in plain text or base64 (%s)", o.Name, plural(len(names), "value"), joined(names)).Keyed("%s", o.Name)
	}
})

// plainValues are the keys of a Secret whose values open something as they stand.
func plainValues(o *repo.KubeObject) (names []string) {
	for _, section := range []string{"data", "stringData"} {
		for _, e := range o.Node.Get(section).Entries() {
			if !e.Value.IsScalar() || e.Value.IsNull() {
				continue
			}
			value := e.Value.Str()
			if section == "data" {
				value = decoded(value)
			}
			if len(value) < 2 || !isLiteral(value) || leftOpen(value) || e.Name() == "ca.crt" || e.Name() == "tls.crt" {
				continue
			}
			names = append(names, e.Name())
		}
	}
	return names
}

// joined lists names, the first four of them.
func joined(names []string) string {
	out := ""
	for i, name := range names {
		if i == 4 {
			return out + ", …"
		}
		if i > 0 {
			out += ", "
		}
		out += name
	}
	return out
}
