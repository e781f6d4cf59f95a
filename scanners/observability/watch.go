package observability

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/telemetry"
)

// sign is a place that shows that production is watched.
type sign struct {
	name  string
	gives sense
	at    finding.Location
	file  *repo.File
	code  bool // a package that running code imports: it still has to be set up
	soft  bool // a claim, such as a variable: enough to keep silent, not to praise
}

// watch is all that watches the project, the most telling signs first.
type watch struct {
	s     *repo.Snapshot
	signs []sign
}

func watching(s *repo.Snapshot) *watch {
	w := &watch{s: s}
	w.deployments()
	w.objects()
	w.configured()
	w.charts()
	w.infrastructure()
	w.imports()
	w.manifests()
	w.commands()
	return w
}

func (w *watch) add(t *tool, f *repo.File, span finding.Span, code, soft bool) {
	if f != nil && f.Role == repo.Production {
		w.signs = append(w.signs, sign{t.name, t.gives, f.At(span), f, code, soft})
	}
}

func (w *watch) addSense(name string, gives sense, f *repo.File, span finding.Span, soft bool) {
	w.add(&tool{name: name, gives: gives}, f, span, false, soft)
}

// first is the most telling sign of any of the senses.
func (w *watch) first(of sense) (sign, bool) {
	for _, soft := range []bool{false, true} {
		for _, g := range w.signs {
			if g.gives&of != 0 && g.soft == soft {
				return g, true
			}
		}
	}
	return sign{}, false
}

// deployments are the images that run for others than developers, where their logs
// go, and the variables they are given.
func (w *watch) deployments() {
	for _, c := range w.s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(w.s, d) {
				continue
			}
			if t, ok := known.image(d.Image); ok {
				w.add(t, d.File, d.Span, false, false)
			}
			if d.Compose != nil {
				w.driver(d)
			}
			for _, name := range d.EnvVars {
				w.variable(name, d.File, d.Span)
			}
		}
	}
}

// drivers are those of Docker that take logs off the host.
var drivers = []string{"awslogs", "gcplogs", "fluentd", "gelf", "syslog", "splunk", "loki", "grafana/loki-docker-driver:latest", "logentries", "datadog"}

func (w *watch) driver(d *repo.Deployment) {
	l := d.Compose.Spec.Logging
	if slices.Contains(drivers, l.Driver.Value) || strings.Contains(l.Driver.Value, "loki") {
		if f := w.s.File(l.Driver.Path); f != nil {
			w.addSense("the log driver "+l.Driver.Value, seesLogs, f, l.Driver.Span, false)
		}
	}
}

func (w *watch) variable(name string, f *repo.File, span finding.Span) {
	for _, p := range known.env {
		if strings.HasPrefix(name, p.text) {
			w.add(&tools[p.tool], f, span, false, true)
		}
	}
}

// objects are what Kubernetes is told to watch with.
func (w *watch) objects() {
	for _, o := range w.s.KubeObjects() {
		add := func(name string, gives sense) { w.addSense(name, gives, o.File, o.Node.Span, false) }
		group, _, _ := strings.Cut(o.APIVersion, "/")
		switch {
		case group == "monitoring.coreos.com" && o.Kind == "PrometheusRule":
			add("a PrometheusRule", sendsAlerts)
		case group == "monitoring.coreos.com" && o.Kind == "Probe":
			add("a Probe", seesUptime|seesMetrics)
		case group == "monitoring.coreos.com":
			add("a "+o.Kind, seesMetrics)
		case group == "operator.victoriametrics.com" && o.Kind == "VMRule":
			add("a VMRule", sendsAlerts)
		case group == "operator.victoriametrics.com", group == "monitoring.googleapis.com", group == "datadoghq.com":
			add("a "+o.Kind, seesMetrics)
		case group == "opentelemetry.io":
			add("a "+o.Kind, seesTraces|seesMetrics)
		case group == "telemetry.istio.io":
			add("Istio's Telemetry", seesTraces|seesMetrics)
		case strings.HasPrefix(group, "logging.banzaicloud.io"), group == "fluentbit.fluent.io", group == "loki.grafana.com":
			add("a "+o.Kind, seesLogs)
		case strings.HasPrefix(group, "grafana.integreatly.org"), group == "integreatly.org":
			add("a "+o.Kind, showsDashboards)
		case o.Kind == "IstioOperator" && o.Node.Get("spec", "meshConfig", "defaultConfig", "tracing").Exists():
			add("the mesh's tracing", seesTraces)
		case o.Kind == "HelmRelease":
			w.chart(o.Node.Get("spec", "chart", "spec", "chart").Str(), o.File, o.Node.Span)
		case o.Kind == "HelmChart":
			w.chart(o.Node.Get("spec", "chart").Str(), o.File, o.Node.Span)
		case o.Kind == "Application":
			w.chart(o.Node.Get("spec", "source", "chart").Str(), o.File, o.Node.Span)
			for _, src := range o.Node.Get("spec", "sources").Items() {
				w.chart(src.Get("chart").Str(), o.File, o.Node.Span)
			}
		}
	}
	for _, u := range w.s.KubeUnits() {
		if u.Role != repo.Production {
			continue
		}
		for _, d := range u.Workloads() {
			w.annotated(d, d.Workload())
		}
	}
}

