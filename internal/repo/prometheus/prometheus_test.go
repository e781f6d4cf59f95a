package prometheus

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

func root(t testing.TB, src string) *yamldoc.Node {
	docs, err := yamldoc.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return docs[0].Root
}

func TestDocumentsAreToldApart(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"scrape_configs: []", "config"}, {"rule_files: [a]", "config"}, {"alerting: {alertmanagers: []}", "config"},
		{"server: {}\nclients: []\nscrape_configs: []", ""},
		{"groups: [{rules: [{alert: a, expr: b}]}]", "rules"}, {"groups: [{rules: [{expr: b}]}]", ""}, {"groups: [{name: x, rules: [{uid: a}]}]", ""}, {"groups: [a]", ""},
		{"receivers: []\nroute: {}", "alertmanager"}, {"receivers: {otlp: {}}\nroute: {}", ""}, {"a", ""},
	} {
		got := ""
		n := root(t, tt.src)
		switch {
		case IsConfig(n):
			got = "config"
		case IsRules(n):
			got = "rules"
		case IsAlertmanager(n):
			got = "alertmanager"
		}
		if got != tt.want {
			t.Errorf("%q is %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestDeepRoutesAreListedInOrder(t *testing.T) {
	src := "receivers: []\nroute: {receiver: a, routes: [{receiver: b, routes: [{receiver: c}]}, {receiver: d}]}"
	var got []string
	for _, r := range ReadAlertmanager(root(t, src)).Routes {
		got = append(got, fmt.Sprint(r.Depth, r.Receiver.Value))
	}
	if strings.Join(got, " ") != "0a 1b 2c 1d" {
		t.Error(got)
	}
	loop := "receivers: []\nroute: &r {receiver: a, routes: [*r, *r]}"
	docs, _ := yamldoc.Parse([]byte(loop))
	if len(docs) > 0 {
		if n := len(ReadAlertmanager(docs[0].Root).Routes); n > maxRoutes {
			t.Errorf("%d routes", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"scrape_configs: [{job_name: a, static_configs: [{targets: [b]}], x_sd_configs: [c]}]", "groups: [{name: a, rules: [{alert: b, expr: c, labels: {d: e}}]}]", "route: {receiver: a, routes: [{match: {b: c}}]}\nreceivers: [{name: a, x_configs: [{to: y}]}]", "a: &b [*b]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			var spans []finding.Span
			c := ReadConfig(d.Root)
			for _, s := range c.Scrapes {
				spans = append(spans, s.Span, s.Job.Span, s.Path.Span, s.Module.Span)
				for _, x := range s.Targets {
					spans = append(spans, x.Span)
				}
			}
			for _, g := range ReadRules(d.Root).Groups {
				for _, r := range g.Rules {
					spans = append(spans, r.Span, r.Alert.Span, r.Expr.Span)
				}
			}
			a := ReadAlertmanager(d.Root)
			a.Tells()
			a.Undefined()
			for _, r := range a.Routes {
				spans = append(spans, r.Span, r.Receiver.Span)
			}
			for _, r := range a.Receivers {
				spans = append(spans, r.Span)
				for _, i := range r.Integrations {
					spans = append(spans, i.Span, i.Address.Span)
				}
			}
			for _, s := range spans {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%v of %d bytes", s, len(src))
				}
			}
		}
	})
}
