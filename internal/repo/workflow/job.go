package workflow

import (
	"iter"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/yamldoc"
)

// Job is one job.
type Job struct {
	ID              string
	Name            string // "" when it has none but its id
	Template        bool   // only a base for other jobs: GitLab's hidden jobs
	Idle            bool   // nothing runs it: a CircleCI job in no workflow
	Stage           string
	Needs           []Ref
	RunsOn          []Ref
	Image           Ref   // the container the job runs in
	ImageLogin      []Var // credentials for that image
	Services        []Service
	Env             []Var
	Permissions     *Permissions // nil when not written
	Concurrency     *Concurrency // nil when not written; GitLab's resource_group
	Defaults        Defaults
	Matrix          []Axis
	Outputs         []Var
	If              string
	IfSpan          finding.Span
	Rules           []Rule // GitLab's rules, only and except
	Filters         []Filter
	Gate            *Ref   // what makes it wait for a person: when: manual, an approval; nil when nothing in the file does
	Environment     string // the deployment target it names
	EnvironmentSpan finding.Span
	URL             string // where that target is reached
	Uses            string // the reusable workflow it calls, or what it extends
	UsesSpan        finding.Span
	With            []Var // what it hands to the workflow it calls
	Secrets         []Var
	InheritSecrets  bool   // it hands on all secrets
	Timeout         string // as written, in the system's unit
	ContinueOnError bool   // a failure does not fail the pipeline
	Steps           []Step
	IDSpan          finding.Span
	Span            finding.Span // the id to the end of the job
	Node            *yamldoc.Node

	rules  ruling  // what Rules decide; see Starts
	starts []Start // of systems that say per job what starts it
	gated  bool    // it, or a job that it waits for, waits for a person
}

// Axis is one dimension of a matrix. The rows that include adds are an axis
// called "include".
type Axis struct {
	Name   string
	Values []Ref // scalars only
	Expr   Ref   // the expression that makes the values
}

// Service is a container that runs beside a job.
type Service struct {
	Name  string // its alias; the image's name where none is given
	Image Ref
	Env   []Var
	Login []Var // credentials for its image
	Span  finding.Span
}

// Step is one step: an action it uses or a script it runs.
type Step struct {
	ID, Name        string
	Uses            string
	Run             string // the script; of other systems one command line
	Shell           string // its own, or the default of the job or pipeline
	If              string
	Dir             string // the working directory, its own or the default of the job or pipeline
	From            string // the file it is written in when that is another one; its spans are then those of what takes it in
	With            []Var
	Env             []Var
	Timeout         string // as written, in minutes
	Parallel        bool   // it runs beside other steps
	Computed        bool   // it runs a command that the file does not spell
	ContinueOnError bool
	UsesSpan        finding.Span
	RunSpan         finding.Span
	IfSpan          finding.Span
	Span            finding.Span
	Node            *yamldoc.Node

	run   *yamldoc.Node
	plain bool // Run is spelled by the bytes behind RunSpan.Start+skip
	skip  int
}

// SpanOf maps a range of Run to the bytes that spell it, or to all of Run where
// YAML's folding hides them.
func (s Step) SpanOf(start, end int) finding.Span {
	switch {
	case s.run != nil:
		return s.run.Within(start, end)
	case s.plain && start >= 0 && start <= end && end <= len(s.Run):
		at := s.RunSpan.Start + s.skip
		return finding.Span{Start: at + start, End: at + end}
	}
	return s.RunSpan
}

// IsShell says whether Run is a script of a shell, POSIX or not, rather than of
// Python or another language.
func (s Step) IsShell() bool {
	program, _, _ := strings.Cut(strings.TrimSpace(s.Shell), " ")
	switch strings.TrimSuffix(path.Base(program), ".exe") {
	case "python", "python3", "node", "ruby", "perl", "php", "deno", "bun", "Rscript", "julia", "groovy":
		return false
	}
	return true
}

// Commands are the simple commands of the script, those inside sh -c '…' among
// them. Locate one with SpanOf(c.Start, c.End).
func (s Step) Commands() []shell.Command {
	if s.Run == "" || !s.IsShell() {
		return nil
	}
	return shell.Nested(s.Run)
}

// Input is the value of the input with the given name; "" when it is not given.
func (s Step) Input(name string) string { return valueOf(s.With, name) }

// Action is the action without its version, and the version behind the @; both
// empty for a step that uses none.
func (s Step) Action() (name, version string) {
	name, version, _ = strings.Cut(s.Uses, "@")
	return name, version
}

// Tolerates says whether the failure of a command of the step, as Commands gives
// it, is thrown away: "|| true" and its like follow it.
func (s Step) Tolerates(c shell.Command) bool {
	if c.End > len(s.Run) {
		return false
	}
	rest := strings.TrimLeft(s.Run[c.End:], " \t)'\"")
	for {
		redirected, ok := cutRedirection(rest)
		if !ok {
			break
		}
		rest = redirected
	}
	rest, ok := strings.CutPrefix(rest, "||")
	if !ok {
		return false
	}
	next := shell.Commands(strings.TrimLeft(rest, " \t{\\\r\n"))
	if len(next) == 0 {
		return false
	}
	switch next[0].Name() {
	case "true", ":", "echo", "printf":
		return true
	case "exit":
		return len(next[0].Words) > 1 && next[0].Words[1] == "0"
	}
	return false
}

// cutRedirection drops a redirection from the start of rest: 2>&1, > file.
func cutRedirection(rest string) (string, bool) {
	body := strings.TrimLeft(rest, "012&")
	if body == "" || body[0] != '>' && body[0] != '<' {
		return rest, false
	}
	body = strings.TrimLeft(body, "<>&| ")
	i := strings.IndexAny(body, " \t\n;|")
	if i < 0 {
		return "", true
	}
	return strings.TrimLeft(body[i:], " \t"), true
}

// Command is one command that a pipeline runs, with its place.
type Command struct {
	shell.Command
	Job  *Job
	Step *Step
	Span finding.Span
}

// Commands are the commands of all jobs in file order, templates included.
func (p *Pipeline) Commands() iter.Seq[Command] {
	return func(yield func(Command) bool) {
		for i := range p.Jobs {
			if !p.Jobs[i].commands(yield) {
				return
			}
		}
	}
}

// Commands are the commands of the job in order.
func (j *Job) Commands() iter.Seq[Command] {
	return func(yield func(Command) bool) { j.commands(yield) }
}

func (j *Job) commands(yield func(Command) bool) bool {
	for k := range j.Steps {
		step := &j.Steps[k]
		commands := step.Commands()
		var offsets []int
		if len(commands) > 0 {
			offsets = step.run.Offsets()
		}
		for _, c := range commands {
			span := step.RunSpan
			switch {
			case c.End < len(offsets):
				span = finding.Span{Start: offsets[c.Start], End: offsets[c.End]}
			case step.plain:
				span = step.SpanOf(c.Start, c.End)
			}
			if !yield(Command{c, j, step, span}) {
				return false
			}
		}
	}
	return true
}
