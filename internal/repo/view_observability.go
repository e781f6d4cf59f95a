package repo

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/grafana"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/prometheus"
	"drydock/internal/repo/telemetry"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// Embedded is a document of the project: a file, or a text in a Kubernetes object,
// such as a value of a ConfigMap.
type Embedded struct {
	*File
	Name   string        // the file's, or the key of the ConfigMap
	Object *KubeObject   // it is part of; nil for a file of its own
	scalar *yamldoc.Node // the text that it is, nil when its spans are the file's
}

// Where is the location of a span of the document.
func (e *Embedded) Where(span finding.Span) finding.Location {
	if e.scalar != nil {
		return e.At(e.scalar.Within(span.Start, span.End))
	}
	return e.At(span)
}

// PrometheusConfig is a configuration of Prometheus.
type PrometheusConfig struct {
	Embedded
	Spec *prometheus.Config
}

// PrometheusRules is a file of rules, of Prometheus or of Loki, or a PrometheusRule.
type PrometheusRules struct {
	Embedded
	Spec *prometheus.Rules
}

// Alertmanager is a configuration of Alertmanager, or an AlertmanagerConfig.
type Alertmanager struct {
	Embedded
	Spec *prometheus.Alertmanager
}

// GrafanaDashboard is one dashboard.
type GrafanaDashboard struct {
	Embedded
	Spec *grafana.Dashboard
}

// GrafanaProvisioning is a file that provisions Grafana.
type GrafanaProvisioning struct {
	Embedded
	Spec *grafana.Provisioning
}

// Telemetry is the configuration of a collector, an agent or a store.
type Telemetry struct {
	Embedded
	Spec *telemetry.Config
}

// Observability is what the project says about how it is watched, each list by
// path; what stands in tests and examples keeps its role.
type Observability struct {
	Prometheus    []*PrometheusConfig
	Rules         []*PrometheusRules
	Alertmanagers []*Alertmanager
	Dashboards    []*GrafanaDashboard
	Provisioning  []*GrafanaProvisioning
	Telemetry     []*Telemetry
}

// Observability reads the files, and the Kubernetes objects, that configure
// Prometheus, Alertmanager, Grafana and what collects logs and traces.
func (s *Snapshot) Observability() *Observability {
	return view(s, "observability", func() *Observability {
		o := &Observability{}
		s.survey()
		for _, f := range s.files {
			if f.Role.Foreign() || f.Size == 0 || f.Size > grafana.MaxBytes {
				continue
			}
			switch f.Lang {
			case YAML:
				o.yaml(s, f)
			case JSON:
				o.dashboard(s, f)
			case "", "INI", "TOML", TypeScript, JavaScript:
				o.plain(s, f)
			}
		}
		for _, k := range s.KubeObjects() {
			o.object(k)
		}
		return o
	})
}

// observed are sets of words of which one is whole in every document that is looked
// for; the first of a set is a key at the top of the document.
var observed = [][]string{
	{"scrape_configs", "job_name"}, {"rule_files", "global"}, {"rule_files", "scrape_configs"}, {"alerting", "alertmanagers"}, {"groups", "rules", "expr"},
	{"receivers", "route", "receiver"}, {"receivers", "exporters", "pipelines"}, {"apiVersion", "datasources"}, {"apiVersion", "providers", "path"},
	{"apiVersion", "contactPoints"}, {"apiVersion", "policies", "receiver"}, {"apiVersion", "groups", "folder"}, {"schema_config", "configs"},
	{"distributor", "storage", "receivers"}, {"blocks_storage", "backend"}, {"modules", "prober"}, {"filebeat", "output"}, {"pipeline", "outputs", "inputs"},
	{"sources", "sinks", "type"}, {"endpoints", "conditions", "url"}, {"integrations", "server", "metrics"}, {"integrations", "server", "logs"},
}

// mentionsAll says whether the file may hold all of the words.
func (f *File) mentionsAll(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !f.Mentions(w) })
}

// atTop says whether a line of the file begins with a key, or with a dotted one that
// begins so.
func (f *File) atTop(key string) bool {
	rest, first := f.Bytes(), true
	for {
		i := bytes.Index(rest, []byte(key))
		if i < 0 {
			return false
		}
		starts := i == 0 && first || i > 0 && rest[i-1] == '\n'
		first = false
		rest = rest[i+len(key):]
		if starts && len(rest) > 0 && (rest[0] == ':' || rest[0] == '.') {
			return true
		}
	}
}

// maxObserved bounds the YAML that is looked at, in bytes.
const maxObserved = 1 << 20

func (o *Observability) yaml(s *Snapshot, f *File) {
	if f.Size > maxObserved || workflow.Sniff(f.Path) != "" || manifest.LockKindOf(f.Path) != "" {
		return
	}
	watched := slices.ContainsFunc(observed, func(words []string) bool { return f.mentionsAll(words) && f.atTop(words[0]) })
	if !watched && f.Name() != "datadog.yaml" || f.mentionsAll([]string{"apiVersion", "kind", "metadata"}) && !strings.Contains(f.Path, "provisioning") {
		return // an object of Kubernetes is looked at apart
	}
	docs, err := yamldoc.Parse(f.Bytes())
	if err != nil && (strings.Contains(f.Name(), "prometheus") || strings.Contains(f.Name(), "alertmanager")) {
		s.parseFailed(f, yamlLine(err), err)
	}
	for _, d := range docs {
		o.document(Embedded{File: f, Name: f.Name()}, d.Root)
	}
}

