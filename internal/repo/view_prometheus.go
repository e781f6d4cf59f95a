package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/prometheus"
)

// RulesOf are the rules of the project that a configuration of Prometheus loads;
// missing are the entries of rule_files that name none of its files. Paths in a
// container are looked for beside the configuration.
func (o *Observability) RulesOf(c *PrometheusConfig) (rules []*PrometheusRules, missing []prometheus.Text) {
	for _, entry := range c.Spec.RuleFiles {
		found := false
		for _, r := range o.Rules {
			if c.loads(entry.Value, r) {
				found = true
				if !slices.Contains(rules, r) {
					rules = append(rules, r)
				}
			}
		}
		if !found {
			missing = append(missing, entry)
		}
	}
	return rules, missing
}

// loads says whether a pattern of rule_files means a file of rules: of the same
// ConfigMap, or below the configuration's directory by the last parts of its path.
func (c *PrometheusConfig) loads(pattern string, r *PrometheusRules) bool {
	if c.Object != nil || r.Object != nil {
		return c.Object == r.Object && matchesPath(path.Base(pattern), r.Name)
	}
	parts := strings.Split(strings.Trim(path.Clean(pattern), "/"), "/")
	for i := range parts {
		if i > 0 && !path.IsAbs(pattern) {
			break
		}
		if matchesPath(path.Join(c.Dir(), strings.Join(parts[i:], "/")), r.Path) {
			return true
		}
	}
	return false
}

// PrometheusServer is a service or container that runs Prometheus.
type PrometheusServer struct {
	Name      string
	At        finding.Location
	Service   *compose.Service // nil in Kubernetes
	Object    *KubeObject      // nil in compose
	Config    string           // path of the configuration in the container, "" for the default
	Retention string           // how long samples are kept, "" for the default
}

// PrometheusServers lists what runs Prometheus in compose files and Kubernetes
// objects, with what its flags say.
func (s *Snapshot) PrometheusServers() []PrometheusServer {
	var out []PrometheusServer
	s.declared(func(d *Declaration) {
		words := slices.Concat(d.Spec.Entrypoint.Words, d.Spec.Command.Words)
		if !runsPrometheus(d.Spec.Image.Base(), words) {
			return
		}
		v := PrometheusServer{Name: d.Spec.Name, At: s.At(d), Service: d.Spec}
		v.flags(words)
		known := func(o PrometheusServer) bool {
			return o.At == v.At && o.Config == v.Config && o.Retention == v.Retention
		}
		if !slices.ContainsFunc(out, known) { // a file may be part of several projects
			out = append(out, v)
		}
	})
	for _, o := range s.KubeObjects() {
		for _, c := range o.Containers() {
			image, _, _ := strings.Cut(path.Base(c.Get("image").Str()), ":")
			words := append(c.Get("command").Strings(), c.Get("args").Strings()...)
			if runsPrometheus(image, words) {
				v := PrometheusServer{Name: c.Get("name").Str(), At: o.At(c.Resolve().Span), Object: o}
				v.flags(words)
				out = append(out, v)
			}
		}
	}
	return out
}

func runsPrometheus(image string, words []string) bool {
	if image == "prometheus" {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "--storage.tsdb.") || path.Base(w) == "prometheus" })
}

// flags reads the flags of a command line.
func (v *PrometheusServer) flags(words []string) {
	for i, w := range words {
		name, value, ok := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if !ok && i+1 < len(words) {
			value = words[i+1]
		}
		switch {
		case !strings.HasPrefix(w, "-"):
		case name == "config.file":
			v.Config = value
		case name == "storage.tsdb.retention.time" || name == "storage.tsdb.retention":
			v.Retention = value
		}
	}
}
