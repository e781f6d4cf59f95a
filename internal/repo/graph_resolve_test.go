package repo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// edges lists what the files of the project load, one line each.
func edges(s *Snapshot, from string) []string {
	var out []string
	for _, i := range s.Graph().Imports(s.File(from)) {
		out = append(out, i.Module+" → "+i.To.Path)
	}
	return out
}

func TestScriptNamesResolve(t *testing.T) {
	for name, c := range map[string]struct {
		project string
		from    string
		want    []string
	}{
		"exports and imports": {`
-- packages/shared/package.json --
{"name": "@acme/shared", "main": "./dist/src/index.js", "exports": {
  ".": {"types": "./dist/src/index.d.ts", "import": "./dist/src/index.js"},
  "./query": {"import": "./dist/src/features/query/index.js"},
  "./icons/*": "./dist/esm/glyphs/*.mjs"}}
-- packages/shared/src/index.ts --
-- packages/shared/src/features/query/index.ts --
-- packages/shared/src/glyphs/star.tsx --
-- web/package.json --
{"name": "web", "imports": {"#db": {"default": "./lib/db.js"}}}
-- web/lib/db.ts --
-- web/a.ts --
import "@acme/shared"
import "@acme/shared/query"
import "@acme/shared/icons/star"
import "#db"
import "@acme/shared/nowhere"
`, "web/a.ts", []string{
			"@acme/shared → packages/shared/src/index.ts", "@acme/shared/query → packages/shared/src/features/query/index.ts",
			"@acme/shared/icons/star → packages/shared/src/glyphs/star.tsx", "#db → web/lib/db.ts",
		}},
		"paths of an extended package, a declaration that stands for a package, a dependency below baseUrl": {`
-- config/package.json --
{"name": "@acme/tsconfig"}
-- config/base.json --
{}
-- config/tsconfig.json --
{"compilerOptions": {"paths": {"~lib/*": ["${configDir}/../lib/*"]}}}
-- lib/a.ts --
-- ui/package.json --
{"name": "@acme/ui"}
-- ui/index.ts --
-- web/package.json --
{"name": "web", "dependencies": {"newrelic": "1"}}
-- web/tsconfig.json --
{"extends": ["@acme/tsconfig/tsconfig.json"], "compilerOptions": {"baseUrl": "./src"}}
-- web/typed/tsconfig.json --
{"compilerOptions": {"paths": {"@acme/ui": ["./noop.d.ts"]}}}
-- web/typed/noop.d.ts --
declare module "@acme/ui"
-- web/typed/b.ts --
import "@acme/ui"
-- web/src/newrelic.ts --
-- web/src/other.ts --
-- web/src/a.ts --
import "newrelic"
import "other"
import "~lib/a"
`, "web/src/a.ts", []string{"other → web/src/other.ts", "~lib/a → lib/a.ts"}},
		"aliases of bundlers": {`
-- package.json --
{"name": "web"}
-- vite.config.ts --
import path from "path"
export default defineConfig({ resolve: { alias: { "@": path.resolve(__dirname, "./src"), $only: "/src/only.ts" } } })
-- jest.config.js --
module.exports = { moduleNameMapper: { "^~/(.*)$": "<rootDir>/test-lib/$1" } }
-- vitest.config.ts --
export default { resolve: { alias: [{ find: "#u", replacement: fileURLToPath(new URL("./util", import.meta.url)) }] } }
-- src/only.ts --
-- src/b.ts --
-- test-lib/c.ts --
-- util/d.ts --
-- src/a.ts --
import "@/b"
import "$only"
import "~/c"
import "#u/d"
import "@unknown/b"
`, "src/a.ts", []string{"@/b → src/b.ts", "$only → src/only.ts", "~/c → test-lib/c.ts", "#u/d → util/d.ts"}},
		"patterns": {`
-- src/locales/de.ts --
-- src/locales/en.ts --
-- src/locales/en.test.ts --
-- src/pages/deep/a.vue --
-- src/models/user.js --
-- src/models/deep/x.js --
-- src/a.ts --
const l = import(` + "`./locales/${lang}.ts`" + `)
const pages = import.meta.glob("./pages/**/*.vue")
const models = require.context("./models", false)
const any = import(name)
`, "src/a.ts", []string{
			"./locales/*.ts → src/locales/de.ts", "./locales/*.ts → src/locales/en.ts",
			"./pages/**/*.vue → src/pages/deep/a.vue", "./models/* → src/models/user.js",
		}},
		"components": {`
-- package.json --
{"dependencies": {"nuxt": "3"}}
-- app/utils/b.ts --
-- shared/types.ts --
-- app/a.vue --
<template><img src="./no.png"></template>
<script setup lang="ts">
import { b } from "~/utils/b"
import type { T } from "#shared/types"
</script>
`, "app/a.vue", []string{"~/utils/b → app/utils/b.ts", "#shared/types → shared/types.ts"}},
		"directories that are read": {`
-- src/app.ts --
import autoLoad from "@fastify/autoload"
app.register(autoLoad, { dir: path.join(import.meta.dirname, "plugins") })
app.register(autoLoad, { dir: other })
-- src/plugins/a.ts --
-- src/plugins/deep/b.ts --
`, "src/app.ts", []string{"./plugins/** → src/plugins/a.ts", "./plugins/** → src/plugins/deep/b.ts"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, archived(c.project))
			if diff := cmp.Diff(c.want, edges(s, c.from)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeclaredModuleMeansItsPackage(t *testing.T) {
	s := open(t, archived(`
-- ui/package.json --
{"name": "@acme/ui"}
-- ui/index.ts --
-- web/tsconfig.json --
{"compilerOptions": {"paths": {"@acme/ui": ["./noop.d.ts"]}}}
-- web/noop.d.ts --
declare module "@acme/ui"
-- web/b.ts --
import "@acme/ui"
`))
	if diff := cmp.Diff([]string{"@acme/ui → ui/index.ts"}, edges(s, "web/b.ts")); diff != "" {
		t.Error(diff)
	}
}

func TestPythonNamesResolve(t *testing.T) {
	s := open(t, archived(`
-- app/pyproject.toml --
[project]
name = "app"
-- app/core/__init__.py --
-- app/core/logging.py --
x = 1
-- app/core/config.py --
import logging
from .logging import x
from acme_lib.sub import y
-- libs/acme/pyproject.toml --
[project]
name = "acme"
-- libs/acme/src/acme_lib/__init__.py --
-- libs/acme/src/acme_lib/sub.py --
y = 1
`))
	want := []string{"logging → app/core/logging.py", "acme_lib.sub → libs/acme/src/acme_lib/sub.py", "acme_lib.sub → libs/acme/src/acme_lib/__init__.py"}
	if diff := cmp.Diff(want, edges(s, "app/core/config.py")); diff != "" {
		t.Error(diff)
	}
	if ext := s.Graph().External(s.File("app/core/config.py")); len(ext) != 1 || ext[0].Package != "logging" {
		t.Errorf("external: %+v", ext)
	}
}

func TestBarrelsThatExportOneAnother(t *testing.T) {
	s := open(t, archived(`
-- a.ts --
export * from "./b";
-- b.ts --
export * from "./a";
export * from "./c";
-- c.ts --
export const router = 1;
-- use.ts --
import { router, nowhere } from "./a";
`))
	use := s.Source("use.ts")
	if at, ok := s.Origin(use, "router"); !ok || at.File.Path != "c.ts" || at.Name != "router" {
		t.Errorf("router is %+v", at)
	}
	if at, ok := s.Origin(use, "nowhere"); !ok || at.File.Path != "a.ts" {
		t.Errorf("nowhere is %+v", at)
	}
}
