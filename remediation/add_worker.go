package remediation

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// addWorker brings the worker that development has into the production compose
// file: production's references instead of development's literals, a restart
// policy and a health check, and neither host ports nor source mounts.
var addWorker = &Remedy{
	Fix:       *finding.AddWorker(),
	Summary:   "Adds the worker service to the production compose file, modelled on the development one and on its production siblings.",
	Closes:    []string{"containers/compose-worker-missing-in-prod", "backend/worker-unverified"},
	Questions: workerQuestions,
	Plan:      planWorker,
}

// The questions' keys.
const (
	askService = "service"
	askCommand = "command"
	askHealth  = "healthcheck"
	askRestart = "restart"
)

// workerPlace is where a worker comes from and where it goes.
type workerPlace struct {
	dev     *compose.Service
	prod    *compose.Project
	sibling *compose.Service // a production service built from the same source; nil without one
}

// workerPlaces are the workers that development has and production lacks.
func workerPlaces(s *repo.Snapshot) []workerPlace {
	var out []workerPlace
	for _, v := range s.Services() {
		if v.Role != repo.RoleWorker && v.Role != repo.RoleScheduler {
			continue
		}
		dev := v.In(compose.Dev)
		if dev == nil {
			dev = v.In(compose.Base)
		}
		if dev == nil || v.In(compose.Prod) != nil {
			continue
		}
		prod := productionBeside(s, dev)
		if prod == nil || roleIn(s, prod, v.Role) {
			continue
		}
		out = append(out, workerPlace{dev.Spec, prod, siblingIn(s, prod, dev)})
	}
	return out
}

// productionBeside is the production project of the same system.
func productionBeside(s *repo.Snapshot, d *repo.Declaration) *compose.Project {
	for _, p := range s.ComposeProjects() {
		if p.Env == compose.Prod && (p.Dir == d.Project.Dir || path.Dir(p.Dir) == d.Project.Dir) {
			return p
		}
	}
	return nil
}

func roleIn(s *repo.Snapshot, p *compose.Project, role repo.ServiceRole) bool {
	return slices.ContainsFunc(p.Services(), func(svc *compose.Service) bool { return s.RoleOfSpec(svc) == role })
}

// siblingIn is the production service that runs the same code.
func siblingIn(s *repo.Snapshot, prod *compose.Project, dev *repo.Declaration) *compose.Service {
	var best *compose.Service
	for _, svc := range prod.Services() {
		same := dev.Dir != "" && repo.ContextDir(svc) == dev.Dir
		if !same {
			continue
		}
		if best == nil || s.RoleOfSpec(svc) == repo.RoleAPI {
			best = svc
		}
	}
	return best
}

func workerQuestions(c Case) ([]Question, error) {
	places := workerPlaces(c.Repo)
	if len(places) == 0 {
		return nil, fmt.Errorf("no compose file of this project has a worker that production lacks: write the service by hand")
	}
	service := Question{Key: askService, Label: "Which service to bring to production", Kind: ChooseOne, Default: []string{places[0].dev.Name}}
	for _, p := range places {
		service.Options = append(service.Options, Option{Value: p.dev.Name, Label: p.dev.Name, Detail: fmt.Sprintf("%s → %s", p.dev.Path, p.prod.Path())})
	}
	place := places[0]
	for _, p := range places {
		if p.dev.Name == c.Answers.One(askService, place.dev.Name) {
			place = p
		}
	}
	return []Question{
		service,
		{
			Key: askCommand, Label: "Command that starts it in production", Kind: Text, Default: []string{productionCommand(place.dev)},
			Help: "Development's command, without what reloads on change.",
			Check: func(v string) error {
				if strings.TrimSpace(v) == "" || strings.ContainsAny(v, "\r\n") {
					return fmt.Errorf("the command must be one line")
				}
				return nil
			},
		},
		healthQuestion(c.Repo, place),
		{
			Key: askRestart, Label: "Restart policy", Kind: ChooseOne, Default: []string{restartOf(place)},
			Options: []Option{
				{Value: "unless-stopped", Label: "unless-stopped", Detail: "comes back after a crash and after a reboot"},
				{Value: "always", Label: "always", Detail: "also after it was stopped by hand and the daemon restarts"},
				{Value: "on-failure", Label: "on-failure", Detail: "only when it ends with an error"},
			},
		},
	}, nil
}

