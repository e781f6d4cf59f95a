package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComponentsJoinWhatDeclaresThem(t *testing.T) {
	s := open(t, archived(`
-- docker-compose.yml --
services:
  api:
    build: ./api
    environment: {DATABASE_URL: x, SECRET: y}
    ports: ["8000:8000"]
    depends_on: [db]
  db:
    image: postgres:16
    healthcheck: {test: pg_isready}
-- docker-compose.prod.yml --
services:
  api:
    image: registry/api:1
    environment: [DATABASE_URL=x]
-- api/Dockerfile --
FROM python:3.12
HEALTHCHECK CMD curl localhost:8000/health
CMD ["uvicorn", "main:app"]
-- api/pyproject.toml --
[project]
name = "api"
dependencies = ["fastapi==0.115.0", "sqlalchemy==2.0.1"]
-- api/main.py --
from fastapi import FastAPI
app = FastAPI()
-- deploy/k8s/api.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api-deployment}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: registry/api:1
          ports: [{containerPort: 8000}]
          readinessProbe: {httpGet: {path: /health, port: 8000}}
          env: [{name: DATABASE_URL, value: x}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: report, image: "registry/report:1"}]
-- tests/compose.yml --
services:
  fake: {image: x}
-- web/package.json --
{"name": "web", "dependencies": {"next": "15.0.0", "react": "19.0.0"}}
-- web/Procfile --
web: next start
`))
	var got []string
	for _, c := range s.Components() {
		line := fmt.Sprintf("%s role=%s tech=%s", c.Name, c.Role, c.Technology)
		if c.Unit != nil {
			line += " unit=" + c.Unit.Dir
		}
		if c.Dockerfile != nil {
			line += " image=" + c.Dockerfile.File.Path
		}
		got = append(got, line)
		for _, d := range c.Deployments {
			health := "none"
			if d.Health != nil {
				health = d.Health.From + " at " + d.Health.File.Path
			}
			at := d.At()
			got = append(got, fmt.Sprintf("  %s %s %v %s:%d ports=%v env=%v needs=%v health=%s", d.Means, d.Kind, d.Env, at.Path, at.Line, d.Ports, d.EnvVars, d.Depends, health))
		}
	}
	want := strings.Split(strings.Trim(`
api role=api tech=fastapi unit=api image=api/Dockerfile
  compose  development docker-compose.yml:2 ports=[8000] env=[DATABASE_URL SECRET] needs=[db] health=image at api/Dockerfile
  compose  production docker-compose.prod.yml:2 ports=[] env=[DATABASE_URL] needs=[] health=none
  kubernetes Deployment base deploy/k8s/api.yaml:3 ports=[8000] env=[DATABASE_URL] needs=[] health=readiness probe at deploy/k8s/api.yaml
db role=database tech=postgresql
  compose  development docker-compose.yml:7 ports=[] env=[] needs=[] health=healthcheck at docker-compose.yml
report role=other tech=
  kubernetes CronJob base deploy/k8s/api.yaml:18 ports=[] env=[] needs=[] health=none
web role=web tech=nextjs unit=web
  procfile  production web/Procfile:1 ports=[] env=[] needs=[] health=none
`, "\n"), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestComponentsRolesAndStanding(t *testing.T) {
	s := open(t, archived(`
-- .env --
CACHE_IMAGE=valkey/valkey:8
-- compose.yaml --
services:
  redis-worker: {image: org/tool}
  front-cache: {image: "${CACHE_IMAGE}"}
  metrics: {image: prom/prometheus:v3}
  mongodb: {build: ./mongo}
  minio-setup: {image: org/other}
  ws: {image: org/ws:1}
  pay: {image: org/pay}
-- mongo/Dockerfile --
FROM mongo:8
-- apps/ws/package.json --
{"name": "ws", "dependencies": {"ws": "8.0.0"}}
-- other/compose.yaml --
services:
  pay: {image: org/pay}
-- compose.test.yaml --
services:
  frontendTests: {image: org/tests}
-- k8s/pay.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay}
spec:
  selector: {matchLabels: {app: pay}}
  template:
    metadata: {labels: {app: pay}}
    spec:
      containers: [{name: pay, image: "org/pay:2"}]
`))
	var got []string
	for _, c := range s.Components() {
		d := c.Foremost()
		got = append(got, fmt.Sprintf("%s %s %s %s production=%v", c.Name, c.Role, d.File.Path, d.Image.Raw, c.InProduction()))
	}
	want := []string{
		"front-cache cache compose.yaml valkey/valkey:8 production=false",
		"metrics monitoring compose.yaml prom/prometheus:v3 production=false",
		"minio-setup task compose.yaml org/other production=false",
		"mongodb database compose.yaml  production=false",
		"pay other k8s/pay.yaml org/pay:2 production=true",
		"pay other other/compose.yaml org/pay production=false",
		"redis-worker worker compose.yaml org/tool production=false",
		"ws app compose.yaml org/ws:1 production=false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
}
