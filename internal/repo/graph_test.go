package repo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

const sampleProject = `
-- web/package.json --
{"name": "web", "dependencies": {"next": "14.0.0"}, "scripts": {"dev": "next dev", "seed": "node scripts/seed.js"}}
-- web/tsconfig.json --
{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}
-- web/src/app/page.tsx --
import { api } from '@/lib/api'
import Chart from "../components/chart"
import './globals.css'
import dayjs from 'dayjs'
import { x } from './nowhere'
// import old from '../components/old'
-- web/src/app/globals.css --
-- web/src/app/page-old.tsx --
import { api } from "@/lib/api"
-- web/src/app/(shop)/cart/page.tsx --
export default function Page() { return null }
-- web/src/lib/api.ts --
export const api = () => import('./client')
-- web/src/lib/client.ts --
import '@scope/pkg/sub'
-- web/src/components/chart/index.tsx --
export default 1
-- web/src/components/old.tsx --
export default 1
-- web/scripts/seed.js --
const { api } = require('../src/lib/api')
-- api/Dockerfile --
FROM python:3.12
CMD ["./start.sh"]
-- api/start.sh --
#!/bin/sh
# python -m app.old
exec uvicorn app.main:app --port 8000
-- api/app/__init__.py --
-- api/app/main.py --
from fastapi import FastAPI
from app.routes import users
from . import config
-- api/app/config.py --
import os
-- api/app/routes/__init__.py --
-- api/app/routes/users.py --
from app.models.user import User
-- api/app/models/user.py --
import sqlalchemy
-- api/app/old.py --
from app.config import x
-- api/tests/test_users.py --
from app.old import y
-- docker-compose.yml --
services:
  worker:
    build: ./api
    command: python -m app.worker
-- api/app/worker.py --
import redis
`

func TestLiveIsWhatEntriesReach(t *testing.T) {
	s := open(t, NewTxtar(txtar.Parse([]byte(sampleProject))))
	g := s.Graph()
	want := map[string]bool{
		"web/src/app/page.tsx": true, "web/src/app/(shop)/cart/page.tsx": true, "web/src/lib/api.ts": true, "web/src/lib/client.ts": true,
		"web/src/components/chart/index.tsx": true, "web/src/components/old.tsx": false, "web/src/app/page-old.tsx": false, "web/scripts/seed.js": true,
		"api/app/main.py": true, "api/app/config.py": true, "api/app/routes/users.py": true, "api/app/models/user.py": true, "api/app/old.py": false,
		"api/app/worker.py": true,
	}
	got := map[string]bool{}
	for name := range want {
		_, got[name] = g.Live(s.File(name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// NestJS starts what it builds without naming the extension.
func TestLiveThroughBuildOutputWithoutExtension(t *testing.T) {
	for name, script := range map[string]string{"node": "node dist/main", "nest": "nest start --watch"} {
		s := tree(t, `
-- package.json --
{"name": "api", "scripts": {"start": "`+script+`", "seed": "node src/seed.js"}}
-- src/main.ts --
import { app } from './app'
-- src/app.ts --
export const app = 1
-- src/seed.js --
`)
		if _, live := s.Graph().Live(s.File("src/app.ts")); !live {
			t.Errorf("%s: src/app.ts is not live", name)
		}
	}
}

func TestGraphTellsOwnFromForeignFromMissing(t *testing.T) {
	s := open(t, NewTxtar(txtar.Parse([]byte(sampleProject))))
	g := s.Graph()
	names := func(list []External) (out []string) {
		for _, e := range list {
			out = append(out, e.Package+"|"+e.Module)
		}
		return out
	}
	page := s.File("web/src/app/page.tsx")
	if diff := cmp.Diff([]string{"dayjs|dayjs"}, names(g.External(page))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"|./nowhere"}, names(g.Missing(page))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"@scope/pkg|@scope/pkg/sub"}, names(g.External(s.File("web/src/lib/client.ts")))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"fastapi|fastapi"}, names(g.External(s.File("api/app/main.py")))); diff != "" {
		t.Error(diff)
	}
	if got := g.Importers(s.File("web/src/lib/api.ts")); len(got) != 3 {
		t.Errorf("importers of api.ts: %+v", got)
	}
}

func TestServicesJoinTheirDeclarations(t *testing.T) {
	s := open(t, NewTxtar(txtar.Parse([]byte(`
-- docker-compose.yml --
services:
  backend:
    build: ./backend
    command: uvicorn app.main:app --reload
  jobs:
    build: ./backend
    command: ["rq", "worker", "default"]
  db:
    image: postgres:16
-- docker-compose.prod.yml --
services:
  backend:
    build: ./backend
  db:
    image: postgres:16
-- backend/Dockerfile --
FROM python:3.12
CMD ["gunicorn", "app.main:app"]
`))))
	type row struct {
		Name  string
		Role  ServiceRole
		Count int
	}
	var got []row
	for _, v := range s.Services() {
		got = append(got, row{v.Name, v.Role, len(v.Declarations)})
	}
	if diff := cmp.Diff([]row{{"backend", RoleAPI, 2}, {"db", RoleDatabase, 2}, {"jobs", RoleWorker, 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryStageThatStartsSomethingIsAnEntry(t *testing.T) {
	s := open(t, NewTxtar(txtar.Parse([]byte(`
-- Dockerfile --
FROM python:3.12 AS api
CMD ["uvicorn", "app.main:app"]
FROM python:3.12 AS jobs
CMD ["python", "-m", "app.jobs"]
-- app/__init__.py --
-- app/main.py --
import os
-- app/jobs.py --
import os
-- app/other.py --
import os
`))))
	for name, want := range map[string]bool{"app/main.py": true, "app/jobs.py": true, "app/other.py": false} {
		if _, live := s.Graph().Live(s.File(name)); live != want {
			t.Errorf("%s is live: %v", name, live)
		}
	}
}