// annotated are the annotations by which a pod, or the Service before it, asks to be
// watched.
func (w *watch) annotated(d *repo.Deployed, load *kube.Workload) {
	sets := []kube.Labels{load.Pod.Annotations}
	for _, svc := range d.ServedBy() {
		sets = append(sets, svc.Annotations)
	}
	for _, set := range sets {
		for _, l := range set.Pairs {
			f := w.s.File(l.Key.At.Path)
			if f == nil {
				continue
			}
			switch key := l.Key.Value; {
			case key == "prometheus.io/scrape" && l.Value.Value == "true":
				w.addSense("prometheus.io/scrape", seesMetrics, f, l.Key.At.Span, false)
			case strings.HasPrefix(key, "instrumentation.opentelemetry.io/inject-"):
				w.addSense(key, seesTraces, f, l.Key.At.Span, false)
			case strings.HasPrefix(key, "ad.datadoghq.com/"):
				w.addSense(key, seesMetrics|seesLogs, f, l.Key.At.Span, false)
			}
		}
	}
}

func (w *watch) chart(name string, f *repo.File, span finding.Span) {
	if i, ok := known.charts[name[strings.LastIndexByte(name, '/')+1:]]; ok && name != "" {
		t := tools[i]
		if strings.Contains(name, "prometheus") && !strings.Contains(name, "exporter") {
			t.gives |= sendsAlerts
		}
		if strings.Contains(name, "stack") {
			t.gives |= showsDashboards
		}
		w.add(&tool{name: "the chart " + name, gives: t.gives}, f, span, false, false)
	}
}

func (w *watch) charts() {
	for _, c := range w.s.HelmCharts() {
		for _, d := range c.Spec.Dependencies {
			w.chart(d.Name.Value, c.File, d.Span)
		}
	}
}

// configSenses is what the programs give that a project configures.
var configSenses = map[telemetry.Kind]sense{
	telemetry.Collector: seesTraces | seesMetrics, telemetry.Loki: seesLogs, telemetry.Promtail: seesLogs, telemetry.Alloy: seesLogs | seesMetrics, telemetry.Tempo: seesTraces,
	telemetry.Mimir: seesMetrics, telemetry.FluentBit: seesLogs, telemetry.Fluentd: seesLogs, telemetry.Vector: seesLogs, telemetry.Filebeat: seesLogs, telemetry.Logstash: seesLogs,
	telemetry.Blackbox: seesUptime, telemetry.Gatus: seesUptime, telemetry.Datadog: apm | seesLogs,
}

func (w *watch) configured() {
	o := w.s.Observability()
	for _, t := range o.Telemetry {
		gives := configSenses[t.Spec.Kind]
		for _, p := range t.Spec.Pipelines {
			if strings.HasPrefix(p.Name, "logs") {
				gives |= seesLogs
			}
		}
		if gives != 0 {
			w.addSense("a configuration of "+string(t.Spec.Kind), gives, t.File, finding.Span{}, false)
		}
	}
	for _, c := range o.Prometheus {
		w.addSense("a configuration of Prometheus", seesMetrics, c.File, finding.Span{}, false)
		for _, scrape := range c.Spec.Scrapes {
			if scrape.Module.Exists() || strings.Contains(scrape.Job.Value, "blackbox") {
				w.addSense("the blackbox probe "+scrape.Job.Value, seesUptime, c.File, scrape.Span, false)
			}
		}
	}
	for _, r := range o.Rules {
		if len(r.Spec.Alerts()) > 0 {
			w.addSense("alert rules", sendsAlerts, r.File, finding.Span{}, false)
		}
	}
	for _, v := range o.Provisioning {
		if v.Spec.AlertRules > 0 {
			w.addSense("alert rules of Grafana", sendsAlerts, v.File, finding.Span{}, false)
		}
	}
}

