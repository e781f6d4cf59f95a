package observability

import (
	"strings"

	"drydock/internal/repo/imageref"
)

// sense is a set of things that a tool lets people learn about production.
type sense uint16

const (
	seesMetrics sense = 1 << iota
	seesLogs
	seesTraces
	seesErrors
	seesUptime
	sendsAlerts
	showsDashboards
	seesQueues
	seesQueries
)

// apm is what a service for everything sees.
const apm = seesMetrics | seesTraces | seesErrors

// tool is something that watches, and the names that give it away.
type tool struct {
	name     string
	gives    sense
	packages string // of npm (npm:), Python's imports (py:), Go modules (go:) and others (dep:, a part of the name)
	images   string // last parts of names, or whole repositories
	charts   string
	env      string // beginnings of variables that say where it sends to
}

var tools = []tool{
	{"Sentry", seesErrors, "npm:@sentry/* npm:@hono/sentry npm:toucan-js py:sentry_sdk py:raven go:github.com/getsentry/sentry-go dep:sentry", "sentry relay", "sentry", ""},
	{"Rollbar", seesErrors, "npm:rollbar py:rollbar go:github.com/rollbar/rollbar-go dep:rollbar", "", "", "ROLLBAR_"},
	{"Bugsnag", seesErrors, "npm:@bugsnag/* py:bugsnag go:github.com/bugsnag/bugsnag-go dep:bugsnag", "", "", "BUGSNAG_"},
	{"Honeybadger", seesErrors, "npm:@honeybadger-io/* py:honeybadger go:github.com/honeybadger-io/honeybadger-go dep:honeybadger", "", "", "HONEYBADGER_"},
	{"Airbrake", seesErrors, "npm:@airbrake/* py:airbrake go:github.com/airbrake/gobrake dep:airbrake", "", "", ""},
	{"Raygun", seesErrors, "npm:raygun npm:raygun4js py:raygun4py dep:raygun", "", "", ""},
	{"Highlight", seesErrors | seesLogs, "npm:@highlight-run/* npm:highlight.run py:highlight_io", "", "", ""},
	{"LogRocket", seesErrors, "npm:logrocket", "", "", ""},
	{"TrackJS", seesErrors, "npm:trackjs npm:@trackjs/*", "", "", ""},
	{"PostHog", seesErrors, "npm:posthog-js npm:posthog-node py:posthog go:github.com/posthog/posthog-go", "", "", ""},
	{"Google Error Reporting", seesErrors, "npm:@google-cloud/error-reporting py:google.cloud.error_reporting", "", "", ""},
	{"Datadog", apm | seesLogs | sendsAlerts | showsDashboards | seesUptime, "npm:dd-trace npm:@datadog/* npm:hot-shots py:ddtrace py:datadog go:github.com/DataDog/dd-trace-go go:gopkg.in/DataDog/dd-trace-go.v1 go:github.com/DataDog/datadog-go dep:datadog dep:ddtrace", "datadog/agent gcr.io/datadoghq/agent dd-agent", "datadog datadog-operator", "DD_AGENT DD_TRACE DD_SERVICE DD_API_KEY DATADOG_"},
	{"New Relic", apm | seesLogs | sendsAlerts | showsDashboards, "npm:newrelic npm:@newrelic/* py:newrelic go:github.com/newrelic/go-agent dep:newrelic", "newrelic/infrastructure newrelic/nri-kubernetes", "nri-bundle newrelic-infrastructure", "NEW_RELIC_"},
	{"Elastic APM", apm, "npm:elastic-apm-node npm:@elastic/apm-rum py:elasticapm go:go.elastic.co/apm dep:elastic-apm", "apm-server", "apm-server", "ELASTIC_APM_"},
	{"AppSignal", apm, "npm:@appsignal/* py:appsignal dep:appsignal", "", "", "APPSIGNAL_"},
	{"Instana", apm, "npm:@instana/* py:instana go:github.com/instana/go-sensor dep:instana", "instana/agent", "instana-agent", "INSTANA_"},
	{"Scout", apm, "py:scout_apm dep:scout_apm", "", "", ""},
	{"Application Insights", apm | seesLogs, "npm:applicationinsights npm:@microsoft/applicationinsights-web npm:@azure/monitor-opentelemetry py:opencensus.ext.azure py:azure.monitor.opentelemetry dep:applicationinsights", "", "", "APPLICATIONINSIGHTS_ APPINSIGHTS_"},
	{"Dynatrace", apm | seesLogs | sendsAlerts | showsDashboards, "npm:@dynatrace/* go:github.com/Dynatrace/OneAgent-SDK-for-Go", "dynatrace/oneagent dynatrace-operator", "dynatrace-operator", "DT_TENANT"},
	{"Logfire", apm | seesLogs, "py:logfire", "", "", "LOGFIRE_"},
	{"Honeycomb", apm, "npm:@honeycombio/* py:honeycomb py:beeline go:github.com/honeycombio/beeline-go", "", "", "HONEYCOMB_"},
	{"SkyWalking", apm, "py:skywalking npm:skywalking-backend-js go:github.com/apache/skywalking-go", "skywalking-oap-server", "skywalking", "SW_AGENT_"},
	{"SigNoz", apm | seesLogs | sendsAlerts | showsDashboards, "", "signoz query-service signoz/signoz", "signoz", ""},
	{"OpenTelemetry", seesTraces, "npm:@opentelemetry/* npm:@vercel/otel py:opentelemetry go:go.opentelemetry.io/otel dep:opentelemetry", "", "", "OTEL_EXPORTER_ OTEL_TRACES_EXPORTER"},
	{"an OpenTelemetry collector", seesTraces | seesMetrics, "", "opentelemetry-collector opentelemetry-collector-contrib otelcol", "opentelemetry-collector opentelemetry-operator", ""},
	{"OpenCensus", seesTraces | seesMetrics, "py:opencensus npm:@opencensus/* go:go.opencensus.io", "", "", ""},
	{"Jaeger", seesTraces, "npm:jaeger-client py:jaeger_client go:github.com/uber/jaeger-client-go", "jaegertracing/all-in-one jaegertracing/jaeger jaeger-collector jaeger-query", "jaeger jaeger-operator", "JAEGER_"},
	{"Zipkin", seesTraces, "npm:zipkin py:py_zipkin go:github.com/openzipkin/zipkin-go dep:zipkin", "zipkin", "zipkin", ""},
	{"Tempo", seesTraces, "", "grafana/tempo tempo", "tempo tempo-distributed", ""},
	{"Langfuse", seesTraces, "py:langfuse npm:langfuse npm:@langfuse/*", "", "", ""},
	{"Prometheus", seesMetrics, "npm:prom-client npm:express-prom-bundle npm:@willsoto/nestjs-prometheus npm:fastify-metrics npm:@hono/prometheus py:prometheus_client py:prometheus_fastapi_instrumentator py:starlette_exporter py:starlette_prometheus py:django_prometheus py:prometheus_flask_exporter py:aioprometheus go:github.com/prometheus/client_golang go:github.com/zsais/go-gin-prometheus go:github.com/VictoriaMetrics/metrics dep:micrometer dep:prometheus dep:actuator", "", "", ""},
	{"StatsD", seesMetrics, "npm:node-statsd npm:statsd-client py:statsd go:github.com/cactus/go-statsd-client go:github.com/smira/go-statsd", "statsd statsd-exporter", "", "STATSD_"},
	{"a Prometheus server", seesMetrics, "", "prom/prometheus prometheus victoria-metrics vmagent vmsingle mimir thanos", "kube-prometheus-stack prometheus prometheus-operator kube-prometheus victoria-metrics-k8s-stack victoria-metrics-single", ""},
	{"Alertmanager", sendsAlerts, "", "alertmanager vmalert", "alertmanager", ""},
	{"Grafana", showsDashboards, "", "grafana grafana-oss grafana-enterprise", "grafana kube-prometheus-stack", ""},
	{"Netdata", seesMetrics | sendsAlerts | showsDashboards, "", "netdata", "netdata", ""},
	{"Zabbix", seesMetrics | sendsAlerts | showsDashboards | seesUptime, "", "zabbix-server-pgsql zabbix-server-mysql zabbix-agent zabbix-agent2", "", ""},
	{"cAdvisor", seesMetrics, "", "cadvisor", "", ""},
	{"Loki", seesLogs, "npm:winston-loki npm:pino-loki py:logging_loki", "loki promtail", "loki loki-stack promtail loki-distributed", "LOKI_"},
	{"Alloy", seesLogs | seesMetrics, "", "grafana/alloy grafana/agent", "alloy grafana-agent k8s-monitoring", ""},
	{"Fluent Bit", seesLogs, "", "fluent-bit aws-for-fluent-bit fluentd fluentd-kubernetes-daemonset", "fluent-bit fluentd fluent-operator logging-operator", ""},
	{"Vector", seesLogs, "", "timberio/vector vector", "vector", ""},
	{"Elastic", seesLogs, "npm:winston-elasticsearch npm:pino-elasticsearch py:logstash py:ecs_logging", "filebeat logstash kibana opensearch-dashboards elastic-agent graylog seq datalust/seq openobserve", "filebeat logstash eck-stack", ""},
	{"CloudWatch", seesLogs, "npm:winston-cloudwatch npm:pino-cloudwatch py:watchtower", "cloudwatch-agent", "aws-cloudwatch-metrics aws-for-fluent-bit", ""},
	{"Google Cloud Logging", seesLogs, "npm:@google-cloud/logging npm:@google-cloud/logging-winston npm:@google-cloud/pino-logging-gcp-config py:google.cloud.logging go:cloud.google.com/go/logging", "", "", ""},
	{"Better Stack", seesLogs, "npm:@logtail/* py:logtail", "", "", "LOGTAIL_"},
	{"Axiom", seesLogs | seesErrors, "npm:@axiomhq/* npm:next-axiom py:axiom_py", "", "", "AXIOM_"},
	{"Papertrail", seesLogs, "npm:winston-papertrail npm:winston-syslog", "papertrail logspout", "", ""},
	{"GELF", seesLogs, "npm:winston-gelf py:graypy", "", "", ""},
	{"Uptime Kuma", seesUptime | sendsAlerts, "", "uptime-kuma", "uptime-kuma", ""},
	{"Gatus", seesUptime, "", "gatus", "gatus", ""},
	{"a blackbox exporter", seesUptime, "", "blackbox-exporter blackbox_exporter", "prometheus-blackbox-exporter", ""},
	{"a monitor of web sites", seesUptime, "", "statping statping-ng healthchecks cachet oneuptime upptime", "", ""},
	{"a queue dashboard", seesQueues, "npm:@bull-board/* npm:bull-board npm:bull-arena npm:@bull-monitor/* npm:bullmq-exporter py:flower py:rq_dashboard py:django_rq py:rq_exporter py:celery_exporter go:github.com/hibiken/asynqmon", "flower celery-exporter rq-exporter rq-dashboard bull-board bullmq-exporter bull-monitor asynqmon kafka-ui kafdrop akhq kafka-exporter rabbitmq-exporter redis_exporter redis-exporter", "celery-exporter prometheus-redis-exporter prometheus-rabbitmq-exporter prometheus-kafka-exporter", ""},
	{"a database exporter", seesQueries, "py:django_silk", "postgres-exporter postgres_exporter mysqld-exporter mysqld_exporter pgwatch pgwatch2 pghero pganalyze-collector pgbadger pmm-client pmm-server mongodb_exporter mongodb-exporter pgmonitor", "prometheus-postgres-exporter prometheus-mysql-exporter", "PGANALYZE_"},
}

