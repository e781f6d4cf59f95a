package observability

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// QueueUnmonitored finds queues of jobs whose length and failures nobody sees.
var QueueUnmonitored = check.PerProject(check.Doc{
	ID:         "observability/queue-unmonitored",
	Title:      "Queue of jobs goes unseen",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Jobs fail or pile up in silence: requests succeed, and the mails, imports and payments that they promised never happen.",
	How:        "Run an exporter for the queue (celery-exporter, rq-exporter, redis_exporter with --check-keys, BullMQ's metrics) and alert on its length and its failures; a dashboard such as Flower, rq-dashboard or bull-board shows what is in it.",
	Holds:      "The queue is watched",
	References: []string{
		"https://docs.celeryq.dev/en/stable/userguide/monitoring.html",
		"https://python-rq.org/docs/monitoring/",
		"https://docs.bullmq.io/guide/metrics",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	at, lib, ok := queueUse(s)
	if !ok {
		return
	}
	var runs []finding.Location // the finding itself stays where it is when the worker moves
	if worker := workerAt(s); worker != nil {
		runs = append(runs, worker.At())
	}
	if where, what, ok := queueMetric(s); ok {
		p.Holds(where, "%s", what)
		return
	}
	for _, c := range s.Commands() {
		if c.File.Role == repo.Production && (slices.Contains(c.Words, "flower") || slices.Contains(c.Words, "rq-dashboard") || slices.Contains(c.Words, "rqdashboard")) {
			p.Holds(c.At(), "%s", c.Name())
			return
		}
	}
	for _, c := range s.Components() {
		if d := mostDeployed(s, c); d != nil && d.Image.Base() == "rabbitmq" && strings.Contains(d.Image.Tag, "management") {
			p.Unproven(d.At(), "the management console of RabbitMQ shows how long the queues are; who looks was not found")
			return
		}
	}
	w := watching(s)
	for i := range w.signs {
		g := &w.signs[i]
		switch {
		case g.gives&seesQueues != 0 && !g.soft:
			p.Holds(g.at, "%s", g.name)
			return
		case g.gives&seesMetrics != 0 && g.gives&seesErrors != 0:
			p.Unproven(g.at, "%s may show the queue", g.name)
			return
		}
	}
	p.Report(at, "jobs go through %s, and nothing shows how many wait or fail: no exporter, no dashboard, no metric of the queue", lib).With(runs...).Keyed("queue")
})

// queues are the packages whose queues lie in Redis or a table, and that somebody
// has to ask how they are; of npm and Python's imports.
var queues = map[string]string{
	"celery": "Celery", "rq": "RQ", "dramatiq": "Dramatiq", "arq": "arq", "huey": "Huey", "taskiq": "taskiq", "django_rq": "RQ", "procrastinate": "Procrastinate",
	"bull": "Bull", "bullmq": "BullMQ", "@nestjs/bull": "Bull", "@nestjs/bullmq": "BullMQ", "bee-queue": "Bee-Queue", "agenda": "Agenda", "pg-boss": "pg-boss", "graphile-worker": "Graphile Worker",
}

// queueUse is where running code uses a queue of jobs.
func queueUse(s *repo.Snapshot) (at finding.Location, lib string, ok bool) {
	g := s.Graph()
	var best *repo.File
	for _, src := range s.RunningSources("celery", "rq", "dramatiq", "arq", "huey", "taskiq", "django_rq", "procrastinate", "bull", "bullmq", "agenda", "boss", "graphile", "queue") {
		for _, e := range g.External(src.File) {
			if name := queues[e.Package]; name != "" && !e.Type && !strings.Contains(src.Path, "{{") && src.Path[0] != '.' {
				if best == nil || strings.Count(src.Path, "/") < strings.Count(best.Path, "/") {
					best, at, lib = src.File, src.At(e.Span), name
				}
				break
			}
		}
	}
	return at, lib, best != nil
}

// workerAt is the deployment of a worker that is nearest to production.
func workerAt(s *repo.Snapshot) (best *repo.Deployment) {
	for _, c := range s.Components() {
		if c.Role != repo.RoleWorker {
			continue
		}
		if d := mostDeployed(s, c); d != nil && (best == nil || d.Env > best.Env) {
			best = d
		}
	}
	return best
}

// queueMetric is where running code makes a metric of a queue, by its name.
func queueMetric(s *repo.Snapshot) (at finding.Location, what string, ok bool) {
	about := func(name string) bool {
		low := strings.ToLower(name)
		return strings.Contains(low, "queue") || strings.Contains(low, "job") || strings.Contains(low, "task")
	}
	for _, src := range s.RunningSources("Counter", "Gauge", "Histogram", "create_counter", "createCounter", "createObservableGauge", "create_observable_gauge", "recordGauge", "gauge", "getMetrics") {
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				last := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
				if v, found := c.At(0); found && (metricTypes[last] || makers[last] || last == "gauge") && v.IsLiteral && about(v.Literal) {
					return src.At(c.Span), v.Literal, true
				}
			}
			continue
		}
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			last := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
			if len(c.Args) == 0 || !metricTypes[last] && !makers[last] && !strings.EqualFold(last, "gauge") && last != "recordGauge" {
				continue
			}
			name := c.Args[0].Literal
			if v, found := c.Args[0].Prop("name"); found {
				name = v.Value.Literal
			}
			if about(name) {
				return src.At(c.Span), name, true
			}
			if text := src.Text(c.Args[0].Span); strings.HasPrefix(text, "`") && about(text) || c.Args[0].Ident != "" && about(c.Args[0].Ident) {
				return src.At(c.Span), "a metric of the queue", true
			}
		}
	}
	return at, "", false
}
