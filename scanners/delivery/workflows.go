package delivery

import (
	"slices"
	"strings"

	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// githubWorkflows are the workflows that GitHub looks for in the project.
func githubWorkflows(s *repo.Snapshot) []*repo.Pipeline {
	return githubFiles(s, workflow.GitHub)
}

// githubFiles are the workflows, and of the kinds asked for also the actions, that
// are the project's own.
func githubFiles(s *repo.Snapshot, kinds ...workflow.Kind) []*repo.Pipeline {
	var out []*repo.Pipeline
	for _, p := range s.Pipelines() {
		if !slices.Contains(kinds, p.Spec.Kind) || p.Role != repo.Production {
			continue
		}
		if p.Spec.Kind == workflow.GitHub && !isRead(p) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// onlyCalled says whether nothing but other workflows starts it.
func onlyCalled(p *repo.Pipeline) bool {
	return len(p.Spec.Triggers) > 0 && !slices.ContainsFunc(p.Spec.Triggers, func(t workflow.Trigger) bool { return t.Event != "workflow_call" })
}

// startedBy says whether one of the events starts the workflow.
func startedBy(p *repo.Pipeline, events ...string) bool {
	return slices.ContainsFunc(p.Spec.Triggers, func(t workflow.Trigger) bool { return slices.Contains(events, t.Event) })
}

// afterTriggers is the edit that adds a key to the workflow behind its on:. ok is
// false where the file is not written in block style.
func afterTriggers(p *repo.Pipeline, block string) (edit patch.Edit, ok bool) {
	root := p.Spec.Root
	if root == nil || root.Style != yamldoc.Block {
		return edit, false
	}
	on, ok := root.Entry("on")
	if !ok {
		on, ok = root.Entry("true") // what YAML 1.1 makes of it
	}
	if !ok {
		return edit, false
	}
	content := p.Bytes()
	if rest := content[patch.LineEnd(content, max(on.Span().End-1, on.Span().Start)):]; strings.HasPrefix(strings.TrimLeft(string(rest), "\r"), "\n\n") || strings.HasPrefix(string(rest), "\r\n\r\n") {
		block = "\n" + block
	}
	return patch.YAMLInsertAfter(content, on.Span(), "", block), true
}

// change is the change of one file by some edits.
func change(f *repo.File, note string, edits ...patch.Edit) patch.Change {
	return patch.Change{Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: edits, Note: note}
}

// names joins words the way a sentence does, the first few of them.
func names(list []string) string {
	const most = 4
	if len(list) > most {
		return strings.Join(list[:most], ", ") + " and " + count(len(list)-most, "more", "more")
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}
