package frontend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// StandaloneUnverified finds standalone builds of Next.js that no image runs, or that
// nobody builds before a release.
var StandaloneUnverified = check.PerProject(check.Doc{
	ID:         "frontend/standalone-unverified",
	Title:      "Standalone build never verified",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "The standalone folder holds neither public nor .next/static: an image that forgets them starts well and serves pages without styles and scripts; who never builds it learns so on release day.",
	How:        "In the last stage copy .next/standalone, .next/static and public, start server.js, and let CI build the image and ask it for a page.",
	Holds:      "The standalone build is what the image runs",
	References: []string{
		"https://nextjs.org/docs/app/api-reference/config/next-config-js/output",
		"https://nextjs.org/docs/app/getting-started/deploying#docker",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range s.NextApps() {
		config := configOf(s, app)
		if config == nil || config.Role != repo.Production || config.Root.Get("output").Str() != "standalone" {
			continue
		}
		at := config.Start()
		if m, ok := config.Root.Member("output"); ok {
			at = config.At(m.Span)
		}
		judgeStandalone(p, s, app, at)
	}
})

func judgeStandalone(p *check.Pass, s *repo.Snapshot, app *repo.NextApp, at finding.Location) {
	d, build := imageOf(s, app)
	switch {
	case d == nil:
		p.Unproven(at, "no Dockerfile of the project takes the standalone build")
		return
	case build == nil:
		p.Report(d.Start(), "%s builds the application and does not copy .next/standalone, which next.config asks for", d.Path).With(at).Keyed("%s copy", app.Root)
		return
	case !copies(build, ".next/static") && !copies(build, ".next"):
		p.Report(d.At(build.From.Span), "%s copies .next/standalone without .next/static: pages come without styles and scripts", d.Path).With(at).Keyed("%s static", app.Root)
		return
	}
	if at, ok := builtByExpression(s); ok {
		p.Unproven(at, "which images the step builds depends on an expression")
		return
	}
	if by := builtInPipeline(s, d); by != "" {
		p.Holds(d.At(build.From.Span), "%s copies the standalone build, and %s builds it", d.Path, by)
		return
	}
	p.Report(at, "output is standalone, and no pipeline builds %s: the first build that counts is the release", d.Path).With(d.Start()).Keyed("%s ci", app.Root)
}

// imageOf is the Dockerfile of an application, and the stage that takes the
// standalone build.
func imageOf(s *repo.Snapshot, app *repo.NextApp) (d *repo.Dockerfile, stage *dockerfile.Stage) {
	var near *repo.Dockerfile
	for _, f := range s.Dockerfiles() {
		if f.Role != repo.Production || strings.Contains(strings.ToLower(f.Name()), "dev") {
			continue
		}
		ours := below(f.Path, app.Root) || slices.ContainsFunc(s.BuildsOf(f), func(b *repo.ImageBuild) bool { return b.Context == app.Root }) || f.Says(last(strings.ReplaceAll(app.Root, "/", ".")))
		if !ours {
			continue
		}
		for _, st := range f.Spec.Stages {
			if copies(st, ".next/standalone") {
				return f, st
			}
		}
		if below(f.Path, app.Root) && near == nil && buildsNext(f) {
			near = f
		}
	}
	return near, nil
}

// buildsNext says whether a Dockerfile builds a package and starts it in production.
func buildsNext(f *repo.Dockerfile) bool {
	for _, st := range f.Spec.Stages {
		for _, run := range st.Runs() {
			line := strings.Join(run.Words, " ")
			if strings.Contains(line, "run build") || strings.Contains(line, "next build") || strings.Contains(line, "yarn build") || strings.Contains(line, "pnpm build") {
				return true
			}
		}
	}
	return false
}

// copies says whether a stage copies a path that ends so.
func copies(st *dockerfile.Stage, end string) bool {
	for _, c := range st.Copies() {
		for _, word := range c.Paths {
			name := strings.TrimSuffix(strings.TrimSuffix(word.Path, "/"), "/.")
			if strings.HasSuffix(name, end) {
				return true
			}
		}
	}
	return false
}

// builtByExpression is a step of a pipeline that builds images whose names it takes
// from a matrix or an input.
func builtByExpression(s *repo.Snapshot) (at finding.Location, ok bool) {
	for _, j := range s.CIJobs() {
		for _, step := range j.Job.Steps {
			name, _ := step.Action()
			if name == "docker/bake-action" || name == "docker/build-push-action" && (strings.Contains(step.Input("context"), "matrix.") || strings.Contains(step.Input("file"), "matrix.") || strings.Contains(step.Input("file"), "inputs.")) {
				return j.Pipeline.At(step.Span), true
			}
		}
	}
	return at, false
}

// builtInPipeline is the pipeline that builds a Dockerfile, "" without one.
func builtInPipeline(s *repo.Snapshot, d *repo.Dockerfile) string {
	pipelines := map[*repo.File]bool{}
	for _, l := range s.Pipelines() {
		pipelines[l.File] = true
	}
	for _, b := range s.BuildsOf(d) {
		if pipelines[b.File] {
			return b.File.Path
		}
	}
	for _, c := range s.Commands() {
		if c.Source != repo.FromPipeline {
			continue
		}
		line := strings.Join(c.Words, " ")
		if strings.Contains(line, "compose") && (slices.Contains(c.Words, "build") || slices.Contains(c.Words, "--build") || slices.Contains(c.Words, "up")) || strings.HasPrefix(line, "docker build") || strings.Contains(line, "bake") {
			return c.File.Path
		}
	}
	return ""
}
