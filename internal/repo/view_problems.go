package repo

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// Problems lists the mistakes of the workflow, by place: those that actionlint
// knows, and what it hands to the actions and workflows of the project that those
// do not take. It is worked out anew on each call. It fails for a workflow that
// does not parse, which ParseErrors lists, or that is beyond what is looked at.
func (w *Workflow) Problems() ([]actions.Problem, error) {
	out, err := actions.Lint(w.Bytes())
	if err != nil {
		return nil, err
	}
	for i := range w.Spec.Jobs {
		j := &w.Spec.Jobs[i]
		if j.Uses != "" {
			out = append(out, w.calls(j)...)
		}
		for k := range j.Steps {
			out = append(out, w.uses(&j.Steps[k])...)
		}
	}
	slices.SortStableFunc(out, func(a, b actions.Problem) int { return a.Span.Start - b.Span.Start })
	return out, nil
}

// given says whether the name is among what is handed over.
func given(list []workflow.Var, name string) bool {
	return slices.ContainsFunc(list, func(v workflow.Var) bool { return strings.EqualFold(v.Name, name) })
}

func declared(list []workflow.Input, name string) bool {
	return slices.ContainsFunc(list, func(in workflow.Input) bool { return strings.EqualFold(in.Name, name) })
}

// calls compares a call with the workflow of the project that is called.
func (w *Workflow) calls(j *workflow.Job) (out []actions.Problem) {
	report := func(span finding.Span, fatal bool, format string, args ...any) {
		out = append(out, actions.Problem{Kind: "workflow-call", Message: fmt.Sprintf(format, args...), Span: span, Fatal: fatal})
	}
	u := actions.ParseUses(j.Uses)
	if u.Kind != actions.Local {
		return nil
	}
	callee := w.s.Used(w.File, j.Uses)
	if callee == nil {
		if !w.s.Exists(path.Join(actionsRoot(w.File), u.Path)) {
			report(j.UsesSpan, true, "the workflow %s does not exist", u.Path)
		}
		return out
	}
	on, ok := callee.Spec.On("workflow_call")
	if !ok {
		report(j.UsesSpan, true, "%s cannot be called: it is not on: workflow_call", callee.Path)
		return out
	}
	for _, in := range on.Inputs {
		if in.Required && !given(j.With, in.Name) {
			report(j.UsesSpan, !in.HasDefault, "%s wants the input %s", callee.Path, in.Name)
		}
	}
	for _, v := range j.With {
		if !declared(on.Inputs, v.Name) {
			report(v.NameSpan, true, "%s has no input %s", callee.Path, v.Name)
		}
	}
	if j.InheritSecrets {
		return out
	}
	for _, in := range on.Secrets {
		if in.Required && !given(j.Secrets, in.Name) {
			report(j.UsesSpan, true, "%s wants the secret %s", callee.Path, in.Name)
		}
	}
	for _, v := range j.Secrets {
		if !declared(on.Secrets, v.Name) {
			report(v.NameSpan, true, "%s has no secret %s", callee.Path, v.Name)
		}
	}
	return out
}

// uses compares a step with the action of the project that it uses. GitHub only
// warns of what an action does not take, and does not see to what it wants.
func (w *Workflow) uses(step *workflow.Step) (out []actions.Problem) {
	action := w.s.Used(w.File, step.Uses)
	if action == nil || action.Spec.Kind != workflow.Action {
		return nil
	}
	report := func(span finding.Span, format string, args ...any) {
		out = append(out, actions.Problem{Kind: "action", Message: fmt.Sprintf(format, args...), Span: span})
	}
	for _, in := range action.Spec.Inputs {
		if in.Required && !in.HasDefault && !given(step.With, in.Name) {
			report(step.UsesSpan, "%s wants the input %s", action.Path, in.Name)
		}
	}
	for _, v := range step.With {
		container := action.Spec.Runs != nil && action.Spec.Runs.Using == "docker" && (v.Name == "args" || v.Name == "entrypoint")
		if !declared(action.Spec.Inputs, v.Name) && !container {
			report(v.NameSpan, "%s has no input %s", action.Path, v.Name)
		}
	}
	return out
}
