package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/score"
)

var names = Known{
	Checks: []string{"docs/readme-missing", "security/inline-secret"}, Categories: []string{"docs", "security", "ml"},
	Themes: []string{"dark", "light"}, Formats: []string{"text", "json"}, Actions: []string{"fix", "quit"},
}

// A test sees only the environment that it sets itself.
func TestMain(m *testing.M) {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "DRYDOCK_") || name == "NO_COLOR" || name == "HOME" || name == "XDG_CONFIG_HOME" {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

// load reads the settings of a project whose file says text.
func load(t *testing.T, text string, change func(*Request)) (Settings, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, err := repo.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	r := Request{Project: dir, Path: "p", Known: names, Today: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	if change != nil {
		change(&r)
	}
	return Load(r)
}

func TestEveryKeyIsUnderstood(t *testing.T) {
	got, err := load(t, `
theme: light
plain: true
no_color: true
quiet: true
verbose: true
no_cache: true
jobs: 3
category: [-ml]
check: docs/readme-missing
min_severity: low
baseline: old.json
fail_under: 80.5
fail_on: high
exclude: [a, "b/**"]
target_score: 85
team: {engineers: 3, hours_per_week: 32.5}
weights: {security: 2, docs: 0}
checks:
  docs/readme-missing: off
  security/inline-secret: high
keymap:
  fix: F
  quit: [q, ctrl+q]
ignore:
  - fingerprint: abc
    reason: known
  - {check: docs/readme-missing, path: "x/**", reason: later, until: 2026-05-01}
  - {check: docs/readme-missing, reason: past, until: 2026-04-29}
attest:
  - {check: docs/readme-missing, evidence: "https://acme.example/r", by: me, date: 2026-04-01, until: 2027-04-01}
  - {check: security/inline-secret, evidence: old, date: 2024-01-01, until: 2025-01-01}
report: {format: json}
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Theme: "light", Plain: true, NoColor: true, Quiet: true, Verbose: true, NoCache: true, Jobs: 3,
		Categories: []string{"-ml"}, Checks: []string{"docs/readme-missing"}, MinSeverity: finding.Low, Baseline: "old.json", BaselineOwn: true,
		FailUnder: 80.5, FailOn: finding.High, Exclude: []string{"a", "b/**"}, TargetScore: 85, Engineers: 3, HoursPerWeek: 32.5,
		Weights: score.Weights{"security": 2, "docs": 0}, Off: []string{"docs/readme-missing"},
		Severities: map[string]finding.Severity{"security/inline-secret": finding.High},
		Keymap:     map[string][]string{"fix": {"F"}, "quit": {"q", "ctrl+q"}},
		Ignore:     []audit.Ignore{{Fingerprint: "abc", Reason: "known"}, {Check: "docs/readme-missing", Path: "x/**", Reason: "later"}},
		Expired:    []Expired{{"p/drydock.yaml:29", time.Date(2026, 4, 29, 0, 0, 0, 0, time.UTC), "docs/readme-missing"}},
		Attest: []audit.Attestation{{Check: "docs/readme-missing", Evidence: "https://acme.example/r", By: "me",
			Date: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC),
			At: finding.Location{Path: FileName, Line: 31, Column: 5, EndLine: 31, EndColumn: 5}}},
		Lapsed: []Expired{{"p/drydock.yaml:32", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), "security/inline-secret"}},
		Format: "json",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestMistakesAreToldWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"attest:\n - {check: docs/readme-missing, date: 2026-01-01, until: 2027-01-01}":              `:2: attest: evidence is required`,
		"attest:\n - {check: docs/readme-missing, evidence: e, until: 2027-01-01}":                   `:2: attest: date is required`,
		"attest:\n - {check: docs/readme-missing, evidence: e, date: 2026-01-01}":                    `:2: attest: until is required`,
		"attest:\n - {check: docs/readme-missing, evidence: e, date: 2026-06-01, until: 2027-01-01}": `:2: attest: date is still to come`,
		"attest:\n - {check: docs/readme-missing, evidence: e, date: 2026-01-01, until: 2099-01-01}": `:2: attest: until may be at most 3 years`,
		"attest:\n - {check: docs/readme, evidence: e, date: 2026-01-01, until: 2027-01-01}":         `:2: attest: check "docs/readme" is unknown`,
		"attest: {}":                            `:1: attest must be a list`,
		"\nthem: dark":                          `:2: unknown key: "them" is unknown: did you mean theme?`,
		"theme: drak":                           `:1: theme: "drak" is unknown: did you mean dark?`,
		"theme: dark\ntheme: light":             `:2: "theme" is there twice`,
		"theme:":                                `:1: theme: needs a value`,
		"theme: [dark]":                         `:1: theme: needs a value`,
		"- a":                                   `:1: the file must be a mapping`,
		"a: b: c":                               `:1: is not YAML: mapping values are not allowed`,
		"x: &a 1\ny: *a":                        `:1: unknown key`,
		"jobs: &a 1\nfail_under: *a":            `:2: anchors, aliases`,
		"jobs: 1.5":                             `:1: jobs: "1.5" is not a whole number from 0 to 1024`,
		"jobs: -1":                              `:1: jobs: "-1" is not a whole number`,
		"plain: perhaps":                        `:1: plain: "perhaps" is neither true nor false`,
		"fail_under: .nan":                      `:1: fail_under: ".nan" is not a number from 0 to 100`,
		"fail_on: bad":                          `:1: fail_on: unknown severity "bad"`,
		"category:\n - docs\n - dosc":           `:3: category: "dosc" is unknown: did you mean docs?`,
		"team:\n  engineer: 2":                  `:2: unknown key: "team.engineer" is unknown: did you mean team.engineers?`,
		"team: 3":                               `:1: team must be a mapping`,
		"weights:\n  docs: heavy":               `:2: weights.docs: "heavy" is not a number from 0 to 100`,
		"weights:\n  doc: 1":                    `:2: weights: category "doc" is unknown: did you mean docs?`,
		"checks:\n  readme-missing: off":        `:2: checks: "readme-missing" is unknown: did you mean docs/readme-missing?`,
		"checks:\n  docs/readme-missing: on":    `:2: checks.docs/readme-missing: "on" is neither off nor a severity`,
		"checks:\n  docs/readme-missing: info":  `:2: checks.docs/readme-missing: "info"`,
		"keymap:\n  fixx: F":                    `:2: keymap: action "fixx" is unknown: did you mean fix?`,
		"keymap:\n  fix: {a: b}":                `:2: keymap.fix: needs a key`,
		"ignore: all":                           `:1: ignore must be a list`,
		"ignore:\n- check: docs/readme-missing": `:2: ignore: a reason is required`,
		"ignore:\n- reason: why":                `:2: ignore: name a fingerprint or a check`,
		"ignore:\n- {check: a/b, reason: why}":  `:2: ignore: check "a/b" is unknown`,
		"ignore:\n- {fingerprint: a, path: b, reason: c}":         `:2: ignore: a fingerprint stands alone`,
		"ignore:\n- {fingerprint: a, reason: c,\n   until: soon}": `:3: ignore: until "soon" is not a date`,
		"ignore:\n- {fingerprint: a, because: c}":                 `:2: ignore: unknown key: "because"`,
		"report: {output: /etc/passwd}":                           `:1: report.output decides what is written on your machine`,
		"report: {files: [json=x]}":                               `:1: report.files decides what is written on your machine`,
		strings.Repeat("[", 200_000):                              `:1: nested too deeply`,
	} {
		_, err := load(t, text, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "p/"+FileName+want) {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
}

func TestEachLayerYieldsToTheOneAbove(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "drydock"), 0o700); err != nil {
		t.Fatal(err)
	}
	user := "target_score: 61\njobs: 1\nweights: {docs: 3, ml: 3}\nreport: {output: mine.txt}\nchecks: {docs/readme-missing: off}\n"
	if err := os.WriteFile(filepath.Join(home, "drydock", "config.yaml"), []byte(user), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	flags.Float64("target-score", 90, "")
	flags.Bool("no-color", false, "")
	flags.StringSlice("category", nil, "")
	t.Setenv("XDG_CONFIG_HOME", home)
	read := func(project string) Settings {
		t.Helper()
		s, err := load(t, project, func(r *Request) {
			r.Flags = map[string]*pflag.Flag{}
			flags.VisitAll(func(f *pflag.Flag) { r.Flags[f.Name] = f })
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := func(what string, got, want any) {
		t.Helper()
		if !cmp.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	s := read("")
	want("user file", s.TargetScore, 61.0)
	want("user's output", s.Output, "mine.txt")
	want("turned off by the user", s.Off, []string{"docs/readme-missing"})
	s = read("target_score: 62\nweights: {docs: 4}\nchecks: {docs/readme-missing: low}")
	want("project file", s.TargetScore, 62.0)
	want("what the project does not say", s.Jobs, 1)
	want("weights", s.Weights, score.Weights{"docs": 4, "ml": 3})
	want("turned on by the project", s.Off, []string(nil))
	t.Setenv("DRYDOCK_TARGET_SCORE", "63")
	t.Setenv("DRYDOCK_CATEGORY", "docs, -ml")
	t.Setenv("NO_COLOR", "yes")
	s = read("target_score: 62\ncategory: security")
	want("variable", s.TargetScore, 63.0)
	want("list in a variable", s.Categories, []string{"docs", "-ml"})
	want("NO_COLOR", s.NoColor, true)
	for _, arg := range []string{"--target-score=64", "--no-color=false", "--category=security"} {
		if err := flags.Parse([]string{arg}); err != nil {
			t.Fatal(err)
		}
	}
	s = read("target_score: 62")
	want("flag", s.TargetScore, 64.0)
	want("list in a flag", s.Categories, []string{"security"})
	want("--no-color=false against NO_COLOR", s.NoColor, false)
}

func TestTheTemplateChangesNothing(t *testing.T) {
	got, err := load(t, string(Template()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("an untouched template (-default +template):\n%s", diff)
	}
	for _, k := range keys() {
		name := k.name[strings.LastIndexByte(k.name, '.')+1:]
		if !k.personal && k.name != "quiet" && k.name != "verbose" && k.name != "no_cache" && k.name != "no_color" && !strings.Contains(string(Template()), name+":") {
			t.Errorf("the template does not show %s", k.name)
		}
	}
}

func FuzzFileNeverPanicsAndPlacesErrors(f *testing.F) {
	f.Add("theme: dark\nignore:\n- {check: docs/readme-missing, reason: x}")
	f.Add("a: [}")
	f.Add("? {a: b}\n: c")
	f.Add("weights: {docs: !!float x}")
	f.Fuzz(func(t *testing.T, text string) {
		c := file{name: "f", known: names, today: time.Now()}
		err := c.parse([]byte(text))
		if err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%q: no place in %v", text, err)
		}
		var any yaml.Node
		if err == nil && yaml.Unmarshal([]byte(text), &any) != nil {
			t.Errorf("%q is accepted and is no YAML", text)
		}
	})
}
