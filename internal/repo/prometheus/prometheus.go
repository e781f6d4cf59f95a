// Package prometheus reads what Prometheus and Alertmanager are configured with:
// scrape targets, rules, receivers and the routes to them.
package prometheus

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Limits on what is read of one file; more is left out.
const (
	maxRoutes = 5_000
	maxRules  = 20_000
)

// Text is a scalar and where it stands; the zero Text is one that is not written.
type Text struct {
	Value string
	Span  finding.Span
}

// Exists says whether the text is written.
func (t Text) Exists() bool { return t.Span.Len() > 0 }

func textOf(n *yamldoc.Node) Text {
	if !n.IsScalar() || n.IsNull() {
		return Text{}
	}
	return Text{n.Str(), n.Resolve().Span}
}

func textsOf(n *yamldoc.Node) []Text {
	if t := textOf(n); t.Exists() {
		return []Text{t}
	}
	var out []Text
	for _, item := range n.Items() {
		if t := textOf(item); t.Exists() {
			out = append(out, t)
		}
	}
	return out
}

// Config is a prometheus.yml, or the like of an agent.
type Config struct {
	Scrapes       []Scrape
	ScrapeFiles   []Text // patterns of files with more scrapes
	RuleFiles     []Text // patterns
	Alertmanagers []Text // addresses
	Discovers     bool   // alertmanagers are found by a service discovery
	RemoteWrite   []Text // addresses
	Interval      Text   // between scrapes
}

// Scrape is one entry of scrape_configs.
type Scrape struct {
	Job       Text
	Targets   []Text   // addresses of static_configs
	Discovery []string // such as kubernetes, file, docker
	Path      Text     // of the metrics; not written when it is the default
	Interval  Text
	Module    Text // of a blackbox exporter that is asked
	Span      finding.Span
}

// IsConfig says whether a document is the configuration of Prometheus.
func IsConfig(root *yamldoc.Node) bool {
	if root.Get("scrape_configs").IsSequence() {
		return !root.Get("server").Exists() || root.Get("rule_files").Exists() // Promtail has a server and clients
	}
	return root.Get("rule_files").IsSequence() || root.Get("alerting", "alertmanagers").Exists()
}

// ReadConfig reads the configuration of Prometheus.
func ReadConfig(root *yamldoc.Node) *Config {
	c := &Config{
		ScrapeFiles: textsOf(root.Get("scrape_config_files")), RuleFiles: textsOf(root.Get("rule_files")),
		Interval: textOf(root.Get("global", "scrape_interval")),
	}
	for _, n := range root.Get("scrape_configs").Items() {
		s := Scrape{Job: textOf(n.Get("job_name")), Path: textOf(n.Get("metrics_path")), Interval: textOf(n.Get("scrape_interval")), Span: n.Span}
		s.Targets, s.Discovery = targets(n)
		if modules := textsOf(n.Get("params", "module")); len(modules) > 0 {
			s.Module = modules[0]
		}
		c.Scrapes = append(c.Scrapes, s)
	}
	for _, n := range root.Get("alerting", "alertmanagers").Items() {
		static, discovery := targets(n)
		c.Alertmanagers = append(c.Alertmanagers, static...)
		c.Discovers = c.Discovers || len(discovery) > 0
	}
	for _, n := range root.Get("remote_write").Items() {
		if url := textOf(n.Get("url")); url.Exists() {
			c.RemoteWrite = append(c.RemoteWrite, url)
		}
	}
	return c
}

// targets are the static targets of an entry, and the discoveries it uses.
func targets(n *yamldoc.Node) (static []Text, discovery []string) {
	for _, group := range n.Get("static_configs").Items() {
		static = append(static, textsOf(group.Get("targets"))...)
	}
	for _, e := range n.Entries() {
		const end = "_sd_configs"
		if name := e.Name(); len(name) > len(end) && name[len(name)-len(end):] == end && len(e.Value.Items()) > 0 {
			discovery = append(discovery, name[:len(name)-len(end)])
		}
	}
	return static, discovery
}

// Rules is a file of rules.
type Rules struct{ Groups []Group }

// Group is one group of rules.
type Group struct {
	Name  Text
	Rules []Rule
}

// Rule is an alert, or a record of what an expression is worth.
type Rule struct {
	Alert       Text
	Record      Text
	Expr        Text
	For         Text
	Labels      []Pair
	Annotations []Pair
	Span        finding.Span
}

// Pair is a name with a text.
type Pair struct {
	Name  string
	Value Text
}

// Severity is the label of that name, "" without one.
func (r *Rule) Severity() string {
	for _, l := range r.Labels {
		if l.Name == "severity" {
			return l.Value.Value
		}
	}
	return ""
}

// Annotation is the annotation of that name; ok is false without one.
func (r *Rule) Annotation(name string) (t Text, ok bool) {
	for _, a := range r.Annotations {
		if a.Name == name {
			return a.Value, true
		}
	}
	return Text{}, false
}

// IsRules says whether a document holds rules: groups whose rules have expressions.
func IsRules(root *yamldoc.Node) bool {
	for _, g := range root.Get("groups").Items() {
		if rules := g.Get("rules").Items(); len(rules) > 0 {
			return rules[0].Get("expr").Exists() && (rules[0].Get("alert").Exists() || rules[0].Get("record").Exists())
		}
	}
	return false
}

// ReadRules reads a file of rules, or the spec of a PrometheusRule.
func ReadRules(root *yamldoc.Node) *Rules {
	out := &Rules{}
	left := maxRules
	for _, g := range root.Get("groups").Items() {
		group := Group{Name: textOf(g.Get("name"))}
		for _, n := range g.Get("rules").Items() {
			if left--; left < 0 {
				break
			}
			group.Rules = append(group.Rules, Rule{
				Alert: textOf(n.Get("alert")), Record: textOf(n.Get("record")), Expr: textOf(n.Get("expr")), For: textOf(n.Get("for")),
				Labels: pairs(n.Get("labels")), Annotations: pairs(n.Get("annotations")), Span: n.Span,
			})
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}

func pairs(n *yamldoc.Node) []Pair {
	var out []Pair
	for _, e := range n.Entries() {
		out = append(out, Pair{e.Name(), textOf(e.Value)})
	}
	return out
}

// Alerts are the alerts of all groups, in order.
func (r *Rules) Alerts() []*Rule {
	var out []*Rule
	for g := range r.Groups {
		for i := range r.Groups[g].Rules {
			if rule := &r.Groups[g].Rules[i]; rule.Alert.Exists() {
				out = append(out, rule)
			}
		}
	}
	return out
}
