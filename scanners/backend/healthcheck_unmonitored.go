package backend

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// HealthcheckUnmonitored finds health routes that nobody asks.
var HealthcheckUnmonitored = check.PerProject(check.Doc{
	ID:         "backend/healthcheck-unmonitored",
	Title:      "Health route that nothing calls",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      0.5,
	Why:        "The program would say that it is ill, and nobody asks: it is neither restarted nor taken out of the balancer, and no alarm goes off.",
	How:        "Name the route where the program is run: healthcheck in compose, HEALTHCHECK in the image, a probe in the manifest; and in an uptime check from outside.",
	Holds:      "Health routes are called",
	References: []string{
		"https://docs.docker.com/reference/compose-file/services/#healthcheck",
		"https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
		"https://github.com/prometheus/blackbox_exporter",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range healthRoutes(s) {
		at, how, path, sure := calledFrom(s, a.paths)
		switch {
		case how != "" && sure:
			p.Holds(at, "%s calls %s", how, path)
		case how != "":
			p.Unproven(at, "%s may call %s", how, path)
		case !a.deployed(s):
			// nothing says how the program is run
		default:
			p.Report(a.route.At(), "%s is there and no healthcheck, probe or uptime check calls it", a.route.Name()).Keyed("%s %s", a.unit, a.route.Path)
		}
	}
})

// health is the health routes of one program.
type health struct {
	unit  string
	route *repo.Route // the first of them
	paths []string
}

// deployed says whether something in the project says how the program is run.
func (h *health) deployed(s *repo.Snapshot) bool {
	for _, c := range s.Components() {
		for i := range c.Deployments {
			if d := &c.Deployments[i]; d.Health != nil && c.Unit != nil && c.Unit.Dir == h.unit {
				return false // it is asked something else; health-endpoint-missing and the healthcheck's own checks speak of that
			}
		}
	}
	for _, d := range s.Dockerfiles() {
		stage := d.FinalStage()
		if stage != nil && stage.Healthcheck().Present && (h.unit == "." || d.Dir() == h.unit || strings.HasPrefix(d.Dir()+"/", h.unit+"/")) {
			return false // the image asks in a way of its own
		}
	}
	return len(s.Components()) > 0 || len(s.Dockerfiles()) > 0
}

func healthRoutes(s *repo.Snapshot) []*health {
	var out []*health
	known := map[string]*health{}
	routes := s.Routes()
	for i := range routes {
		r := &routes[i]
		if r.Method != "GET" && r.Method != "ANY" || !isHealth(r) || r.Path == "/" || triedOut(r.File) || !r.Mounted || !s.Runs(r.File) {
			continue
		}
		unit := s.ProgramDir(r.File)
		h := known[unit]
		if h == nil {
			h = &health{unit: unit, route: r}
			known[unit] = h
			out = append(out, h)
		}
		path := r.Path
		if i := strings.LastIndexByte(path, '}'); i >= 0 { // a prefix from the settings
			path = "/" + strings.TrimLeft(path[i+1:], "/")
		}
		h.paths = append(h.paths, path)
	}
	return out
}

// calledFrom finds what calls one of the paths. sure is false where the path only
// stands in a file that may be about something else.
func calledFrom(s *repo.Snapshot, paths []string) (at finding.Location, how, path string, sure bool) {
	names := func(text string) bool {
		for _, one := range paths {
			if i := strings.Index(text, one); i >= 0 && len(one) > 1 && !wordAt(text, i+len(one)) {
				path = one
				return true
			}
		}
		return false
	}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if d.Health == nil || d.Health.File == nil {
				continue
			}
			if names(d.Health.File.Text(d.Health.Span)) || strings.Contains(d.Health.From, "probe") && names(around(d.Health.File, d.Health.Span)) {
				return d.Health.File.At(d.Health.Span), "the " + d.Health.From + " of " + c.Name, path, true
			}
		}
	}
	for _, d := range s.Dockerfiles() {
		if d.Role != repo.Production {
			continue
		}
		if line := lineThat(d.File, names); line > 0 {
			loc := d.Start()
			loc.Line = line
			return loc, "the image", path, true
		}
	}
	for _, f := range s.Files() {
		if f.Role != repo.Production && !strings.HasPrefix(f.Path, ".github/") || !configures(f) || f.Size > 256<<10 {
			continue
		}
		if line := lineThat(f, names); line > 0 {
			loc := f.Start()
			loc.Line = line
			return loc, f.Path, path, false
		}
	}
	return finding.Location{}, "", "", false
}

// lineThat is the first line that fits and is no comment; 0 without one.
func lineThat(f *repo.File, fits func(string) bool) int {
	if !fits(string(f.Bytes())) {
		return 0
	}
	for i, line := range bytes.Split(f.Bytes(), []byte("\n")) {
		text := strings.TrimSpace(string(line))
		if !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "//") && fits(text) {
			return i + 1
		}
	}
	return 0
}

// configures says whether a file may say how programs are run or watched.
func configures(f *repo.File) bool {
	switch f.Lang {
	case repo.YAML, repo.JSON, repo.Shell, "TOML", "INI", "Terraform", "HCL":
		return !strings.HasSuffix(f.Name(), "lock.json") && !strings.Contains(strings.ToLower(f.Name()), "openapi") && !strings.Contains(strings.ToLower(f.Name()), "swagger") && f.Name() != "package.json"
	}
	for _, end := range []string{".conf", ".j2", ".tpl", ".tmpl", ".hcl", ".tf", ".cfg", ".bicep"} {
		if strings.HasSuffix(f.Name(), end) {
			return true
		}
	}
	return f.Name() == "Caddyfile" || f.Name() == "Makefile"
}

// around is the lines that follow a place, where a probe's path is written.
func around(f *repo.File, span finding.Span) string {
	data := f.Bytes()
	end := min(len(data), span.End+300)
	if span.Start > end {
		return ""
	}
	return string(data[span.Start:end])
}

func wordAt(text string, i int) bool {
	return i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '_' || text[i] == '-')
}
