package observability

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// BusinessMetricsMissing finds servers that measure requests and nothing of what
// they are for.
var BusinessMetricsMissing = check.PerProject(check.Doc{
	ID:         "observability/business-metrics-missing",
	Title:      "No metrics of its own",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Requests may all succeed while no order is placed and no mail is sent: the default metrics of a framework do not know what the product is for.",
	How:        "Count what the product does (orders placed, jobs done and failed, mails sent) with a Counter, and measure what customers wait for with a Histogram.",
	Holds:      "The product is measured",
	References: []string{
		"https://prometheus.io/docs/practices/instrumentation/",
		"https://prometheus.io/docs/concepts/metric_types/",
		"https://opentelemetry.io/docs/specs/otel/metrics/api/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil || !sys.apis() {
		return
	}
	if at, name, ok := ownMetric(s); ok {
		p.Holds(at, "%s", name)
		return
	}
	w := watching(s)
	for i := range w.signs {
		if g := &w.signs[i]; g.code && g.name == "Prometheus" {
			p.Report(g.at, "the metrics are the defaults of the instrumentation; no Counter, Gauge or Histogram counts what the product does").Keyed("own metrics")
			return
		}
	}
	p.Unproven(sys.serverAt(s), "no metric of the product's own was found")
})

var metricTypes = map[string]bool{"Counter": true, "Gauge": true, "Histogram": true, "Summary": true}

// makers are methods that make a metric of OpenTelemetry or register one.
var makers = map[string]bool{
	"create_counter": true, "create_histogram": true, "create_up_down_counter": true, "createCounter": true, "createHistogram": true, "createUpDownCounter": true, "createObservableGauge": true,
	"create_observable_gauge": true, "create_gauge": true, "createGauge": true,
}

// ownMetric is where running code makes a metric.
func ownMetric(s *repo.Snapshot) (at finding.Location, name string, ok bool) {
	for _, src := range s.RunningSources("Counter", "Gauge", "Histogram", "Summary", "create_counter", "create_histogram", "createCounter", "createHistogram", "createUpDownCounter", "createObservableGauge", "create_observable_gauge", "create_up_down_counter", "makeCounterProvider") {
		measures := false
		for _, m := range src.Modules() {
			measures = measures || strings.Contains(m, "prom") || strings.Contains(m, "opentelemetry") || strings.Contains(m, "metric")
		}
		if !measures {
			continue // collections.Counter, components called Gauge
		}
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				full := py.Qualify(c.Callee)
				last := full[strings.LastIndexByte(full, '.')+1:]
				if metricTypes[last] && !strings.HasPrefix(full, "collections.") && len(c.Args) > 0 && c.Args[0].IsLiteral || makers[last] {
					return src.At(c.Span), src.Text(c.CalleeSpan), true
				}
			}
			continue
		}
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			last := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
			if c.New && metricTypes[last] || makers[last] || last == "makeCounterProvider" || last == "makeHistogramProvider" || last == "makeGaugeProvider" {
				return src.At(c.Span), src.Text(c.CalleeSpan), true
			}
		}
	}
	for _, src := range s.GoSourcesMentioning("NewCounter", "NewCounterVec", "NewGauge", "NewGaugeVec", "NewHistogram", "NewHistogramVec", "Int64Counter", "Float64Histogram", "NewGaugeFunc") {
		if !s.Runs(src.File) {
			continue
		}
		for i := range src.Go().Calls {
			c := &src.Go().Calls[i]
			switch c.Callee[strings.LastIndexByte(c.Callee, '.')+1:] {
			case "NewCounter", "NewCounterVec", "NewGauge", "NewGaugeVec", "NewHistogram", "NewHistogramVec", "Int64Counter", "Float64Histogram", "NewGaugeFunc":
				return src.At(c.Span), c.Callee, true
			}
		}
	}
	return at, "", false
}