// document adds a document to the list it belongs to.
func (o *Observability) document(e Embedded, root *yamldoc.Node) {
	switch {
	case prometheus.IsAlertmanager(root):
		o.Alertmanagers = append(o.Alertmanagers, &Alertmanager{e, prometheus.ReadAlertmanager(root)})
	case prometheus.IsRules(root):
		o.Rules = append(o.Rules, &PrometheusRules{e, prometheus.ReadRules(root)})
	default:
		if c := telemetry.ReadYAML(e.Name, root); c != nil {
			o.Telemetry = append(o.Telemetry, &Telemetry{e, c})
		} else if prometheus.IsConfig(root) {
			o.Prometheus = append(o.Prometheus, &PrometheusConfig{e, prometheus.ReadConfig(root)})
		} else if p := grafana.ReadProvisioning(root); p != nil {
			o.Provisioning = append(o.Provisioning, &GrafanaProvisioning{e, p})
		}
	}
}

func (o *Observability) dashboard(s *Snapshot, f *File) {
	if !f.mentionsAll([]string{"title", "panels"}) || !f.Mentions("schemaVersion", "templating", "annotations") || f.Name() == "package.json" {
		return
	}
	d, err := grafana.ParseDashboard(f.Bytes())
	if err != nil {
		line := 0
		var e *grafana.Error
		if errors.As(err, &e) {
			line = e.Line
		}
		s.parseFailed(f, line, err)
	}
	if d != nil {
		o.Dashboards = append(o.Dashboards, &GrafanaDashboard{Embedded{File: f, Name: f.Name()}, d})
	}
}

// plain adds files that are no YAML.
func (o *Observability) plain(s *Snapshot, f *File) {
	base := f.Name()
	if ext := path.Ext(base); ext == ".rules" || ext == ".rule" { // YAML by another name
		o.yaml(s, f)
		return
	}
	switch ext := path.Ext(base); {
	case ext == ".conf" && f.Mentions("OUTPUT", "Output", "match", "logstash", "output"), ext == ".alloy", ext == ".river", strings.HasPrefix(base, "sentry."), base == ".sentryclirc", base == "vector.toml":
	default:
		return
	}
	if !f.written() || f.Blank() {
		return
	}
	if c := telemetry.ReadText(f.Path, f.Bytes()); c != nil {
		o.Telemetry = append(o.Telemetry, &Telemetry{Embedded{File: f, Name: base}, c})
	}
}

// object adds what a Kubernetes object configures.
func (o *Observability) object(k *KubeObject) {
	spec := k.Node.Get("spec")
	e := Embedded{File: k.File, Name: k.Name, Object: k}
	switch k.Kind {
	case "PrometheusRule":
		o.Rules = append(o.Rules, &PrometheusRules{e, prometheus.ReadRules(spec)})
	case "AlertmanagerConfig":
		o.Alertmanagers = append(o.Alertmanagers, &Alertmanager{e, prometheus.ReadAlertmanager(spec)})
	case "OpenTelemetryCollector":
		config := spec.Get("config")
		if config.IsScalar() {
			o.text(k, "config.yaml", config)
		} else if c := telemetry.ReadYAML("config.yaml", config); c != nil {
			o.Telemetry = append(o.Telemetry, &Telemetry{e, c})
		}
	case "ConfigMap", "Secret":
		for _, part := range []string{"data", "stringData"} {
			if k.Kind == "Secret" && part == "data" {
				continue // encoded
			}
			for _, entry := range k.Node.Get(part).Entries() {
				o.text(k, entry.Name(), entry.Value)
			}
		}
	}
}

// text adds what a text in an object holds, by the name of its key.
func (o *Observability) text(k *KubeObject, name string, value *yamldoc.Node) {
	value = value.Resolve()
	text := value.Str()
	e := Embedded{File: k.File, Name: name, Object: k, scalar: value}
	switch path.Ext(name) {
	case ".json":
		if !strings.Contains(text, `"panels"`) {
			return
		}
		if d, err := grafana.ParseDashboard([]byte(text)); err == nil && d != nil {
			o.Dashboards = append(o.Dashboards, &GrafanaDashboard{e, d})
		}
	case ".yml", ".yaml", ".rules", "":
		if !slices.ContainsFunc(observed, func(words []string) bool { return strings.Contains(text, words[0]) }) {
			return
		}
		docs, err := yamldoc.Parse([]byte(text))
		if err != nil {
			return // a template, or no YAML at all
		}
		for _, d := range docs {
			o.document(e, d.Root)
		}
	case ".conf", ".alloy", ".river":
		if c := telemetry.ReadText(name, []byte(text)); c != nil {
			o.Telemetry = append(o.Telemetry, &Telemetry{e, c})
		}
	}
}
