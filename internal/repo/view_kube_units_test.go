package repo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/kube"
)

func openTxtar(t *testing.T, archive string) *Snapshot {
	t.Helper()
	s, err := Open(context.Background(), NewTxtar(txtar.Parse([]byte(archive))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// unitsOf writes each unit with its objects on a line.
func unitsOf(s *Snapshot) []string {
	var out []string
	for _, u := range s.KubeUnits() {
		var objects []string
		for _, d := range u.Objects {
			objects = append(objects, d.Kind+"/"+d.Name.String())
		}
		slices.Sort(objects)
		out = append(out, strings.TrimSpace(fmt.Sprint(u.Kind, " ", u.Dir, ": ", strings.Join(objects, " "))))
	}
	return out
}

func expect(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.TrimSpace(want); g != w {
		t.Errorf("%s:\n%s\nwant\n%s", what, g, w)
	}
}

const pod = "spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: \"web:1\"}]}}}"

// webManifest is a Deployment and a Service that selects its pods.
func webManifest(name string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\n" + pod + "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: web}}\n"
}

func TestManifestsOfOneFolderAreOneUnit(t *testing.T) {
	s := openTxtar(t, "-- k8s/app/web.yaml --\n"+webManifest("web")+
		"-- k8s/net/policy.yaml --\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: all}\nspec: {podSelector: {}}\n"+
		"-- examples/a/web.yaml --\n"+webManifest("web")+"-- examples/b/web.yaml --\n"+webManifest("other")+
		"-- deploy/dev/web.yaml --\n"+webManifest("web-dev")+"-- deploy/prod/web.yaml --\n"+webManifest("web")+
		"-- infra/blue/web.yaml --\n"+webManifest("web")+"-- infra/green/web.yaml --\n"+webManifest("web")+
		"-- deploy/prod/more/api.yaml --\n"+webManifest("api")+
		"-- apps/one.yaml --\n"+webManifest("one")+"-- apps/x/two.yaml --\n"+webManifest("two")+
		"-- docs/notes.yaml --\napiVersion: release-notes/v2\nkind: feature\narea: x\n")
	expect(t, "units", unitsOf(s), `
manifests apps: Deployment/one Deployment/two Service/one Service/two
manifests deploy/dev: Deployment/web-dev Service/web-dev
manifests deploy/prod: Deployment/api Deployment/web Service/api Service/web
manifests examples/a: Deployment/web Service/web
manifests examples/b: Deployment/other Service/other
manifests infra/blue: Deployment/web Service/web
manifests infra/green: Deployment/web Service/web
manifests k8s: Deployment/web NetworkPolicy/all Service/web`)
	for _, u := range s.KubeUnits() {
		want := map[string]compose.Env{"deploy/dev": compose.Dev, "deploy/prod": compose.Prod}[u.Dir]
		if u.Env != want {
			t.Errorf("%s is for %v", u.Dir, u.Env)
		}
		for _, d := range u.Workloads() {
			for _, l := range d.LinkedFrom("Service") {
				if l.From.Unit != u || l.Sure != kube.Yes {
					t.Errorf("%s of %s is served by %s of %s", d.Name, u.Dir, l.From.Name, l.From.Unit.Dir)
				}
			}
		}
	}
}

func TestLinksRunBothWays(t *testing.T) {
	s := openTxtar(t, "-- k8s/web.yaml --\n"+webManifest("web")+`
-- k8s/rest.yaml --
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in}
spec: {rules: [{http: {paths: [{backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: more}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: keep}
spec: {selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: scrape, namespace: mon}
spec: {namespaceSelector: {any: true}, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: other, labels: {app: web}}
spec: {selector: {app: web}}
`)
	u := s.KubeUnits()[0]
	web := u.Workloads()[0]
	var from []string
	for _, l := range web.LinkedFrom() {
		from = append(from, fmt.Sprint(l.From.Kind, "/", l.From.Name, " ", l.Use, " ", l.Sure))
	}
	expect(t, "links to the Deployment", from, `
HorizontalPodAutoscaler/more scaleTargetRef 1
PodDisruptionBudget/keep selector 1
Service/other selector 0
Service/web selector 1`)
	var served []string
	for _, d := range web.ServedBy() {
		served = append(served, d.Kind+"/"+d.Name.Value)
	}
	expect(t, "served by", served, "Service/other\nService/web\nIngress/in")
	for _, d := range u.Objects {
		if d.Kind == "Ingress" && (len(d.Serves()) != 1 || d.Serves()[0] != web) {
			t.Errorf("the Ingress serves %v", d.Serves())
		}
		if d.Kind == "ServiceMonitor" && (len(d.Links()) != 1 || d.Links()[0].To.Name.Value != "other") {
			t.Errorf("the monitor finds %+v", d.Links())
		}
	}
}

func TestOverlaysAreUnitsOfTheirOwn(t *testing.T) {
	s := openTxtar(t, "-- base/web.yaml --\n"+webManifest("web")+`
-- base/kustomization.yaml --
resources: [web.yaml]
configMapGenerator: [{name: cm, literals: [A=1]}]
-- base/unused.yaml --
apiVersion: v1
kind: Pod
metadata: {name: unused}
spec: {containers: []}
-- overlays/dev/kustomization.yaml --
resources: [../../base]
namespace: dev
-- overlays/prod/kustomization.yaml --
resources: [../../base, account.yaml]
components: [../../tls]
namespace: prod
namePrefix: p-
images: [{name: web, newName: acme/web, newTag: "2"}]
replicas: [{name: web, count: 4}]
commonLabels: {env: prod}
patches:
- path: patch.yaml
- target: {kind: Service, name: w.b}
  patch: |-
    - op: add
      path: /spec/type
      value: LoadBalancer
- {target: {kind: Deployment, labelSelector: "a in (b)"}, patch: "- {op: remove, path: /spec/x}"}
-- overlays/prod/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
-- overlays/prod/patch.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
      - name: web
        resources: {limits: {memory: 1Gi}}
        envFrom: [{configMapRef: {name: cm}}]
-- tls/kustomization.yaml --
kind: Component
commonAnnotations: {tls: "on"}
`)
	expect(t, "units", unitsOf(s), `
kustomization overlays/dev: ConfigMap/cm Deployment/web Service/web
kustomization overlays/prod: ConfigMap/p-cm Deployment/p-web Service/p-web ServiceAccount/p-web`)
	byName := func(u *KubeUnit, kind string) *Deployed {
		for _, d := range u.Objects {
			if d.Kind == kind {
				return d
			}
		}
		t.Fatalf("no %s in %s", kind, u.Dir)
		return nil
	}
	dev, prod := s.KubeUnits()[0], s.KubeUnits()[1]
	c := byName(dev, "Deployment").Workload().Pod.Containers[0]
	if c.Image.Value != "web:1" || c.Resources.Set || byName(dev, "Deployment").Namespace.Value != "dev" {
		t.Errorf("dev has what prod changes: %+v", c.Image)
	}
	d := byName(prod, "Deployment")
	w := d.Workload()
	c = w.Pod.Containers[0]
	if c.Image.Value != "acme/web:2" || c.Image.At.Path != "overlays/prod/kustomization.yaml" || w.Replicas.Value != 4 || d.Namespace.Value != "prod" {
		t.Errorf("image %+v replicas %+v namespace %+v", c.Image, w.Replicas, d.Namespace)
	}
	if memory, ok := c.Resources.Limit("memory"); !ok || memory.At.Path != "overlays/prod/patch.yaml" {
		t.Errorf("the patch's limit: %+v", memory)
	}
	if env, _ := w.Pod.Labels.Get("env"); env.Value != "prod" || w.Selector.Matches(w.Pod.Labels) != kube.Yes || d.Annotations.Pairs[0].Value.Value != "on" {
		t.Errorf("labels %+v", w.Pod.Labels)
	}
	if at := byName(prod, "Service").Spec("type").At(); s.File(at.Path).Text(at.Span) != "LoadBalancer" {
		t.Errorf("what a patch in a text sets is at %v", at)
	}
	if !strings.Contains(d.Unsure, "not evaluated") || byName(prod, "Service").Unsure != "" || byName(prod, "Service").Spec("type").Text().Value != "LoadBalancer" {
		t.Errorf("unsure %q and %q", d.Unsure, byName(prod, "Service").Unsure)
	}
	var links []string
	for _, l := range d.Links() {
		links = append(links, fmt.Sprint(l.Use, " ", l.To.Kind, "/", l.To.Name, " ", l.Sure))
	}
	expect(t, "renamed objects are still found", links, "serviceAccountName ServiceAccount/p-web 1\nenvFrom ConfigMap/p-cm 1")
	for _, o := range s.KubeObjects() {
		if o.Patch != (o.Path == "overlays/prod/patch.yaml") {
			t.Errorf("%s is a patch: %v", o.Path, o.Patch)
		}
		if _, ok := s.NamespaceOf(o); ok != (o.Path == "overlays/prod/account.yaml") {
			t.Errorf("the namespace of %s %s is certain: %v", o.Path, o.Kind, ok)
		}
	}
}

func TestNamespacesAreTakenFromTheOnlyKustomization(t *testing.T) {
	s := openTxtar(t, "-- kustomization.yaml --\nnamespace: shop\nresources: [web.yaml, missing.yaml, 'https://example.com/x.yaml']\npatches: [{path: nobody.yaml}]\n-- nobody.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: nobody}\n-- web.yaml --\n"+webManifest("web"))
	for _, o := range s.KubeObjects() {
		if ns, ok := s.NamespaceOf(o); !o.Patch && (!ok || ns.Value != "shop") {
			t.Errorf("%s is in %q", o.Kind, ns.Value)
		}
	}
	k := s.Kustomizations()[0]
	if len(k.Missing) != 1 || k.Missing[0].Value != "missing.yaml" {
		t.Errorf("missing %v", k.Missing)
	}
	if u := s.KubeUnits()[0]; len(u.Gaps) != 2 || len(u.Unmatched) != 0 {
		t.Errorf("gaps %v, unmatched %v: the patch may be for what comes from elsewhere", u.Gaps, u.Unmatched)
	}
}

func TestKustomizationsThatTakeOneAnotherInEnd(t *testing.T) {
	s := openTxtar(t, "-- top/kustomization.yaml --\nresources: [../a]\n-- a/kustomization.yaml --\nresources: [../b, x.yaml]\n-- b/kustomization.yaml --\nresources: [../a]\n-- a/x.yaml --\n"+webManifest("x"))
	expect(t, "units", unitsOf(s), "kustomization top: Deployment/x Service/x")
	if len(s.KubeUnits()[0].Gaps) == 0 {
		t.Error("the cycle is not noted")
	}
}

func TestDangling(t *testing.T) {
	rest := `
apiVersion: v1
kind: Service
metadata: {name: nothing}
spec: {selector: {app: nothing}}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: wrong}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: webb}}
---
apiVersion: v1
kind: Service
metadata: {name: one}
spec: {selector: {app: web, statefulset.kubernetes.io/pod-name: web-0}}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  serviceAccountName: default
  containers: [{name: c, envFrom: [{secretRef: {name: made}}, {configMapRef: {name: may, optional: true}}]}]
`
	list := func(s *Snapshot) []string {
		var out []string
		for _, d := range s.KubeDangling() {
			out = append(out, strings.TrimSpace(fmt.Sprint(d.From.Unit.Dir, " ", d.From.Name, " ", d.Use, " ", d.Kind, " ", d.Certain, " ", d.Why)))
		}
		return out
	}
	s := openTxtar(t, "-- k8s/web.yaml --\n"+webManifest("web")+"-- k8s/rest.yaml --"+rest+"-- k8s/secret.yaml --\napiVersion: v1\nkind: Secret\nmetadata: {name: other}\n")
	expect(t, "dangling", list(s), `
k8s nothing selector pods true
k8s wrong scaleTargetRef Deployment true
k8s p envFrom Secret false Secrets are often made outside of the manifests`)
	s = openTxtar(t, "-- a/k8s/svc.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n-- b/k8s/web.yaml --\n"+webManifest("web")+
		"-- c/k8s/db.yaml --\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {cnpg.io/cluster: db}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n"+
		"-- d/k8s/svc.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: gone}}\n")
	expect(t, "counter-evidence", list(s), `
a/k8s s selector pods false an object of another unit would fit
c/k8s db selector pods false an operator may make the pods
d/k8s s selector pods false the unit holds no pods there`)
}

const chart = `
-- chart/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
appVersion: "3"
dependencies: [{name: db, condition: db.enabled}, {name: cache, condition: cache.on}, {name: far, repository: "https://example.com"}]
-- chart/values.yaml --
image: {repository: acme/web}
db: {enabled: true, image: "pg:2"}
cache: {on: false}
-- chart/templates/_helpers.tpl --
{{- define "web.labels" -}}
app: web
{{- end }}
-- chart/templates/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  template:
    metadata:
      labels: {{- include "web.labels" . | nindent 8 }}
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Chart.AppVersion }}"
-- chart/templates/any.yaml --
apiVersion: v1
kind: {{ .Release.Kind }}
metadata: {name: any}
-- chart/templates/plain.yaml --
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
-- chart/templates/tests/t.yaml --
apiVersion: v1
kind: Pod
metadata: {name: t}
spec: {containers: [{name: '{{ .x }}'}]}
-- chart/files/other.yaml --
apiVersion: v1
kind: Pod
metadata: {name: file}
-- chart/charts/db/Chart.yaml --
name: db
version: 1.0.0
-- chart/charts/db/values.yaml --
image: pg:1
-- chart/charts/db/templates/db.yaml --
apiVersion: v1
kind: Pod
metadata: {name: db}
spec: {containers: [{name: db, image: {{ .Values.image }}}]}
-- chart/charts/cache/Chart.yaml --
name: cache
version: 1.0.0
-- chart/charts/cache/templates/cache.yaml --
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec: {containers: [{name: {{ .Chart.Name }}}]}
`

func TestChartsAreUnits(t *testing.T) {
	s := openTxtar(t, chart)
	expect(t, "units", unitsOf(s), "chart chart: Deployment/{{ .Release.Name }}-web Pod/db Service/web")
	u := s.KubeUnits()[0]
	var images []string
	for _, d := range u.Workloads() {
		images = append(images, d.Workload().Pod.Containers[0].Image.Value)
	}
	slices.Sort(images)
	expect(t, "images, with what the parent sets", images, "acme/web:3\npg:2")
	if len(u.Gaps) != 2 || u.Gaps[0].File.Path != "chart/templates/any.yaml" || u.Gaps[1].What != "far" {
		t.Errorf("gaps %+v", u.Gaps)
	}
	for _, d := range u.Objects {
		if d.Kind == "Service" && (len(d.Links()) != 1 || d.Links()[0].Sure != kube.Yes) {
			t.Errorf("the Service selects %+v", d.Links())
		}
	}
	if len(s.ParseErrors()) > 0 {
		t.Errorf("parse errors %v", s.ParseErrors())
	}
	for _, o := range s.KubeObjects() {
		if strings.Contains(o.Path, "templates") && o.Name != "web" {
			t.Errorf("%s of a template is listed as an object", o.Name)
		}
	}
}

func TestTemplatesOfOtherEnginesAreNoErrors(t *testing.T) {
	s := openTxtar(t, `
-- ops/jinja.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ name }}
{% if x %}
spec: {containers: [{name: a, image: "{{ image }}"}]}
{% endif %}
-- ops/envsubst.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: "${NAME}"}
spec: {template: {spec: {containers: [{name: a, image: "web:${TAG}", env: [{name: X, value: "${X}"}]}]}}}
-- ops/go.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Name }}
-- ops/erb.yaml --
apiVersion: v1
kind: Pod
metadata: {name: a}
---
a: <% x %>
kind: [
-- ops/broken.yaml --
apiVersion: v1
kind: Pod
metadata: {name: a}
---
apiVersion: v1
kind: [
-- ops/alerts.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: alerts}
data: {text: "{{ $labels.x }}"}
`)
	var broken []string
	for _, e := range s.ParseErrors() {
		broken = append(broken, e.Path)
	}
	s.KubeObjects()
	for _, e := range s.ParseErrors() {
		broken = append(broken, e.Path)
	}
	expect(t, "parse errors", broken, "ops/broken.yaml")
	var objects []string
	for _, o := range s.KubeObjects() {
		objects = append(objects, o.Path+" "+o.Kind+"/"+o.Spec.Name.String())
	}
	expect(t, "objects", objects, "ops/alerts.yaml ConfigMap/alerts\nops/broken.yaml Pod/a\nops/envsubst.yaml Deployment/${NAME}\nops/erb.yaml Pod/a")
	if ts := s.KubeTemplates(); len(ts) != 2 || len(ts[1].Objects) != 1 || !ts[0].Objects[0].Name.Unknown {
		t.Errorf("templates %+v", ts)
	}
	if c := s.KubeObjects()[2].Spec.Workload().Pod.Containers[0]; !c.Image.Unknown || c.Image.Ref.Name != "web" {
		t.Errorf("image %+v", c.Image)
	}
}
