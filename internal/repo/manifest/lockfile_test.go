package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLockfilesSayWhatWasAskedForAndWhatItBecame(t *testing.T) {
	tests := []struct {
		name, src       string
		roots, packages string
	}{
		{"package-lock.json", `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1"}, "devDependencies": {"b": "2"}},
			"node_modules/a": {"version": "1.2.0"}, "node_modules/a/node_modules/@s/b": {"version": "2.0.0", "dev": true}, "apps/w": {"dependencies": {"c": "*"}}, "node_modules/w": {"resolved": "apps/w", "link": true}}}`,
			"/a ^1 , /b 2 dev, apps/w/c * ", "a@1.2.0 @s/b@2.0.0"},
		{"package-lock.json", `{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "3.0.0"}}}}}`, "", "a@1.0.0 b@3.0.0"},
		{"yarn.lock", "# yarn lockfile v1\n\n\"@s/a@^1\", \"@s/a@~1.1\":\n  version \"1.1.2\"\n  dependencies:\n    b \"^2\"\n\nb@^2:\n  version \"2.0.1\"\n", "", "@s/a@1.1.2 b@2.0.1"},
		{"yarn.lock", "__metadata:\n  version: 8\n\n\"a@npm:^1\":\n  version: 1.0.3\n\n\"web@workspace:.\":\n  version: 0.0.0-use.local\n  dependencies:\n    a: \"npm:^1\"\n  languageName: unknown\n", "/a ^1 ", "a@1.0.3"},
		{"pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n  apps/w:\n    devDependencies:\n      b: {specifier: 2, version: 2.0.0}\npackages:\n  a@1.0.0:\n    resolution: {}\n  '@s/b@2.0.0(a@1.0.0)': {}\n", "/a ^1 , apps/w/b 2 dev", "a@1.0.0 @s/b@2.0.0"},
		{"pnpm-lock.yaml", "lockfileVersion: 5.4\nspecifiers:\n  a: ^1\ndependencies:\n  a: 1.0.0\npackages:\n  /a/1.0.0: {dev: false}\n  /@s/b/2.0.0_a@1: {}\n", "/a ^1 ", "a@1.0.0 @s/b@2.0.0"},
		{"poetry.lock", "[[package]]\nname = \"Flask\"\nversion = \"3.0\"\n\n[package.dependencies]\nx = '1'\n\n[metadata]\ncontent-hash = 'x'\n", "", "flask@3.0"},
		{"uv.lock", "version = 1\n[[package]]\nname = 'anyio'\nversion = '4.0'\n[[package]]\nname = 'api'\nsource = { virtual = '.' }\ndependencies = [{ name = 'anyio' }]\n[package.metadata]\nrequires-dist = [{ name = 'anyio', specifier = '>=4' }]\n[package.metadata.requires-dev]\ndev = [{ name = 'pytest' }]\n", "/anyio >=4 , /pytest  dev", "anyio@4.0"},
		{"Pipfile.lock", `{"_meta": {}, "default": {"Flask": {"version": "==3.0"}}, "develop": {"pytest": {"version": "==8.0"}}}`, "", "flask@3.0 pytest@8.0"},
		{"bun.lock", `{"workspaces": {"": {"dependencies": {"a": "1",},},}, "packages": {"a": ["@s/a@1.0.0", ""],}}`, "/a 1 ", "@s/a@1.0.0"},
		{"go.sum", "a.b/c v1.0.0 h1:x\na.b/c v1.0.0/go.mod h1:y\n", "", "a.b/c@v1.0.0"},
		{"Cargo.lock", "[[package]]\nname = \"a_b\"\nversion = \"0.1.0\"\n", "", "a_b@0.1.0"},
		{"bun.lockb", "\x00\x01", "", ""},
	}
	for _, tt := range tests {
		l, err := ParseLockfile("x/"+tt.name, []byte(tt.src))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var roots, packages []string
		for _, r := range l.Roots {
			roots = append(roots, fmt.Sprintf("%s/%s %s %s", r.Project, r.Name, r.Spec, r.Group))
			if got := cut(t, tt.src, r.Span); !strings.Contains(got, r.Name) {
				t.Errorf("%s: %s covers %q", tt.name, r.Name, got)
			}
		}
		for _, p := range l.Packages {
			packages = append(packages, p.Name+"@"+p.Version)
			cut(t, tt.src, p.Span)
		}
		if diff := cmp.Diff(tt.roots, strings.Join(roots, ", ")); diff != "" || l.KnowsRoots != (tt.roots != "") {
			t.Errorf("%s roots: %s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.packages, strings.Join(packages, " ")); diff != "" {
			t.Errorf("%s packages: %s", tt.name, diff)
		}
	}
}

func TestBrokenLockfileNamesTheLine(t *testing.T) {
	for name, src := range map[string]string{"package-lock.json": "{\n<<<<<<< HEAD", "pnpm-lock.yaml": "a: [", "poetry.lock": "\n<<<<<<< HEAD\n"} {
		l, err := ParseLockfile(name, []byte(src))
		if err == nil || l.Kind == "" {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}
