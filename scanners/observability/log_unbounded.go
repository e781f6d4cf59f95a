package observability

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// LogUnbounded finds containers whose log files grow until the disk is full.
var LogUnbounded = check.PerProject(check.Doc{
	ID:         "observability/log-unbounded",
	Title:      "Container logs never rotate",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      0.3,
	Why:        "Docker's json-file driver keeps every line for ever: months later the disk is full, and the database is the first to stop.",
	How:        "Give each service logging with max-size and max-file, or use the driver local, which rotates by itself; once for all in the daemon's log-opts.",
	Holds:      "Container logs rotate",
	References: []string{
		"https://docs.docker.com/engine/logging/drivers/json-file/",
		"https://docs.docker.com/engine/logging/drivers/local/",
	},
	Attaches: finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	if f := daemonRotates(s); f != nil {
		p.Holds(f.Start(), "%s rotates the logs of all containers", f.Path)
		return
	}
	explicit := false
	for _, project := range s.ComposeProjects() {
		explicit = explicit || project.Env == compose.Prod && production(s, project)
	}
	said := map[string]bool{}
	for _, project := range s.ComposeProjects() {
		deployed := project.Env == compose.Prod || project.Env == compose.Staging || project.Env == compose.Base && !explicit && !secondary(s, project)
		if deployed && production(s, project) && !project.Partial() && !developersOnly(s, project) {
			judgeRotation(p, s, project, said)
		}
	}
})

func production(s *repo.Snapshot, project *compose.Project) bool {
	f := s.File(project.Path())
	return f != nil && f.Role == repo.Production && !aside(f.Path)
}

// secondary says whether a project is a variant of another one in its folder, or
// only says how images are built.
func secondary(s *repo.Snapshot, project *compose.Project) bool {
	for _, other := range s.ComposeProjects() {
		if other != project && other.Dir == project.Dir && other.Env == compose.Base && (other.Variant == "" && project.Variant != "" || len(other.Files) < len(project.Files)) {
			return true
		}
	}
	for _, other := range s.ComposeProjects() { // a part of the system by itself, as developers start it
		if other.Dir != project.Dir && below(project.Dir+"/", other.Dir) && shares(other, project) {
			return true
		}
	}
	for _, v := range project.Services() {
		if v.Restart.Value != "" || len(v.Ports)+len(v.Environment)+len(v.Volumes)+len(v.EnvFiles)+len(v.DependsOn)+len(v.Networks) > 0 || !v.Build.Set() {
			return false
		}
	}
	return true
}

// shares says whether two projects have a service of one name.
func shares(a, b *compose.Project) bool {
	for _, v := range b.Services() {
		if a.Effective(v.Name) != nil {
			return true
		}
	}
	return false
}

// daemonRotates is a configuration of Docker's daemon that bounds all logs.
func daemonRotates(s *repo.Snapshot) *repo.File {
	for _, f := range s.Files() {
		if f.Name() == "daemon.json" && f.Role == repo.Production && f.Size < 1<<16 {
			text := string(f.Bytes())
			if strings.Contains(text, `"max-size"`) || strings.Contains(text, `"log-driver"`) && !strings.Contains(text, `"json-file"`) {
				return f
			}
		}
	}
	return nil
}

// grows says whether what a container writes is kept without end.
func grows(l compose.Logging) bool {
	switch l.Driver.Value {
	case "", "json-file":
	default:
		return false
	}
	for _, o := range l.Options {
		if o.Name == "max-size" {
			return false
		}
	}
	return true
}

func judgeRotation(p *check.Pass, s *repo.Snapshot, project *compose.Project, said map[string]bool) {
	var growing []*compose.Service
	total := 0
	for _, v := range project.Services() {
		f := s.File(v.Key.Path)
		if f == nil || f.Role != repo.Production || v.Restart.Value == "no" || s.RoleOfSpec(v) == repo.RoleMigration || v.Extends.Set() && !v.Logging.Set() {
			continue
		}
		if !v.Image.Ref.Exists() && !v.Build.Set() || strings.HasPrefix(v.Logging.Driver.Value, "$") {
			continue
		}
		total++
		switch {
		case !grows(v.Logging):
			p.Holds(s.Place(v.Key.Path, v.Key.Span), "the log of %s is bounded", v.Name)
		case !said[v.Key.Path+"\x00"+v.Name]:
			said[v.Key.Path+"\x00"+v.Name] = true
			growing = append(growing, v)
		}
	}
	if len(growing) == 0 {
		return
	}
	first := growing[0]
	found := p.Report(s.Place(first.Key.Path, first.Key.Span), "the logs of %d of %d services grow without end: no max-size (%s)", len(growing), total, serviceNames(growing)).Keyed("%s", project.Path())
	if project.Env == compose.Base {
		found.As(finding.Low)
	}
	for _, v := range growing[1:min(len(growing), 12)] {
		found.With(s.Place(v.Key.Path, v.Key.Span))
	}
	if set, ok := rotationPatch(s, growing); ok {
		found.WithPatch(set.Title, finding.Safe, set)
	}
}

func serviceNames(list []*compose.Service) string {
	var out []string
	for _, v := range list {
		out = append(out, v.Name)
	}
	if len(out) > 6 {
		out = append(out[:6], "…")
	}
	return strings.Join(out, ", ")
}

// rotationPatch bounds the log of each service, where every one of them can be
// given its options as lines of its own.
func rotationPatch(s *repo.Snapshot, growing []*compose.Service) (set patch.Set, ok bool) {
	title := "Bound the logs of containers"
	set.Title = title
	for _, v := range growing {
		f := s.File(v.Key.Path)
		node := v.Node.Resolve()
		if f == nil || v.Logging.Set() || v.Node.Kind != yamldoc.Mapping || node.Style != yamldoc.Block || len(v.Node.Own()) == 0 || !v.Place.Set() || v.Place.Path != f.Path {
			return set, false
		}
		own := v.Node.Own()
		content := f.Bytes()
		indent, ok := patch.YAMLIndent(content, own[0].Span().Start)
		if !ok {
			return set, false
		}
		step := strings.Repeat(" ", patch.YAMLUnit(content))
		block := fmt.Sprintf("logging:\n%sdriver: json-file\n%soptions:\n%s%smax-size: 10m\n%s%smax-file: \"3\"", step, step, step, step, step, step)
		merged, err := patch.Merge(set, patch.Set{Title: title, Changes: []patch.Change{{
			Path: f.Path, Base: patch.Sum(content), HasBase: true, Edits: []patch.Edit{patch.YAMLInsertAfter(content, own[len(own)-1].Span(), indent, block)},
			Note: "Keeps three files of ten megabytes for each container",
		}}})
		if err != nil {
			return set, false
		}
		set = merged
	}
	return set, true
}