// productionCommand is the development command without a file watcher around it.
func productionCommand(svc *compose.Service) string {
	words := append(slices.Clone(svc.Entrypoint.Words), svc.Command.Words...)
	for i, w := range words {
		if w == "--" && slices.ContainsFunc(words[:i], func(x string) bool { return path.Base(x) == "watchmedo" || x == "nodemon" }) {
			words = words[i+1:]
			break
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "--reload" || w == "--watch" })
	for i, w := range words {
		if strings.ContainsAny(w, " \t\"'&|;<>$`") {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

func restartOf(p workerPlace) string {
	if p.sibling != nil {
		switch v := p.sibling.Restart.Value; v {
		case "always", "on-failure":
			return v
		}
	}
	return "unless-stopped"
}

// healthChoice is one way to tell whether a worker of some library is alive.
type healthChoice struct {
	value, label, detail string
	test                 string // the healthcheck's test, as YAML
}

const (
	rqAlive    = `["CMD", "python", "-c", "import os, socket, sys, redis; from rq import Worker; c = redis.Redis.from_url(os.environ['REDIS_URL']); sys.exit(0 if any(w.hostname == socket.gethostname() for w in Worker.all(connection=c)) else 1)"]`
	redisAlive = `["CMD", "python", "-c", "import os, redis; redis.Redis.from_url(os.environ['REDIS_URL']).ping()"]`
)

// healthChoices are the checks that fit the worker, the most telling first.
func healthChoices(s *repo.Snapshot, p workerPlace) []healthChoice {
	words := append(slices.Clone(p.dev.Entrypoint.Words), p.dev.Command.Words...)
	uses := func(module string) bool {
		dir := repo.ContextDir(p.dev)
		for _, src := range s.Sources() {
			if dir != "" && dir != "." && !strings.HasPrefix(src.Path, dir+"/") {
				continue
			}
			for _, x := range s.Graph().External(src.File) {
				if x.Package == module {
					return true
				}
			}
		}
		return false
	}
	var out []healthChoice
	if i := slices.Index(words, "celery"); i >= 0 {
		app := ""
		for j := i; j+1 < len(words); j++ {
			if words[j] == "-A" || words[j] == "--app" {
				app = "-A " + words[j+1] + " "
			}
		}
		out = append(out, healthChoice{"celery", "ask the worker itself", "celery inspect ping on this host", `["CMD-SHELL", "celery ` + app + `inspect ping -d celery@$$HOSTNAME"]`})
	}
	hasRedis := slices.ContainsFunc(p.dev.Environment, func(v compose.EnvVar) bool { return v.Name == "REDIS_URL" }) ||
		p.sibling != nil && slices.ContainsFunc(p.sibling.Environment, func(v compose.EnvVar) bool { return v.Name == "REDIS_URL" })
	if hasRedis && uses("rq") {
		out = append(out, healthChoice{"rq", "ask the queue for this worker", "RQ lists a worker on this host by its heartbeat", rqAlive})
	}
	if hasRedis && uses("redis") {
		out = append(out, healthChoice{"redis", "reach the queue", "Redis answers a ping; says nothing about the worker itself", redisAlive})
	}
	return append(out, healthChoice{"process", "the process is there", "process 1 of the container is the worker; says nothing about its queue",
		fmt.Sprintf(`["CMD-SHELL", "grep -q '%s' /proc/1/cmdline"]`, telling(words))})
}

// telling is the word of a command line that tells the worker from any other
// process.
func telling(words []string) string {
	for _, w := range words {
		if repo.RoleOfCommand([]string{"-m", w}) != "" || repo.RoleOfCommand([]string{w}) != "" {
			return strings.Trim(w, "'\"")
		}
	}
	if len(words) > 0 {
		return strings.Trim(words[len(words)-1], "'\"")
	}
	return "worker"
}

func healthQuestion(s *repo.Snapshot, p workerPlace) Question {
	q := Question{Key: askHealth, Label: "How to tell that it is alive", Kind: ChooseOne, Help: "Compose restarts nothing by this alone, but depends_on and monitoring read it."}
	for _, h := range healthChoices(s, p) {
		q.Options = append(q.Options, Option{Value: h.value, Label: h.label, Detail: h.detail})
	}
	q.Default = []string{q.Options[0].Value}
	return q
}
