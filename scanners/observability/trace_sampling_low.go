package observability

import (
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/telemetry"
)

// TraceSamplingLow finds tracing that throws most requests away before it is known
// what became of them.
var TraceSamplingLow = check.PerProject(check.Doc{
	ID:         "observability/trace-sampling-low",
	Title:      "Few traces are kept",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The one request that failed is, more often than not, among those whose trace was dropped when it began.",
	How:        "Raise the ratio, or keep all at the source and let a collector decide at the end of a trace (tail_sampling): all errors, all slow ones, a share of the rest.",
	Holds:      "Enough traces are kept",
	References: []string{
		"https://opentelemetry.io/docs/concepts/sampling/",
		"https://istio.io/latest/docs/tasks/observability/distributed-tracing/sampling/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	judge := func(at finding.Location, where, text string, percent bool) {
		share, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "%"), 64)
		if err != nil || share < 0 {
			return
		}
		if percent {
			share /= 100
		}
		if share <= 0.1 {
			p.Report(at, "%s keeps %s %% of the traces", where, strconv.FormatFloat(share*100, 'f', -1, 64)).Keyed("%s", where)
		} else {
			p.Holds(at, "%s keeps %s %% of the traces", where, strconv.FormatFloat(share*100, 'f', -1, 64))
		}
	}
	for _, t := range s.Observability().Telemetry {
		if t.Role != repo.Production || !deployedPath(t.Path) || t.Spec.Kind == telemetry.Sentry || tailSampled(t) {
			continue
		}
		for _, v := range t.Spec.Sampling {
			judge(t.Where(v.Span), "the "+string(t.Spec.Kind), v.Value, t.Spec.Kind == telemetry.Collector)
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production || !deployedPath(o.Path) || o.Patch {
			continue
		}
		switch {
		case o.Kind == "Telemetry":
			for _, item := range o.Node.Get("spec", "tracing").Items() {
				if n := item.Get("randomSamplingPercentage"); n.Exists() {
					judge(o.At(n.Span), "the mesh", n.Value, true)
				}
			}
		case o.Kind == "IstioOperator":
			if n := o.Node.Get("spec", "meshConfig", "defaultConfig", "tracing", "sampling"); n.Exists() {
				judge(o.At(n.Span), "the mesh", n.Value, true)
			}
			if n := o.Node.Get("spec", "values", "pilot", "traceSampling"); n.Exists() {
				judge(o.At(n.Span), "the mesh", n.Value, true)
			}
		}
	}
	samplers(s, judge)
})

// samplers are the services that are told by variables which share to keep.
func samplers(s *repo.Snapshot, judge func(at finding.Location, where, text string, percent bool)) {
	for _, c := range s.Components() {
		seen := map[finding.Location]bool{}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(s, d) || seen[d.At()] {
				continue
			}
			seen[d.At()] = true
			if d.Compose != nil {
				for _, e := range d.Compose.Spec.Environment {
					if f := s.File(e.Entry.Path); e.Name == "OTEL_TRACES_SAMPLER_ARG" && f != nil {
						judge(f.At(e.Entry.Span), c.Name, e.Value, false)
					}
				}
			}
			if d.Kube != nil {
				for _, box := range d.Kube.Workload().Pod.Containers {
					for _, e := range box.Env {
						if f := s.File(e.At.Path); e.Name.Value == "OTEL_TRACES_SAMPLER_ARG" && f != nil {
							judge(f.At(e.At.Span), c.Name, e.Value.Value, false)
						}
					}
				}
			}
		}
	}
}

// tailSampled says whether a collector decides at the end of a trace.
func tailSampled(t *repo.Telemetry) bool {
	for _, p := range t.Spec.Processors {
		if strings.HasPrefix(p.Value, "tail_sampling") {
			return true
		}
	}
	return false
}
