package helm

import (
	"testing"

	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		deployment, helpers, "{{ if }}{{ else if .a }}{{ else }}{{ end }}{{ end }}", "{{- range $k, $v := .Values }}\n- {{ $k }}: {{ $v | nindent 2 }}\n{{ end }}",
		"a: {{`{{ x }}`}}\n{{ define \"a\" }}{{ include \"a\" . }}{{ end }}\nb:\n{{ include \"a\" . | indent 2 }}\n", "{% for a in b %}\n- x\n{% endfor %}{{ /* */ }}{{", "apiVersion: v1\nkind: Pod\nmetadata: {{ toYaml .Values }}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		e := &Env{Name: "x", Library: &Library{}}
		if docs, _ := yamldoc.Parse([]byte(values)); len(docs) > 0 {
			e.Values = kube.Read(&kube.Source{Path: "values.yaml"}, docs[0].Root)
		}
		e.Library.Define("t", src, e)
		tmpl := Parse("t", src, e)
		inside := func(at kube.Place) {
			if at.Path == "t" && (at.Span.Start < 0 || at.Span.End < at.Span.Start || at.Span.End > len(src)) {
				t.Fatalf("span %v of %d bytes", at.Span, len(src))
			}
		}
		var look func(v kube.Value, depth int)
		look = func(v kube.Value, depth int) {
			inside(v.EntryAt())
			inside(v.Text().At)
			for _, g := range v.Guards() {
				inside(g.At)
			}
			if depth < 8 {
				for _, field := range v.Fields() {
					look(field.Value, depth+1)
				}
				for _, item := range v.Items() {
					look(item, depth+1)
				}
			}
		}
		for _, d := range tmpl.Docs {
			look(kube.Read(&kube.Source{Path: "t", Template: tmpl}, d.Root), 0)
		}
		for _, o := range tmpl.Objects() {
			o.Workload()
			o.Refs()
		}
	})
}
