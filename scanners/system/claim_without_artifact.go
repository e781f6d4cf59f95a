package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ClaimWithoutArtifact finds components that a document says are there and that
// nothing in the project backs.
var ClaimWithoutArtifact = check.PerProject(check.Doc{
	ID:         "system/claim-without-artifact",
	Title:      "Document claims what the project does not have",
	Severity:   finding.Medium,
	Confidence: finding.NotProven,
	Hours:      0.5,
	Why:        "People plan and decide by the document: a backup, a gateway or a secret store that exists only there is missed on the day it is needed.",
	How:        "Take the line out, mark it as planned, or add the manifest, dependency or code that it speaks of.",
	References: []string{"https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/about-task-lists"},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]*check.Problem{}
	for _, d := range s.Docs() {
		if d.Role == repo.Vendored || d.Role == repo.Test || d.Role == repo.Example || isHistory(d.Path) {
			continue
		}
		for _, c := range claims(d) {
			if artifact(s, c.of) {
				continue // a name in a file does not prove that it works
			}
			if first := said[c.of.name]; first != nil {
				first.With(d.At(c.span))
				continue
			}
			said[c.of.name] = p.Report(d.At(c.span), "%s says that %s is in place; no manifest, dependency, configuration or code of the project has it", d.Path, c.of.name).Keyed("%s", c.of.name)
		}
	}
})

// claimable is a component that a project either has or has not, with the words
// by which files of any kind would show it.
type claimable struct {
	name  string
	words []string
}

var claimables = []claimable{
	{"Kafka", []string{"kafka", "Kafka", "kafkajs", "aiokafka", "confluent_kafka", "redpanda", "KAFKA_BROKERS", "rdkafka", "sarama"}},
	{"RabbitMQ", []string{"rabbitmq", "RabbitMQ", "amqplib", "pika", "amqp", "aio_pika", "RABBITMQ_URL"}},
	{"Velero", []string{"velero", "Velero"}},
	{"GraphQL", []string{"graphql", "GraphQL", "gql", "strawberry", "ariadne", "graphene", "gqlgen", "apollo"}},
	{"Vault", []string{"vault", "Vault", "hvac", "VAULT_ADDR", "VaultAuth"}},
	{"k6", []string{"k6"}},
	{"Istio", []string{"istio", "Istio", "istioctl", "VirtualService"}},
	{"Linkerd", []string{"linkerd", "Linkerd"}},
	{"Prometheus", []string{"prometheus", "Prometheus", "prometheus_client", "prom", "prometheus_fastapi_instrumentator", "ServiceMonitor"}},
	{"Grafana", []string{"grafana", "Grafana"}},
	{"Loki", []string{"loki", "Loki", "promtail"}},
	{"Jaeger", []string{"jaeger", "Jaeger"}},
	{"OpenTelemetry", []string{"opentelemetry", "OpenTelemetry", "otel", "OTEL_EXPORTER_OTLP_ENDPOINT"}},
	{"Elasticsearch", []string{"elasticsearch", "Elasticsearch", "elastic", "ELASTICSEARCH_URL"}},
	{"Sentry", []string{"sentry", "Sentry", "sentry_sdk", "SENTRY_DSN"}},
	{"ArgoCD", []string{"argocd", "ArgoCD", "argoproj"}},
	{"Terraform", []string{"terraform", "required_providers"}},
	{"Ansible", []string{"ansible", "ansible_host", "become"}},
	{"PgBouncer", []string{"pgbouncer", "PgBouncer"}},
	{"Kong", []string{"kong", "Kong", "KongPlugin"}},
	{"Keycloak", []string{"keycloak", "Keycloak"}},
	{"Datadog", []string{"datadog", "Datadog", "ddtrace", "dd"}},
	{"Locust", []string{"locust", "HttpUser", "locustfile"}},
	{"Playwright", []string{"playwright", "Playwright"}},
	{"Cypress", []string{"cypress", "Cypress", "cy"}},
	{"Storybook", []string{"storybook", "Storybook"}},
	{"Dependabot", []string{"dependabot", "package-ecosystem"}},
	{"Chaos Mesh", []string{"chaos"}},
	{"Certbot", []string{"certbot", "acme", "letsencrypt"}},
	{"cert-manager", []string{"cert-manager.io", "certmanager", "ClusterIssuer"}},
}

// claim is a line of a document that calls a component done.
type claim struct {
	of   *claimable
	span finding.Span
}

// doneWords are what a line has that calls something done; a mark says so alone.
var (
	doneMarks = []string{"✅", "✔", "☑", "[x]", "[X]", ":white_check_mark:", ":heavy_check_mark:"}
	openWords = []string{"not ", "n't", "planned", "todo", "to do", "future", "optional", "missing", "should", "could", "will ", "roadmap", "instead of", "support", "compatible", "integrat", "e.g.", "such as", "example", "❌", "⚠", "[ ]", "🚧", "no ", "without", "next", "or ", "if "}
)

// claims are the items of lists and rows of tables with a mark that says done and
// the name of a component in the first place behind it.
func claims(d *repo.Doc) (out []claim) {
	text := string(d.Bytes())
	at := 0
	fenced := false
	for line := range strings.Lines(text) {
		start := at
		at += len(line)
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~") {
			fenced = !fenced
		}
		if fenced || trimmed == "" || len(trimmed) > 200 {
			continue
		}
		lower := strings.ToLower(trimmed)
		if !slices.ContainsFunc(doneMarks, func(m string) bool { return strings.Contains(trimmed, m) }) || slices.ContainsFunc(openWords, func(w string) bool { return strings.Contains(lower, w) }) {
			continue
		}
		for i := range claimables {
			if hasWord(trimmed, claimables[i].name) {
				out = append(out, claim{&claimables[i], finding.Span{Start: start, End: start + len(strings.TrimRight(line, "\r\n"))}})
			}
		}
	}
	return out
}

// hasWord says whether a text has a name as a word of its own, written as its
// makers write it or in lower case.
func hasWord(text, name string) bool {
	for _, n := range []string{name, strings.ToLower(name)} {
		for rest, i := text, 0; ; rest = rest[i+len(n):] {
			if i = strings.Index(rest, n); i < 0 {
				break
			}
			if !letterBefore(rest, i) && !letterAt(rest, i+len(n)) {
				return true
			}
		}
	}
	return false
}

func letterBefore(s string, i int) bool { return i > 0 && letterAt(s, i-1) }

func letterAt(s string, i int) bool {
	return i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] == '-' || s[i] == '/')
}

// artifact says whether a file shows the component: by its name, or a word in it. Pages
// are no proof of themselves.
func artifact(s *repo.Snapshot, c *claimable) bool {
	lower := strings.ToLower(strings.ReplaceAll(c.name, " ", "-"))
	for _, f := range s.Files() {
		if f.Role == repo.Vendored || f.Role == repo.Docs || strings.HasSuffix(f.Path, ".md") || strings.HasSuffix(f.Path, ".txt") && !strings.Contains(f.Path, "requirements") {
			continue
		}
		if strings.Contains(strings.ToLower(f.Path), lower) || says(f, c.words...) {
			return true
		}
	}
	return false
}

// isHistory leaves out pages that tell what was or will be.
func isHistory(name string) bool {
	lower := strings.ToLower(name)
	for _, w := range []string{"changelog", "changes", "history", "release", "roadmap", "todo", "migration", "adr", "rfc", "proposal", "plan", "blog", "news", "comparison", "alternatives", "content/", "website/", "pages/", "guides/", ".mdx"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}
