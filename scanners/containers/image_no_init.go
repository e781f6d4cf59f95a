package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ImageNoInit finds processes that do not stop when they are told to, because they
// are process 1.
var ImageNoInit = check.PerProject(check.Doc{
	ID:         "containers/image-no-init",
	Title:      "Process 1 ignores signals",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      0.2,
	Why:        "The kernel gives process 1 no default for SIGTERM. Node and Python do not stop on it by themselves: each deployment waits ten seconds, then cuts off the requests that are being answered. Children that end stay as zombies.",
	How:        "Start the process through an init, with init: true in compose or ENTRYPOINT [\"tini\", \"--\"] in the image, or let it handle SIGTERM and close its server.",
	Holds:      "Process 1 passes signals on",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#init", "https://github.com/krallin/tini", "https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		judgeInit(p, s, i)
	}
})

func judgeInit(p *check.Pass, s *repo.Snapshot, i image) {
	at, words := firstProcess(s, i)
	if len(words) == 0 {
		return
	}
	if inits[path.Base(words[0])] {
		p.Holds(at, "%s is process 1", path.Base(words[0]))
		return
	}
	program := deaf(words)
	if program == "" {
		return
	}
	services := i.startedBy()
	if len(services) > 0 && !slices.ContainsFunc(services, func(v *compose.Service) bool { return !v.Init.Value }) {
		p.Holds(s.Place(services[0].Init.Path, services[0].Init.Span), "compose starts an init before %s", program)
		return
	}
	if handlesSignals(s, i) {
		return
	}
	found := p.Report(at, "%s is process 1 and does not stop on SIGTERM", program).Keyed("%s", i.stage.Name)
	if set, ok := initPatch(s, i); ok {
		found.WithPatch(set.Title, finding.Review, set)
	}
}

// startedBy are the services that start the image with its own command.
func (i image) startedBy() []*compose.Service {
	var out []*compose.Service
	for _, v := range i.services {
		if !v.Command.Set() && !v.Entrypoint.Set() {
			out = append(out, v)
		}
	}
	return out
}

// inits start a process, pass signals on to it and reap what is left of others.
var inits = map[string]bool{"tini": true, "tini-static": true, "dumb-init": true, "catatonit": true, "init": true, "s6-svscan": true, "supervisord": true, "runsvdir": true, "my_init": true, "pid1": true, "pm2-runtime": true, "docker-init": true}

// firstProcess is the command line of process 1, where the files tell.
func firstProcess(s *repo.Snapshot, i image) (at finding.Location, words []string) {
	starts := i.starts()
	if len(starts) == 0 {
		return at, nil
	}
	first := starts[0]
	if !first.JSON {
		commands := first.Commands()
		if len(commands) != 1 {
			return at, nil // a shell is: image-shell-form speaks of it
		}
		words = commands[0].Words // shells give way to their only command
		if len(words) > 1 && words[0] == "exec" {
			words = words[1:]
		}
		return i.At(first.Span), words
	}
	words = first.Words
	if len(starts) > 1 && starts[1].JSON {
		if len(words) > 0 && isScript(words) {
			if !handsOver(s, i, words[len(words)-1]) {
				return at, nil
			}
			words = nil
			first = starts[1]
		}
		words = slices.Concat(words, starts[1].Words)
	}
	return i.At(first.Span), words
}

func isScript(words []string) bool {
	last := words[len(words)-1]
	return strings.HasSuffix(last, ".sh") || strings.HasSuffix(last, "entrypoint")
}

// handsOver says whether an entrypoint of the project, or node's own, gives way to
// the command.
func handsOver(s *repo.Snapshot, i image, script string) bool {
	if path.Base(script) == "docker-entrypoint.sh" && i.stage.Image().Repository() == "node" && !strings.Contains(script, "/") {
		return true
	}
	for _, f := range s.Under(i.Dir()) {
		if f.Name() == path.Base(script) && f.Size < 64<<10 {
			return strings.Contains(string(f.Bytes()), `exec "$@"`)
		}
	}
	return false
}

// deaf names the program that does not stop on SIGTERM as process 1; "" for one
// that does, or that nobody knows.
func deaf(words []string) string {
	switch program := path.Base(words[0]); program {
	case "node", "nodejs", "bun":
		return program
	case "npm", "yarn", "pnpm":
		return program
	case "python", "python3", "pypy3":
		for _, w := range words[1:] {
			switch path.Base(w) {
			case "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "celery", "rq", "dramatiq", "arq", "streamlit", "fastapi", "waitress", "jupyter", "notebook", "http.server", "huey_consumer", "-c":
				return ""
			}
		}
		if len(words) > 1 {
			return program
		}
	}
	return ""
}

// handlesSignals says whether the source that the image runs listens for signals,
// or is of a framework that does.
func handlesSignals(s *repo.Snapshot, i image) bool {
	context := i.Dir()
	for _, b := range s.BuildsOf(i.Dockerfile) {
		context = b.Context
	}
	below := func(name string) bool { return context == "." || context == "" || strings.HasPrefix(name, context+"/") }
	for _, app := range s.NextApps() {
		if below(app.Root+"/") || app.Root == context {
			return true
		}
	}
	return slices.ContainsFunc(s.Production(), func(f *repo.File) bool {
		switch f.Lang {
		case repo.JavaScript, repo.TypeScript, repo.Python:
			return below(f.Path) && f.Mentions("SIGTERM", "enableShutdownHooks", "uvicorn", "run_app", "terminus", "closeWithGrace", "gracefulShutdown", "graceful", "shutdown")
		}
		return false
	})
}

// initPatch sets init for the services that start the image.
func initPatch(s *repo.Snapshot, i image) (set patch.Set, ok bool) {
	var edits []patch.Edit
	var file *repo.File
	seen := map[compose.Place]bool{} // several projects may read one file
	for _, v := range i.startedBy() {
		if v.Init.Value || seen[v.Key] {
			continue
		}
		seen[v.Key] = true
		f, edit, ok := addToService(s, v, "init", "init: true")
		if !ok || file != nil && file != f {
			return set, false
		}
		file = f
		edits = append(edits, edit)
	}
	if file == nil {
		return set, false
	}
	title := "Start the image of " + i.Path + " through an init"
	return editsOf(file, title, "The engine's init passes signals on and reaps zombies.", edits...), true
}
