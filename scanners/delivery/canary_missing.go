package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/yamldoc"
)

// CanaryMissing finds clusters to which each version comes at once and everywhere.
var CanaryMissing = check.PerProject(check.Doc{
	ID:         "delivery/canary-missing",
	Title:      "Versions come to all users at once",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "A fault that only real traffic shows hits everybody. With a share of the traffic first, it hits a few and ends by itself.",
	How:        "Let Argo Rollouts or Flagger shift traffic in steps and judge each by error rate and latency, or weight the routes of the ingress or service mesh.",
	Holds:      "Versions come to a part of the traffic first",
	References: []string{"https://argo-rollouts.readthedocs.io/en/stable/features/canary/", "https://docs.flagger.app/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if o := progressive(s); o != nil {
		p.Holds(o.At(o.Node.Span), "%s %s shifts traffic in steps", o.Kind, o.Name)
		return
	}
	if at, what, ok := weighted(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	if !deploysToCluster(s) {
		return
	}
	var at []finding.Location
	for _, c := range ownComponents(s) {
		for _, d := range c.Deployments {
			if isLive(d) && d.Kind == "Deployment" && (c.Role == repo.RoleWeb || c.Role == repo.RoleAPI || c.Role == repo.RoleApp) {
				at = append(at, d.At())
				break
			}
		}
	}
	if len(at) > 0 {
		p.Report(at[0], "%s from one version to the next at once, for all users", count(len(at), "deployment goes", "deployments go")).With(at[1:min(len(at), 20)]...).Keyed("none")
	}
})

// deploysToCluster says whether the project itself brings its objects to a cluster.
func deploysToCluster(s *repo.Snapshot) bool {
	return gitOps(s) != nil || slices.ContainsFunc(deployments(s), func(w repo.CIWork) bool {
		return strings.HasPrefix(w.What, "kubectl") || strings.HasPrefix(w.What, "helm") || strings.HasPrefix(w.What, "kustomize") || strings.HasPrefix(w.What, "argocd") || strings.Contains(w.What, "k8s")
	})
}

// weighted finds routes that divide traffic by weight.
func weighted(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		switch o.Kind {
		case "Ingress":
			if on := o.Node.Get("metadata", "annotations", "nginx.ingress.kubernetes.io/canary"); on.Str() == "true" {
				return o.At(on.Span), "the ingress " + o.Name + " takes a share of the traffic", true
			}
		case "VirtualService", "HTTPRoute", "TraefikService":
			weights := 0
			var first *yamldoc.Node
			o.Node.Walk(func(n *yamldoc.Node) bool {
				if w := n.Get("weight"); n.IsMapping() && w.Exists() {
					if weights++; first == nil {
						first = w
					}
				}
				return true
			})
			if weights > 1 {
				return o.At(first.Span), o.Kind + " " + o.Name + " divides traffic by weight", true
			}
		}
	}
	for _, c := range s.NginxConfigs() {
		if list := c.Find("split_clients"); len(list) > 0 && c.File.Role == repo.Production {
			return c.At(s, list[0]), "nginx divides traffic by share", true
		}
	}
	return finding.Location{}, "", false
}
