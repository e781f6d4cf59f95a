package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestDocKinds(t *testing.T) {
	for name, want := range map[string]DocKind{
		"README.md": DocReadme, "readme.zh-CN.md": DocReadme, "README": DocReadme, ".github/CONTRIBUTING.md": DocContributing, "CHANGELOG-7.0.md": DocChangelog,
		"docs/release-notes.md": DocChangelog, "LICENSE": DocLicence, "LICENSE.Apache-2.0": DocLicence, "SECURITY.md": DocSecurity, "docs/guides/security.md": "",
		"CODE_OF_CONDUCT.md": DocConduct, "docs/runbooks/db.md": DocRunbook, "docs/Troubleshooting.md": DocRunbook, "docs/adr/0001-use-go.md": DocDecision,
		"docs/architecture.md": DocArchitecture, "docs/disaster-recovery-runbook.md": DocRecovery, "docs/scaling-playbook.md": DocScaling, "DEPLOYMENT_GUIDE.md": DocDeployment,
		"docs/getting-started/index.md": DocOnboarding, "docs/api/users.md": DocAPI, "AUDIT_REPORT.md": DocReport, "IMPLEMENTATION_COMPLETE.md": DocReport, "SUMMARY.md": "",
		"backend/PHASE_2_STATUS.md": DocReport, "docs/api/order-status.md": DocAPI, "src/order-status.md": "", ".github/ISSUE_TEMPLATE/bug.md": DocTemplate, ".changeset/odd-cats.md": DocTemplate,
		"AGENTS.md": DocAgent, ".claude/skills/x/SKILL.md": DocAgent, "GettingStarted.md": DocOnboarding, "docs/HighAvailability.md": DocScaling, "docs/notes.md": "",
	} {
		if got := docKind(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func txtarSnapshot(t *testing.T, text string) *Snapshot {
	t.Helper()
	return open(t, NewTxtar(txtar.Parse([]byte(text))))
}

func TestDocsAreWhatPeopleWroteToBeRead(t *testing.T) {
	s := txtarSnapshot(t, "-- README.md --\n-- api/requirements.txt --\n-- LICENSE --\n-- vendor/a/README.md --\n-- robots.txt --\n-- docs/x.rst --\n-- tests/README.md --\n-- RUNBOOK --\n")
	var got []string
	for _, d := range s.Docs() {
		got = append(got, d.Path)
	}
	if diff := cmp.Diff([]string{"LICENSE", "README.md", "RUNBOOK", "docs/x.rst", "tests/README.md"}, got); diff != "" {
		t.Errorf("docs (-want +got):\n%s", diff)
	}
	if n := len(Views[*Doc](s)); n != 4 {
		t.Errorf("%d documents about the project, want 4", n)
	}
}

func TestPassagesNeedText(t *testing.T) {
	s := txtarSnapshot(t, `-- README.md --
# Product

## Deployment

Run it.

### Scaling

`+"```sh\nkubectl scale\n```"+`

## Disaster recovery

## Backup and restore
<!-- to be written -->

## What we learned when the deploy of the second of May went wrong in three ways
words
-- docs/runbook.md --
Restart it.
-- docs/scaling.md --
-- CHANGELOG.md --
## Deployment
words
-- AGENTS.md --
## Deployment
words
`)
	var got []string
	for _, kind := range []DocKind{DocDeployment, DocScaling, DocRecovery, DocRunbook} {
		for _, p := range s.Passages(kind) {
			title := ""
			if p.Heading != nil {
				title = p.Heading.Text
			}
			got = append(got, fmt.Sprintf("%s %s:%d %s %d", kind, p.Doc.Path, p.At().Line, title, p.Words))
		}
	}
	want := []string{"deployment README.md:3 Deployment 12", "scaling README.md:7 Scaling 10", "runbook docs/runbook.md:1  2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFollow(t *testing.T) {
	s := txtarSnapshot(t, `-- .gitignore --
out/
-- README.md --
# A & B
[f](docs/a.md) [f](./docs/) [f](/docs/a.md#part-1) [f](#a--b) [f](docs/a) [f](docs/a.md#L3)
[m](docs/gone.md) [m](Docs/A.MD) [m](img/logo.svg) [m](docs/nothing)
[n](#c) [n](docs/a.md#nowhere)
[u](out/x.md) [u](../../issues) [u](issues/1) [u](dist/a.js) [u]({{ x }}.md) [u](docs/b.html) [u](/docs/route) [u](path/...)
[e](https://a.example) [e](mailto:a@b.example) [e](//a.example/x)
-- docs/a.md --
## Part
## Part
-- docs/sub/logo.svg --
-- site/mkdocs.yml --
-- site/docs/index.md --
[f](a.md) [m](b.md) [u](../c/) [u](a.md#made)
-- site/docs/a.md --
-- hugo/hugo.toml --
-- hugo/content/x.md --
[u](../y.md)
-- hugo/README.md --
[m](y.md)
-- web/next.config.js --
-- web/content/x.md --
[u](y.md)
-- web/docs.md --
[m](y.md)
-- p.mdx --
[u](y.md)
-- front.md --
---
slug: /x
---
[u](route) [m](y.md)
`)
	letter := map[LinkState]string{LinkUnknown: "u", LinkExternal: "e", LinkFound: "f", LinkMissing: "m", LinkNoAnchor: "n"}
	links := 0
	suggested := map[string]string{}
	for _, d := range s.Docs() {
		for _, l := range d.Spec().Links {
			links++
			to := s.Follow(d, l)
			if letter[to.State] != l.Text {
				t.Errorf("%s: %s is %s (%+v), want %s", d.Path, l.Target, letter[to.State], to, l.Text)
			}
			if to.Suggest != "" {
				suggested[l.Target] = to.Suggest
			}
		}
	}
	if links != 33 {
		t.Errorf("%d links", links)
	}
	if diff := cmp.Diff(map[string]string{"Docs/A.MD": "docs/a.md", "img/logo.svg": "docs/sub/logo.svg"}, suggested); diff != "" {
		t.Errorf("suggested (-want +got):\n%s", diff)
	}
}

func TestDocCommands(t *testing.T) {
	s := txtarSnapshot(t, "-- README.md --\nx\n\n- y\n  ```sh\n  make  all # c\n  ```\n")
	d := s.Docs()[0]
	all := d.Commands()
	if len(all) != 1 || all[0].String() != "make all" || d.At(all[0].Span).Line != 5 || d.Text(all[0].Span) != "make  all" {
		t.Errorf("%+v", all)
	}
}

func TestAPIDescriptionsAreKnownByTheirTopKey(t *testing.T) {
	s := txtarSnapshot(t, `-- a.yml --
# c
openapi: "3.1.0" # c
info:
-- b.json --
{"x": {"openapi": "3.0.0"}, "swagger" : "2.0"}
-- c.yaml --
spec:
  openapi: 3.0.0
-- d.yaml --
openapi: ./other.yaml
-- e.yaml --
asyncapi: 2.6.0
-- f.json --
{"dependencies": {"swagger": "4.0"}, "openapi": true, "
-- node_modules/g.yaml --
openapi: 3.0.0
`)
	var got []string
	for _, a := range s.APIDescriptions() {
		got = append(got, strings.Join([]string{a.Path, a.Kind, a.Version, a.Text(a.Key)}, " "))
	}
	if diff := cmp.Diff([]string{"a.yml openapi 3.1.0 openapi", "b.json swagger 2.0 swagger", "e.yaml asyncapi 2.6.0 asyncapi"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
