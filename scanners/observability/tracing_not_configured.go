package observability

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// TracingNotConfigured finds an OpenTelemetry that is installed and never started,
// and systems of several services without any tracing.
var TracingNotConfigured = check.PerProject(check.Doc{
	ID:         "observability/tracing-not-configured",
	Title:      "Tracing not set up",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "A slow request through several services shows up as slow everywhere: which call took the time is guesswork.",
	How:        "Make a TracerProvider with an OTLP exporter at the start of each service, instrument the framework, the HTTP client and the database driver, and send the spans to a collector, Tempo or Jaeger.",
	Holds:      "Traces are sent",
	References: []string{
		"https://opentelemetry.io/docs/languages/python/instrumentation/",
		"https://opentelemetry.io/docs/languages/js/getting-started/nodejs/",
		"https://opentelemetry.io/docs/concepts/signals/traces/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := tracingStarts(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	w := watching(s)
	for i := range w.signs {
		if g := &w.signs[i]; g.gives&seesTraces != 0 && !g.soft && (!g.code || g.name != "OpenTelemetry" && g.name != "Langfuse" && g.name != "Elastic APM") {
			p.Holds(g.at, "%s", g.name)
			return
		}
	}
	if at, what, ok := listedTracing(s); ok {
		for i := range w.signs {
			if g := &w.signs[i]; g.code && g.name == "OpenTelemetry" {
				p.Unproven(g.at, "code makes spans or metrics by OpenTelemetry; what starts the SDK is not part of the project")
				return
			}
		}
		p.Report(at, "%s is installed, but nothing that runs makes a provider or an exporter: no span is ever sent", what).Keyed("listed")
		return
	}
	sys := systemOf(s)
	if sys == nil || !sys.apis() {
		return
	}
	together := sys.together(s)
	if len(together) < 2 {
		return
	}
	if g, ok := w.first(seesTraces); ok {
		p.Unproven(g.at, "%s is named, and what sends spans to it was not found", g.name)
		return
	}
	p.Report(sys.at, "requests pass through %d services (%s), and nothing traces them", len(together), strings.Join(together[:min(len(together), 4)], ", ")).With(sys.also...).Keyed("absent")
})

// together are the names of the most parts that one file, or one unit of Kubernetes,
// runs beside each other.
func (sys *system) together(s *repo.Snapshot) []string {
	by := map[string][]string{}
	built := map[string]bool{} // replicas and workers of one image are one
	var best []string
	for _, c := range sys.parts {
		seen := map[string]bool{}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			where := d.File.Path
			if d.Kube != nil {
				where = d.Kube.Unit.Dir
			}
			if !meets(s, d) || d.Means == repo.ByProcfile || seen[where] || slices.Contains(by[where], c.Name) {
				continue
			}
			seen[where] = true
			if c.Dockerfile != nil {
				key := where + "\x00" + c.Dockerfile.Path
				if built[key] {
					continue
				}
				built[key] = true
			}
			if by[where] = append(by[where], c.Name); len(by[where]) > len(best) {
				best = by[where]
			}
		}
	}
	return best
}

// starters are the calls that set a tracer up, by the last part of their names.
var starters = map[string]bool{
	"TracerProvider": true, "NodeSDK": true, "NodeTracerProvider": true, "WebTracerProvider": true, "BasicTracerProvider": true, "registerOTel": true, "BatchSpanProcessor": true,
	"OTLPSpanExporter": true, "OTLPTraceExporter": true, "configure_azure_monitor": true, "useAzureMonitor": true, "setup_tracing": true, "set_tracer_provider": true, "NewTracerProvider": true,
	"SetTracerProvider": true, "Sentry.init": false,
}

// tracingStarts is where running code, or a command, starts tracing.
func tracingStarts(s *repo.Snapshot) (at finding.Location, what string, ok bool) {
	for _, src := range s.RunningSources("TracerProvider", "NodeSDK", "NodeTracerProvider", "WebTracerProvider", "registerOTel", "BatchSpanProcessor", "OTLPSpanExporter", "OTLPTraceExporter",
		"configure_azure_monitor", "useAzureMonitor", "set_tracer_provider", "tracesSampleRate", "traces_sample_rate", "tracesSampler", "logfire", "traces_sampler") {
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				name := py.Qualify(c.Callee)
				last := name[strings.LastIndexByte(name, '.')+1:]
				_, rate := c.Arg("traces_sample_rate")
				_, sampler := c.Arg("traces_sampler")
				if starters[last] || name == "logfire.configure" || name == "sentry_sdk.init" && (rate || sampler) {
					return src.At(c.Span), name, true
				}
			}
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			c := &js.Calls[i]
			last := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
			if starters[last] {
				return src.At(c.Span), c.Callee, true
			}
			if last == "init" && len(c.Args) > 0 {
				_, rate := c.Args[0].Prop("tracesSampleRate")
				_, sampler := c.Args[0].Prop("tracesSampler")
				if rate || sampler {
					return src.At(c.Span), c.Callee + " with a rate of traces", true
				}
			}
		}
	}
	for _, src := range s.GoSourcesMentioning("NewTracerProvider", "SetTracerProvider") {
		if !s.Runs(src.File) {
			continue
		}
		for i := range src.Go().Calls {
			c := &src.Go().Calls[i]
			if starters[c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]] {
				return src.At(c.Span), c.Callee, true
			}
		}
	}
	for _, c := range s.Commands() {
		for _, word := range c.Words {
			if strings.HasPrefix(word, "@opentelemetry/auto-instrumentations") {
				return c.At(), word, true
			}
		}
	}
	return at, "", false
}

// listedTracing is the line of a manifest that installs OpenTelemetry's SDK.
func listedTracing(s *repo.Snapshot) (at finding.Location, what string, ok bool) {
	python := func(f *repo.File, list []manifest.Requirement) {
		for _, r := range list {
			if !ok && f.Role == repo.Production && strings.HasPrefix(r.Name, "opentelemetry-") && !strings.HasPrefix(r.Name, "opentelemetry-semantic") && r.Name != "opentelemetry-api" && !r.Dev && r.Group == "" {
				at, what, ok = f.At(r.Span), r.Name, true
			}
		}
	}
	for _, r := range s.Requirements() {
		if !strings.Contains(r.Name(), "lock") && !compiled(r.File) {
			python(r.File, r.List)
		}
	}
	for _, r := range s.PyProjects() {
		python(r.File, r.PyProject.Requirements)
	}
	for _, pkg := range s.Packages() {
		for _, d := range pkg.Dependencies {
			sdk := strings.HasPrefix(d.Name, "@opentelemetry/sdk-") || strings.HasPrefix(d.Name, "@opentelemetry/exporter-") || strings.HasPrefix(d.Name, "@opentelemetry/auto-")
			if !ok && pkg.Role == repo.Production && d.Group == manifest.Production && sdk {
				at, what, ok = pkg.At(d.Span), d.Name, true
			}
		}
	}
	return at, what, ok
}

// compiled says whether a requirements file was written by a tool, with what others
// need in it.
func compiled(f *repo.File) bool {
	head := f.Bytes()
	if len(head) > 400 {
		head = head[:400]
	}
	return strings.Contains(string(head), "autogenerated") || strings.Contains(string(head), "# via") || strings.Contains(string(head), "generated by") || strings.Contains(string(head), "--hash=")
}
