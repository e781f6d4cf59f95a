package compose

import (
	"fmt"
	"strings"
	"testing"
)

func TestInvocationsAreFoundInAnyText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"shell", "set -e\ncd deploy && docker compose -f a.yml --file=b.yml -p shop --profile x up -d\n", "deploy [a.yml b.yml] [] [x]  shop up [-d]"},
		{"makefile", "up:\n\t@docker-compose -f a.yml \\\n\t\t-f b.yml --env-file .env.prod build --pull\n", " [a.yml b.yml] [.env.prod] []   build [--pull]"},
		{"variable of a makefile", "COMPOSE := docker compose -fa.yml -f b.yml\n", " [a.yml b.yml] [] []    []"},
		{"documentation", "Run `docker compose -f a.yml up` then\n", " [a.yml] [] []   up []"},
		{"json", `{"up": "docker compose -f a.yml up", "x": 1}`, " [a.yml] [] []   up []"},
		{"comment", "# docker compose --project-directory .. -f \"a b.yml\" config\n", " [a b.yml] [] [] ..  config []"},
		{"swarm", "docker stack deploy -c a.yml --compose-file b.yml --with-registry-auth shop\n", " [a.yml b.yml] [] []  shop deploy []"},
		{"sudo and a path", "sudo /usr/bin/docker compose up\n", " [] [] []   up []"},
		{"names of files", "vi docker-compose.yml docker-compose.prod.yml; my-docker-composer x; mydocker compose up; docker composed\n", ""},
		{"two on a line", "docker compose -f a.yml up && docker compose -f b.yml down", " [a.yml] [] []   up []| [b.yml] [] []   down []"},
		{"options of the command", "docker compose run -f x app", " [] [] []   run [-f x app]"},
	} {
		var got []string
		for _, in := range Invocations([]byte(tt.text)) {
			got = append(got, fmt.Sprint(in.Chdir, " ", in.Files, " ", in.EnvFiles, " ", in.Profiles, " ", in.Dir, " ", in.Project, " ", in.Command, " ", in.Args))
			if at := tt.text[in.Span.Start:in.Span.End]; !strings.HasPrefix(at, "docker") || strings.Contains(at, "&&") {
				t.Errorf("%s: stands at %q", tt.name, at)
			}
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

func TestInvocationsAreLinear(t *testing.T) {
	for _, text := range []string{"stack ", "compose ", "docker compose ", "docker stack ", "cd docker compose -f '\\"} {
		Invocations([]byte(strings.Repeat(text, 200_000)))
	}
}

func TestGroupWithRuns(t *testing.T) {
	const files = `
-- compose.yml --
services: {a: {image: x}, b: {image: y}}
-- compose.full.yml --
services: {c: {image: z}}
-- compose.obs.yml --
services: {d: {image: z}}
-- compose.prod.yml --
services: {a: {image: x}}
-- compose.extra.yml --
`
	run := func(files ...string) Run { return Run{Files: files, Command: "up"} }
	for _, tt := range []struct {
		name string
		runs []Run
		want string
	}{
		{"none", nil, "base compose.full.yml\nbase compose.obs.yml\nproduction compose.prod.yml\ndevelopment compose.yml"},
		{"together", []Run{run("compose.yml", "compose.full.yml", "compose.extra.yml", "compose.obs.yml"), run("compose.yml", "compose.full.yml", "compose.obs.yml")},
			"base compose.yml+compose.full.yml+compose.obs.yml\nproduction compose.prod.yml\ndevelopment compose.yml"},
		{"and alone", []Run{run("compose.yml", "compose.full.yml"), run("compose.full.yml")},
			"base compose.full.yml\nbase compose.yml+compose.full.yml\nbase compose.obs.yml\nproduction compose.prod.yml\ndevelopment compose.yml"},
		{"production on top", []Run{run("compose.yml", "compose.prod.yml"), run("compose.yml", "gone.yml")},
			"base compose.full.yml\nbase compose.obs.yml\nproduction compose.yml+compose.prod.yml\ndevelopment compose.yml"},
	} {
		projects := Group(parseAll(t, files), tt.runs...)
		if got := describe(projects); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
		for _, p := range projects {
			if tt.name == "together" && len(p.Files) == 3 && len(p.Runs) != 2 {
				t.Errorf("runs %v", p.Runs)
			}
		}
	}
}

func TestIncludedFilesArePartOfTheProject(t *testing.T) {
	files := parseAll(t, `
-- compose.yml --
include: [db/compose.yml, {path: [obs.yml, obs.extra.yml]}]
services: {a: {image: x, depends_on: [db]}}
-- db/compose.yml --
include: [../compose.yml]
services: {db: {image: postgres, volumes: ["data:/data"]}}
volumes: {data: }
-- obs.yml --
services: {o: {image: y}}
-- obs.extra.yml --
services: {o: {restart: always}}
`)
	projects := Group(files)
	if got := describe(projects); got != "base compose.yml\nbase db/compose.yml" { // those two include each other
		t.Errorf("projects %s", got)
	}
	p := projects[0]
	var names []string
	for _, s := range p.Services() {
		names = append(names, s.Name)
	}
	if strings.Join(names, " ") != "db o a" || p.Effective("o").Restart.Value != "always" || p.Partial() {
		t.Errorf("services %v", names)
	}
	if p := Group(parseAll(t, "-- compose.yml --\ninclude: ['oci://x']\nservices: {a: {image: x}}\n"))[0]; !p.Partial() {
		t.Error("an include that is not known goes unnoticed")
	}
}