// resources are the beginnings of types of Terraform.
var resources = []struct {
	prefix string
	gives  sense
}{
	{"aws_cloudwatch_metric_alarm", sendsAlerts | seesMetrics}, {"aws_cloudwatch_composite_alarm", sendsAlerts}, {"aws_cloudwatch_dashboard", showsDashboards},
	{"aws_cloudwatch_log_group", seesLogs}, {"aws_route53_health_check", seesUptime}, {"aws_synthetics_canary", seesUptime}, {"aws_prometheus", seesMetrics}, {"aws_xray", seesTraces},
	{"google_monitoring_alert_policy", sendsAlerts | seesMetrics}, {"google_monitoring_uptime", seesUptime}, {"google_monitoring_dashboard", showsDashboards}, {"google_logging", seesLogs},
	{"google_cloud_run", seesLogs}, {"azurerm_application_insights", apm | seesLogs}, {"azurerm_log_analytics", seesLogs}, {"azurerm_monitor", sendsAlerts | seesMetrics},
	{"datadog_synthetics", seesUptime}, {"datadog_monitor", sendsAlerts | seesMetrics}, {"datadog_dashboard", showsDashboards}, {"grafana_dashboard", showsDashboards}, {"grafana_rule_group", sendsAlerts},
	{"newrelic_", sendsAlerts | seesMetrics}, {"betteruptime_", seesUptime}, {"uptimerobot_", seesUptime}, {"statuscake_", seesUptime}, {"checkly_", seesUptime}, {"pingdom_", seesUptime}, {"pagerduty_", sendsAlerts},
}

func (w *watch) infrastructure() {
	for _, f := range w.s.TerraformFiles() {
		for _, b := range f.Spec.All("resource") {
			for _, r := range resources {
				if strings.HasPrefix(b.Label(0), r.prefix) {
					w.addSense(b.Label(0), r.gives, f.File, b.TypeSpan, false)
					break
				}
			}
			if b.Label(0) == "helm_release" {
				if v := b.Value("chart"); v != nil {
					w.chart(v.Str(), f.File, b.TypeSpan)
				}
			}
		}
	}
}

// imports are the packages that running code loads.
func (w *watch) imports() {
	g := w.s.Graph()
	for _, f := range w.s.Files() {
		if f.Role != repo.Production || f.Lang != repo.TypeScript && f.Lang != repo.JavaScript && f.Lang != repo.Python && f.Lang != repo.Go {
			continue
		}
		for _, e := range g.External(f) {
			if e.Type {
				continue
			}
			t, ok := external(f.Lang, e)
			if ok && w.s.Runs(f) {
				w.add(t, f, e.Span, true, false)
			}
		}
	}
}

func external(lang repo.Lang, e repo.External) (*tool, bool) {
	switch lang {
	case repo.Python:
		if t, ok := known.dotted(e.Module); ok {
			return t, true
		}
		return known.dotted(e.Package)
	case repo.Go:
		return known.module(e.Package)
	}
	return known.script(e.Package)
}

// manifests are the dependencies of languages whose code is not read.
func (w *watch) manifests() {
	for _, p := range w.s.Projects() {
		for _, d := range p.Dependencies {
			low := strings.ToLower(d.Name)
			for _, part := range known.parts {
				if strings.Contains(low, part.text) {
					w.add(&tools[part.tool], p.File, d.Span, true, false)
				}
			}
		}
	}
}

// commands start agents around programs, and install charts.
func (w *watch) commands() {
	for _, c := range w.s.Commands() {
		if c.Env == compose.Dev || c.Env == compose.Test || c.File.Role != repo.Production {
			continue
		}
		for i, word := range c.Words {
			base := word[strings.LastIndexByte(word, '/')+1:]
			switch {
			case base == "opentelemetry-instrument":
				w.addSense("opentelemetry-instrument", seesTraces|seesMetrics, c.File, c.Span, false)
			case base == "ddtrace-run":
				w.addSense("ddtrace-run", apm, c.File, c.Span, false)
			case base == "newrelic-admin", base == "scout-apm":
				w.addSense(base, apm, c.File, c.Span, false)
			case strings.HasPrefix(word, "-javaagent:"):
				w.addSense("a Java agent", apm, c.File, c.Span, false)
			case word == "install" || word == "upgrade":
				if i > 0 && c.Words[0] == "helm" {
					for _, name := range c.Words[i+1:] {
						w.chart(name, c.File, c.Span)
					}
				}
			}
		}
	}
}
