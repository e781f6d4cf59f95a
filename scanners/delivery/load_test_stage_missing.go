package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// LoadTestStageMissing finds systems whose pipeline does not notice that a change
// makes them slow.
var LoadTestStageMissing = check.PerProject(check.Doc{
	ID:         "delivery/load-test-stage-missing",
	Title:      "No performance test in CI",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "A query that takes ten times as long passes every functional test. It is noticed under load, in production.",
	How:        "Run a short load test with thresholds (k6, Locust, Gatling) against staging after each deployment or every night, and Lighthouse CI for pages.",
	Holds:      "CI measures performance",
	References: []string{"https://grafana.com/docs/k6/latest/using-k6/thresholds/", "https://github.com/GoogleChrome/lighthouse-ci"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if found := ciWork(s, repo.CILoadTest); len(found) > 0 {
		w := found[0]
		p.Holds(w.At, "%s of %s runs %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
		return
	}
	main := mainPipeline(s)
	if _, ok := operated(s); !ok || main == nil || len(s.Routes()) == 0 {
		return
	}
	if at, what, ok := elsewhere(s, repo.CILoadTest); ok {
		p.Unproven(at, "whether CI measures performance: %s", what)
		return
	}
	for _, f := range s.Files() {
		if f.Role.Foreign() || f.Blank() {
			continue
		}
		name := strings.ToLower(f.Name())
		if name == "locustfile.py" || strings.HasSuffix(name, ".jmx") || (f.Lang == repo.JavaScript || f.Lang == repo.TypeScript) && f.Mentions("k6") && strings.Contains(string(f.Bytes()), "k6/http") || name == "artillery.yml" || name == "lighthouserc.json" {
			p.Report(f.Start(), "no job of CI runs the load test %s", f.Path).Keyed("idle")
			return
		}
	}
	p.Report(main.Start(), "no job of CI measures performance (k6, Locust, Lighthouse)").Keyed("none")
})
