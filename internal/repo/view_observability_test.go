package repo

import (
	"fmt"
	"strings"
	"testing"
)

const watched = `
-- prometheus/prometheus.yml --
global: {scrape_interval: 15s}
rule_files: ["alert.rules", "rules/*.yml"]
scrape_configs:
  - job_name: node
    static_configs: [{targets: ["node:9100", "cadvisor:8080"]}]
  - job_name: pods
    kubernetes_sd_configs: [{role: pod}]
  - job_name: probe
    metrics_path: /probe
    params: {module: [http_2xx]}
    static_configs: [{targets: [https://x.test]}]
alerting:
  alertmanagers:
    - scheme: http
      static_configs: [{targets: ["alertmanager:9093"]}]
remote_write: [{url: "https://m.test/push"}]
-- prometheus/alert.rules --
groups:
  - name: hosts
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: critical}
        annotations: {summary: "down", runbook_url: "https://r.test"}
      - record: job:up
        expr: sum(up)
-- alertmanager/config.yml --
route:
  receiver: nobody
  routes:
    - receiver: slack
      matchers: [severity="critical"]
      routes:
        - match: {team: db}
          receiver: gone
    - continue: true
receivers:
  - name: nobody
  - name: slack
    slack_configs:
      - api_url: https://hooks.test/SECRET
        channel: '#alerts'
  - name: unused
    email_configs: []
inhibit_rules: [{}]
-- grafana/provisioning/datasources/ds.yml --
apiVersion: 1
datasources: [{name: P, type: prometheus, url: "http://prometheus:9090", isDefault: true}]
-- grafana/provisioning/dashboards/d.yml --
apiVersion: 1
providers: [{name: d, options: {path: /var/lib/grafana/dashboards}}]
-- grafana/provisioning/alerting/c.yml --
apiVersion: 1
contactPoints: [{name: ops, receivers: [{type: slack, settings: {}}]}]
policies: [{receiver: ops}]
-- grafana/dashboards/a.json --
{"title": "Hosts", "uid": "h", "schemaVersion": 39, "panels": [
  {"type": "row", "title": "r", "panels": [{"type": "stat", "title": "inner", "targets": [{"expr": "up"}]}]},
  {"type": "timeseries", "title": "CPU", "datasource": {"uid": "prom", "type": "prometheus"}, "targets": [{"expr": "rate(cpu[5m])"}, {"rawSql": "select 1"}]}]}
-- notes.json --
{"title": "x", "panels": []}
-- otel/config.yaml --
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, probabilistic_sampler: {sampling_percentage: 5}}
exporters: {debug: {}, otlp: {endpoint: "tempo:4317"}}
service: {pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [debug, otlp]}, logs: {receivers: [otlp], exporters: [debug]}}}
-- loki/local-config.yaml --
schema_config: {configs: []}
common: {}
limits_config: {retention_period: 744h}
-- promtail.yml --
server: {http_listen_port: 1}
clients: [{url: "http://loki:3100/push"}]
scrape_configs: [{job_name: s}]
-- blackbox.yml --
modules: {http_2xx: {prober: http}}
-- fluent-bit.conf --
[INPUT]
    Name tail
[OUTPUT]
    Name  es
-- fluent/fluent.conf --
<source>
  @type forward
</source>
<match **>
  @type s3
</match>
-- config.alloy --
x
-- sentry.client.config.ts --
Sentry.init({})
-- openapi.yaml --
servers: [{url: x}]
paths: {/rules: {get: {parameters: [{name: groups}, {name: expr}]}}}
-- k8s/monitoring.yaml --
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: r}
spec: {groups: [{name: g, rules: [{alert: K, expr: up}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prometheus}
data:
  prometheus.yml: |
    scrape_configs:
      - job_name: inside
        static_configs: [{targets: [localhost:9090]}]
  dash.json: |
    {"title": "D", "schemaVersion": 1, "panels": [{"title": "p"}]}
  script.sh: |
    echo
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: p}
spec: {template: {spec: {containers: [{name: prom, image: "quay.io/prometheus/prometheus:v2", args: ["--storage.tsdb.retention.time=24h", "--config.file", "/etc/p.yml"]}]}}}
-- compose.yml --
services:
  prometheus:
    image: prom/prometheus:v3
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.retention.time=200h']
`

