package repo

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEntriesOfFrameworks(t *testing.T) {
	s := open(t, archived(`
-- rr/package.json --
{"dependencies": {"@react-router/node": "7"}}
-- rr/app/root.tsx --
export default 1
-- rr/app/routes.ts --
import { route, layout, type RouteConfig } from "@react-router/dev/routes";
export default [layout("./shell.tsx", [route("login", "./login.tsx")])] satisfies RouteConfig;
-- rr/app/shell.tsx --
export default 1
-- rr/app/login.tsx --
export default 1
-- rr/app/forgotten.tsx --
export default 1
-- kit/package.json --
{"devDependencies": {"@sveltejs/kit": "2"}}
-- kit/src/routes/+page.svelte --
<script>import "$lib/used"</script>
-- kit/src/lib/used.ts --
export const a = 1
-- kit/src/lib/unused.ts --
export const b = 1
-- lib/package.json --
{"name": "lib"}
-- lib/tsup.config.ts --
export default defineConfig({ entry: ["src/index.ts", "src/cli.ts"] })
-- lib/src/index.ts --
export const c = 1
-- lib/src/cli.ts --
export const d = 1
-- nest/nest-cli.json --
{"projects": {"jobs": {"type": "application", "sourceRoot": "apps/jobs/src", "entryFile": "main"}}}
-- nest/apps/jobs/src/main.ts --
export const e = 1
-- py/pyproject.toml --
[project]
name = "py"
[project.scripts]
tool = "tool.cli:main"
-- py/tool/cli.py --
x = 1
-- py/tool/other.py --
x = 1
-- dj/manage.py --
from django.core.management import execute_from_command_line
-- dj/site/settings/base.py --
MIDDLEWARE = ["site.mw.Timing"]
INSTALLED_APPS = ["django.contrib.admin"] + LOCAL
LOCAL = ["shop"]
LOCAL_APPS = ["cart.apps.CartConfig"]
INSTALLED_APPS += LOCAL_APPS
ROOT_URLCONF = "site.urls"
-- dj/site/settings/production.py --
from .base import *
DEBUG = False
-- dj/site/mw.py --
x = 1
-- dj/site/urls.py --
from django.urls import include, path
urlpatterns = [path("c/", include("cart.urls"))]
-- dj/site/celery.py --
app.autodiscover_tasks()
-- dj/cart/apps.py --
x = 1
-- dj/cart/models.py --
x = 1
-- dj/cart/urls.py --
x = 1
-- dj/cart/tasks.py --
x = 1
-- dj/cart/management/commands/sweep.py --
x = 1
-- dj/cart/unused.py --
x = 1
`))
	var dead []string
	for _, src := range s.Sources() {
		if _, live := s.Graph().Live(src.File); !live {
			dead = append(dead, src.Path)
		}
	}
	want := []string{"dj/cart/unused.py", "dj/site/celery.py", "kit/src/lib/unused.ts", "py/tool/other.py", "rr/app/forgotten.tsx"}
	if diff := cmp.Diff(want, dead); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"kit/src/routes/+page.svelte": "routed by SvelteKit", "rr/app/login.tsx": "routed by React Router", "lib/src/cli.ts": "built as lib/tsup.config.ts says",
		"dj/cart/tasks.py": "found by autodiscover_tasks in dj/site/celery.py", "py/tool/cli.py": "entry tool of py/pyproject.toml",
	} {
		if why, _ := s.Graph().Live(s.File(name)); why != want {
			t.Errorf("%s is live because %q, want %q", name, why, want)
		}
	}
	var got []string
	for _, d := range s.DjangoSettings() {
		line := fmt.Sprintf("%s env=%q apps=%t", path.Base(d.Path), d.Env, d.Complete("INSTALLED_APPS"))
		for _, list := range [][]DjangoName{d.Middleware, d.Apps, d.Named} {
			for _, n := range list {
				line += " " + n.Name + n.Op
			}
			line += " |"
		}
		for _, f := range d.Imports {
			line += " " + path.Base(f.Path)
		}
		got = append(got, line)
	}
	wantSettings := []string{
		`base.py env="" apps=false site.mw.Timing= | django.contrib.admin= cart.apps.CartConfig+= | cart.apps.CartConfig= site.urls= |`,
		`production.py env="production" apps=false | | | base.py`,
	}
	if diff := cmp.Diff(wantSettings, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlatRoutes(t *testing.T) {
	for name, want := range map[string]string{
		"_index": "/", "users.$id.edit": "/users/:id/edit", "_auth.login": "/login", "sitemap[.]xml": "/sitemap.xml", "$": "/*",
		"app+/t.$team+/_layout": "/app/t/:team layout", "about/route": "/about", "(lang).faq": "/lang?/faq", "users_.new": "/users/new",
	} {
		at, layout := flatPath(strings.Split(name, "/"))
		if layout {
			at += " layout"
		}
		if at != want {
			t.Errorf("%s: %s, want %s", name, at, want)
		}
	}
}