// toolNames finds tools by what gives them away.
type toolNames struct {
	npm, py, golang, images, charts map[string]int
	scopes                          map[string]int // @sentry of @sentry/*
	parts, env                      []toolPart
}

type toolPart struct {
	text string
	tool int
}

var known = indexTools()

func indexTools() toolNames {
	n := toolNames{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, nil, nil}
	for i, t := range tools {
		for _, p := range strings.Fields(t.packages) {
			system, name, _ := strings.Cut(p, ":")
			scope, all := strings.CutSuffix(name, "/*")
			switch {
			case all:
				n.scopes[scope] = i
			case system == "npm":
				n.npm[name] = i
			case system == "py":
				n.py[name] = i
			case system == "go":
				n.golang[name] = i
			default:
				n.parts = append(n.parts, toolPart{name, i})
			}
		}
		for _, name := range strings.Fields(t.images) {
			n.images[name] = i
		}
		for _, name := range strings.Fields(t.charts) {
			n.charts[name] = i
		}
		for _, name := range strings.Fields(t.env) {
			n.env = append(n.env, toolPart{name, i})
		}
	}
	return n
}

// script is the tool of a package of npm.
func (n *toolNames) script(name string) (*tool, bool) {
	if i, ok := n.npm[name]; ok {
		return &tools[i], true
	}
	scope, _, _ := strings.Cut(name, "/")
	i, ok := n.scopes[scope]
	return &tools[i], ok
}

// dotted is the tool of a module of Python: the longest name that it begins with.
func (n *toolNames) dotted(module string) (*tool, bool) {
	for name := module; name != ""; {
		if i, ok := n.py[name]; ok {
			return &tools[i], true
		}
		at := strings.LastIndexByte(name, '.')
		name = name[:max(at, 0)]
	}
	return nil, false
}

// module is the tool of a module of Go, whatever its major version.
func (n *toolNames) module(name string) (*tool, bool) {
	for ; name != ""; name = name[:max(strings.LastIndexByte(name, '/'), 0)] {
		if i, ok := n.golang[name]; ok {
			return &tools[i], true
		}
	}
	return nil, false
}

func (n *toolNames) image(ref imageref.Ref) (*tool, bool) {
	for _, name := range []string{ref.Name, ref.Repository(), ref.Base()} {
		if i, ok := n.images[name]; ok {
			return &tools[i], true
		}
	}
	return nil, false
}
