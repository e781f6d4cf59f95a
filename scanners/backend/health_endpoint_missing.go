package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// HealthEndpointMissing finds programs that nobody can ask whether they work.
var HealthEndpointMissing = check.PerProject(check.Doc{
	ID:         "backend/health-endpoint-missing",
	Title:      "No health route",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whatever starts, replaces or balances the program can only see that its port is open: a process that no longer answers keeps getting requests.",
	How:        "Add a route such as GET /health that answers 200 without authentication when the process works, and one for readiness that also asks the database.",
	Holds:      "Health routes are there",
	References: []string{
		"https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
		"https://docs.nestjs.com/recipes/terminus",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, r := range s.Routes() {
		if (r.Method == "GET" || r.Method == "ANY") && isHealth(&r) && r.Mounted && s.Runs(r.File) && !triedOut(r.File) {
			p.Holds(r.At(), "%s", r.Name())
		}
	}
	for _, a := range apis(s) {
		if len(a.work()) == 0 || a.family == "Go" && len(a.work()) < 2 || hasHealth(s, a) {
			continue
		}
		if at, what, ok := otherHealth(s, a); ok {
			p.Unproven(at, "no route of %s is called after health; %s", a.name(), what)
			continue
		}
		p.Report(a.at(), "%s has %s and none for its health", a.name(), count(len(a.work()), "route", "routes")).Keyed("health of %s", a.unit)
	}
})

func hasHealth(s *repo.Snapshot, a *api) bool {
	for _, r := range a.routes {
		if isHealth(&r) {
			return true
		}
	}
	for _, r := range s.Routes() { // of another framework in the same program
		if isHealth(&r) && s.UnitDir(r.File) == a.unit {
			return true
		}
	}
	return false
}

// isHealth says whether a route is there for those who ask after the program.
func isHealth(r *repo.Route) bool {
	if r.Method == "POST" || r.Method == "DELETE" || r.Method == "PUT" || r.Method == "PATCH" {
		return false
	}
	return healthPath(r.Path) || nameHas(lastName(r.Handler), "healthcheck", "health", "healthz", "liveness", "readiness") && !strings.ContainsAny(r.Path, "{:<[")
}

// healthPath says whether a route's path is that of a health route.
func healthPath(path string) bool {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '.' })
	plain := true // nothing but prefixes so far
	for i, part := range parts {
		if strings.ContainsAny(part, "{:<[*") {
			name, _, _ := strings.Cut(strings.TrimLeft(part, "{:<[*"), "}")
			if i > 0 || strings.ToUpper(name) != name {
				return false // the health of something that the path names
			}
			continue // a prefix from the settings
		}
		part = strings.Trim(strings.ReplaceAll(strings.ToLower(part), "-", ""), "_$")
		switch part {
		case "health", "healthz", "healthcheck", "healthchecks", "livez", "readyz", "liveness", "readiness", "heartbeat", "isalive", "isready", "lbheartbeat":
			return true
		case "ping", "live", "ready", "alive", "up", "status", "check", "probe":
			return i == len(parts)-1 && plain
		case "api", "internal", "public", "system", "monitoring":
		default:
			plain = plain && versionedPath(part)
		}
	}
	return false
}

// otherHealth finds what may answer for the health of a program without a route
// of that name: a library's, a string with such a path, a probe that is
// configured for another path.
func otherHealth(s *repo.Snapshot, a *api) (finding.Location, string, bool) {
	for _, src := range s.RunningSources("health", "healthz", "health_check", "healthcheck", "readyz", "livez", "terminus", "lightship", "heartbeat", "ping") {
		if !a.has(s, src.File) {
			continue
		}
		for _, t := range (body{src, finding.Span{End: len(src.Bytes())}}).tokens() {
			if t.str && (strings.HasPrefix(t.text, "/") && healthPath(t.text) || strings.HasPrefix(t.text, "health_check") || t.text == "lightship" || strings.Contains(t.text, "@godaddy/terminus")) {
				return src.At(t.span), "this may stand for it", true
			}
		}
	}
	for _, src := range s.GoSourcesMentioning("health", "healthz", "livez", "readyz", "ping") {
		if a.family != "Go" || s.ProgramDir(src.File) != a.unit || src.Role != repo.Production {
			continue
		}
		for i := range src.Go().Calls {
			c := &src.Go().Calls[i]
			if text, ok := c.At(0).String(); ok && strings.HasPrefix(text, "/") && healthPath(text) {
				return src.At(c.Span), "this may stand for it", true
			}
		}
	}
	for _, c := range s.Components() {
		if c.Unit == nil || c.Unit.Dir != a.unit {
			continue
		}
		for i := range c.Deployments {
			if d := &c.Deployments[i]; d.Health != nil && d.Health.File != nil {
				return d.Health.File.At(d.Health.Span), "its " + d.Health.From + " asks something else", true
			}
		}
	}
	return finding.Location{}, "", false
}
