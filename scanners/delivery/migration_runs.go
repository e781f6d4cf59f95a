package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/workflow"
)

// runs says where a tool is run.
type runs struct {
	automatic                  *finding.Location // when a version is deployed or starts
	how                        string            // what runs there
	perhaps                    *finding.Location // in a program of which nothing tells whether it starts
	development, tests, byHand *finding.Location
}

// runsOf looks for the tool in everything that starts something.
func runsOf(s *repo.Snapshot, tool migrationTool) (r runs) {
	for _, cmd := range s.Commands() {
		if !runsTool(s, tool, cmd.Words, cmd.Dir, 0) {
			continue
		}
		at := cmd.At()
		switch {
		case cmd.Source == repo.FromBuild:
		case cmd.Source.ByName():
			first(&r.byHand, at) // counts when something runs the script: see runsTool
		case cmd.Source == repo.FromPipeline && isTestJob(s, cmd), cmd.Env == compose.Test:
			first(&r.tests, at)
		case cmd.Env.Deployed() && !isDevelopmentFile(cmd.File.Path) && !onlyByProfile(s, cmd):
			if r.automatic == nil {
				r.automatic, r.how = &at, cmd.String()
			}
		case cmd.Source == repo.FromCompose && cmd.Env.Deployed():
			first(&r.byHand, at)
		default:
			first(&r.development, at)
		}
	}
	if r.automatic == nil {
		r.inKubernetes(s, tool)
	}
	if r.automatic == nil {
		r.inCode(s, tool)
	}
	if r.automatic == nil {
		r.inSettings(s, tool)
	}
	if r.automatic == nil {
		r.inScripts(s, tool)
	}
	return r
}

func first(into **finding.Location, at finding.Location) {
	if *into == nil {
		*into = &at
	}
}

const maxScripts = 5 // package scripts that run one another, quotes in quotes

// runsTool says whether a command runs the tool: itself, in a quoted command for
// another machine or container, or through a script of package.json.
func runsTool(s *repo.Snapshot, tool migrationTool, words []string, dir string, depth int) bool {
	if len(words) == 0 || depth > maxScripts || words[0] == "echo" || words[0] == "printf" {
		return false
	}
	if tool.runs(words) {
		return true
	}
	for _, w := range words {
		if strings.ContainsAny(w, " \n") && slices.ContainsFunc(shell.Commands(w), func(c shell.Command) bool { return runsTool(s, tool, c.Words, dir, depth+1) }) {
			return true
		}
	}
	name, ok := packageScript(words)
	if !ok {
		return false
	}
	for _, p := range s.Packages() {
		if p.Role != repo.Production || p.Dir() != dir && !strings.HasPrefix(dir, p.Dir()+"/") && p.Dir() != "." {
			continue
		}
		for _, script := range p.Scripts {
			if script.Name != name && script.Name != "pre"+name {
				continue
			}
			for _, c := range shell.Commands(script.Value) {
				if runsTool(s, tool, c.Words, p.Dir(), depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// packageScript is the script of package.json that a command runs.
func packageScript(words []string) (name string, ok bool) {
	switch path.Base(words[0]) {
	case "npm", "pnpm", "yarn", "bun":
	default:
		return "", false
	}
	for _, w := range words[1:] {
		if w == "run" || strings.HasPrefix(w, "-") {
			continue
		}
		return w, true
	}
	return "", false
}

// isTestJob says whether a CI command prepares the job's own database for tests.
func isTestJob(s *repo.Snapshot, cmd repo.Command) bool {
	for _, p := range s.Pipelines() {
		if p.File != cmd.File {
			continue
		}
		job := p.Spec.Job(cmd.Owner)
		if job == nil || job.Environment != "" {
			return false
		}
		if slices.ContainsFunc(job.Services, func(v workflow.Service) bool { return isDatabaseImage(v.Image.Name) }) {
			return true
		}
		id := strings.ToLower(job.ID + " " + job.Name + " " + job.Stage)
		for _, w := range []string{"deploy", "release", "migrate", "migration", "production", "publish"} {
			if strings.Contains(id, w) {
				return false
			}
		}
		vars := slices.Concat(p.Spec.Env, job.Env)
		for _, step := range job.Steps {
			vars = append(vars, step.Env...)
			if strings.Contains(step.Run, "pytest") || strings.Contains(step.Run, "npm test") || strings.Contains(step.Run, "docker compose up") || strings.Contains(step.Run, "docker-compose up") || strings.Contains(step.Run, "jest") || strings.Contains(step.Run, "vitest") || strings.Contains(step.Run, "playwright") {
				return true
			}
		}
		if slices.ContainsFunc(vars, func(v workflow.Var) bool {
			return strings.Contains(v.Value, "localhost") || strings.Contains(v.Value, "127.0.0.1")
		}) {
			return true
		}
		return strings.Contains(id, "test") || strings.Contains(id, "lint") || strings.Contains(id, "e2e")
	}
	return false
}

func isDatabaseImage(image string) bool {
	for _, name := range []string{"postgres", "postgis", "timescale", "pgvector", "mysql", "mariadb", "mongo"} {
		if strings.Contains(image, name) {
			return true
		}
	}
	return false
}

func isDevelopmentFile(name string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) }) {
		switch w {
		case "dev", "development", "devcontainer", "local", "test", "tests", "e2e":
			return true
		}
	}
	return false
}

// onlyByProfile says whether the command's service starts only when somebody
// asks for its profile.
func onlyByProfile(s *repo.Snapshot, cmd repo.Command) bool {
	if cmd.Source != repo.FromCompose {
		return false
	}
	for _, v := range s.Services() {
		for _, d := range v.Declarations {
			if v.Name == cmd.Owner && d.Env() == cmd.Env && len(d.Spec.Profiles) > 0 {
				return true
			}
		}
	}
	return false
}

// inKubernetes looks at the containers of manifests, and at the text of chart
// templates, which are no YAML.
func (r *runs) inKubernetes(s *repo.Snapshot, tool migrationTool) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		for _, c := range o.Containers() {
			words := append(c.Get("command").Strings(), c.Get("args").Strings()...)
			if runsTool(s, tool, words, o.Dir(), 0) {
				at := o.At(c.Span)
				r.automatic, r.how = &at, tool.command
				return
			}
		}
	}
	for _, f := range s.Production() {
		if f.Lang != repo.YAML || path.Base(f.Dir()) != "templates" && !strings.Contains(f.Dir(), "/templates/") {
			continue
		}
		if span, ok := liveLine(f, "#", func(line string) bool {
			return tool.runs(shell.Words(strings.NewReplacer("[", " ", "]", " ", ",", " ").Replace(line)))
		}); ok {
			at := f.At(span)
			r.automatic, r.how = &at, tool.command
			return
		}
	}
}

