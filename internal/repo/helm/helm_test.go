package helm

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

func env(t *testing.T, values string) *Env {
	t.Helper()
	docs, err := yamldoc.Parse([]byte(values))
	if err != nil {
		t.Fatal(err)
	}
	e := &Env{Name: "web", AppVersion: "1.2.3", Library: &Library{}}
	if len(docs) > 0 {
		e.Values = kube.Read(&kube.Source{Path: "values.yaml"}, docs[0].Root)
	}
	return e
}

const values = `image: {repository: acme/web, tag: ""}
replicas: 3
on: true
off: false
empty: {}
list: [a, b]
resources: {limits: {cpu: 1}}
name: "x"
port: 8080
`

func TestExpressions(t *testing.T) {
	s := scope{chart: env(t, values), dot: value{kind: unknown, text: "$"}, vars: map[string]value{"v": textOf("var")}}
	for expr, want := range map[string]string{
		".Values.image.repository":                             "acme/web",
		"$.Values.replicas":                                    "3",
		".Values.image.tag | default .Chart.AppVersion":        "1.2.3",
		`.Values.image.tag | default "latest" | quote`:         "latest",
		`printf "%s:%v" .Values.image.repository .Values.port`: "acme/web:8080",
		`default "y" .Values.name`:                             "x",
		".Values.nothing.at.all | default 7":                   "7",
		`ternary "a" "b" .Values.on`:                           "a",
		`.Values.name | upper | trimSuffix "X"`:                "",
		"$v":                                                   "var",
		".Release.Name":                                        "?",
		"include \"x\" .":                                      "?",
		".Values.nothing":                                      "?",
		".Values.image":                                        "?",
		`.Values.name | b64enc`:                                "?",
		`(.Values.image).repository`:                           "acme/web",
		`coalesce .Values.none .Values.image.tag .Values.name`: "x",
		`printf "%q" .Values.name`:                             "?",
		"((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))": "?",
		`"unclosed`: "?",
	} {
		got, ok := s.eval(expr).scalar()
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
	for expr, want := range map[string]kube.Truth{
		".Values.on": kube.Yes, ".Values.off": kube.No, ".Values.nothing": kube.No, ".Values.empty": kube.No, ".Values.list": kube.Yes, "not .Values.on": kube.No,
		"and .Values.on .Values.replicas": kube.Yes, "and .Values.on .Release.IsUpgrade": kube.Maybe, "and .Release.IsUpgrade .Values.off": kube.No,
		"or .Release.IsUpgrade .Values.on": kube.Yes, "or .Values.off .Values.empty": kube.No, `eq .Values.name "x"`: kube.Yes, `ne .Values.name "x"`: kube.No,
		`eq .Release.Name "x"`: kube.Maybe, `.Capabilities.APIVersions.Has "x"`: kube.Maybe, `hasKey .Values "on"`: kube.Yes, "gt (int .Values.replicas) 1": kube.Maybe,
	} {
		if got := s.eval(expr).truth(); got != want {
			t.Errorf("%s: %v, want %v", expr, got, want)
		}
	}
}

const deployment = `{{- if .Values.on }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  {{- if not .Values.off }}
  replicas: {{ .Values.replicas }}
  {{- else }}
  replicas: 9
  {{- end }}
  selector:
    matchLabels:
      {{- include "web.selector" $ | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "web.labels" . | nindent 8 }}
    spec:
      {{- if .Values.off }}
      serviceAccountName: special
      {{- end }}
      containers:
      - name: {{ .Chart.Name }}
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
        {{- with .Values.empty }}
        livenessProbe:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        resources:
{{ toYaml .Values.resources | indent 10 }}
        env:
          - name: PORT
            value: {{ .Values.port | quote }}
          {{- range .Values.list }}
          - name: {{ . }}
          {{- end }}
      {{- if .Values.off }}
      - name: sidecar
        image: s
      {{- end }}
      {{- with .Values.image }}
      - name: other
        image: {{ .repository }}
        {{- include "web.probes" . | nindent 8 }}
      {{- end }}
{{- end }}
`

const helpers = `{{- define "web.selector" -}}
app: {{ include "web.name" . }}
part: front
{{- end }}
{{- define "web.labels" }}
{{ include "web.selector" . }}
chart: x
{{ end -}}
{{- define "web.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 }}
{{- end -}}
{{- define "loop" }}a: b
{{ include "loop" . }}{{ end }}
`

func TestTemplatesAreReadWithoutRendering(t *testing.T) {
	e := env(t, values)
	e.Library.Define("_helpers.tpl", []byte(helpers), e)
	tmpl := Parse("t.yaml", []byte(deployment), e)
	if tmpl.Opaque || len(tmpl.Included) > 0 {
		t.Fatalf("opaque %v, included %v", tmpl.Opaque, tmpl.Included)
	}
	all := tmpl.Objects()
	if len(all) != 1 {
		t.Fatalf("%d objects", len(all))
	}
	o := all[0]
	if !o.Name.Unknown || o.Name.Raw != `{{ include "web.fullname" . }}` || len(o.Value.Guards()) != 1 || o.Value.Shown() != kube.Yes {
		t.Errorf("object %+v", o.Name)
	}
	w := o.Workload()
	if w.Pod.ServiceAccount.Set {
		t.Errorf("what the values leave out: %+v", w.Pod.ServiceAccount)
	}
	if w.Replicas.Value != 3 {
		t.Errorf("the branch that the values choose: %+v", w.Replicas)
	}
	if got := w.Selector.Matches(w.Pod.Labels); got != kube.Yes || w.Pod.Labels.Open() {
		t.Errorf("selector matches: %v, labels %+v", got, w.Pod.Labels)
	}
	var names []string
	for _, c := range w.Pod.Containers {
		names = append(names, fmt.Sprint(c.Name.Value, " ", c.Image.String(), " ", c.Value.Shown(), " ", c.Open()))
	}
	if got, want := strings.Join(names, ", "), "web acme/web:1.2.3 1 false, sidecar s 2 false, other acme/web 1 true"; got != want {
		t.Errorf("containers %s, want %s", got, want)
	}
	c := w.Pod.Containers[0]
	if !c.Liveness.Set || len(c.Liveness.Guards) != 1 || c.Liveness.Guards[0].Default != kube.No {
		t.Errorf("a probe behind a condition: %+v", c.Liveness)
	}
	if cpu, ok := c.Resources.Limit("cpu"); !ok || cpu.Value != "1" || cpu.At.Path != "values.yaml" || c.Resources.Open {
		t.Errorf("resources %+v", c.Resources)
	}
	if len(c.Env) != 2 || c.Env[0].Value.Value != "8080" || !c.Env[1].Name.Unknown {
		t.Errorf("env %+v", c.Env)
	}
	if at := c.Image.At; deployment[at.Span.Start:at.Span.End] != `"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"` {
		t.Errorf("image at %q", deployment[at.Span.Start:at.Span.End])
	}
	app, _ := w.Pod.Labels.Get("app")
	if app.Value != "web" || helpers[app.At.Span.Start:app.At.Span.End] != `{{ include "web.name" . }}` || app.At.Path != "_helpers.tpl" {
		t.Errorf("label %+v", app)
	}
}

func TestWhatIsNoYAMLIsNoError(t *testing.T) {
	e := env(t, values)
	either := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  {{ if .Release.IsUpgrade }}{{ else }}\n  namespace: y\n  {{ end }}\ndata:\n  a: |\n                    {{- if .Values.on }}\n    text\n    {{- end }}\n"
	if o := Parse("t.yaml", []byte(either), e).Objects(); len(o) != 1 || o[0].Namespace.Value != "y" || o[0].Value.Get("metadata", "namespace").Shown() != kube.Maybe {
		t.Errorf("a branch that nothing rules out is lost: %+v", o)
	}
	for name, tt := range map[string]struct {
		src     string
		objects int
		opaque  bool
	}{
		"an if and its else":          {"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n{{ if .Values.on }}\nspec:\n  a: b\n{{ else }}\n- a\n{{ end }}\n", 1, false},
		"a text that begins blank":    {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n                    {{- if .Values.on }}\n    text {{ .Values.name }}\n    {{- end }}\n", 1, false},
		"only an include":             {`{{ include "lib.deployment" . }}`, 0, false},
		"a definition":                {"{{ define \"x\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n{{ end }}\n", 0, false},
		"brackets that do not end":    {"apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .x\n", 0, true},
		"a comment":                   {"{{/* a: }} \"b */}}\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", 1, false},
		"jinja":                       {"{% if x %}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ x }}\n{% endif %}\n", 1, false},
		"braces in a string":          {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ \"}}\" }}\n", 1, false},
		"quoted braces of prometheus": {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations: {a: '{{`{{ $labels.x }}`}}'}\n", 1, false},
	} {
		tmpl := Parse("t.yaml", []byte(tt.src), e)
		if got := len(tmpl.Objects()); got != tt.objects || tmpl.Opaque != tt.opaque {
			t.Errorf("%s: %d objects, opaque %v", name, got, tmpl.Opaque)
		}
	}
	if tmpl := Parse("t.yaml", []byte(`{{ include "lib.deployment" . }}`), e); len(tmpl.Included) != 1 {
		t.Errorf("included %v", tmpl.Included)
	}
}

func TestValuesThatATemplateRewritesAreUnknown(t *testing.T) {
	e := env(t, values)
	if RewritesValues([]byte(`{{ printf "Values" }}{{ .Values }}`)) || !RewritesValues([]byte(`{{ $_ := set $ "Values" (merge $x .Values) }}`)) {
		t.Error("rewrites")
	}
	e.Rewritten = true
	o := Parse("t.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata:\n  {{ if .Values.off }}\n  name: {{ .Values.name }}\n  {{ end }}\n"), e).Objects()[0]
	if !o.Name.Unknown || o.Value.Get("metadata", "name").Shown() != kube.Maybe {
		t.Errorf("%+v", o.Name)
	}
}

func TestLabelsUnderConditionsDecideNothing(t *testing.T) {
	e := env(t, values)
	read := func(s string) kube.Value {
		return Parse("t.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    app: web\n"+s), e).Objects()[0].Value.Get("metadata", "labels")
	}
	either := "    {{ if .Release.IsUpgrade }}\n    rev: a\n    {{ else }}\n    rev: b\n    {{ end }}\n"
	if got := kube.ReadLabelMap(read(either)).Matches(kube.ReadLabels(read(either))); got != kube.Yes {
		t.Errorf("the same conditions: %v", got)
	}
	if got := kube.ReadLabelMap(read(either)).Matches(kube.ReadLabels(read(""))); got != kube.Maybe {
		t.Errorf("a condition: %v", got)
	}
	if got := kube.ReadLabelMap(read("    {{ if .Values.off }}\n    rev: a\n    {{ end }}\n")).Matches(kube.ReadLabels(read(""))); got != kube.Yes {
		t.Errorf("what the values leave out: %v", got)
	}
}

func TestExpressionsThatMeanTheSameCompare(t *testing.T) {
	e := env(t, values)
	src := "{{ $full := include \"x\" . }}\napiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    a: {{ $full }}\n    b: {{ template \"x\" $ }}\n    c: {{ include \"x\" . | quote }}\n    d: {{ $.Release.Name }}\n    e: {{ .Release.Name | quote }}\n    f: {{ .Release.Name }}-x\n"
	l := Parse("t.yaml", []byte(src), e).Objects()[0].Labels
	for i, want := range []kube.Truth{kube.Yes, kube.Yes, kube.Yes, kube.Maybe, kube.Maybe, kube.Maybe} {
		if got := l.Pairs[i].Value.Same(l.Pairs[0].Value); got != want {
			t.Errorf("%s and %s: %v", l.Pairs[i].Value, l.Pairs[0].Value, got)
		}
	}
	if l.Pairs[3].Value.Same(l.Pairs[4].Value) != kube.Yes || l.Pairs[4].Value.Same(l.Pairs[5].Value) != kube.No {
		t.Error("release names")
	}
}

func TestDefinitionsThatIncludeThemselvesEnd(t *testing.T) {
	e := env(t, values)
	e.Library.Define("_h.tpl", []byte(helpers), e)
	var deep strings.Builder
	for i := range 60 {
		fmt.Fprintf(&deep, "{{ define \"d%d\" }}k%d: v\n{{ include \"d%d\" . }}\n{{ include \"d%d\" . }}\n{{ end }}\n", i, i, i+1, i+1)
	}
	e.Library.Define("_deep.tpl", []byte(deep.String()), e)
	for _, name := range []string{"loop", "d0"} {
		src := "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    {{- include \"" + name + "\" . | nindent 4 }}\n"
		if o := Parse("t.yaml", []byte(src), e).Objects(); len(o) != 1 || !o[0].Labels.Open() {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestParseChart(t *testing.T) {
	c, err := ParseChart([]byte("apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: \"2\"\ndependencies:\n- {name: redis, alias: cache, version: 1.x, repository: 'https://example.com', condition: cache.enabled}\n"))
	if err != nil || c.Name.Value != "web" || c.AppVersion.Value != "2" || c.Dependencies[0].Key() != "cache" || c.Dependencies[0].Condition != "cache.enabled" {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := ParseChart([]byte("a: b\n")); c != nil || err != nil {
		t.Errorf("no chart: %+v %v", c, err)
	}
}
