package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// DebugEnabled finds production that runs as on a developer's machine.
var DebugEnabled = check.PerProject(check.Doc{
	ID:         "backend/debug-enabled",
	Title:      "Debug mode in production",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Debug pages show source, settings and queries, and Flask's console runs what it is given; reloading servers watch files, leak memory and serve one request at a time.",
	How:        "Start the built program with its production server, and let debug be off unless the environment says otherwise.",
	Holds:      "Production runs without debug mode",
	References: []string{
		"https://docs.djangoproject.com/en/stable/ref/settings/#debug",
		"https://flask.palletsprojects.com/en/stable/debugging/",
		"https://www.uvicorn.org/settings/",
		"https://nextjs.org/docs/app/api-reference/cli/next",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	judgeCommands(p, s)
	judgeVariables(p, s)
	judgeDjangoDebug(p, s)
	judgeDebugDefault(p, s)
})

// deployedCommands are the command lines that start what production runs.
func deployedCommands(s *repo.Snapshot) []repo.Command {
	var out []repo.Command
	for _, c := range s.Commands() {
		if c.File.Role != repo.Production || triedOut(c.File) {
			continue
		}
		switch c.Source {
		case repo.FromProcfile:
			if !strings.Contains(strings.ToLower(c.File.Name()), ".dev") {
				out = append(out, c)
			}
		case repo.FromDockerfile:
			d := dockerfileAt(s, c.File.Path)
			if d == nil || d.Env == compose.Dev || d.Env == compose.Test || hasPart(d.Path, "dev", "development", "local", "devcontainer", "test") || d.FinalStage() != nil && hasPart(d.FinalStage().Name, "dev", "development") {
				continue
			}
			if stage := d.FinalStage(); stage != nil && (c.Span.Start < stage.Span().Start || c.Span.Start >= stage.Span().End) {
				continue
			}
			out = append(out, c)
		case repo.FromCompose:
			if c.Env.Deployed() {
				out = append(out, c)
			}
		}
	}
	return out
}

func dockerfileAt(s *repo.Snapshot, path string) *repo.Dockerfile {
	for _, d := range s.Dockerfiles() {
		if d.Path == path {
			return d
		}
	}
	return nil
}

func judgeCommands(p *check.Pass, s *repo.Snapshot) {
	seen := map[finding.Location]bool{}
	for _, c := range deployedCommands(s) {
		what := debugCommand(c.Words)
		if what == "" {
			if call, ok := s.TaskCall(c); ok {
				for _, t := range call.Tasks {
					for i := range t.Commands {
						if w := debugCommand(t.Commands[i].Words); w != "" && what == "" {
							what = strings.Join(c.Words, " ") + ", that is " + w
						}
					}
				}
			}
		}
		at := c.At()
		if what == "" || seen[at] || replaced(s, &c) {
			continue
		}
		seen[at] = true
		p.Report(at, "%s starts %s", whose(&c), what).Keyed("%s %s", c.Owner, what)
	}
}

// replaced says whether every service that is built from the image gives it
// another command.
func replaced(s *repo.Snapshot, c *repo.Command) bool {
	if c.Source != repo.FromDockerfile {
		return false
	}
	used, other := 0, 0
	for _, v := range s.Services() {
		for i := range v.Declarations {
			d := &v.Declarations[i]
			if file := s.DockerfileOf(d.Spec); file == nil || file.Path != c.File.Path || !d.Env().Deployed() {
				continue
			}
			used++
			if d.Spec.Node.Get("command") != nil || d.Spec.Node.Get("entrypoint") != nil {
				other++
			}
		}
	}
	return used > 0 && used == other
}

func whose(c *repo.Command) string {
	switch c.Source {
	case repo.FromDockerfile:
		return "the image"
	case repo.FromProcfile:
		return "the process " + c.Owner
	}
	return "the service " + c.Owner
}

// debugCommand is what of a command line is for developers, "" when nothing is.
func debugCommand(words []string) string {
	if len(words) == 0 {
		return ""
	}
	name := words[0][strings.LastIndexByte(words[0], '/')+1:]
	rest := words[1:]
	for len(rest) > 0 && (name == "npx" || name == "exec" || name == "uv" || name == "poetry" || name == "pipenv" || name == "pdm" || name == "run" || name == "bunx" || name == "dumb-init" || name == "tini" || name == "--") {
		name, rest = rest[0][strings.LastIndexByte(rest[0], '/')+1:], rest[1:]
	}
	has := func(w string) bool { return slices.Contains(rest, w) }
	switch {
	case strings.HasPrefix(name, "python") && has("runserver"):
		return "Django's runserver"
	case (name == "uvicorn" || name == "gunicorn" || name == "hypercorn" || strings.HasPrefix(name, "python")) && has("--reload"):
		return "a server with --reload"
	case name == "fastapi" && has("dev"):
		return "fastapi dev"
	case name == "flask" && has("run"):
		if has("--debug") || has("--reload") {
			return "flask run with --debug"
		}
	case name == "nodemon" || name == "ts-node-dev" || name == "tsnd":
		return name
	case name == "next" && (has("dev") || len(rest) == 0):
		return "next dev"
	case name == "nest" && has("start") && (has("--watch") || has("--debug")):
		return "nest start --watch"
	case (name == "tsx" || name == "node" || name == "bun") && (has("watch") || has("--watch") || has("--hot")):
		return name + " that watches files"
	case name == "vite" && (len(rest) == 0 || rest[0] == "dev" || strings.HasPrefix(rest[0], "--host")):
		return "vite's development server"
	case name == "air" && len(rest) < 3:
		return "air, which rebuilds on change"
	}
	return ""
}

// judgeVariables looks at what the environment of production says.
func judgeVariables(p *check.Pass, s *repo.Snapshot) {
	seen := map[finding.Location]bool{}
	for _, v := range s.Services() {
		for i := range v.Declarations {
			d := &v.Declarations[i]
			if !d.Env().Deployed() {
				continue
			}
			for _, e := range d.Spec.Environment {
				at := s.Place(e.Path, e.Span)
				if !seen[at] && e.HasValue && debugValue(e.Name, e.Value) {
					seen[at] = true
					p.Report(at, "the service %s runs with %s=%s", v.Name, e.Name, e.Value).Keyed("%s %s", v.Name, e.Name)
				}
			}
		}
	}
	for _, f := range s.EnvFiles() {
		if f.Role != repo.Production || !strings.Contains(f.Name(), "prod") || hasPart(f.Name(), "example", "sample", "template", "dist") {
			continue
		}
		for _, e := range f.Spec.Entries {
			if debugValue(e.Key, e.Value) {
				p.Report(f.At(e.Span), "%s says %s=%s", f.Path, e.Key, e.Value).Keyed("%s", e.Key)
			}
		}
	}
}

func debugValue(name, value string) bool {
	low := strings.ToLower(strings.TrimSpace(value))
	switch name {
	case "DEBUG", "FLASK_DEBUG", "DJANGO_DEBUG", "APP_DEBUG", "FASTAPI_DEBUG":
		return low == "true" || low == "1" || low == "on" || low == "yes"
	case "FLASK_ENV", "NODE_ENV", "APP_ENV", "ENVIRONMENT":
		return low == "development" && name != "ENVIRONMENT"
	}
	return false
}