func TestObservabilityIsRead(t *testing.T) {
	s := openTxtar(t, watched)
	o := s.Observability()
	var got []string
	for _, p := range o.Prometheus {
		line := p.Path + " " + p.Name + " " + p.Spec.Interval.Value
		for _, c := range p.Spec.Scrapes {
			line += " " + c.Job.Value + "=" + fmt.Sprint(len(c.Targets)) + fmt.Sprint(c.Discovery) + c.Module.Value
		}
		for _, r := range p.Spec.RuleFiles {
			line += " " + r.Value
		}
		for _, a := range append(p.Spec.Alertmanagers, p.Spec.RemoteWrite...) {
			line += " →" + a.Value
		}
		got = append(got, line)
	}
	for _, r := range o.Rules {
		line := r.Path
		for _, a := range r.Spec.Alerts() {
			url, _ := a.Annotation("runbook_url")
			line += fmt.Sprint(" ", a.Alert.Value, " ", a.Expr.Value, " ", a.For.Value, " ", a.Severity(), " ", url.Value, " :", r.Where(a.Alert.Span).Line)
		}
		got = append(got, line)
	}
	for _, a := range o.Alertmanagers {
		line := fmt.Sprint(a.Path, " ", a.Spec.Tells(), " ", a.Spec.Inhibits)
		for _, r := range a.Spec.Receivers {
			line += " " + r.Name.Value
			for _, i := range r.Integrations {
				line += "+" + i.Kind
			}
		}
		for _, r := range a.Spec.Routes {
			line += fmt.Sprint(" [", r.Depth, r.Receiver.Value, r.Matchers, "]")
		}
		for _, u := range a.Spec.Undefined() {
			line += fmt.Sprint(" !", u.Value, a.Where(u.Span).Line)
		}
		got = append(got, line)
	}
	for _, d := range o.Dashboards {
		line := d.Path + " " + d.Name + " " + d.Spec.Title.Value
		for _, p := range d.Spec.Panels {
			line += fmt.Sprint(" ", p.Title, "/", p.Type, "/", p.Datasource, "/", len(p.Exprs))
		}
		got = append(got, line)
	}
	for _, p := range o.Provisioning {
		got = append(got, fmt.Sprint(p.Path, " ", len(p.Spec.Datasources), len(p.Spec.Providers), len(p.Spec.ContactPoints), len(p.Spec.Policies)))
	}
	for _, c := range o.Telemetry {
		line := c.Path + " " + string(c.Spec.Kind) + " " + c.Spec.Retention.Value
		for _, out := range append(append(c.Spec.Outputs, c.Spec.Sampling...), c.Spec.Modules...) {
			line += " " + out.Value
		}
		if len(c.Spec.Pipelines) > 0 {
			line += fmt.Sprint(" ", len(c.Spec.Pipelines), c.Spec.Exports())
		}
		got = append(got, line)
	}
	for _, v := range s.PrometheusServers() {
		got = append(got, fmt.Sprint(v.Name, " ", v.At.Path, ":", v.At.Line, " ", v.Config, " ", v.Retention))
	}
	want := `prometheus/prometheus.yml prometheus.yml 15s node=2[] pods=0[kubernetes] probe=1[]http_2xx alert.rules rules/*.yml →alertmanager:9093 →https://m.test/push
k8s/monitoring.yaml prometheus.yml  inside=1[]
prometheus/alert.rules Down up == 0 5m critical https://r.test :4
k8s/monitoring.yaml K up    :4
alertmanager/config.yml true 1 nobody slack+slack unused [0nobody[]] [1slack[severity="critical"]] [2gone[team=db]] [1[]] !gone8
grafana/dashboards/a.json a.json Hosts inner/stat//1 CPU/timeseries/prom/2
k8s/monitoring.yaml dash.json D p///0
grafana/provisioning/alerting/c.yml 0 0 1 1
grafana/provisioning/dashboards/d.yml 0 1 0 0
grafana/provisioning/datasources/ds.yml 1 0 0 0
blackbox.yml blackbox-exporter  http_2xx
config.alloy alloy 
fluent-bit.conf fluent-bit  es
fluent/fluent.conf fluentd  s3
loki/local-config.yaml loki 744h
otel/config.yaml otel-collector  tempo:4317 5 2 true
promtail.yml promtail  http://loki:3100/push
sentry.client.config.ts sentry 
prometheus compose.yml:2 /etc/prometheus/prometheus.yml 200h
prom k8s/monitoring.yaml:22 /etc/p.yml 24h`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	rules, missing := o.RulesOf(o.Prometheus[0])
	if len(rules) != 1 || rules[0].Path != "prometheus/alert.rules" || len(missing) != 1 || missing[0].Value != "rules/*.yml" {
		t.Errorf("%v, %v", rules, missing)
	}
	inside := o.Prometheus[1]
	if at := inside.Where(inside.Spec.Scrapes[0].Job.Span); at.Line != 12 || !strings.Contains(at.Snippet, "inside") {
		t.Errorf("%+v", at)
	}
}

func TestAReceiverThatIsNotReachedTellsNobody(t *testing.T) {
	o := openTxtar(t, `
-- am.yml --
route: {receiver: default}
receivers:
  - name: default
  - name: slack
    slack_configs: [{channel: x}]
`).Observability()
	if a := o.Alertmanagers[0].Spec; a.Tells() || len(a.Reached()) != 1 || !a.Reached()[0].Silent() || len(a.Undefined()) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestRulesOfAConfigMapAreItsOwn(t *testing.T) {
	o := openTxtar(t, `
-- k8s/prometheus.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: prometheus}
data:
  prometheus.yml: |
    scrape_configs: []
    rule_files: [/etc/config/alerts.yml]
  alerts.yml: |
    groups: [{name: a, rules: [{alert: A, expr: up}]}]
-- k8s/alerts.yml --
groups: [{name: b, rules: [{alert: B, expr: up}]}]
-- vm/prometheus.yml --
scrape_configs: [{job_name: a}]
rule_files: [/etc/prometheus/rules/*.yml, other.yml]
-- vm/rules/x.yml --
groups: [{name: c, rules: [{alert: C, expr: up}]}]
`).Observability()
	var got []string
	for _, p := range o.Prometheus {
		rules, missing := o.RulesOf(p)
		for _, r := range rules {
			got = append(got, p.Path+" "+r.Spec.Alerts()[0].Alert.Value)
		}
		for _, m := range missing {
			got = append(got, p.Path+" lacks "+m.Value)
		}
	}
	if want := "vm/prometheus.yml C, vm/prometheus.yml lacks other.yml, k8s/prometheus.yaml A"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %s", got, want)
	}
}
