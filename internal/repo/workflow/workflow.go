// Package workflow reads the pipelines of a project: what starts them, the jobs
// they run, and the commands of each step, with the bytes of all of it.
//
// GitHub workflows and actions and GitLab's .gitlab-ci.yml are read in full; of
// CircleCI, Azure Pipelines, Bitbucket, Travis, Woodpecker, Drone and Jenkins
// what runs is read: jobs, steps, commands.
package workflow

import (
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/yamldoc"
)

// Kind is the system a pipeline is written for.
type Kind string

// The kinds of pipelines.
const (
	GitHub     Kind = "GitHub Actions"
	Action     Kind = "GitHub action" // action.yml: steps that workflows share
	GitLab     Kind = "GitLab CI"
	CircleCI   Kind = "CircleCI"
	Azure      Kind = "Azure Pipelines"
	Jenkins    Kind = "Jenkins"
	Bitbucket  Kind = "Bitbucket Pipelines"
	Travis     Kind = "Travis CI"
	Woodpecker Kind = "Woodpecker"
	Drone      Kind = "Drone"
)

// Pipeline is one file.
type Pipeline struct {
	Kind        Kind
	Name        string
	Triggers    []Trigger
	Crons       []Cron
	Env         []Var
	Permissions *Permissions // nil when not written
	Stages      []string     // of GitLab, in order
	Includes    []string     // files and templates it takes in, as written
	Jobs        []Job
	Root        *yamldoc.Node // nil for Jenkins

	err *Error // why reading stopped in the midst of a document
}

// Trigger is an event that starts a pipeline.
type Trigger struct {
	Event string // push, pull_request, schedule, … as the system names it
	Span  finding.Span
	Node  *yamldoc.Node // its filters; nil when there are none
}

// Cron is one schedule.
type Cron struct {
	Spec string // five fields
	Span finding.Span
}

// Var is a name with a value: of an environment, of a step's inputs, of
// permissions.
type Var struct {
	Name      string
	Value     string
	NameSpan  finding.Span
	ValueSpan finding.Span
	Span      finding.Span
}

// Permissions is what a job's token may do.
type Permissions struct {
	All    string // "read-all", "write-all"; "" when listed one by one
	Scopes []Var
	Span   finding.Span // the key to the value
}

// Job is one job.
type Job struct {
	ID              string
	Name            string // "" when it has none but its id
	Template        bool   // only a base for other jobs: GitLab's hidden jobs
	Stage           string
	Needs           []Ref
	RunsOn          []Ref
	Image           Ref // the container the job runs in
	Services        []Service
	Env             []Var
	Permissions     *Permissions // nil when not written
	If              string
	Environment     string // the deployment target it names
	Uses            string // the reusable workflow it calls, or what it extends
	ContinueOnError bool   // a failure does not fail the pipeline
	Steps           []Step
	IDSpan          finding.Span
	Span            finding.Span // the id to the end of the job
	Node            *yamldoc.Node
}

// Ref is a word that names something else.
type Ref struct {
	Name string
	Span finding.Span
}

// Service is a container that runs beside a job.
type Service struct {
	Name  string // its alias; the image's name where none is given
	Image Ref
	Env   []Var
	Span  finding.Span
}

// Step is one step: an action it uses or a script it runs.
type Step struct {
	ID, Name        string
	Uses            string
	Run             string // the script; of other systems one command line
	Shell           string
	If              string
	Dir             string // the working directory it sets
	With            []Var
	Env             []Var
	ContinueOnError bool
	UsesSpan        finding.Span
	RunSpan         finding.Span
	Span            finding.Span
	Node            *yamldoc.Node

	run *yamldoc.Node
}

// SpanOf maps a range of Run to the bytes that spell it, or to all of Run where
// YAML's folding hides them.
func (s Step) SpanOf(start, end int) finding.Span {
	if s.run == nil {
		return s.RunSpan
	}
	return s.run.Within(start, end)
}

// Commands are the simple commands of the script, those inside sh -c '…' among
// them. Locate one with SpanOf(c.Start, c.End).
func (s Step) Commands() []shell.Command { return shell.Nested(s.Run) }

// Input is the value of the input with the given name; "" when it is not given.
func (s Step) Input(name string) string { return valueOf(s.With, name) }

