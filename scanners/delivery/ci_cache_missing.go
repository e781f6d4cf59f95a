package delivery

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// CICacheMissing finds jobs that download all dependencies on every run.
var CICacheMissing = check.PerProject(check.Doc{
	ID:         "delivery/ci-cache-missing",
	Title:      "CI downloads dependencies anew each time",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Each run waits for downloads that the run before has made, costs runner minutes, and fails when the registry is slow.",
	How:        "Set cache: on actions/setup-node, setup-python and setup-java, with cache-dependency-path where the lockfile is not at the root.",
	Holds:      "CI caches dependencies",
	References: []string{"https://github.com/actions/setup-node#caching-global-packages-data", "https://github.com/actions/setup-python#caching-packages-dependencies"},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	var at []finding.Location
	edits := map[*repo.Pipeline][]patch.Edit{}
	all, mended := 0, 0
	onChanges := map[*workflow.Job]bool{}
	for _, j := range s.CIJobs() {
		onChanges[j.Job] = j.Checks()
	}
	for _, w := range githubWorkflows(s) {
		for i := range w.Spec.Jobs {
			j := &w.Spec.Jobs[i]
			if !onChanges[j] { // what releases had better not take from a cache
				continue
			}
			for k := range j.Steps {
				step := &j.Steps[k]
				manager := installs(step, j.Steps[k+1:])
				if manager == "" {
					continue
				}
				all++
				if step.Input("cache") != "" || cachesOtherwise(j) {
					p.Holds(w.At(step.UsesSpan), "%s caches what %s downloads", j.ID, manager)
					continue
				}
				at = append(at, w.At(step.UsesSpan))
				if edit, ok := addCache(s, w, j, step, manager); ok {
					edits[w] = append(edits[w], edit)
					mended++
				}
			}
		}
	}
	if len(at) == 0 {
		return
	}
	found := p.Report(at[0], "%s", fmt.Sprintf("%d of %d jobs that install dependencies keep none of them for the next run", len(at), all)).With(at[1:]...).Keyed("cache")
	if mended == len(at) {
		set := patch.Set{Title: "Cache dependencies"}
		for _, w := range githubWorkflows(s) {
			if len(edits[w]) > 0 {
				set.Changes = append(set.Changes, change(w.File, "The downloads of a run are kept for the next one with the same lockfile.", edits[w]...))
			}
		}
		found.WithPatch("Cache what is downloaded", finding.Safe, set)
	}
})

// installs is the package manager that later steps of a job install with, when the
// step sets up a language without caching by itself; "" otherwise.
func installs(step *workflow.Step, later []workflow.Step) string {
	u := actions.ParseUses(step.Uses)
	var managers []string
	switch u.Name() {
	case "actions/setup-node":
		managers = []string{"npm", "yarn", "pnpm"}
	case "actions/setup-python":
		managers = []string{"pip", "poetry", "pipenv"}
	case "actions/setup-java":
		managers = []string{"mvn", "gradle", "mvnw", "gradlew"}
	default:
		return ""
	}
	if step.Input("package-manager-cache") != "" {
		return "" // somebody has decided
	}
	if u.Name() == "actions/setup-node" && (u.Commit() || u.Version() && strings.TrimPrefix(u.Ref, "v") >= "5") {
		return "" // newer ones cache by themselves where package.json names the manager
	}
	for _, l := range later {
		for _, c := range l.Commands() {
			if len(c.Words) < 2 || !slices.Contains(managers, c.Name()) {
				continue
			}
			switch c.Name() {
			case "mvn", "mvnw":
				return "maven"
			case "gradle", "gradlew":
				return "gradle"
			}
			if c.Words[1] == "ci" || c.Words[1] == "install" && (c.Name() != "pip" || slices.Contains(c.Words, "-r")) || c.Words[1] == "i" {
				return c.Name()
			}
		}
	}
	return ""
}

// cachesOtherwise says whether another step of the job keeps things.
func cachesOtherwise(j *workflow.Job) bool {
	return slices.ContainsFunc(j.Steps, func(step workflow.Step) bool {
		name := actions.ParseUses(step.Uses).Name()
		return strings.Contains(name, "cache") || strings.HasSuffix(name, "setup-gradle") || name == "astral-sh/setup-uv" || strings.HasPrefix(step.Uses, "./") || name == "bahmutov/npm-install" || name == "pnpm/action-setup" && step.Input("cache") == "true"
	})
}

// addCache sets cache: where its lockfile is where the action looks for it.
func addCache(s *repo.Snapshot, w *repo.Pipeline, j *workflow.Job, step *workflow.Step, manager string) (edit patch.Edit, ok bool) {
	locks := map[string][]string{"npm": {"package-lock.json", "npm-shrinkwrap.json"}, "yarn": {"yarn.lock"}, "pip": {"requirements.txt"}}
	if rootFile(s, locks[manager]...) == nil || j.Defaults.Dir.Name != "" {
		return edit, false
	}
	node := step.Node.Resolve()
	if node == nil || node.Style != yamldoc.Block || step.From != "" {
		return edit, false
	}
	content := w.Bytes()
	with, has := node.Entry("with")
	if !has {
		own := node.Own()
		indent, ok := patch.YAMLIndent(content, own[0].Span().Start)
		if !ok {
			return edit, false
		}
		return patch.YAMLInsertAfter(content, own[len(own)-1].Span(), indent, "with:\n  cache: "+manager), true
	}
	if with.Value.Kind != yamldoc.Mapping || with.Inherited || len(with.Value.Own()) == 0 {
		return edit, false
	}
	indent, block := patch.YAMLIndent(content, with.Value.Own()[0].Span().Start)
	if !block && with.Value.Style == yamldoc.Block {
		return edit, false
	}
	edit, err := patch.YAMLAppend(content, with.Value.Span, indent, "cache: "+manager)
	return edit, err == nil
}
