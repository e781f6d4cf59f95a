package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// DockerignoreMissing finds build contexts that are copied whole, with nothing left
// out.
var DockerignoreMissing = check.PerProject(check.Doc{
	ID:         "containers/dockerignore-missing",
	Title:      "No .dockerignore",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "COPY . takes whatever lies there: the history in .git, .env with its secrets, node_modules of another platform. Every changed file, a README too, builds everything anew.",
	How:        "Write a .dockerignore in the root of the build context: .git, .env*, what .gitignore names, dependencies and build output, tests and documents that the image does not need.",
	Holds:      "Build contexts leave out what images do not need",
	References: []string{"https://docs.docker.com/build/concepts/context/#dockerignore-files", "https://docs.docker.com/build/building/best-practices/#exclude-with-dockerignore"},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[string]bool{}
	for _, d := range deployedFiles(s) {
		for _, b := range buildsFor(s, d.Dockerfile) {
			copied := copyOfAll(d)
			if copied == nil || seen[b.Context] {
				continue
			}
			seen[b.Context] = true
			if ignore := ignoreOf(s, b); ignore != nil {
				if len(ignore.Spec.Rules) > 0 {
					p.Holds(ignore.Start(), "%s leaves out %d patterns", ignore.Path, len(ignore.Spec.Rules))
					continue
				}
			}
			if what := worthIgnoring(s, b.Context); len(what) > 0 {
				p.Report(d.At(copied.Span), "the image takes all of %s, and no .dockerignore leaves out %s", display(b.Context), strings.Join(what, ", ")).Keyed("%s", b.Context)
			}
		}
	}
})

// buildsFor are the deployed builds of a Dockerfile, else the one in its own
// directory.
func buildsFor(s *repo.Snapshot, d *repo.Dockerfile) []*repo.ImageBuild {
	var out []*repo.ImageBuild
	for _, b := range s.BuildsOf(d) {
		if b.Context != "" && (b.Env().Deployed() || b.Service == nil) {
			out = append(out, b)
		}
	}
	if len(out) == 0 && len(s.BuildsOf(d)) == 0 {
		context := d.Dir()
		if context == "" {
			context = "."
		}
		out = append(out, &repo.ImageBuild{Dockerfile: d, Spec: d.Spec, Stage: d.FinalStage(), Context: context, File: d.File})
	}
	return out
}

// ignoreOf is the ignore file of a build; where nothing says what its context is,
// one in the project's root counts.
func ignoreOf(s *repo.Snapshot, b *repo.ImageBuild) *repo.DockerIgnore {
	if ignore := s.IgnoreOf(b); ignore != nil {
		return ignore
	}
	if b.File == b.Dockerfile.File {
		return s.IgnoreOf(&repo.ImageBuild{Dockerfile: b.Dockerfile, Context: "."})
	}
	return nil
}

// copyOfAll is the instruction that takes the whole build context, nil without one.
func copyOfAll(d deployedFile) *dockerfile.Copy {
	for _, stage := range d.stages {
		for _, c := range stage.Copies() {
			if c.From == "" && takesAll(c) {
				return &c
			}
		}
	}
	return nil
}

// takesAll says whether a COPY takes everything in the build context.
func takesAll(c dockerfile.Copy) bool {
	return slices.ContainsFunc(c.Paths, func(source dockerfile.CopyPath) bool {
		name := path.Clean(source.Path)
		return source.Arg == "" && !source.Remote && (name == "." || name == "*" || name == "/")
	})
}

// worthIgnoring names what lies in a context, or comes to lie there, that no image
// needs.
func worthIgnoring(s *repo.Snapshot, context string) []string {
	var out []string
	if context == "." {
		out = append(out, ".git")
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return s.Exists(path.Join(context, name)) })
	}
	if has("package.json") {
		out = append(out, "node_modules")
	}
	if has("requirements.txt", "pyproject.toml", "Pipfile", "setup.py") {
		out = append(out, ".venv")
	}
	if has("pom.xml", "Cargo.toml") {
		out = append(out, "target")
	}
	if has("build.gradle", "build.gradle.kts") {
		out = append(out, "build")
	}
	if has("vendor", "composer.json") {
		out = append(out, "vendor")
	}
	for _, f := range s.EnvFiles() {
		if f.Dir() == context && strings.HasPrefix(f.Name(), ".env") && !isTemplate(f.Name()) {
			out = append(out, f.Name())
		}
	}
	if context == "." && len(out) == 1 && !has("go.mod", "Gemfile", "Makefile", "README.md", "src") {
		return nil // next to nothing to copy
	}
	return out
}
