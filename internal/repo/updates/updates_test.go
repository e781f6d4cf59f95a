package updates

import (
	"fmt"
	"testing"

	"drydock/internal/repo/jsconfig"
	"drydock/internal/repo/yamldoc"
)

const sample = `version: 2
multi-ecosystem-groups: {all: {schedule: {interval: daily}}}
updates:
  - package-ecosystem: npm
    directories: ["/", "/apps/*", "/libs/**"]
    schedule: {interval: weekly}
    groups: {dev: {patterns: ["*"]}}
    ignore: [{dependency-name: left-pad}, {dependency-name: react, versions: [18]}]
  - package-ecosystem: github-actions
    directory: /
    open-pull-requests-limit: 0
    target-branch: next
  - package-ecosystem: docker
    directory: "api/"
    multi-ecosystem-group: all
`

func TestDependabot(t *testing.T) {
	docs, err := yamldoc.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	d := ReadDependabot(docs[0].Root)
	u := d.Updates[0]
	if got := fmt.Sprint(len(d.Updates), d.Version, u.Interval.Value, u.Groups, u.Ignored, d.Updates[1].Limit.Value, d.Updates[1].Branch.Value, sample[u.Ecosystem.Span.Start:u.Ecosystem.Span.End]); got != "32weekly[dev] [left-pad]0nextnpm" {
		t.Error(got)
	}
	if i := d.Updates[2].Interval.Value; i != "daily" {
		t.Errorf("the group's interval is %q", i)
	}
	for _, tt := range []struct {
		ecosystem, dir string
		want           bool
	}{
		{"npm", ".", true}, {"npm", "apps/web", true}, {"npm", "apps/web/x", false}, {"npm", "libs", true}, {"npm", "libs/a/b", true}, {"npm", "api", false},
		{"docker", "api", true}, {"docker", ".", false}, {"github-actions", ".github/workflows", true}, {"pip", ".", false},
	} {
		if _, ok := d.Covers(tt.ecosystem, tt.dir); ok != tt.want {
			t.Errorf("Covers(%s, %s) = %v", tt.ecosystem, tt.dir, ok)
		}
	}
}

func TestRenovate(t *testing.T) {
	root, err := jsconfig.JSON([]byte("{ extends: ['config:recommended'], enabledManagers: ['npm'], packageRules: [{}, {}], automerge: true, // c\n }"))
	if err != nil {
		t.Fatal(err)
	}
	r := ReadRenovate(root)
	if r.Extends[0].Value != "config:recommended" || r.Managers[0] != "npm" || r.Rules != 2 || !r.Automerge || r.Disabled {
		t.Errorf("%+v", r)
	}
	off, _ := jsconfig.JSON([]byte(`{"enabled": false}`))
	if !ReadRenovate(off).Disabled || ReadRenovate(nil) != nil {
		t.Error("what is turned off counts")
	}
}

func FuzzReadDependabot(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("updates: [{directories: [a, &b [*b]]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			b := ReadDependabot(d.Root)
			b.Covers("npm", "a/b")
			for _, u := range b.Updates {
				for _, x := range append(u.Directories, u.Ecosystem, u.Interval, Text{"", u.Span}) {
					if x.Span.Start < 0 || x.Span.End < x.Span.Start || x.Span.End > len(src) {
						t.Fatalf("%v of %d bytes", x.Span, len(src))
					}
				}
			}
		}
	})
}
