package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnitsOfMonorepos(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"name": "root", "private": true, "workspaces": ["apps/*", "!apps/old"], "scripts": {"build": "turbo run build"}}
-- pnpm-workspace.yaml --
packages:
  - "packages/**"
-- pnpm-lock.yaml --
lockfileVersion: '9.0'
-- apps/web/package.json --
{"name": "web", "version": "1.2.3", "scripts": {"dev": "next dev"}, "dependencies": {"next": "15"}}
-- apps/web/pages/index.tsx --
export default function Page() { return null }
-- apps/old/package.json --
{"name": "old"}
-- packages/ui/deep/package.json --
{"name": "ui"}
-- api/pyproject.toml --
[project]
name = "api"
version = "0.1"
[project.scripts]
serve = "api.main:run"
[tool.uv.workspace]
members = ["libs/*"]
-- api/uv.lock --
version = 1
-- api/libs/core/pyproject.toml --
[project]
name = "core"
-- api/requirements.txt --
fastapi
-- go.work --
go 1.22
use (
	./svc // the service
)
-- svc/go.mod --
module example.com/svc
-- jvm/pom.xml --
<project><artifactId>parent</artifactId><modules><module>web</module></modules></project>
-- jvm/web/pom.xml --
<project><artifactId>web</artifactId></project>
-- node_modules/left/package.json --
{"name": "left"}
`))
	var got []string
	for _, u := range s.Units() {
		line := fmt.Sprintf("%s %s %s@%s", u.Dir, u.Ecosystem, u.Name, u.Version)
		if u.Workspace != nil {
			line += " in " + u.Workspace.Dir
		}
		if u.Lockfile != nil {
			line += " locked by " + u.Lockfile.File.Path
		}
		for _, x := range u.Scripts {
			line += " script " + x.Name
		}
		for _, e := range u.Entries {
			line += " starts " + e.File.Path
		}
		got = append(got, line)
	}
	want := strings.Split(strings.TrimSpace(`
. go .@
. npm root@ locked by pnpm-lock.yaml script build
api pypi api@0.1 locked by api/uv.lock script serve
api/libs/core pypi core@ in api locked by api/uv.lock
apps/old npm old@
apps/web npm web@1.2.3 in . locked by pnpm-lock.yaml script dev starts apps/web/pages/index.tsx
jvm maven parent@
jvm/web maven web@ in jvm
packages/ui/deep npm ui@ in . locked by pnpm-lock.yaml
svc go example.com/svc@ in .
`), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if u := s.UnitOf(s.File("apps/web/pages/index.tsx")); u == nil || u.Name != "web" {
		t.Errorf("the page belongs to %v", u)
	}
}

func TestGlobsOfDirectories(t *testing.T) {
	for _, c := range []struct {
		pattern, dir string
		want         bool
	}{
		{"apps/*", "apps/web", true}, {"apps/*", "apps/web/x", false}, {"apps/**", "apps/web/x", true}, {"**", ".", true}, {"apps/**", "apps", true},
		{"*/x", "a/x", true}, {"apps/w[", "apps/w[", false}, {"a/**/z", "a/z", true}, {"a/**/z", "a/b/c/z", true}, {"a/**/z", "a/b/c", false},
	} {
		if got := matchGlob(c.pattern, c.dir); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.dir, got)
		}
	}
}
