package repo

import (
	"slices"
	"strings"

	"drydock/internal/repo/imageref"
	"drydock/internal/repo/secret"
)

// ServiceRole is what a service does in the system.
type ServiceRole string

// The roles of services.
const (
	RoleWeb       ServiceRole = "web"       // serves a user interface
	RoleAPI       ServiceRole = "api"       // serves requests
	RoleWorker    ServiceRole = "worker"    // takes jobs from a queue
	RoleScheduler ServiceRole = "scheduler" // starts jobs by the clock
	RoleMigration ServiceRole = "migration" // changes the schema, then ends
	RoleBackup    ServiceRole = "backup"
	RoleDatabase  ServiceRole = "database"
	RoleCache     ServiceRole = "cache" // and simple queues: redis, memcached
	RoleBroker    ServiceRole = "broker"
	RoleProxy     ServiceRole = "proxy"
	RolePool      ServiceRole = "pool"  // connection pooler
	RoleAdmin     ServiceRole = "admin" // consoles for people
	RoleStorage   ServiceRole = "storage"
	RoleMonitor   ServiceRole = "monitoring" // collects metrics, logs or traces, or shows them
	RoleTask      ServiceRole = "task"       // sets something up, then ends
	RoleApp       ServiceRole = "app"        // the project's own, of unknown kind
	RoleOther     ServiceRole = "other"      // somebody else's image of unknown kind
)

// imageRoles tell a service's role by its image's last name.
var imageRoles = map[string]ServiceRole{
	"postgres": RoleDatabase, "postgresql": RoleDatabase, "postgis": RoleDatabase, "timescaledb": RoleDatabase, "pgvector": RoleDatabase,
	"mysql": RoleDatabase, "mariadb": RoleDatabase, "mongo": RoleDatabase, "mongodb": RoleDatabase, "cockroach": RoleDatabase,
	"server": RoleOther, "elasticsearch": RoleDatabase, "opensearch": RoleDatabase, "clickhouse-server": RoleDatabase, "neo4j": RoleDatabase,
	"redis": RoleCache, "redis-stack": RoleCache, "valkey": RoleCache, "keydb": RoleCache, "memcached": RoleCache, "dragonfly": RoleCache,
	"rabbitmq": RoleBroker, "kafka": RoleBroker, "cp-kafka": RoleBroker, "redpanda": RoleBroker, "nats": RoleBroker, "activemq": RoleBroker, "mosquitto": RoleBroker,
	"nginx": RoleProxy, "nginx-unprivileged": RoleProxy, "traefik": RoleProxy, "caddy": RoleProxy, "haproxy": RoleProxy, "envoy": RoleProxy, "nginx-proxy-manager": RoleProxy,
	"pgbouncer": RolePool, "pgpool": RolePool, "odyssey": RolePool, "proxysql": RolePool,
	"adminer": RoleAdmin, "pgadmin4": RoleAdmin, "phpmyadmin": RoleAdmin, "flower": RoleAdmin, "mailhog": RoleAdmin, "mailpit": RoleAdmin,
	"mailcatcher": RoleAdmin, "redisinsight": RoleAdmin, "redis-commander": RoleAdmin, "mongo-express": RoleAdmin, "portainer": RoleAdmin, "portainer-ce": RoleAdmin,
	"kafka-ui": RoleAdmin, "akhq": RoleAdmin, "bull-board": RoleAdmin, "minio": RoleStorage, "seaweedfs": RoleStorage, "garage": RoleStorage, "mc": RoleTask, "minio-client": RoleTask,
	"grafana": RoleMonitor, "grafana-oss": RoleMonitor, "prometheus": RoleMonitor, "alertmanager": RoleMonitor, "loki": RoleMonitor, "promtail": RoleMonitor, "alloy": RoleMonitor,
	"tempo": RoleMonitor, "mimir": RoleMonitor, "jaeger": RoleMonitor, "all-in-one": RoleMonitor, "zipkin": RoleMonitor, "opentelemetry-collector": RoleMonitor, "opentelemetry-collector-contrib": RoleMonitor,
	"node-exporter": RoleMonitor, "cadvisor": RoleMonitor, "postgres-exporter": RoleMonitor, "redis_exporter": RoleMonitor, "mysqld-exporter": RoleMonitor, "blackbox-exporter": RoleMonitor,
	"pyroscope": RoleMonitor, "kibana": RoleMonitor, "fluentd": RoleMonitor, "fluent-bit": RoleMonitor, "vector": RoleMonitor, "uptime-kuma": RoleMonitor, "influxdb": RoleDatabase,
	"ofelia": RoleScheduler, "postgres-backup-local": RoleBackup, "postgres-backup-s3": RoleBackup, "docker-volume-backup": RoleBackup,
}

