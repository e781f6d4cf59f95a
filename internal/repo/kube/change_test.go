package kube

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/yamldoc"
)

// flat writes a value on one line.
func flat(v Value) string {
	var parts []string
	switch {
	case v.IsMapping():
		for _, f := range v.Fields() {
			parts = append(parts, f.Key.Value+": "+flat(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case v.IsSequence():
		for _, item := range v.Items() {
			parts = append(parts, flat(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return v.Text().String()
}

func read(t *testing.T, src string) Value {
	t.Helper()
	docs, err := yamldoc.Parse([]byte(src))
	if err != nil || len(docs) != 1 {
		t.Fatal(src, err)
	}
	return Read(&Source{Path: "p.yaml"}, docs[0].Root)
}

func TestStrategicMerge(t *testing.T) {
	deployment := "{apiVersion: apps/v1, kind: Deployment, spec: %s}"
	custom := "{apiVersion: example.com/v1, kind: Mine, spec: %s}"
	for name, tt := range map[string]struct{ kind, base, patch, want string }{
		"fields":               {deployment, "{a: 1, b: {c: 2}}", "{b: {d: 3}, a: 4}", "{a: 4, b: {c: 2, d: 3}}"},
		"null removes":         {deployment, "{a: 1, b: 2}", "{a: null}", "{b: 2}"},
		"containers by name":   {deployment, "{containers: [{name: x, image: i}, {name: y}]}", "{containers: [{name: x, args: [v]}, {name: z}]}", "{containers: [{name: x, image: i, args: [v]}, {name: y}, {name: z}]}"},
		"delete a container":   {deployment, "{containers: [{name: x}, {name: y}]}", "{containers: [{name: x, $patch: delete}]}", "{containers: [{name: y}]}"},
		"replace a mapping":    {deployment, "{a: {b: 1}}", "{a: {$patch: replace, c: 2}}", "{a: {c: 2}}"},
		"delete a mapping":     {deployment, "{a: {b: 1}, c: 1}", "{a: {$patch: delete}}", "{c: 1}"},
		"args are replaced":    {deployment, "{containers: [{name: x, args: [a, b]}]}", "{containers: [{name: x, args: [c]}]}", "{containers: [{name: x, args: [c]}]}"},
		"tolerations replaced": {deployment, "{tolerations: [{key: a}]}", "{tolerations: [{key: b}]}", "{tolerations: [{key: b}]}"},
		"ports by number":      {deployment, "{containers: [{name: x, ports: [{containerPort: 80, name: a}]}]}", "{containers: [{name: x, ports: [{containerPort: 81}]}]}", "{containers: [{name: x, ports: [{containerPort: 80, name: a}, {containerPort: 81}]}]}"},
		"a new list":           {deployment, "{}", "{containers: [{name: x}]}", "{containers: [{name: x}]}"},
		"custom lists replace": {custom, "{containers: [{name: x, image: i}]}", "{containers: [{name: x}]}", "{containers: [{name: x}]}"},
		"other directives":     {deployment, "{a: [1]}", "{$setElementOrder/a: [1]}", "?"},
		"a key is missing":     {deployment, "{containers: [{name: x}]}", "{containers: [{image: x}]}", "?"},
		"two with the key":     {deployment, "{containers: [{name: x}, {name: x}]}", "{containers: [{name: x}]}", "?"},
		"directive in an add":  {deployment, "{}", "{a: [{$patch: replace}]}", "?"},
	} {
		base := NewObject(read(t, fmt.Sprintf(tt.kind, tt.base)))
		out, _, ok := base.Merge(read(t, "{spec: "+tt.patch+"}"))
		got := flat(out.Get("spec"))
		if !ok {
			got = "?"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if again := flat(base.Value.Get("spec")); again != flat(read(t, tt.base)) {
			t.Errorf("%s: the base changed to %s", name, again)
		}
	}
	o := NewObject(read(t, "{apiVersion: v1, kind: Service, metadata: {name: x}}"))
	if _, gone, ok := o.Merge(read(t, "{$patch: delete}")); !gone || !ok {
		t.Error("a patch that deletes")
	}
}

func TestJSONPatch(t *testing.T) {
	for name, tt := range map[string]struct{ base, ops, want string }{
		"replace":       {"{a: {b: 1}}", "[{op: replace, path: /a/b, value: 2}]", "{a: {b: 2}}"},
		"add a field":   {"{a: {}}", "[{op: add, path: /a/b~1c, value: 2}]", "{a: {b/c: 2}}"},
		"append":        {"{a: [1]}", "[{op: add, path: /a/-, value: 2}]", "{a: [1, 2]}"},
		"insert":        {"{a: [1, 2]}", "[{op: add, path: /a/1, value: 3}]", "{a: [1, 3, 2]}"},
		"within a list": {"{a: [{b: 1}]}", "[{op: replace, path: /a/0/b, value: 2}]", "{a: [{b: 2}]}"},
		"remove":        {"{a: [1, 2], b: 3}", "[{op: remove, path: /a/0}, {op: remove, path: /b}]", "{a: [2]}"},
		"not there":     {"{a: 1}", "[{op: replace, path: /b, value: 2}]", "?"},
		"no parent":     {"{a: 1}", "[{op: add, path: /b/c, value: 2}]", "?"},
		"beyond":        {"{a: [1]}", "[{op: add, path: /a/2, value: 2}]", "?"},
		"move":          {"{a: 1}", "[{op: move, path: /b, from: /a}]", "?"},
		"no pointer":    {"{a: 1}", "[{op: add, path: a, value: 2}]", "?"},
	} {
		out, ok := read(t, tt.base).Patch(read(t, tt.ops))
		got := flat(out)
		if !ok {
			got = "?"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestWhatAPatchBringsKeepsItsPlace(t *testing.T) {
	base := NewObject(read(t, "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1, paused: true}}"))
	docs, _ := yamldoc.Parse([]byte("spec: {replicas: 5}"))
	out, _, _ := base.Merge(Read(&Source{Path: "patch.yaml"}, docs[0].Root))
	if n := NewObject(out).Spec("replicas").Number(); n.Value != 5 || n.At.Path != "patch.yaml" || n.At.Span.Start != 17 {
		t.Errorf("replicas %+v", n)
	}
	if f := NewObject(out).Spec("paused").Flag(); f.At.Path != "p.yaml" {
		t.Errorf("paused %+v", f)
	}
}

func TestOverlaidValuesMergeAsHelmDoes(t *testing.T) {
	got := flat(read(t, "{a: {b: 1, c: 2}, d: [1], e: 1}").Overlaid(read(t, "{a: {b: 3}, d: [2], e: null}")))
	if want := "{a: {b: 3, c: 2}, d: [2]}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
