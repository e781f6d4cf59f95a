package system

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// BrokerNotDeployed finds clients of brokers whose server nothing deploys.
var BrokerNotDeployed = check.PerProject(check.Doc{
	ID:         "system/broker-not-deployed",
	Title:      "Broker is used and not deployed",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "The code connects to a server that no deployment of the project starts: messages are lost or requests hang as soon as that path runs.",
	How:        "Add the server to the compose file or manifests beside the database, or name the managed one in the env template.",
	Holds:      "Brokers and caches that the code uses are deployed",
	References: []string{"https://12factor.net/backing-services"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if len(s.TerraformFiles()) > 0 || !deploysBacking(s) {
		return // nothing is deployed here, or managed services may be
	}
	for i := range brokers {
		b := &brokers[i]
		use, ok := usedBroker(s, b)
		if !ok {
			continue
		}
		if at, found := deployedBroker(s, b); found {
			p.Holds(at, "%s is deployed; %s uses it", b.name, use.From.Path)
			continue
		}
		if managed(s, b) {
			continue
		}
		p.Report(use.From.At(use.Span), "%s connects to %s through %s, and no compose file, manifest or chart deploys it", use.From.Path, b.name, use.Package).Keyed("%s", b.name)
	}
})

// broker is a server that code talks to through one of the clients.
type broker struct {
	name    string
	clients []string // as the import graph names packages
	words   []string // to look for before parsing
	images  []string
	hints   []string // parts of names of variables and hosts
}

var brokers = []broker{
	{"Kafka", []string{"kafkajs", "node-rdkafka", "@confluentinc/kafka-javascript", "confluent_kafka", "aiokafka", "kafka", "github.com/segmentio/kafka-go", "github.com/IBM/sarama", "github.com/twmb/franz-go", "github.com/confluentinc/confluent-kafka-go"},
		[]string{"kafkajs", "rdkafka", "confluentinc", "confluent_kafka", "aiokafka", "kafka", "sarama"}, []string{"kafka", "cp-kafka", "redpanda", "cp-server", "kafka-native"}, []string{"kafka", "redpanda"}},
	{"RabbitMQ", []string{"amqplib", "amqp-connection-manager", "pika", "aio_pika", "github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp"},
		[]string{"amqplib", "amqp", "pika", "aio_pika"}, []string{"rabbitmq", "lavinmq"}, []string{"rabbit", "amqp"}},
	{"NATS", []string{"nats", "@nats-io/transport-node", "github.com/nats-io/nats.go"}, []string{"nats"}, []string{"nats", "nats-streaming"}, []string{"nats"}},
	{"Redis", []string{"redis", "ioredis", "bullmq", "bull", "rq", "arq", "aioredis", "github.com/redis/go-redis", "github.com/redis/go-redis/v9", "github.com/go-redis/redis", "github.com/go-redis/redis/v8"},
		[]string{"redis", "ioredis", "bullmq", "bull", "rq", "arq", "aioredis"}, []string{"redis", "redis-stack", "redis-stack-server", "valkey", "keydb", "dragonfly"}, []string{"redis", "valkey", "upstash", "keydb", "dragonfly"}},
	{"Memcached", []string{"memjs", "pymemcache", "memcache", "github.com/bradfitz/gomemcache"}, []string{"memjs", "pymemcache", "memcache", "gomemcache"}, []string{"memcached"}, []string{"memcache"}},
}

// deploysBacking says whether the project deploys servers that it does not build
// itself, so that one which is missing is missing.
func deploysBacking(s *repo.Snapshot) bool {
	for _, u := range s.KubeUnits() {
		if len(u.Gaps) > 0 && u.Role == repo.Production {
			return false
		}
	}
	return slices.ContainsFunc(s.Components(), func(c *repo.Component) bool {
		backing := c.Role == repo.RoleDatabase || c.Role == repo.RoleCache || c.Role == repo.RoleBroker
		return backing && slices.ContainsFunc(c.Deployments, func(d repo.Deployment) bool { return d.Context == "" && d.Env.Deployed() })
	})
}

// usedBroker is the first use of a client in code that runs. An import that may
// fail, or that is gone at run time, is none.
func usedBroker(s *repo.Snapshot, b *broker) (repo.External, bool) {
	look := func(f *repo.File) (repo.External, bool) {
		for _, e := range s.Graph().External(f) {
			if !e.Type && slices.Contains(b.clients, e.Package) {
				return e, true
			}
		}
		return repo.External{}, false
	}
	for _, src := range s.RunningSources(b.words...) {
		if isSideTool(src.Path) {
			continue
		}
		if e, ok := look(src.File); ok && !triedImport(src, e) {
			return e, true
		}
	}
	for _, src := range s.GoSourcesMentioning(b.words...) {
		if src.Role == repo.Production && s.Runs(src.File) {
			if e, ok := look(src.File); ok {
				return e, true
			}
		}
	}
	return repo.External{}, false
}

// triedImport says whether Python may do without the module, or imports it only
// inside a function.
func triedImport(src *repo.Source, e repo.External) bool {
	py := src.Py()
	if py == nil {
		return false
	}
	for i := range py.Imports {
		if m := &py.Imports[i]; m.Span == e.Span {
			return m.Try || m.TypeChecking || m.Func >= 0
		}
	}
	return false
}

func deployedBroker(s *repo.Snapshot, b *broker) (at finding.Location, ok bool) {
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			base := strings.ToLower(d.Image.Base())
			if slices.Contains(b.images, base) || slices.ContainsFunc(b.hints, func(h string) bool { return strings.Contains(strings.ToLower(c.Name), h) && !isExporter(c.Name) }) {
				return d.At(), true
			}
		}
	}
	for _, chart := range s.HelmCharts() {
		for _, dep := range chart.Spec.Dependencies {
			if slices.ContainsFunc(b.hints, func(h string) bool { return strings.Contains(strings.ToLower(dep.Name.Value), h) }) {
				return chart.Start(), true
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if slices.ContainsFunc(b.hints, func(h string) bool { return strings.Contains(strings.ToLower(o.Kind+path.Base(o.File.Path)), h) }) {
			return o.File.Start(), true
		}
	}
	return at, false
}

func isExporter(name string) bool {
	for _, w := range []string{"exporter", "ui", "commander", "insight", "init", "connect", "rest"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// managed says whether a host outside the project is named for the broker, or a
// deployment passes an address in from outside.
func managed(s *repo.Snapshot, b *broker) bool {
	hinted := func(name string) bool {
		return slices.ContainsFunc(b.hints, func(h string) bool { return strings.Contains(strings.ToLower(name), h) })
	}
	for _, f := range s.EnvFiles() {
		for _, e := range f.Spec.Entries {
			if hinted(e.Key) && (strings.Contains(e.Value, ".") || strings.Contains(e.Value, "ssl")) && !strings.Contains(e.Value, "127.0.0.1") && !strings.Contains(e.Value, "localhost") {
				return true
			}
		}
	}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if d.Compose == nil {
				if slices.ContainsFunc(d.EnvVars, hinted) {
					return true
				}
				continue
			}
			for _, v := range d.Compose.Spec.Environment {
				if hinted(v.Name) && (!v.HasValue || strings.Contains(v.Value, "${") && !strings.Contains(v.Value, ":-") || strings.Contains(v.Value, ".")) {
					return true
				}
			}
		}
	}
	return false
}