// Action is the action without its version, and the version behind the @; both
// empty for a step that uses none.
func (s Step) Action() (name, version string) {
	name, version, _ = strings.Cut(s.Uses, "@")
	return name, version
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
			for k := range p.Jobs[i].Steps {
				step := &p.Jobs[i].Steps[k]
				offsets := step.run.Offsets()
				for _, c := range step.Commands() {
					span := step.RunSpan
					if c.End < len(offsets) {
						span = finding.Span{Start: offsets[c.Start], End: offsets[c.End]}
					}
					if !yield(Command{c, &p.Jobs[i], step, span}) {
						return
					}
				}
			}
		}
	}
}

// On is the trigger for the given event.
func (p *Pipeline) On(event string) (Trigger, bool) {
	for _, t := range p.Triggers {
		if t.Event == event {
			return t, true
		}
	}
	return Trigger{}, false
}

// Job is the job with the given id, or nil.
func (p *Pipeline) Job(id string) *Job {
	for i := range p.Jobs {
		if p.Jobs[i].ID == id {
			return &p.Jobs[i]
		}
	}
	return nil
}

// Writes says whether the token may write to the scope.
func (p *Permissions) Writes(scope string) bool {
	return p != nil && (p.All == "write-all" || valueOf(p.Scopes, scope) == "write")
}

func valueOf(list []Var, name string) string {
	for _, v := range list {
		if strings.EqualFold(v.Name, name) {
			return v.Value
		}
	}
	return ""
}

// Sniff tells the kind of pipeline from a file's path; "" for any other file.
func Sniff(name string) Kind {
	dir, base := path.Split(strings.ToLower(name))
	dir = strings.TrimSuffix(dir, "/")
	stem, yaml := strings.CutSuffix(base, ".yml")
	if !yaml {
		stem, yaml = strings.CutSuffix(base, ".yaml")
	}
	switch {
	case base == "jenkinsfile" || strings.HasPrefix(base, "jenkinsfile.") || strings.HasSuffix(base, ".jenkinsfile"):
		return Jenkins
	case !yaml:
		return ""
	case within(dir, ".github/workflows") || within(dir, ".gitea/workflows") || within(dir, ".forgejo/workflows"):
		return GitHub
	case within(dir, ".circleci") && stem == "config":
		return CircleCI
	case within(dir, ".woodpecker"):
		return Woodpecker
	case within(dir, ".azure-pipelines"):
		return Azure
	}
	switch {
	case stem == "action":
		return Action
	case stem == ".gitlab-ci" || strings.HasSuffix(stem, ".gitlab-ci"):
		return GitLab
	case strings.HasPrefix(stem, "azure-pipelines"):
		return Azure
	case stem == "bitbucket-pipelines":
		return Bitbucket
	case stem == ".travis":
		return Travis
	case stem == ".woodpecker":
		return Woodpecker
	case stem == ".drone":
		return Drone
	}
	return ""
}

func within(dir, want string) bool { return dir == want || strings.HasSuffix(dir, "/"+want) }

// Error says where and why a pipeline could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads the pipeline at path, whose kind is Sniff's. A file that is no
// pipeline of that kind has no jobs. It fails with an *Error, and returns with
// it what could still be read.
func Parse(name string, src []byte) (*Pipeline, error) {
	p := &Pipeline{Kind: Sniff(name)}
	if p.Kind == Jenkins {
		p.jenkins(src)
		return p, nil
	}
	docs, err := yamldoc.Parse(src)
	var at *yamldoc.Error
	if errors.As(err, &at) {
		err = &Error{at.Line, at.Msg}
	}
	for i, d := range docs {
		if i == 0 {
			p.Root = d.Root
		}
		if read := readers[p.Kind]; read != nil && d.Root.IsMapping() {
			read(p, d.Root)
		}
	}
	if err == nil && p.err != nil {
		err = p.err
	}
	return p, err
}

var readers = map[Kind]func(*Pipeline, *yamldoc.Node){
	GitHub: (*Pipeline).github, Action: (*Pipeline).action, GitLab: (*Pipeline).gitlab, CircleCI: (*Pipeline).circle, Azure: (*Pipeline).azure,
	Bitbucket: (*Pipeline).bitbucket, Travis: (*Pipeline).travis, Woodpecker: (*Pipeline).woodpecker, Drone: (*Pipeline).drone,
}
