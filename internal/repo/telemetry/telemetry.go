// Package telemetry recognises what agents and stores of logs, traces and metrics
// are configured with: which one a file is for, and where it sends what it takes.
package telemetry

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// MaxBytes is the largest configuration that is no YAML that is read.
const MaxBytes = 1 << 20

// Kind is the program that a file configures.
type Kind string

// The programs.
const (
	Collector Kind = "otel-collector"
	Loki      Kind = "loki"
	Promtail  Kind = "promtail"
	Alloy     Kind = "alloy" // and the Grafana Agent before it
	Tempo     Kind = "tempo"
	Mimir     Kind = "mimir"
	FluentBit Kind = "fluent-bit"
	Fluentd   Kind = "fluentd"
	Vector    Kind = "vector"
	Filebeat  Kind = "filebeat"
	Logstash  Kind = "logstash"
	Blackbox  Kind = "blackbox-exporter"
	Gatus     Kind = "gatus"
	Sentry    Kind = "sentry"
	Datadog   Kind = "datadog"
)

// Config is what one file configures.
type Config struct {
	Kind      Kind
	Pipelines []Pipeline // of a collector
	Outputs   []Text     // addresses that logs, traces or metrics are sent to; of Fluent Bit and its kin the plugins
	Modules   []Text     // of a blackbox exporter; the endpoints of Gatus
	Retention Text       // how long a store keeps what it has, as written
	Sampling  []Text     // percentages and ratios of traces that are kept
	Components
}

// Components are the parts that a collector's configuration defines, by name.
type Components struct {
	Receivers, Processors, Exporters, Extensions []Text
}

// Pipeline is one pipeline of a collector.
type Pipeline struct {
	Name                             string // traces, metrics/2, logs
	Receivers, Processors, Exporters []Text
	Span                             finding.Span
}

// Text is a word and where it stands.
type Text struct {
	Value string
	Span  finding.Span
}

func text(n *yamldoc.Node) Text {
	if !n.IsScalar() || n.IsNull() {
		return Text{}
	}
	return Text{n.Str(), n.Resolve().Span}
}

func texts(n *yamldoc.Node) []Text {
	var out []Text
	for _, item := range n.Items() {
		if t := text(item); t.Value != "" {
			out = append(out, t)
		}
	}
	return out
}

func keys(n *yamldoc.Node) []Text {
	var out []Text
	for _, e := range n.Entries() {
		out = append(out, Text{e.Name(), e.KeySpan()})
	}
	return out
}

// ReadYAML recognises a document by what it holds; nil when it is none of these.
func ReadYAML(name string, root *yamldoc.Node) *Config {
	has := func(path ...string) bool { return root.Get(path...).Exists() }
	base := path.Base(name)
	switch {
	case has("service", "pipelines") && has("exporters"):
		return collector(root)
	case has("schema_config") && (has("storage_config") || has("common") || has("ingester") || has("limits_config")):
		c := &Config{Kind: Loki}
		for _, path := range [][]string{{"limits_config", "retention_period"}, {"table_manager", "retention_period"}} {
			if t := text(root.Get(path...)); t.Value != "" && c.Retention.Value == "" {
				c.Retention = t
			}
		}
		return c
	case has("clients") && has("scrape_configs"):
		return &Config{Kind: Promtail, Outputs: addresses(root.Get("clients"), "url")}
	case has("distributor", "receivers") && has("storage", "trace"):
		return &Config{Kind: Tempo, Retention: text(root.Get("compactor", "compaction", "block_retention"))}
	case has("blocks_storage") && (has("distributor") || has("ingester") || has("common")):
		return &Config{Kind: Mimir, Retention: text(root.Get("limits", "compactor_blocks_retention_period"))}
	case blackboxModules(root.Get("modules")):
		return &Config{Kind: Blackbox, Modules: keys(root.Get("modules"))}
	case has("filebeat.inputs") || has("filebeat", "inputs") || has("filebeat.autodiscover") || has("filebeat.modules") || has("filebeat.config"):
		c := &Config{Kind: Filebeat}
		for _, e := range root.Entries() {
			if strings.HasPrefix(e.Name(), "output.") {
				c.Outputs = append(c.Outputs, Text{strings.TrimPrefix(e.Name(), "output."), e.KeySpan()})
			}
		}
		c.Outputs = append(c.Outputs, keys(root.Get("output"))...)
		return c
	case has("pipeline", "inputs") && has("pipeline", "outputs"):
		return &Config{Kind: FluentBit, Outputs: addresses(root.Get("pipeline", "outputs"), "name")}
	case has("sources") && has("sinks") && strings.Contains(base, "vector"):
		c := &Config{Kind: Vector}
		for _, e := range root.Get("sinks").Entries() {
			if t := text(e.Value.Get("type")); t.Value != "" {
				c.Outputs = append(c.Outputs, t)
			}
		}
		return c
	case has("endpoints") && endpoints(root.Get("endpoints")):
		return &Config{Kind: Gatus, Modules: addresses(root.Get("endpoints"), "url")}
	case has("integrations") && (has("metrics") || has("logs") || has("traces")) && has("server"):
		return &Config{Kind: Alloy}
	case base == "datadog.yaml" && (has("api_key") || has("logs_enabled") || has("apm_config")):
		return &Config{Kind: Datadog}
	}
	return nil
}

// addresses are what the items of a list have under a key.
func addresses(list *yamldoc.Node, key string) []Text {
	var out []Text
	for _, item := range list.Items() {
		if t := text(item.Get(key)); t.Value != "" {
			out = append(out, t)
		}
	}
	return out
}

