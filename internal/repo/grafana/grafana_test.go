package grafana

import (
	"errors"
	"testing"

	"drydock/internal/repo/yamldoc"
)

func TestDashboards(t *testing.T) {
	src := `{"dashboard": {"title": "T", "uid": "u", "templating": {}, "panels": [{"title": "a", "type": "stat", "targets": [{"expr": "up", "datasource": "P"}]}]}}`
	d, err := ParseDashboard([]byte(src))
	if err != nil || d.Title.Value != "T" || d.UID != "u" || d.Panels[0].Datasource != "P" || src[d.Panels[0].Exprs[0].Span.Start:d.Panels[0].Exprs[0].Span.End] != `"up"` {
		t.Errorf("%+v, %v", d, err)
	}
	d, _ = ParseDashboard([]byte(`{"title": "T", "schemaVersion": 1, "rows": [{"panels": [{"title": "old"}]}]}`))
	if len(d.Panels) != 1 {
		t.Errorf("%+v", d)
	}
	for _, src := range []string{`{"title": "T", "panels": []}`, `{"panels": [], "schemaVersion": 1}`, `[1]`, `{"title": "x", "schemaVersion": 1}`} {
		if d, err := ParseDashboard([]byte(src)); d != nil || err != nil {
			t.Errorf("%s is a dashboard: %v", src, err)
		}
	}
	var e *Error
	if _, err := ParseDashboard([]byte("{\n \"title\" 1")); !errors.As(err, &e) || e.Line != 2 {
		t.Error(err)
	}
}

func FuzzParseDashboard(f *testing.F) {
	f.Add([]byte(`{"title": "T", "schemaVersion": 1, "rows": [{"panels": [{"title": "old", "targets": [{"expr": "a"}]}]}], "panels": [{"type": "row", "panels": [{}]}]}`))
	f.Add([]byte("apiVersion: 1\ndatasources: [{name: a, url: b}]\nproviders: [{options: {path: c}}]\ncontactPoints: [{receivers: [{type: d}]}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		inside := func(start, end int) {
			if start < 0 || end < start || end > len(src) {
				t.Fatalf("%d to %d of %d bytes", start, end, len(src))
			}
		}
		if d, _ := ParseDashboard(src); d != nil {
			inside(d.Title.Span.Start, d.Title.Span.End)
			for _, p := range d.Panels {
				inside(p.Span.Start, p.Span.End)
				for _, e := range p.Exprs {
					inside(e.Span.Start, e.Span.End)
				}
			}
		}
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			p := ReadProvisioning(d.Root)
			if p == nil {
				continue
			}
			for _, x := range p.Datasources {
				inside(x.Span.Start, x.Span.End)
				inside(x.URL.Span.Start, x.URL.Span.End)
			}
			for _, x := range p.Providers {
				inside(x.Span.Start, x.Span.End)
			}
			for _, x := range p.ContactPoints {
				inside(x.Span.Start, x.Span.End)
			}
		}
	})
}
