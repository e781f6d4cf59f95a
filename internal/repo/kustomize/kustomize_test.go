package kustomize

import (
	"fmt"
	"testing"

	"drydock/internal/finding"
)

const overlay = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: prod
namePrefix: a-
nameSuffix: -z
resources: [../base, "https://example.com/x.yaml", "github.com/acme/x//deploy?ref=v1", web.yaml]
bases: [../old]
components: [../tls]
patchesStrategicMerge:
- more.yaml
- |-
  kind: Deployment
patches:
- path: p.yaml
  target: {group: apps, kind: Deployment, name: web.*, labelSelector: app=web}
  options: {allowNameChange: true}
- patch: "- {op: remove, path: /a}"
  target: {kind: Service}
patchesJson6902:
- {target: {kind: Ingress, name: x}, path: j.json}
images: [{name: web, newName: acme/web, newTag: "2"}]
replicas: [{name: web, count: 4}]
commonLabels: {app: web}
labels: [{pairs: {env: prod}, includeTemplates: true}]
commonAnnotations: {note: yes}
configMapGenerator:
- name: cm
  literals: [A=1, B=2=3]
  files: [conf/app.ini, key=other.txt]
- {name: env, envs: [.env], behavior: merge}
secretGenerator: [{name: s, literals: [P=x]}]
helmCharts: [{name: redis}]
replacements: [{source: {kind: Secret}}]
`

func TestParse(t *testing.T) {
	f, err := Parse([]byte(overlay))
	if err != nil {
		t.Fatal(err)
	}
	if f.Namespace.Value != "prod" || f.NamePrefix.Value != "a-" || f.NameSuffix.Value != "-z" || f.Component {
		t.Errorf("%+v", f)
	}
	var remote string
	for _, r := range f.Resources {
		remote += fmt.Sprint(r.Value, "=", r.Remote(), " ")
	}
	if want := "../base=false https://example.com/x.yaml=true github.com/acme/x//deploy?ref=v1=true web.yaml=false ../old=false "; remote != want {
		t.Errorf("resources %s, want %s", remote, want)
	}
	if len(f.Patches) != 5 || f.Patches[0].Path.Value != "more.yaml" || f.Patches[1].Inline == nil || f.Patches[2].Target.Name != "web.*" || !f.Patches[2].Rename || f.Patches[3].Inline == nil || f.Patches[4].Kind != JSON6902 {
		t.Errorf("patches %+v", f.Patches)
	}
	if got := f.Images[0]; got.NewName != "acme/web" || got.NewTag != "2" {
		t.Errorf("image %+v", got)
	}
	if !f.Labels[0].Selectors || f.Labels[1].Selectors || !f.Labels[1].Templates {
		t.Errorf("labels %+v", f.Labels)
	}
	if g := f.Generators; len(g) != 3 || fmt.Sprint(g[0].Keys) != "[A B app.ini key]" || g[0].Files[1].Value != "other.txt" || !g[1].Open || !g[1].Merges || g[2].Kind != "Secret" {
		t.Errorf("generators %+v", g)
	}
	if len(f.Beyond) != 2 || f.Beyond[0].Name != "helmCharts" || f.Beyond[1].Name != "replacements" {
		t.Errorf("beyond %+v", f.Beyond)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(overlay))
	f.Add([]byte("kind: Component\nresources: {a: b}\npatches: [x, {patch: |-\n  a\n}]\nlabels: [&a {pairs: *a}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		k, _ := Parse(src)
		inside := func(s finding.Span) {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("span %v of %d bytes", s, len(src))
			}
		}
		for _, e := range append(append(k.Resources, k.Components...), k.Namespace) {
			inside(e.Span)
			e.Remote()
		}
		for _, p := range k.Patches {
			inside(p.Span)
			inside(p.Path.Span)
		}
		for _, g := range k.Generators {
			inside(g.Span)
		}
		for _, b := range k.Beyond {
			inside(b.Span)
		}
	})
}
