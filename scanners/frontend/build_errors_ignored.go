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
	"drydock/internal/repo/jsconfig"
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
		config := configOf(s, app)
		if config == nil || config.Role != repo.Production || config.Root == nil {
			continue
		}
		if !ignores(p, s, app, config) && s.Exists(path.Join(app.Root, "tsconfig.json")) {
			p.Holds(config.Start(), "type errors stop the build")
		}
	}
})

// configOf is the configuration of a Next.js application, nil without one.
func configOf(s *repo.Snapshot, app *repo.NextApp) *repo.ToolConfig {
	for _, c := range s.ToolConfigs(repo.ToolNext) {
		if c.File == app.Config {
			return c
		}
	}
	return nil
}

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
func ignores(p *check.Pass, s *repo.Snapshot, app *repo.NextApp, config *repo.ToolConfig) (types bool) {
	for _, o := range buildOptions {
		value := config.Root.Get(o.section, o.key)
		member, written := config.Root.Member(o.section, o.key)
		switch {
		case value.True():
			reportIgnored(p, s, app, config, o, member)
		case value != nil && !value.Known() && written:
			p.Unproven(config.At(member.Span), "whether %s stop the build depends on %s", o.hides, config.Redacted(member.Value.Span))
		}
		if o.tool == "tsc" && value != nil && !value.False() {
			types = true
		}
	}
	return types
}

func reportIgnored(p *check.Pass, s *repo.Snapshot, app *repo.NextApp, config *repo.ToolConfig, o buildOption, member jsconfig.Member) {
	at := config.At(member.Span)
	var found *check.Problem
	if c := checkedInPipeline(s, app, o.tool); c != nil {
		found = p.Report(at, "%s do not stop the build; only CI looks for them (%s, %q)", o.hides, c.File.Path, c.String()).As(finding.Medium).With(c.At())
	} else {
		found = p.Report(at, "%s do not stop the build: %s.%s is %s", o.hides, o.section, o.key, config.Text(member.Value.Span))
	}
	found = found.Keyed("%s.%s", o.section, o.key)
	if !member.Span.Contains(member.Value.Span.Start) {
		return // a variable that others may use
	}
	found.WithPatch(fmt.Sprintf("Let %s stop the build", o.hides), finding.Review, patch.Set{
		Title: fmt.Sprintf("Let %s stop the build", o.hides),
		Changes: []patch.Change{{
			Path: config.Path, Base: patch.Sum(config.Bytes()), HasBase: true, Edits: []patch.Edit{patch.Replace(member.Value.Span, "false")},
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
