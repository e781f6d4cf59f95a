// Package workflow reads the pipelines of a project: what starts them, the jobs
// they run, and the commands of each step, with the bytes of all of it.
//
// GitHub workflows and actions, GitLab's and CircleCI's files are read in full;
// of the other systems what runs is read: jobs, steps, commands, conditions.
package workflow

import (
	"errors"
	"fmt"
	"strings"

	"drydock/internal/finding"
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
	Buildkite  Kind = "Buildkite"
	AppVeyor   Kind = "AppVeyor"
	Tekton     Kind = "Tekton"
	TeamCity   Kind = "TeamCity"
	CloudBuild Kind = "Cloud Build"
	CodeBuild  Kind = "CodeBuild"
)

// Pipeline is one file.
type Pipeline struct {
	Kind        Kind
	Name        string
	Triggers    []Trigger
	Crons       []Cron
	Env         []Var
	Permissions *Permissions // nil when not written
	Concurrency *Concurrency // nil when not written
	Defaults    Defaults
	Stages      []string  // of GitLab, in order
	Includes    []string  // files and templates it takes in, as written
	Included    []Include // the same with their places
	Orbs        []Orb     // of CircleCI
	Inputs      []Input   // of an action, of a CircleCI or Azure file its parameters
	Outputs     []Var     // of an action
	Runs        *Runs     // of an action: what it is made of
	Jobs        []Job
	Root        *yamldoc.Node // nil for systems that are not written in YAML

	implied []Trigger // of Azure: what starts it because nothing is written
	err     *Error    // why reading stopped in the midst of a document
	rules   []Rule    // of GitLab's workflow: whether there is a pipeline at all
	circle  *circleConfig
	made    int            // bytes of commands that are put together from words
	byID    map[string]int // the first job of each id
}

// Include names a file that a pipeline takes in.
type Include struct {
	Kind string // local, remote, project, template, component, orb, library
	Name string // the path or address; of a project's file the path in it
	Ref  string // of a project: its name
	Job  string // the job that starts it as a pipeline of its own; "" when its jobs join this one
	Span finding.Span
}

// Orb is a package of commands and jobs that a CircleCI file uses.
type Orb struct {
	Name   string // what the file calls it
	Source string // circleci/node@5.1; "" when it is written in the file
	Span   finding.Span
}

// Runs is what an action is made of.
type Runs struct {
	Using string            // composite, docker, node20, …
	Files map[string]string // of JavaScript and Docker: main, pre, post, image, entrypoint, … as written
	Span  finding.Span
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

	node *yamldoc.Node
}

// SpanOf maps a range of Value to the bytes that spell it, or to all of Value
// where YAML's folding hides them.
func (v Var) SpanOf(start, end int) finding.Span {
	if v.node == nil {
		return v.ValueSpan
	}
	return v.node.Within(start, end)
}

// Permissions is what a job's token may do.
type Permissions struct {
	All    string // "read-all", "write-all"; "" when listed one by one
	Scopes []Var
	Span   finding.Span // the key to the value
}

// Concurrency says which runs do not run beside one another.
type Concurrency struct {
	Group  Ref
	Cancel string // whether a newer run cancels this one: "true", "false", an expression, ""
	Span   finding.Span
}

// Defaults are what the steps of a job or pipeline run with unless they say
// otherwise.
type Defaults struct {
	Shell Ref
	Dir   Ref
}

// Ref is a word that names something else.
type Ref struct {
	Name string
	Span finding.Span
}

// Job is the job with the given id, or nil.
func (p *Pipeline) Job(id string) *Job {
	if i, ok := p.byID[id]; ok {
		return &p.Jobs[i]
	}
	return nil
}

// TokenOf is what the token of the job may do: as the job says, or else the
// pipeline. It is nil when neither says anything, so that the repository's
// settings decide.
func (p *Pipeline) TokenOf(j *Job) *Permissions {
	if j != nil && j.Permissions != nil {
		return j.Permissions
	}
	return p.Permissions
}

// ConcurrencyOf is the group of the job, or else that of the pipeline; nil when
// there is none.
func (p *Pipeline) ConcurrencyOf(j *Job) *Concurrency {
	if j != nil && j.Concurrency != nil {
		return j.Concurrency
	}
	return p.Concurrency
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

// Error says where and why a pipeline could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Parse reads the pipeline at path, whose kind is Sniff's. A file that is no
// pipeline of that kind has no jobs. It fails with an *Error, and returns with
// it what could still be read.
func Parse(name string, src []byte) (*Pipeline, error) { return ParseAs(Sniff(name), src) }

// ParseAs is Parse for a file whose kind something else tells: a file that a
// pipeline includes.
func ParseAs(kind Kind, src []byte) (*Pipeline, error) {
	p := &Pipeline{Kind: kind}
	defer p.finish()
	switch kind {
	case Jenkins:
		p.jenkins(src)
		return p, nil
	case TeamCity:
		p.teamcity(src)
		return p, nil
	}
	docs, err := yamldoc.Parse(src)
	var at *yamldoc.Error
	if errors.As(err, &at) {
		err = &Error{at.Line, at.Msg}
	}
	for i, d := range docs {
		if i == 0 || p.Kind == GitLab && isHeader(p.Root) {
			p.Root = d.Root
		}
		if read := readers[p.Kind]; read != nil && d.Root.IsMapping() && p.err == nil {
			read(p, d.Root)
		}
	}
	p.circle = nil
	if err == nil && p.err != nil {
		err = p.err
	}
	return p, err
}

// isHeader says whether a document of GitLab only declares the inputs of the one
// that follows.
func isHeader(root *yamldoc.Node) bool {
	return len(root.Own()) == 1 && root.Get("spec").Exists()
}

var readers = map[Kind]func(*Pipeline, *yamldoc.Node){
	GitHub: (*Pipeline).github, Action: (*Pipeline).action, GitLab: (*Pipeline).gitlab, CircleCI: (*Pipeline).circleci, Azure: (*Pipeline).azure,
	Bitbucket: (*Pipeline).bitbucket, Travis: (*Pipeline).travis, Woodpecker: (*Pipeline).woodpecker, Drone: (*Pipeline).drone,
	Buildkite: (*Pipeline).buildkite, AppVeyor: (*Pipeline).appveyor, Tekton: (*Pipeline).tekton, CloudBuild: (*Pipeline).cloudbuild, CodeBuild: (*Pipeline).codebuild,
}
