package delivery

import (
	"fmt"
	"path"
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

// injection is one step and the texts from outside in its code.
type injection struct {
	file  *repo.File
	flows []repo.WorkflowFlow
}

// injections groups what flows into code by the step that it flows into. What only
// people of the project choose is one group per file.
func injections(s *repo.Snapshot) []*injection {
	type key struct {
		file *repo.File
		step *workflow.Step
	}
	groups := map[key]*injection{}
	var out []*injection
	seen := map[finding.Location]bool{}
	for _, f := range slices.Concat(s.WorkflowFlows(), unusedInputs(s)) {
		if f.File.Role != repo.Production || f.Entry != nil && !isRead(f.Entry) {
			continue
		}
		at := f.File.At(f.Span)
		if seen[at] {
			continue
		}
		seen[at] = true
		k := key{f.File, f.Step}
		if f.By != actions.Anyone {
			k.step = nil
		}
		g := groups[k]
		if g == nil {
			g = &injection{file: f.File}
			groups[k] = g
			out = append(out, g)
		}
		g.flows = append(g.flows, f)
	}
	return out
}

// unusedInputs are the inputs in the code of actions that no workflow of the
// project uses: other projects choose them.
func unusedInputs(s *repo.Snapshot) []repo.WorkflowFlow {
	used := map[*repo.Pipeline]bool{}
	for _, p := range s.Pipelines() {
		for _, j := range p.Spec.Jobs {
			for _, step := range j.Steps {
				used[s.Used(p.File, step.Uses)] = true
			}
		}
	}
	var out []repo.WorkflowFlow
	for _, p := range githubFiles(s, workflow.Action) {
		if used[p] {
			continue
		}
		flows, _ := p.Spec.Flows()
		for _, f := range flows {
			if f.By == actions.Caller {
				out = append(out, repo.WorkflowFlow{Flow: f, File: p.File})
			}
		}
	}
	return out
}

func (g *injection) report(p *check.Pass, starts map[*repo.File][]string) {
	worst, severity, why := g.flows[0], finding.Info, ""
	var also []finding.Location
	var sources []string
	for _, f := range g.flows {
		s, w := finding.Low, "whoever uses the action chooses it"
		if f.Entry != nil {
			s, w = severityOf(f, starts[f.Entry.File])
		}
		if s > severity {
			worst, severity, why = f, s, w
		}
		if !slices.Contains(sources, f.Source) {
			sources = append(sources, f.Source)
		}
	}
	for _, f := range g.flows {
		if f.Span != worst.Span {
			also = append(also, g.file.At(f.Span))
		}
		for range f.Through[:min(1, len(f.Through))] {
			also = append(also, f.EntryAt)
		}
	}
	where := "the script"
	if worst.Input != "" {
		where = "the input " + worst.Input
	}
	text := fmt.Sprintf("%s becomes code of %s", worst.Source, where)
	switch {
	case worst.By != actions.Anyone && len(sources) > 1:
		text = fmt.Sprintf("%s become code of scripts", names(sources))
		why = strings.Replace(why, "choose it", "choose them", 1)
	case len(worst.Via) > 0:
		text = fmt.Sprintf("%s becomes code of %s through %s", worst.Source, where, names(worst.Via))
	case len(worst.Through) > 0:
		text = fmt.Sprintf("%s becomes code of %s, handed on by %s", worst.Source, where, worst.Entry.Path)
	}
	found := p.Report(g.file.At(worst.Span), "%s: %s", text, why).As(severity).With(also...)
	if worst.By == actions.Anyone {
		found.Keyed("%s %s", jobOf(worst), worst.Source)
	} else {
		found.Keyed("writers")
	}
	if set, ok := g.patch(); ok {
		found.WithPatch("Hand over the text as an environment variable", finding.Review, set)
	}
}

func jobOf(f repo.WorkflowFlow) string {
	if f.Job == nil {
		return ""
	}
	return f.Job.ID
}

// patch hands each text over by the environment. ok is false where a step is no
// script of a POSIX shell, or where its text does not tell how words are quoted.
func (g *injection) patch() (set patch.Set, ok bool) {
	var edits []patch.Edit
	done := map[*workflow.Step]map[string]string{} // the variables that were added to a step
	for _, f := range g.flows {
		if f.Input != "" || len(f.Via) > 1 || !posix(f) {
			return set, false
		}
		text := g.file.Text(f.Span)
		quotes, known := quotesAround(g.file.Bytes(), f.Step, f.Span)
		if !known || !strings.HasPrefix(text, "${{") {
			return set, false
		}
		name := ""
		if len(f.Via) == 1 { // it is in a variable already
			if name = variableOf(f); name == "" {
				return set, false
			}
		} else {
			vars := done[f.Step]
			if vars == nil {
				vars = map[string]string{}
				done[f.Step] = vars
			}
			name = variableName(f.Source)
			if old, taken := vars[name]; taken && old != text || hasVar(f, name) {
				return set, false
			}
			vars[name] = text
		}
		value := "${" + name + "}"
		switch quotes {
		case '\'':
			value = `'"` + value + `"'`
		case 0:
			value = `"` + value + `"`
		}
		edits = append(edits, patch.Replace(f.Span, value))
	}
	for step, vars := range done {
		edit, ok := addEnv(g.file.Bytes(), step, vars)
		if !ok {
			return set, false
		}
		edits = append(edits, edit)
	}
	slices.SortFunc(edits, func(a, b patch.Edit) int { return a.Span.Start - b.Span.Start })
	return patch.Set{Title: "Hand over text as environment variables", Changes: []patch.Change{change(g.file, "The shell sees values instead of code.", edits...)}}, true
}

// posix says whether the step runs in a shell whose quoting is known.
func posix(f repo.WorkflowFlow) bool {
	shell := path.Base(strings.Fields(f.Step.Shell + " bash")[0])
	if shell != "bash" && shell != "sh" || f.Step.Node == nil || f.Step.From != "" {
		return false
	}
	return f.Step.Shell != "" || f.Job != nil && !slices.ContainsFunc(f.Job.RunsOn, func(r workflow.Ref) bool {
		return strings.Contains(r.Name, "windows") || strings.Contains(r.Name, "matrix")
	})
}

// quotesAround is the quote that the span stands in, 0 for none.
func quotesAround(content []byte, step *workflow.Step, span finding.Span) (quote byte, known bool) {
	if step.RunSpan.Start > span.Start || strings.Contains(step.Run, "<<") || runsText(step) {
		return 0, false
	}
	head := content[step.RunSpan.Start:span.Start]
	if len(head) > 0 && (head[0] == '"' || head[0] == '\'') { // quoted by YAML
		return 0, false
	}
	for i := 0; i < len(head); i++ {
		switch c := head[i]; {
		case c == '\\' && quote != '\'':
			i++
		case c == '#' && quote == 0 && (i == 0 || head[i-1] == ' ' || head[i-1] == '\n'):
			for i < len(head) && head[i] != '\n' {
				i++
			}
		case c == '`' || c == '$' && i+1 < len(head) && head[i+1] == '(' && quote != '\'':
			return 0, false
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote, true
}

// runsText says whether the script hands text to another interpreter: a value is
// code there once more.
func runsText(step *workflow.Step) bool {
	for _, c := range step.Commands() {
		switch c.Name() {
		case "eval", "ssh", "psql", "mysql", "jq", "awk", "sed", "xargs", "envsubst":
			return true
		case "node", "python", "python3", "bash", "sh", "zsh", "ruby", "perl", "php", "deno", "bun", "pwsh":
			if slices.ContainsFunc(c.Words[1:], func(w string) bool {
				return w == "-c" || w == "-e" || w == "-r" || w == "-p" || w == "-lc" || w == "eval"
			}) {
				return true
			}
		}
	}
	return false
}

// variableOf is the name of the environment variable that a text came through, as
// it is written.
func variableOf(f repo.WorkflowFlow) string {
	name, ok := strings.CutPrefix(f.Via[0], "env.")
	if !ok || f.Job == nil {
		return ""
	}
	lists := [][]workflow.Var{f.Step.Env, f.Job.Env}
	if f.Entry != nil && f.Entry.File == f.File {
		lists = append(lists, f.Entry.Spec.Env)
	}
	for _, list := range lists {
		for _, v := range list {
			if strings.EqualFold(v.Name, name) {
				return v.Name
			}
		}
	}
	return ""
}

func hasVar(f repo.WorkflowFlow, name string) bool {
	return slices.ContainsFunc(f.Step.Env, func(v workflow.Var) bool { return strings.EqualFold(v.Name, name) })
}

// variableName is a name for what a context holds: github.event.issue.title is
// ISSUE_TITLE.
func variableName(source string) string {
	source = strings.TrimPrefix(strings.TrimPrefix(source, "github."), "event.")
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, source))
}

// addEnv adds variables to the environment of a step.
func addEnv(content []byte, step *workflow.Step, vars map[string]string) (edit patch.Edit, ok bool) {
	node := step.Node.Resolve()
	if node == nil || node.Style != yamldoc.Block || len(node.Own()) == 0 {
		return edit, false
	}
	var lines []string
	for name, value := range vars {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	if env, has := node.Entry("env"); has {
		if env.Value.Kind != yamldoc.Mapping || env.Inherited || env.Value.Style != yamldoc.Block || len(env.Value.Own()) == 0 {
			return edit, false
		}
		indent, ok := patch.YAMLIndent(content, env.Value.Own()[0].Span().Start)
		if !ok {
			return edit, false
		}
		edit, err := patch.YAMLAppend(content, env.Value.Span, indent, strings.Join(lines, "\n"))
		return edit, err == nil
	}
	own := node.Own()
	indent, ok := patch.YAMLIndent(content, own[0].Span().Start)
	if !ok {
		return edit, false
	}
	block := "env:\n  " + strings.Join(lines, "\n  ")
	return patch.YAMLInsertAfter(content, own[len(own)-1].Span(), indent, block), true
}
