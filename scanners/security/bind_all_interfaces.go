package security

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// BindAllInterfaces finds servers for development that the whole network reaches.
var BindAllInterfaces = check.PerProject(check.Doc{
	ID:         "security/bind-all-interfaces",
	Title:      "Development server bound to all interfaces",
	Severity:   finding.Medium,
	Worst:      finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Debuggers and servers that reload trust whoever asks: in a café or office that is everybody on the network, and a debugger runs what it is told.",
	How:        "Bind to 127.0.0.1; where another machine has to reach it, ask for that on the command line.",
	References: []string{"https://flask.palletsprojects.com/en/stable/debugging/", "https://cwe.mitre.org/data/definitions/1327.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("run", "runserver") {
		if src.Py() == nil || !src.Mentions("debug") {
			continue
		}
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			host, _ := c.Arg("host")
			debug, _ := c.Arg("debug")
			on, known := debug.Bool()
			if lastOf(c.Callee) == "run" && host.Literal == "0.0.0.0" && on && known {
				p.Report(src.At(c.Span), "%s answers the whole network with the debugger on", c.Callee).As(finding.High).Keyed("%s", c.Callee)
			}
		}
	}
	for _, c := range s.Commands() {
		if c.Source != repo.FromScript && c.Source != repo.FromMake && c.Source != repo.FromTask || c.File.Role != repo.Production || containerised(s, c.File) {
			continue
		}
		if server, ok := openServer(c.Words); ok {
			p.Report(c.At(), "%s starts %s for the whole network", c.Owner, server).Keyed("%s %s", c.Owner, server)
		}
	}
})

// containerised says whether what stands beside the file is developed in containers,
// where a server has to listen on all of its interfaces.
func containerised(s *repo.Snapshot, f *repo.File) bool {
	for dir := f.Dir(); ; dir = path.Dir(dir) {
		for _, name := range []string{"Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml", ".devcontainer", "docker-compose.dev.yml", "Vagrantfile", "Dockerfile.dev", ".gitpod.yml"} {
			if s.Exists(path.Join(dir, name)) {
				return true
			}
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// openServer says whether the words of a command start a server for development, or a
// notebook, on all interfaces.
func openServer(words []string) (server string, ok bool) {
	open := slices.ContainsFunc(words, func(w string) bool {
		return w == "0.0.0.0" || strings.HasPrefix(w, "0.0.0.0:") || strings.HasSuffix(w, "=0.0.0.0")
	})
	if !open || len(words) == 0 {
		return "", false
	}
	has := func(w string) bool { return slices.Contains(words, w) }
	switch {
	case has("uvicorn") && has("--reload"):
		return "uvicorn --reload", true
	case has("flask") && has("run"):
		return "flask run", true
	case has("runserver"):
		return "runserver", true
	case has("jupyter") || has("jupyter-lab") || has("jupyter-notebook"):
		return "jupyter", true
	case has("next") && has("dev"):
		return "next dev", true
	case has("vite") && !has("preview") && !has("build"):
		return "vite", true
	case has("debugpy"):
		return "debugpy", true
	}
	for _, w := range words {
		if strings.HasPrefix(w, "--inspect") && strings.Contains(w, "0.0.0.0") {
			return "the inspector of node", true
		}
	}
	return "", false
}