// blackboxModules says whether a mapping holds the modules of a blackbox exporter.
func blackboxModules(n *yamldoc.Node) bool {
	entries := n.Entries()
	if len(entries) == 0 {
		return false
	}
	switch entries[0].Value.Get("prober").Str() {
	case "http", "tcp", "icmp", "dns", "grpc", "unix":
		return true
	}
	return false
}

// endpoints says whether a list holds the endpoints of Gatus.
func endpoints(n *yamldoc.Node) bool {
	items := n.Items()
	return len(items) > 0 && items[0].Get("url").Exists() && items[0].Get("conditions").Exists()
}

func collector(root *yamldoc.Node) *Config {
	c := &Config{Kind: Collector, Components: Components{
		keys(root.Get("receivers")), keys(root.Get("processors")), keys(root.Get("exporters")), keys(root.Get("extensions")),
	}}
	for _, e := range root.Get("service", "pipelines").Entries() {
		c.Pipelines = append(c.Pipelines, Pipeline{
			e.Name(), texts(e.Value.Get("receivers")), texts(e.Value.Get("processors")), texts(e.Value.Get("exporters")), e.Span(),
		})
	}
	for _, e := range root.Get("exporters").Entries() {
		for _, key := range []string{"endpoint", "traces_endpoint", "logs_endpoint", "metrics_endpoint"} {
			if t := text(e.Value.Get(key)); t.Value != "" {
				c.Outputs = append(c.Outputs, t)
			}
		}
	}
	for _, e := range root.Get("processors").Entries() {
		if strings.HasPrefix(e.Name(), "probabilistic_sampler") {
			c.Sampling = append(c.Sampling, text(e.Value.Get("sampling_percentage")))
		}
		for _, policy := range e.Value.Get("policies").Items() {
			if t := text(policy.Get("probabilistic", "sampling_percentage")); t.Value != "" {
				c.Sampling = append(c.Sampling, t)
			}
		}
	}
	return c
}

// Exports says whether a collector sends what it takes anywhere but to its own log.
func (c *Config) Exports() bool {
	for _, p := range c.Pipelines {
		for _, e := range p.Exporters {
			if kind, _, _ := strings.Cut(e.Value, "/"); kind != "debug" && kind != "logging" && kind != "nop" {
				return true
			}
		}
	}
	return false
}

// ReadText recognises a file that is no YAML by its name and, where that does not
// tell, by what it holds; nil when it is none of these.
func ReadText(name string, src []byte) *Config {
	if len(src) > MaxBytes {
		return nil
	}
	base := strings.ToLower(path.Base(name))
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch {
	case strings.HasSuffix(base, ".alloy") || strings.HasSuffix(base, ".river"):
		return &Config{Kind: Alloy}
	case base == "sentry.properties" || base == ".sentryclirc" || strings.HasPrefix(base, "sentry.") && strings.HasSuffix(stem, ".config"):
		return &Config{Kind: Sentry}
	case strings.HasPrefix(base, "fluent-bit") && strings.HasSuffix(base, ".conf") || strings.HasSuffix(base, ".conf") && sections(src, "[INPUT]", "[OUTPUT]"):
		return &Config{Kind: FluentBit, Outputs: outputsOf(src)}
	case strings.HasSuffix(base, ".conf") && sections(src, "<source>", "<match"):
		return &Config{Kind: Fluentd, Outputs: matchesOf(src)}
	case strings.HasSuffix(base, ".conf") && strings.Contains(strings.ToLower(name), "logstash"):
		return &Config{Kind: Logstash}
	case stem == "vector" && strings.HasSuffix(base, ".toml"):
		return &Config{Kind: Vector}
	}
	return nil
}

// lines visits the lines of a text, without blanks around them.
func lines(src []byte, visit func(line string, at int)) {
	at := 0
	for line := range strings.Lines(string(src)) {
		trimmed := strings.TrimSpace(line)
		visit(trimmed, at+len(line)-len(strings.TrimLeft(line, " \t\r\n")))
		at += len(line)
	}
}

// sections says whether lines begin with both of the words.
func sections(src []byte, a, b string) bool {
	var sawA, sawB bool
	lines(src, func(line string, _ int) {
		sawA = sawA || strings.HasPrefix(strings.ToUpper(line), strings.ToUpper(a))
		sawB = sawB || strings.HasPrefix(strings.ToUpper(line), strings.ToUpper(b))
	})
	return sawA && sawB
}

// outputsOf are the plugins of Fluent Bit's output sections.
func outputsOf(src []byte) []Text {
	var out []Text
	inside := false
	lines(src, func(line string, at int) {
		if strings.HasPrefix(line, "[") {
			inside = strings.EqualFold(line, "[OUTPUT]")
			return
		}
		key, value, ok := strings.Cut(line, " ")
		if value = strings.TrimSpace(value); ok && inside && strings.EqualFold(key, "name") && value != "" {
			start := at + strings.LastIndex(line, value)
			out = append(out, Text{value, finding.Span{Start: start, End: start + len(value)}})
		}
	})
	return out
}

// matchesOf are the plugins of Fluentd's match sections.
func matchesOf(src []byte) []Text {
	var out []Text
	inside := false
	lines(src, func(line string, at int) {
		switch {
		case strings.HasPrefix(line, "<match"), strings.HasPrefix(line, "<store"):
			inside = true
		case strings.HasPrefix(line, "<"):
			inside = false
		case inside && (strings.HasPrefix(line, "@type ") || strings.HasPrefix(line, "type ")):
			_, value, _ := strings.Cut(line, " ")
			value = strings.TrimSpace(value)
			start := at + strings.LastIndex(line, value)
			out = append(out, Text{value, finding.Span{Start: start, End: start + len(value)}})
		}
	})
	return out
}