// inCode looks for a program that runs the tool when it starts.
func (r *runs) inCode(s *repo.Snapshot, tool migrationTool) {
	for _, src := range s.Sources() {
		f := src.File
		if f.Role != repo.Production || !f.Mentions(tool.inCode...) {
			continue
		}
		_, live := s.Graph().Live(f)
		if !live && isTool(f.Path) {
			continue
		}
		if span, ok := liveLine(f, "#", func(line string) bool {
			return !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "*") && slices.ContainsFunc(tool.inCode, func(text string) bool { return strings.Contains(line, text) })
		}); ok {
			at := f.At(span)
			if live {
				r.automatic, r.how = &at, tool.command
				return
			}
			first(&r.perhaps, at)
		}
	}
}

// isTool says whether a source is for people to run: nothing that starts with
// the program.
func isTool(name string) bool {
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		switch part {
		case "scripts", "script", "tools", "bin", "cli", "commands", "ops":
			return true
		}
	}
	return strings.HasPrefix(path.Base(name), "migrate") || path.Base(name) == "manage.py"
}

// platformScripts are scripts of package.json that a platform runs by itself when
// it deploys.
var platformScripts = []string{"vercel-build", "heroku-postbuild", "gcp-build", "release", "render-build", "deploy", "start", "start:prod", "prestart", "build"}

// inSettings looks at the settings of servers, supervisors and platforms that
// start commands: uwsgi, systemd, Fly, Render, Ansible. Of a script that a
// platform may run nothing tells whether it does.
func (r *runs) inSettings(s *repo.Snapshot, tool migrationTool) {
	for _, f := range s.Production() {
		switch path.Ext(f.Path) {
		case ".ini", ".conf", ".cfg", ".toml", ".service", ".yml", ".yaml":
		default:
			if f.Name() != "railway.json" && f.Name() != "app.json" && f.Name() != "vercel.json" {
				continue
			}
		}
		if compose.NamedLike(f.Path) || workflow.Sniff(f.Path) != "" || isDevelopmentFile(f.Path) || f.Size > 256<<10 {
			continue
		}
		clean := strings.NewReplacer("[", " ", "]", " ", ",", " ", `"`, " ", "'", " ", "exec:", " ", "=", " ")
		if span, ok := liveLine(f, "#", func(line string) bool {
			return !strings.HasPrefix(line, ";") && !strings.HasPrefix(line, "//") && tool.runs(strings.Fields(clean.Replace(line)))
		}); ok {
			at := f.At(span)
			r.automatic, r.how = &at, tool.command
			return
		}
	}
	for _, p := range s.Packages() {
		for _, script := range p.Scripts {
			if p.Role == repo.Production && slices.Contains(platformScripts, script.Name) && slices.ContainsFunc(shell.Commands(script.Value), func(c shell.Command) bool { return runsTool(s, tool, c.Words, p.Dir(), 0) }) {
				first(&r.perhaps, p.At(script.ValueSpan))
			}
		}
	}
}

// inScripts looks at scripts and makefiles that nothing calls: a script that
// deploys runs the migrations with it, any other is run by hand.
func (r *runs) inScripts(s *repo.Snapshot, tool migrationTool) {
	for _, f := range s.Production() {
		if f.Lang != repo.Shell && f.Lang != "Makefile" {
			continue
		}
		for _, c := range shell.Commands(string(f.Bytes())) {
			if !runsTool(s, tool, c.Words, f.Dir(), 0) {
				continue
			}
			at := f.At(finding.Span{Start: c.Start, End: c.End})
			if f.Lang == repo.Shell && strings.Contains(f.Name(), "deploy") && !isDevelopmentFile(f.Path) {
				r.automatic, r.how = &at, tool.command
				return
			}
			first(&r.byHand, at)
		}
	}
}

// liveLine is the first line that is no comment and that match accepts.
func liveLine(f *repo.File, comment string, match func(line string) bool) (finding.Span, bool) {
	at := 0
	for line := range strings.Lines(string(f.Bytes())) {
		text := strings.TrimSpace(line)
		if text != "" && !strings.HasPrefix(text, comment) && match(text) {
			return finding.Span{Start: at, End: at + len(strings.TrimRight(line, "\r\n"))}, true
		}
		at += len(line)
	}
	return finding.Span{}, false
}
