// Package frontend checks what runs in browsers, and how it is built.
package frontend

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// BuildErrorsIgnored finds Next.js builds that go on over type or lint errors.
var BuildErrorsIgnored = check.PerProject(check.Doc{
	ID:         "frontend/build-errors-ignored",
	Title:      "Build ignores type or lint errors",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "What the compiler knows to be broken is built and shipped, and visitors are the first to see it.",
	How:        "Set the option to false, run the type checker or linter once, and mend what it reports.",
	Holds:      "Type errors stop the build",
	References: []string{
		"https://nextjs.org/docs/app/api-reference/config/next-config-js/typescript",
		"https://nextjs.org/docs/app/api-reference/config/next-config-js/eslint",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range s.NextApps() {
		if app.Config == nil || app.Config.Role != repo.Production {
			continue
		}
		src := s.Source(app.Config.Path)
		if src == nil || src.JS() == nil {
			continue
		}
		if config := src.JS().ConfigObject(); config != nil {
			ignored := ignores(p, s, app, src, config)
			if !ignored && !config.HasSpread() && s.Exists(path.Join(app.Root, "tsconfig.json")) {
				p.Holds(app.Config.Start(), "type errors stop the build")
			}
		}
	}
})

// buildOption is a switch of next.config that hides a kind of error.
type buildOption struct {
	section, key string
	hides        string
	tool         string // that finds the errors by itself
}

var buildOptions = []buildOption{
	{"eslint", "ignoreDuringBuilds", "lint errors", "eslint"},
	{"typescript", "ignoreBuildErrors", "type errors", "tsc"},
}

// ignores reports the switches that are on; it says whether type errors pass,
// or may.
func ignores(p *check.Pass, s *repo.Snapshot, app *repo.NextApp, src *repo.Source, config *jslex.Object) (types bool) {
	for _, o := range buildOptions {
		prop, ok := config.Prop(o.section, o.key)
		if !ok {
			continue
		}
		on, literal := prop.Value.Bool()
		switch {
		case !literal:
			p.Unproven(src.At(prop.Span), "whether %s stop the build depends on %s", o.hides, src.Redacted(prop.Value.Span))
		case on:
			reportIgnored(p, s, app, src, o, prop)
		}
		if o.tool == "tsc" && (on || !literal) {
			types = true
		}
	}
	return types
}

func reportIgnored(p *check.Pass, s *repo.Snapshot, app *repo.NextApp, src *repo.Source, o buildOption, prop jslex.Prop) {
	at := src.At(prop.Span)
	var found *check.Problem
	if c := checkedInPipeline(s, app, o.tool); c != nil {
		found = p.Report(at, "%s do not stop the build; only CI looks for them (%s, %q)", o.hides, c.File.Path, c.String()).As(finding.Medium).With(c.At())
	} else {
		found = p.Report(at, "%s do not stop the build: %s.%s is %s", o.hides, o.section, o.key, prop.Value.Text())
	}
	found.Keyed("%s.%s", o.section, o.key).WithPatch(fmt.Sprintf("Let %s stop the build", o.hides), finding.Review, patch.Set{
		Title: fmt.Sprintf("Let %s stop the build", o.hides),
		Changes: []patch.Change{{
			Path: src.Path, Base: patch.Sum(src.Bytes()), HasBase: true, Edits: []patch.Edit{patch.Replace(prop.Value.Span, "false")},
			Note: fmt.Sprintf("The build stops at %s from now on; it fails until those that are there today are mended", o.hides),
		}},
	})
}

// checkedInPipeline is the command of a pipeline that runs the tool over the
// application: itself, or through a script of package.json.
func checkedInPipeline(s *repo.Snapshot, app *repo.NextApp, tool string) *repo.Command {
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		if c.Source != repo.FromPipeline {
			continue
		}
		if runsTool(c.Words, tool) {
			return c
		}
		if script := calledScript(c.Words); script != "" {
			for k := range commands {
				if o := &commands[k]; o.Source == repo.FromScript && o.Owner == script && o.Dir == app.Root && runsTool(o.Words, tool) && script != "build" {
					return c
				}
			}
		}
	}
	return nil
}

// runsTool says whether a command runs the tool: tsc --noEmit, npx eslint .,
// next lint.
func runsTool(words []string, tool string) bool {
	if tool == "eslint" && slices.Contains(words, "next") && slices.Contains(words, "lint") {
		return true
	}
	for i, w := range words {
		if path.Base(w) == tool {
			return tool != "eslint" || i < 3
		}
	}
	return false
}

// calledScript is the script that npm run x, pnpm x or yarn x starts.
func calledScript(words []string) string {
	if len(words) < 2 {
		return ""
	}
	switch words[0] {
	case "npm", "pnpm", "yarn", "bun":
	default:
		return ""
	}
	for _, w := range words[1:] {
		if w != "run" && w != "run-script" && !strings.HasPrefix(w, "-") {
			return w
		}
	}
	return ""
}
