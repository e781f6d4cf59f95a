package system

import (
	"slices"
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// PortDrift finds services that are asked on another port than they listen on.
var PortDrift = check.PerProject(check.Doc{
	ID:         "system/port-drift",
	Title:      "Service listens on another port",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The published port leads nowhere: the container runs, is called healthy, and every request is refused.",
	How:        "Name one port in the start command, EXPOSE, the published ports and the proxy.",
	Holds:      "Services are published on the port that they listen on",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#ports", "https://docs.docker.com/reference/dockerfile/#expose"},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			listens, at, ok := listenPort(s, v)
			if !ok {
				continue
			}
			for _, port := range v.Ports {
				f := s.File(port.Path)
				lo, hi, known := port.ContainerRange()
				if !known || f == nil || f.Role != repo.Production || said[port.Place] || len(v.Ports) > 1 {
					continue
				}
				said[port.Place] = true
				if lo <= listens && listens <= hi {
					p.Holds(f.At(port.Span), "%s listens on %d", v.Name, listens)
					continue
				}
				p.Report(f.At(port.Span), "%s publishes port %s of the container, and its command listens on %d", v.Name, port.Container, listens).With(at).Keyed("%s", v.Name)
			}
		}
	}
})

// listenPort is the port that the command of a service names for itself: its own
// command, else that of its image. A command in a shell's hands is not read.
func listenPort(s *repo.Snapshot, v *compose.Service) (port int, at finding.Location, ok bool) {
	if len(v.Entrypoint.Words) > 0 {
		return 0, at, false
	}
	if len(v.Command.Words) > 0 {
		port, ok = portOf(v.Command.Words)
		return port, s.Place(v.Command.Path, v.Command.Span), ok
	}
	d := s.DockerfileOf(v)
	if d == nil || !v.Build.Set() || v.Build.Target.Value != "" {
		return 0, at, false
	}
	stage := d.FinalStage()
	if stage == nil || slices.ContainsFunc(v.Environment, func(e compose.EnvVar) bool { return strings.HasSuffix(e.Name, "PORT") }) {
		return 0, at, false
	}
	port, ok = portOf(d.StartWords())
	return port, d.At(stage.Cmd().Span), ok
}

// portOf is the port in a command that starts a server.
func portOf(words []string) (int, bool) {
	if !slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "uvicorn", "gunicorn", "hypercorn", "next", "vite", "serve", "flask", "fastapi", "daphne", "granian":
			return true
		}
		return false
	}) {
		return 0, false
	}
	for i, w := range words {
		value := ""
		switch name, after, given := strings.Cut(w, "="); {
		case given && (name == "--port" || name == "--bind"):
			value = after
		case (w == "--port" || w == "-p" || w == "--bind" || w == "-b") && i+1 < len(words):
			value = words[i+1]
		default:
			continue
		}
		if n, err := strconv.Atoi(value[strings.LastIndexByte(value, ':')+1:]); err == nil {
			return n, true
		}
		return 0, false
	}
	return 0, false
}
