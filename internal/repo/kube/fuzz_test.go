package kube

import (
	"testing"

	"drydock/internal/repo/yamldoc"
)

func FuzzObjects(f *testing.F) {
	for _, seed := range []string{
		web, "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: &x a}, spec: {containers: [*x, {name: *x}]}}]\n",
		"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {}\nspec:\n  validation:\n    x: y\n---\nspec: {$patch: delete}\n",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {}, spec: {containers: [{name: a, $patch: delete}], env: [{name: '${X}'}]}}\n",
		"- {op: add, path: /a/-, value: 1}\n- {op: remove, path: /spec}\n", "<<: {a: b}\napiVersion: v1\nkind: Service\nmetadata: {labels: {? [a] : b}}\nspec: {selector: {a: '{{ x }}'}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if trimmed := Trim(src); len(trimmed) != len(src) {
			t.Fatalf("trimmed %d bytes to %d", len(src), len(trimmed))
		} else {
			src = trimmed
		}
		docs, _ := yamldoc.Parse(src)
		inside := func(at Place) {
			if at.Span.Start < 0 || at.Span.End < at.Span.Start || at.Span.End > len(src) {
				t.Fatalf("span %v of %d bytes", at.Span, len(src))
			}
		}
		var all []*Object
		for _, d := range docs {
			all = append(all, Objects(&Source{Path: "f"}, d.Root)...)
		}
		for _, o := range all {
			inside(o.Name.At)
			for _, r := range o.Refs() {
				inside(r.Name.At)
			}
			for _, s := range o.Selects() {
				inside(s.At)
				s.Matches(o.Labels)
			}
			if w := o.Workload(); w != nil {
				w.Pod.AntiAffinity()
				for _, c := range w.Pod.Containers {
					inside(c.Value.EntryAt())
					inside(c.Image.At)
					inside(c.Security.RunAsUser.At)
				}
			}
			o.Purpose()
			o.PolicyTypes()
			for _, d := range docs {
				if patch := Read(&Source{Path: "f"}, d.Root); patch.Exists() {
					out, _, _ := o.Merge(patch)
					NewObject(out).Workload()
					if IsJSONPatch(patch) {
						o.Value.Patch(patch)
					}
				}
			}
		}
	})
}
