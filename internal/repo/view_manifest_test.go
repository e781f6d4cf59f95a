package repo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"drydock/internal/repo/workflow"
)

func tree(t *testing.T, archive string) *Snapshot {
	t.Helper()
	return open(t, NewTxtar(txtar.Parse([]byte(archive))))
}

// names joins what list shows of each document, with the paths of what failed.
func broken(s *Snapshot) string {
	var out []string
	for _, e := range s.ParseErrors() {
		out = append(out, e.Path)
	}
	return strings.Join(out, " ")
}

func TestManifestViewsKeepRolesAndReportWhatDoesNotParse(t *testing.T) {
	s := tree(t, `
-- api/pyproject.toml --
[project]
name = "api"
dependencies = ["fastapi"]
-- api/uv.lock --
[[package]]
name = "fastapi"
version = "1"
-- api/worker/requirements.txt --
celery==5
-- broken/pyproject.toml --
[project
-- examples/requirements.txt --
flask
-- node_modules/x/package.json --
{"name": "x"}
-- setup.cfg --
[flake8]
max-line-length = 100
-- web/package.json --
{"name": "web", // no
"dependencies": {"next": "15"}}
-- web/package-lock.json --
{"packages": {"": {"dependencies": {"next": "15"}}}}
`)
	if got := s.PyProjects(); len(got) != 1 || got[0].PyProject.Name.Value != "api" || got[0].Path != "api/pyproject.toml" {
		t.Errorf("pyprojects: %+v", got)
	}
	var requirements []string
	for _, r := range s.Requirements() {
		requirements = append(requirements, r.Path+" "+string(r.Role)+" "+r.List[0].Name)
	}
	if diff := cmp.Diff([]string{"api/worker/requirements.txt production celery", "examples/requirements.txt example flask"}, requirements); diff != "" {
		t.Error(diff)
	}
	if got := Views[*Requirements](s); len(got) != 1 {
		t.Errorf("an example counts: %v", got)
	}
	if got := s.Packages(); len(got) != 1 || got[0].Path != "web/package.json" || !got[0].DependsOn("next") {
		t.Errorf("packages: %+v", got)
	}
	if got := s.PyLegacies(); len(got) != 0 {
		t.Errorf("setup.cfg of a linter declares nothing: %+v", got)
	}
	if got := s.LockfilesFor("api/worker", "uv", "poetry"); len(got) != 1 || got[0].Path != "api/uv.lock" {
		t.Errorf("lockfiles: %+v", got)
	}
	if got := s.LockfilesFor("api", "npm"); len(got) != 0 {
		t.Errorf("lockfiles: %+v", got)
	}
	if diff := cmp.Diff("broken/pyproject.toml web/package.json", broken(s)); diff != "" {
		t.Error(diff)
	}
}

func TestPipelinesOfAllSystems(t *testing.T) {
	s := tree(t, `
-- .github/workflows/ci.yml --
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci && npm test
        working-directory: web
-- .github/workflows/empty.yml --
# nothing
-- .github/workflows/broken.yml --
jobs: [
-- .gitlab-ci.yml --
.base: {script: [never]}
test: {script: [make test]}
-- web/package.json --
{}
`)
	var kinds []workflow.Kind
	for _, p := range s.Pipelines() {
		kinds = append(kinds, p.Spec.Kind)
	}
	if diff := cmp.Diff([]workflow.Kind{workflow.GitHub, workflow.GitLab}, kinds); diff != "" {
		t.Error(diff)
	}
	if got := Views[*Workflow](s); len(got) != 1 || got[0].Path != ".github/workflows/ci.yml" || got[0].Spec.Jobs[0].ID != "test" {
		t.Errorf("workflows: %+v", got)
	}
	if broken(s) != ".github/workflows/broken.yml" {
		t.Errorf("broken: %q", broken(s))
	}
	var run []string
	for _, c := range s.Commands() {
		run = append(run, c.Dir+": "+c.String()+" in "+c.File.Text(c.Span))
	}
	if diff := cmp.Diff([]string{"web: npm ci in npm ci", "web: npm test in npm test", ".: make test in make test"}, run); diff != "" {
		t.Error(diff)
	}
}

func TestNginxFilesAreFoundByNameOrContent(t *testing.T) {
	s := tree(t, `
-- nginx.conf --
events {}
-- deploy/conf.d/site.conf --
server { listen 80; location / { proxy_pass http://api; } }
-- redis.conf --
maxmemory 1gb
-- nginx/broken.conf --
server { listen 80;
-- nginx/empty.conf --
`)
	var got []string
	for _, n := range Views[*Nginx](s) {
		got = append(got, n.Path)
	}
	if diff := cmp.Diff([]string{"deploy/conf.d/site.conf", "nginx.conf", "nginx/broken.conf"}, got); diff != "" || broken(s) != "nginx/broken.conf" {
		t.Errorf("%s broken %q", diff, broken(s))
	}
}

func TestPrismaSchemasKeepTheirRole(t *testing.T) {
	s := tree(t, `
-- prisma/schema.prisma --
datasource db {
  provider = "sqlite"
  url      = "file:dev.db"
}
-- examples/a/schema.prisma --
model A { id Int @id }
-- prisma/broken.prisma --
model B {
`)
	if got := s.PrismaSchemas(); len(got) != 3 || got[0].Role != Example {
		t.Errorf("%+v", got)
	}
	got := Views[*PrismaSchema](s)
	if len(got) != 2 || got[1].Spec.Datasources[0].Provider.Value != "sqlite" || broken(s) != "prisma/broken.prisma" {
		t.Errorf("%+v broken %q", got, broken(s))
	}
}

func TestMigrationChainsByEnvironment(t *testing.T) {
	s := tree(t, `
-- api/alembic.ini --
[alembic]
script_location = migrations
sqlalchemy.url = sqlite:///dev.db
-- api/migrations/env.py --
from alembic import context
-- api/migrations/versions/a.py --
revision = "a"
down_revision = None
-- api/migrations/versions/b.py --
revision = "b"
down_revision = "a"
-- api/migrations/versions/c.py --
revision = "c"
down_revision = "gone"
-- api/migrations/versions/old/z.py --
revision = "z"
down_revision = None
-- api/migrations/versions/helper.py --
# down_revision = None
-- new/alembic.ini --
[alembic]
script_location = db
-- new/db/env.py --
from alembic import context
-- planned/alembic.ini --
[alembic]
script_location = nowhere
-- tests/versions/t.py --
revision = "t"
down_revision = None
`)
	var got []string
	for _, c := range s.MigrationChains() {
		line := c.Dir() + " " + string(c.Role)
		if c.Config != nil {
			line += " by " + c.Config.Path
		}
		for _, r := range c.Revisions {
			line += " " + r.ID.Value
		}
		for _, m := range c.Missing {
			line += " missing " + m.ID.Value + " at " + s.MigrationAt(m.From, m.ID.Span).Path
		}
		got = append(got, line)
	}
	want := []string{
		"api/migrations/versions production by api/alembic.ini a c b missing gone at api/migrations/versions/c.py",
		"api/migrations/versions/old production z",
		"new/db/versions production by new/alembic.ini",
		"tests/versions test t",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if configs := Views[*AlembicConfig](s); len(configs) != 3 || configs[0].Text(configs[0].Spec.Environments[0].URL.Span) != "sqlite:///dev.db" {
		t.Errorf("%+v", configs)
	}
}
