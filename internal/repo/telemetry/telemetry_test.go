package telemetry

import (
	"testing"

	"drydock/internal/repo/yamldoc"
)

func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      Kind
	}{
		{"tempo.yaml", "distributor: {receivers: {}}\nstorage: {trace: {}}", Tempo},
		{"mimir.yaml", "blocks_storage: {}\ncommon: {}", Mimir},
		{"filebeat.yml", "filebeat.inputs: []\noutput.elasticsearch: {}", Filebeat},
		{"vector.yaml", "sources: {}\nsinks: {a: {type: loki}}", Vector},
		{"x.yaml", "sources: {}\nsinks: {}", ""},
		{"gatus.yml", "endpoints: [{url: a, conditions: [b]}]", Gatus},
		{"agent.yaml", "server: {}\nintegrations: {}\nlogs: {}", Alloy},
		{"a.yaml", "modules: {x: {prober: shell}}", ""},
		{"a.yaml", "modules: [a]", ""},
		{"a.yaml", "exporters: {}\nservice: {}", ""},
		{"fb.yaml", "pipeline: {inputs: [], outputs: [{name: loki}]}", FluentBit},
	} {
		docs, err := yamldoc.Parse([]byte(tt.src))
		if err != nil {
			t.Fatal(err)
		}
		got := Kind("")
		if c := ReadYAML(tt.name, docs[0].Root); c != nil {
			got = c.Kind
		}
		if got != tt.want {
			t.Errorf("%s %q is %q, want %q", tt.name, tt.src, got, tt.want)
		}
	}
	for name, want := range map[string]Kind{"a.alloy": Alloy, "sentry.properties": Sentry, "sentry.edge.config.js": Sentry, "sentry.go": "", "logstash/pipeline/a.conf": Logstash, "redis.conf": ""} {
		got := Kind("")
		if c := ReadText(name, []byte("x y")); c != nil {
			got = c.Kind
		}
		if got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestACollectorThatOnlyWritesToItsLogExportsNothing(t *testing.T) {
	for exporter, want := range map[string]bool{"debug": false, "logging/x": false, "nop": false, "otlp": true, "debugger": true} {
		docs, err := yamldoc.Parse([]byte("exporters: {" + exporter + ": {}}\nservice: {pipelines: {traces: {exporters: [" + exporter + "]}}}"))
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadYAML("c.yaml", docs[0].Root).Exports(); got != want {
			t.Errorf("%s exports: %v", exporter, got)
		}
	}
}

func FuzzReadText(f *testing.F) {
	f.Add([]byte("[INPUT]\n[OUTPUT]\n  Name es\n"))
	f.Add([]byte("<source>\n</source>\n<match **>\n @type s3\n<store>\n @type x"))
	f.Add([]byte("receivers: {a: {}}\nexporters: {b: {endpoint: c}}\nservice: {pipelines: {d: {exporters: [b]}}}\nprocessors: {probabilistic_sampler: {}}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var all []*Config
		all = append(all, ReadText("a.conf", src))
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			all = append(all, ReadYAML("vector.yaml", d.Root))
		}
		for _, c := range all {
			if c == nil {
				continue
			}
			c.Exports()
			for _, x := range append(append(append(c.Outputs, c.Modules...), c.Sampling...), c.Retention) {
				if x.Span.Start < 0 || x.Span.End < x.Span.Start || x.Span.End > len(src) {
					t.Fatalf("%+v of %d bytes", x, len(src))
				}
			}
		}
	})
}
