package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// WorkflowUnsecureCommands finds workflows that let what a step prints set
// variables of the job.
var WorkflowUnsecureCommands = check.PerProject(check.Doc{
	ID:         "delivery/workflow-unsecure-commands",
	Title:      "Printed text sets variables of the job",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "With the old commands, a line that any program prints can change PATH or a variable of the steps after it. A file name, a commit message or the output of a test is then enough to run code. Without the switch, runners refuse the commands and the variable stays unset.",
	How:        "Drop ACTIONS_ALLOW_UNSECURE_COMMANDS, and write to the files: echo \"NAME=value\" >> \"$GITHUB_ENV\", echo \"dir\" >> \"$GITHUB_PATH\".",
	Holds:      "Steps hand on variables through files",
	References: []string{"https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files"},
	Peers: []finding.Peer{
		check.Same("zizmor", "insecure-commands"), check.Same("kics", "unsecured_commands"), check.Same("checkov", "CKV_GHA_1"), check.Same("semgrep", "yaml.github-actions.security.allowed-unsecure-commands.allowed-unsecure-commands"),
		check.Narrower("actionlint", "deprecated-commands"),
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range githubFiles(s, workflow.GitHub, workflow.Action) {
		var switches []finding.Span
		w.Spec.Root.Walk(func(n *yamldoc.Node) bool {
			for _, e := range n.Own() {
				if strings.EqualFold(e.Name(), "ACTIONS_ALLOW_UNSECURE_COMMANDS") && strings.EqualFold(strings.TrimSpace(e.Value.Str()), "true") {
					switches = append(switches, e.Span())
				}
			}
			return true
		})
		commands, files := oldCommands(w)
		for _, at := range switches {
			found := p.Report(w.At(at), "what steps print sets variables and PATH of the job").Keyed("switch")
			if len(commands) == 0 && len(switches) == 1 {
				if set, ok := dropSwitch(w, at); ok {
					found.WithPatch("Drop the switch, which no step needs", finding.Review, set)
				}
			}
		}
		switch {
		case len(commands) > 0 && len(switches) == 0:
			p.Report(w.At(commands[0]), "runners refuse ::set-env and ::add-path: %s what they would set", lack(len(commands))).With(locations(w, commands[1:])...).Keyed("commands")
		case len(commands) == 0 && len(switches) == 0 && files.Len() > 0:
			p.Holds(w.At(files), "%s hands variables on through files", w.Path)
		}
	}
})

func lack(n int) string {
	if n == 1 {
		return "later steps lack"
	}
	return count(n, "place, and later steps lack", "places, and later steps lack")
}

func locations(w *repo.Pipeline, spans []finding.Span) []finding.Location {
	var out []finding.Location
	for _, s := range spans {
		out = append(out, w.At(s))
	}
	return out
}

// oldCommands are the places that print ::set-env or ::add-path, and the first that
// writes to the files which replaced them.
func oldCommands(w *repo.Pipeline) (old []finding.Span, files finding.Span) {
	for _, j := range w.Spec.Jobs {
		for _, step := range j.Steps {
			for _, c := range step.Commands() {
				text := c.String()
				if c.End <= len(step.Run) && (strings.Contains(text, "::set-env name=") || strings.Contains(text, "::add-path::")) {
					old = append(old, step.SpanOf(c.Start, c.End))
				}
			}
			if i := strings.Index(step.Run, "$GITHUB_ENV"); i >= 0 && files.Len() == 0 {
				files = step.SpanOf(i, i+len("$GITHUB_ENV"))
			}
		}
	}
	return old, files
}

// dropSwitch removes the line, and the env: above it when that is left empty.
func dropSwitch(w *repo.Pipeline, at finding.Span) (set patch.Set, ok bool) {
	content := w.Bytes()
	span := at
	w.Spec.Root.Walk(func(n *yamldoc.Node) bool {
		for _, e := range n.Own() {
			if own := e.Value.Own(); e.Name() == "env" && len(own) == 1 && own[0].Span() == at {
				span = e.Span()
				ok = e.Value.Style == yamldoc.Block
			} else if e.Name() == "env" && len(own) > 1 {
				for _, v := range own {
					ok = ok || v.Span() == at && e.Value.Style == yamldoc.Block
				}
			}
		}
		return true
	})
	if !ok || strings.TrimSpace(string(content[patch.LineStart(content, span.Start):span.Start])) != "" {
		return set, false
	}
	return patch.Set{Title: "Drop the switch", Changes: []patch.Change{change(w.File, "No step prints the old commands.", patch.RemoveLines(content, span))}}, true
}
