package compose

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// parseAll reads the files of a txtar archive.
func parseAll(t *testing.T, archive string) []*File {
	t.Helper()
	var files []*File
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files = append(files, mustParse(t, f.Name, string(f.Data)))
	}
	return files
}

func describe(projects []*Project) string {
	var out []string
	for _, p := range projects {
		var files []string
		for _, f := range p.Files {
			files = append(files, f.Path)
		}
		out = append(out, fmt.Sprintf("%s %s", p.Env, strings.Join(files, "+")))
	}
	return strings.Join(out, "\n")
}

func TestGroup(t *testing.T) {
	for _, tt := range []struct{ name, files, want string }{
		{"alone", "-- docker-compose.yml --\nservices: {a: {image: x}}\n", "base docker-compose.yml"},
		{"alone and for development", "-- docker-compose.yml --\nservices: {a: {build: ., volumes: [\".:/app\"]}}\n", "development docker-compose.yml"},
		{"reloads", "-- docker-compose.yml --\nservices: {a: {build: ., command: uvicorn a:b --reload}}\n", "development docker-compose.yml"},
		{"mounted configuration is not source", "-- compose.yml --\nservices: {a: {build: ., volumes: [\"./nginx.conf:/etc/nginx.conf:ro\"]}}\n", "base compose.yml"},
		{"mounted settings are not source", "-- compose.yml --\nservices: {a: {build: ./a, volumes: [\"./a:/etc/a\"]}}\n", "base compose.yml"},
		{"production beside it", "-- docker-compose.yml --\nservices: {a: {image: x}}\n-- docker-compose.prod.yml --\nservices: {a: {image: x}}\n",
			"production docker-compose.prod.yml\ndevelopment docker-compose.yml"},
		{"an empty production file proves nothing", "-- docker-compose.yml --\nservices: {a: {image: x}}\n-- docker-compose.prod.yml --\n", "base docker-compose.yml"},
		{"production on top", "-- docker-compose.yml --\nservices: {a: {image: x}, b: {image: y}}\n-- docker-compose.prod.yml --\nservices: {a: {restart: always}}\n",
			"production docker-compose.yml+docker-compose.prod.yml\ndevelopment docker-compose.yml"},
		{"production depends on the base", "-- compose.yml --\nservices: {a: {image: x}, db: {image: y}}\n-- compose.prod.yml --\nservices: {a: {image: x, depends_on: [db]}}\n",
			"production compose.yml+compose.prod.yml\ndevelopment compose.yml"},
		{"development beside it", "-- compose.yml --\nservices: {a: {build: ., command: npm run dev}}\n-- compose.dev.yml --\nservices: {a: {build: .}}\n",
			"development compose.dev.yml\nbase compose.yml"},
		{"override", "-- compose.yml --\nservices: {a: {image: x}}\n-- compose.override.yml --\nservices: {a: {tty: true}}\n",
			"development compose.yml+compose.override.yml\nbase compose.yml"},
		{"folders", "-- dev/docker-compose.yml --\nservices: {a: {image: x}}\n-- production/docker-compose.yml --\nservices: {a: {image: x}}\n",
			"development dev/docker-compose.yml\nproduction production/docker-compose.yml"},
		{"production in a folder below", "-- docker-compose.yml --\nservices: {a: {image: x}}\n-- deploy/docker-compose.prod.yml --\nservices: {a: {image: x}}\n",
			"development docker-compose.yml\nproduction deploy/docker-compose.prod.yml"},
		{"another application's production", "-- a/docker-compose.yml --\nservices: {a: {image: x}}\n-- b/docker-compose.prod.yml --\nservices: {b: {image: x}}\n",
			"base a/docker-compose.yml\nproduction b/docker-compose.prod.yml"},
		{"named files", "-- local.yml --\nservices: {a: {image: x}}\n-- production.yml --\nservices: {a: {image: x}}\n", "development local.yml\nproduction production.yml"},
		{"variants", "-- compose.yml --\nservices: {a: {image: x}}\n-- compose.monitoring.yml --\nservices: {m: {image: x}}\n-- compose.ci.yml --\nservices: {a: {image: x}}\n",
			"test compose.ci.yml\nbase compose.monitoring.yml\nbase compose.yml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := describe(Group(parseAll(t, tt.files))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestEffectiveMergesFilesAndExtends(t *testing.T) {
	files := parseAll(t, `
-- common/base.yml --
services:
  app:
    image: app:1
    environment: {A: base, B: base}
    healthcheck: {test: [CMD, ok], interval: 5s}
-- docker-compose.yml --
services:
  app:
    extends: {file: common/base.yml, service: app}
    environment: [B=plain, C=plain]
    ports: ["80:80"]
    volumes: ["a:/x", ".:/src"]
    command: old words
  db: {image: postgres, ports: ["5432:5432"]}
-- docker-compose.prod.yml --
services:
  app:
    restart: always
    environment: {C: prod}
    volumes: ["b:/x"]
    command: [new]
    healthcheck: {interval: 9s}
  db:
    ports: !reset []
`)
	var prod *Project
	for _, p := range Group(files) {
		if p.Env == Prod {
			prod = p
		}
	}
	app := prod.Effective("app")
	var env, mounts []string
	for _, v := range app.Environment {
		env = append(env, v.Name+"="+v.Value+"@"+path.Base(v.Path))
	}
	for _, m := range app.Volumes {
		mounts = append(mounts, m.Source+":"+m.Target)
	}
	got := fmt.Sprint(app.Image.Raw, env, mounts, app.Command.Text, len(app.Ports), app.Healthcheck.TestText, app.Healthcheck.Interval.Value, app.Restart.Value)
	want := "app:1[A=base@base.yml B=plain@docker-compose.yml C=prod@docker-compose.prod.yml] [b:/x .:/src]new1ok9salways"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if db := prod.Effective("db"); len(db.Ports) != 0 || db.Image.Raw != "postgres" {
		t.Errorf("db %+v", db)
	}
	if prod.Effective("nobody") != nil || len(prod.Services()) != 2 {
		t.Error("services")
	}
}

func TestExtendsInACircleEnds(t *testing.T) {
	files := parseAll(t, "-- compose.yml --\nservices:\n  a: {extends: b, image: x}\n  b: {extends: {service: a}, restart: always}\n  c: {extends: {file: gone.yml, service: q}}\n")
	p := Group(files)[0]
	if a := p.Effective("a"); a.Restart.Value != "always" || a.Image.Raw != "x" {
		t.Errorf("%+v", a)
	}
	if c := p.Effective("c"); p.Extended(c) != nil {
		t.Error("found what is not there")
	}
}

func TestIsDevCommand(t *testing.T) {
	for command, want := range map[string]bool{
		"npm run dev": true, "pnpm dev": true, "next dev -p 3000": true, "sh -c 'alembic upgrade head && uvicorn a:b --reload'": true,
		"python manage.py runserver 0.0.0.0:8000": true, "vite --host": true, "flask run --debug": true, "npm run start:dev": true, "yarn start-watch": true,
		"npm start": false, "next start": false, "vite preview": false, "gunicorn a:b": false, "node dev.js": false, "": false,
	} {
		f := mustParse(t, "compose.yml", fmt.Sprintf("services: {a: {command: %q}}\n", command))
		if got := IsDevCommand(f.Service("a").Command.Words); got != want {
			t.Errorf("IsDevCommand(%q) = %v", command, got)
		}
	}
}

func TestFoldersOfDevelopersTools(t *testing.T) {
	for name, want := range map[string]Env{
		".worktree-container/docker-compose.yml": Dev, ".devcontainer/docker-compose.yml": Dev, ".gitpod/compose.yaml": Dev, "deploy/compose.yaml": Base,
	} {
		if got, _ := EnvOf(name, "docker", "compose", "yml", "yaml"); got != want {
			t.Errorf("%s is for %s, want %s", name, got, want)
		}
	}
}
