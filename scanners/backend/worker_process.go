package backend

import (
	"bytes"
	"regexp"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// workers are the processes that take jobs off queues.
type workers struct {
	deployed    []process
	development []process
	inProcess   map[string]*finding.Location // library → where the server takes jobs itself
	maybe       *finding.Location            // a line in a format that is not read
	processes   bool                         // something says how the program is started
}

type process struct {
	name string
	at   finding.Location
}

func findWorkers(s *repo.Snapshot) *workers {
	w := &workers{inProcess: map[string]*finding.Location{}}
	w.fromCompose(s)
	w.fromCommands(s)
	w.fromKubernetes(s)
	w.fromServer(s)
	if len(w.deployed) == 0 {
		w.maybe = mentionedWorker(s)
	}
	return w
}

func (w *workers) fromCompose(s *repo.Snapshot) {
	for _, v := range s.Services() {
		for i := range v.Declarations {
			d := &v.Declarations[i]
			w.processes = true
			if s.RoleOfSpec(d.Spec) != repo.RoleWorker {
				continue
			}
			if at := s.At(d); d.Env().Deployed() || d.Env() == compose.Base {
				w.deployed = append(w.deployed, process{"the service " + v.Name, at})
			} else if d.Env() == compose.Dev {
				w.development = append(w.development, process{"the service " + v.Name, at})
			}
		}
	}
}

// supervisors start several processes, by a file that may not be here.
var supervisors = []string{"supervisord", "honcho", "foreman", "overmind", "hivemind", "pm2", "pm2-runtime", "s6-svscan", "runsvdir", "circusd"}

func (w *workers) fromCommands(s *repo.Snapshot) {
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		switch c.Source {
		case repo.FromProcfile, repo.FromDockerfile:
		case repo.FromCompose:
			if !c.Env.Deployed() && c.Env != compose.Base {
				continue
			}
		default:
			continue
		}
		w.processes = true
		at := c.At()
		switch {
		case repo.RoleOfCommand(c.Words) == repo.RoleWorker:
			w.deployed = append(w.deployed, process{string(c.Source) + " " + c.Owner, at})
		case c.Source == repo.FromProcfile && strings.Contains(c.Owner, "worker"):
			w.deployed = append(w.deployed, process{"the process " + c.Owner, at})
		case contains(supervisors, c.Name()) && w.maybe == nil:
			w.maybe = &at
		}
	}
}

func (w *workers) fromKubernetes(s *repo.Snapshot) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production || o.PodSpec() == nil {
			continue
		}
		w.processes = true
		for _, container := range o.Containers() {
			var words []string
			for _, key := range []string{"command", "args"} {
				for _, item := range container.Get(key).Items() {
					words = append(words, strings.Fields(item.Str())...)
				}
			}
			named := strings.Contains(o.Name, "worker") || strings.Contains(o.Name, "celery") || strings.Contains(container.Get("name").Str(), "worker")
			if repo.RoleOfCommand(words) == repo.RoleWorker || named && o.Kind != "Job" {
				w.deployed = append(w.deployed, process{o.Kind + " " + o.Name, o.At(container.Get("name").Resolve().Span)})
			}
		}
	}
}

// fromServer finds workers that run inside the server.
func (w *workers) fromServer(s *repo.Snapshot) {
	for _, src := range s.RunningSources("task_always_eager", "TASK_ALWAYS_EAGER", "CELERY_TASK_ALWAYS_EAGER", "CELERY_ALWAYS_EAGER", "Worker", "Processor", "Process", "process") {
		if startedByHand(s, src.File) {
			continue
		}
		if py := src.Py(); py != nil {
			for _, a := range py.Assigns {
				name := strings.ToLower(a.Target[strings.LastIndexByte(a.Target, '.')+1:])
				if on, ok := a.Value.Bool(); ok && on && strings.HasSuffix(name, "task_always_eager") {
					at := src.At(a.Span)
					w.inProcess["celery"] = &at
				}
			}
			continue
		}
		library := queueLibrary(s, src.File)
		if library == "" {
			continue
		}
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			takes := c.New && strings.HasSuffix(c.Callee, "Worker") || c.Decorator && (c.Callee == "Processor" || c.Callee == "Process") ||
				strings.HasSuffix(c.Callee, ".process") && strings.Contains(strings.ToLower(c.Callee), "queue")
			if takes && w.inProcess[library] == nil {
				at := src.At(c.Span)
				w.inProcess[library] = &at
			}
		}
	}
}

// startedByHand says whether only a script of package.json that people call
// leads to the file.
func startedByHand(s *repo.Snapshot, f *repo.File) bool {
	for range 64 {
		why, live := s.Graph().Live(f)
		if !live {
			return false
		}
		from, imported := strings.CutPrefix(why, "imported by ")
		if !imported {
			script, ok := strings.CutPrefix(why, "run by script ")
			return ok && !strings.HasPrefix(script, "start") && script != "serve" && script != "prod"
		}
		next := s.File(from)
		if next == nil || next == f {
			return false
		}
		f = next
	}
	return false
}

// workerLine is a command that starts a worker, in a file of any format.
var workerLine = regexp.MustCompile(`(?m)^[^#\n]*(\bcelery\b[^\n#]*\bworker\b|\brq worker\b|\brqworker\b|\barq [\w.]+|\bdramatiq [\w.]+|\btaskiq worker\b|\bhuey_consumer\b|python3? -m [\w.]*worker|node [\w./-]*worker|\btype: worker\b|celery_worker|worker_command)`)

// mentionedWorker is a line that may start a worker in a file that says how the
// program is run, in a format that the views do not read.
func mentionedWorker(s *repo.Snapshot) *finding.Location {
	for _, f := range s.Production() {
		if f.Size > 256<<10 || !deploysWith(f) || !bytes.Contains(f.Bytes(), []byte("worker")) && !bytes.Contains(f.Bytes(), []byte("arq")) && !bytes.Contains(f.Bytes(), []byte("dramatiq")) {
			continue
		}
		if m := workerLine.FindIndex(f.Bytes()); m != nil {
			at := f.At(finding.Span{Start: m[1] - 1, End: m[1]})
			return &at
		}
	}
	return nil
}

// deploysWith says whether a file may start processes: settings of supervisors
// and platforms, templates, shell scripts. A Makefile is for developers.
func deploysWith(f *repo.File) bool {
	if strings.HasPrefix(f.Path, ".") && !strings.HasPrefix(f.Path, ".platform") && !strings.HasPrefix(f.Path, ".ebextensions") {
		return false // .github, .devcontainer, .vscode
	}
	switch f.Lang {
	case repo.YAML, repo.JSON, repo.Shell, "TOML", "INI", "Terraform", "HCL":
		return f.Name() != "package.json" && f.Name() != "package-lock.json"
	}
	for _, end := range []string{".service", ".conf", ".j2", ".tpl", ".nix", ".tmpl", ".config.js", ".config.cjs"} {
		if strings.HasSuffix(f.Name(), end) {
			return true
		}
	}
	return strings.Contains(f.Path, "s6") || strings.Contains(f.Name(), "entrypoint")
}