// roleOfService decides by what the service runs, then by its image, then by
// its name.
func roleOfService(name string, image imageref.Ref, builds bool, command []string) ServiceRole {
	if r := RoleOfCommand(command); r != "" {
		return r
	}
	if r, ok := imageRoles[image.Base()]; ok && r != RoleOther && !builds {
		return r
	}
	if strings.HasPrefix(image.Repository(), "mcr.microsoft.com/mssql") || strings.Contains(image.Name, "mssql/server") {
		return RoleDatabase
	}
	for _, p := range slices.Backward(secret.Parts(name)) { // the last part says what it is, those before whose it is
		if r, ok := nameRoles[p]; ok {
			return r
		}
	}
	if builds {
		return RoleApp
	}
	return RoleOther
}

var nameRoles = map[string]ServiceRole{
	"worker": RoleWorker, "workers": RoleWorker, "consumer": RoleWorker, "celery": RoleWorker, "rq": RoleWorker, "sidekiq": RoleWorker,
	"beat": RoleScheduler, "scheduler": RoleScheduler, "cron": RoleScheduler, "backup": RoleBackup, "backups": RoleBackup,
	"migrate": RoleMigration, "migration": RoleMigration, "migrations": RoleMigration, "migrator": RoleMigration,
	"web": RoleWeb, "frontend": RoleWeb, "ui": RoleWeb, "client": RoleWeb, "api": RoleAPI, "backend": RoleAPI, "server": RoleAPI, "gateway": RoleAPI,
	"postgres": RoleDatabase, "postgresql": RoleDatabase, "db": RoleDatabase, "database": RoleDatabase, "mysql": RoleDatabase, "mariadb": RoleDatabase,
	"mongo": RoleDatabase, "mongodb": RoleDatabase, "clickhouse": RoleDatabase, "elasticsearch": RoleDatabase, "opensearch": RoleDatabase, "cassandra": RoleDatabase,
	"redis": RoleCache, "valkey": RoleCache, "memcached": RoleCache, "kafka": RoleBroker, "rabbitmq": RoleBroker, "nats": RoleBroker, "proxy": RoleProxy, "nginx": RoleProxy,
	"minio": RoleStorage, "grafana": RoleMonitor, "prometheus": RoleMonitor, "alertmanager": RoleMonitor, "loki": RoleMonitor, "jaeger": RoleMonitor, "zipkin": RoleMonitor,
	"exporter": RoleMonitor, "collector": RoleMonitor, "fluentd": RoleMonitor, "setup": RoleTask, "init": RoleTask, "seed": RoleTask, "bootstrap": RoleTask,
}

// RoleOfCommand is the role that a command line gives away, "" when it gives
// away none.
func RoleOfCommand(words []string) ServiceRole {
	has := func(w ...string) bool {
		return slices.ContainsFunc(words, func(x string) bool { return slices.Contains(w, x) })
	}
	line := strings.Join(words, " ")
	switch {
	case has("celery") && has("beat"), has("rqscheduler", "celerybeat"), has("crond", "supercronic", "cron"):
		return RoleScheduler
	case has("celery") && has("flower"):
		return RoleAdmin
	case has("celery") && has("worker"), has("dramatiq", "arq", "rqworker", "huey_consumer", "huey_consumer.py", "sidekiq", "faktory_worker"),
		has("rq") && has("worker"), has("taskiq") && has("worker"), has("rqworker"), has("queue:work", "queue:listen", "horizon"), has("qcluster", "runworker"):
		return RoleWorker
	case has("pg_dump", "pg_dumpall", "mysqldump", "mongodump", "pg_basebackup"), strings.Contains(line, "backup.sh"):
		return RoleBackup
	case has("uvicorn", "gunicorn", "hypercorn", "daphne", "granian") || (has("fastapi") && has("run", "dev")) || has("runserver"):
		return RoleAPI
	case has("alembic") && has("upgrade"), has("prisma") && has("deploy", "push"), has("migrate") && (has("manage.py") || has("flask")):
		return RoleMigration
	case has("next") && has("start", "dev"), has("vite"), has("nuxt"):
		return RoleWeb
	}
	if len(words) == 0 {
		return ""
	}
	for i, w := range words { // python -m app.worker, node dist/worker.js, npm run worker
		module := i > 0 && (words[i-1] == "-m" || words[i-1] == "run")
		file := strings.HasSuffix(w, ".py") || strings.HasSuffix(w, ".js") || strings.HasSuffix(w, ".ts") || strings.HasSuffix(w, ".mjs") || strings.HasSuffix(w, ".sh")
		if !module && !file {
			continue
		}
		for _, p := range secret.Parts(w) {
			switch p {
			case "worker", "workers", "consumer":
				return RoleWorker
			case "scheduler", "beat", "cron":
				return RoleScheduler
			}
		}
	}
	return ""
}
