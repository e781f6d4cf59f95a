package remediation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"drydock/internal/patch"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

func planWorker(_ context.Context, c Case) (*Plan, error) {
	var place *workerPlace
	for _, p := range workerPlaces(c.Repo) {
		if p.dev.Name == c.Answers.One(askService, "") {
			place = &p
		}
	}
	if place == nil {
		return nil, fmt.Errorf("production has a %s already", c.Answers.One(askService, "worker"))
	}
	file := c.Repo.File(place.prod.Path())
	spec := place.prod.Files[len(place.prod.Files)-1]
	services := spec.Doc.Root.Get("services")
	if file == nil || len(spec.Services) == 0 {
		return nil, fmt.Errorf("%s: declares no service to model the worker on", place.prod.Path())
	}
	block, notes := workerBlock(c, place)
	unit := patch.YAMLUnit(file.Bytes())
	indent := strings.Repeat(" ", services.Indent())
	edit, err := patch.YAMLAppend(file.Bytes(), services.Span, indent, reindent(block, unit))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Path, err)
	}
	plan := &Plan{
		Set:    patch.Set{Changes: []patch.Change{{Path: file.Path, Edits: []patch.Edit{edit}, Note: "adds the service " + place.dev.Name}}},
		Effect: []string{fmt.Sprintf("The next deployment starts %s; jobs that queued up until then are worked off.", place.dev.Name)},
		Left:   notes,
	}
	for _, f := range c.Findings {
		plan.Closes = append(plan.Closes, f.Fingerprint)
	}
	return plan, nil
}

// workerBlock writes the service with two spaces a level.
func workerBlock(c Case, p *workerPlace) (block string, notes []string) {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
	}
	model := p.sibling
	line(0, "%s:", p.dev.Name)
	writeImage(line, p)
	line(1, "command: %s", patch.QuoteYAML(c.Answers.One(askCommand, "")))
	line(1, "restart: %s", c.Answers.One(askRestart, "unless-stopped"))
	if model != nil && len(model.EnvFiles) > 0 {
		line(1, "env_file:")
		for _, f := range model.EnvFiles {
			line(2, "- %s", patch.QuoteYAML(f.File))
		}
	}
	env, notes := workerEnvironment(p)
	if len(env) > 0 {
		line(1, "environment:")
		for _, e := range env {
			line(2, "%s: %s", e[0], patch.QuoteYAML(e[1]))
		}
	}
	if deps := workerDependencies(p); len(deps) > 0 {
		line(1, "depends_on:")
		for _, d := range deps {
			line(2, "%s:", d[0])
			line(3, "condition: %s", d[1])
		}
	}
	if model != nil && len(model.Networks) > 0 {
		line(1, "networks:")
		for _, n := range model.Networks {
			line(2, "- %s", patch.QuoteYAML(n.Value))
		}
	}
	writeHardening(line, model)
	for _, h := range healthChoices(c.Repo, *p) {
		if h.value == c.Answers.One(askHealth, "") {
			line(1, "healthcheck:")
			line(2, "test: %s", h.test)
			line(2, "interval: 30s")
			line(2, "timeout: 10s")
			line(2, "retries: 3")
			line(2, "start_period: 20s")
		}
	}
	return b.String(), notes
}

// writeImage makes production's worker run the image of its sibling.
func writeImage(line func(int, string, ...any), p *workerPlace) {
	from := p.sibling
	if from == nil {
		from = p.dev
	}
	if from.Image.Set() {
		line(1, "image: %s", patch.QuoteYAML(from.Image.Raw))
	}
	if !from.Build.Set() {
		return
	}
	line(1, "build:")
	line(2, "context: %s", patch.QuoteYAML(from.Build.Context.Value))
	if from.Build.Dockerfile.Set() {
		line(2, "dockerfile: %s", patch.QuoteYAML(from.Build.Dockerfile.Value))
	}
	if from.Build.Target.Set() && p.sibling != nil {
		line(2, "target: %s", patch.QuoteYAML(from.Build.Target.Value))
	}
}

// workerEnvironment gives each variable of the development worker the value it
// has in production: its sibling's, a literal that only names services, or a
// reference that must be set.
func workerEnvironment(p *workerPlace) (env [][2]string, notes []string) {
	sibling := map[string]string{}
	if p.sibling != nil {
		for _, v := range p.sibling.Environment {
			if v.HasValue {
				sibling[v.Name] = v.Value
			}
		}
	}
	for _, v := range p.dev.Environment {
		value, known := sibling[v.Name]
		switch {
		case known:
		case v.HasValue && len(compose.Interpolations(v.Value)) > 0 && !developmentDefault(v.Value):
			value = v.Value
		case v.HasValue && !secret.Name(v.Name) && !strings.Contains(v.Value, "@") && !devValue(v.Value):
			value = v.Value
		default:
			value = fmt.Sprintf("${%s:?set %s}", v.Name, v.Name)
			notes = append(notes, fmt.Sprintf("Set %s where production's variables are set.", v.Name))
		}
		env = append(env, [2]string{v.Name, value})
	}
	return env, notes
}

// developmentDefault says whether a value falls back to something that
// development chose when its variable is not set.
func developmentDefault(value string) bool {
	return slices.ContainsFunc(compose.Interpolations(value), func(r compose.Ref) bool { return r.HasDefault() && r.Arg != "" })
}

// devValue says whether a literal is meant for development.
func devValue(v string) bool {
	switch strings.ToLower(v) {
	case "development", "dev", "debug", "local", "true", "1":
		return true
	}
	return strings.Contains(v, "localhost") || strings.Contains(v, "127.0.0.1")
}

// workerDependencies are the development worker's, as far as production has
// them, waiting for health where that is known.
func workerDependencies(p *workerPlace) (deps [][2]string) {
	for _, d := range p.dev.DependsOn {
		target := p.prod.Effective(d.Service)
		if target == nil {
			continue
		}
		condition := "service_started"
		if target.Healthcheck.Present && !target.Healthcheck.Disabled {
			condition = "service_healthy"
		}
		deps = append(deps, [2]string{d.Service, condition})
	}
	return deps
}

// reindent widens two spaces a level to unit.
func reindent(block string, unit int) string {
	lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
	for i, l := range lines {
		text := strings.TrimLeft(l, " ")
		lines[i] = strings.Repeat(" ", (len(l)-len(text))/2*unit) + text
	}
	return strings.Join(lines, "\n")
}
