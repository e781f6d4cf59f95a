package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/demo"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/scanners"
)

// hostile is a text that tries everything a reader of reports might obey.
const hostile = "a\x1b[31m\x1b]52;c;eA==\x07|b`c``d](javascript:alert(1))<img src=x onerror=alert(1)>\r\n# h\u202e\u009b![x](//e) www.e.com https://e.com @you $x$ *y* _z_ ~~w~~ &lt;"

// loud reports hostile text from everywhere that a project's text may come from.
var loud = check.PerProject(check.Doc{ID: "quality/loud", Title: "Loud", Severity: finding.Critical, Worst: finding.Critical,
	Confidence: finding.Sure, Hours: 1.5, Why: "why", How: "how", Holds: "quiet",
}, func(p *check.Pass, s *repo.Snapshot) {
	for i, f := range s.Files() {
		switch i % 3 {
		case 0:
			p.Report(f.Start(), "%s", hostile)
		case 1:
			p.Report(f.Start(), "in %s", f.Path).As(finding.Low)
		default:
			p.Unproven(f.Start(), "%s", hostile)
		}
	}
	if len(s.Files()) > 0 {
		p.Report(finding.Root(), "absent").Keyed("root").As(finding.Medium)
	}
})

var holds = check.PerProject(check.Doc{ID: "quality/calm", Title: "Not calm", Severity: finding.High, Confidence: finding.Likely, Hours: 1, Holds: "calm"},
	func(p *check.Pass, s *repo.Snapshot) {
		for _, f := range s.Files() {
			p.Holds(f.Start(), "%s", hostile)
		}
	})

var crash = check.PerProject(check.Doc{ID: "quality/crash", Title: "Crash", Severity: finding.Low, Confidence: finding.Sure},
	func(*check.Pass, *repo.Snapshot) { panic(hostile) })

func build(t *testing.T, files map[string]string, checks []*check.Check, opts audit.Options, meta Meta) *Model {
	t.Helper()
	mem := map[string]repo.MemFile{}
	for name, text := range files {
		mem[name] = repo.MemFile{Data: []byte(text), Mode: 0o644}
	}
	res, err := audit.Start(context.Background(), repo.NewMem(mem), checks, opts).Wait()
	if err != nil {
		t.Fatal(err)
	}
	meta.Version, meta.Root = "9.9.9", "/work/"+hostile
	meta.Generated = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	return Build(res, meta)
}

func sample(t *testing.T) map[string]string {
	t.Helper()
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Path] = string(f.Data)
	}
	return out
}

func render(t *testing.T, format string, m *Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, m, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func models(t *testing.T) map[string]*Model {
	noisy := map[string]string{"src/a.py": hostile, "src/b.py": hostile, strings.ReplaceAll(hostile, "/", "") + ".py": hostile}
	for i := range 12 {
		noisy[fmt.Sprintf("src/f%d.py", i)] = hostile
	}
	own := []*check.Check{loud, holds, crash}
	return map[string]*Model{
		"sample": build(t, sample(t), scanners.All(), audit.Options{}, Meta{TargetScore: 90, Engineers: 2, HoursPerWeek: 5}),
		"empty":  build(t, nil, scanners.All(), audit.Options{}, Meta{TargetScore: 90}),
		"noisy":  build(t, noisy, own, audit.Options{}, Meta{TargetScore: 90, Notes: []Skip{{Path: hostile, Reason: hostile}}}),
		"muted": build(t, noisy, own, audit.Options{Ignore: []audit.Ignore{{Check: "quality/loud", Path: "src/*", Reason: hostile}}},
			Meta{TargetScore: 90, MinSeverity: finding.High, Applied: []Applied{{Title: hostile, Closed: []string{"a/b"}}}}),
	}
}

func TestJSONSatisfiesItsSchema(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", closed(raw)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range models(t) {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(render(t, "json", m)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// closed forbids, for the test alone, fields that the schema does not name: the
// contract lets readers meet new ones, and us forget none in the schema.
func closed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = closed(inner)
		}
		if v["type"] == "object" {
			v["additionalProperties"] = false
		}
	case []any:
		for i := range v {
			v[i] = closed(v[i])
		}
	}
	return v
}

func TestJSONHasNoNullList(t *testing.T) {
	for name, m := range models(t) {
		var doc map[string]any
		if err := json.Unmarshal([]byte(render(t, "json", m)), &doc); err != nil {
			t.Fatal(err)
		}
		nulls(t, name, "", doc)
	}
}

var nullable = map[string]bool{"vcs": true, "fix": true, "suppressed": true, "probe": true}

func nulls(t *testing.T, name, at string, v any) {
	switch v := v.(type) {
	case nil:
		if !nullable[path.Base(at)] {
			t.Errorf("%s: %s is null", name, at)
		}
	case map[string]any:
		for k, inner := range v {
			nulls(t, name, at+"/"+k, inner)
		}
	case []any:
		for _, inner := range v {
			nulls(t, name, at, inner)
		}
	}
}

func TestTwoReportsOnOneTreeAreTheSame(t *testing.T) {
	for _, format := range Formats() {
		once, again := models(t), models(t)
		for name := range once {
			once[name].DurationMS, again[name].DurationMS = 0, 0
			if diff := cmp.Diff(render(t, format, once[name]), render(t, format, again[name])); diff != "" {
				t.Errorf("%s as %s:\n%s", name, format, diff)
			}
		}
	}
}

// No byte of the project reaches a terminal raw, whatever the format.
func TestReportsAreInert(t *testing.T) {
	for name, m := range models(t) {
		for _, format := range Formats() {
			for i, r := range render(t, format, m) {
				if r != '\n' && (r < ' ' || r == 0x7f || 0x80 <= r && r <= 0x9f || r == '\u202e') {
					t.Fatalf("%s as %s: %q at byte %d", name, format, r, i)
				}
			}
		}
	}
}

func TestEveryFormatShowsWhatIsMuted(t *testing.T) {
	m := models(t)["muted"]
	if m.Suppressed() == 0 {
		t.Fatal("nothing is suppressed")
	}
	for format, want := range map[string]string{"text": "Suppressed: 9 findings", "markdown": "Suppressed: 9 findings", "json": `"by": "config"`} {
		if got := render(t, format, m); !strings.Contains(got, want) {
			t.Errorf("%s does not say %q:\n%s", format, want, got)
		}
	}
}

// A path or an id is never broken; everything before it fits.
func TestTextFitsEightyColumns(t *testing.T) {
	for line := range strings.Lines(render(t, "text", models(t)["sample"])) {
		line = strings.TrimSuffix(line, "\n")
		last := line[strings.LastIndexByte(line, ' ')+1:]
		if n := len([]rune(line)); n > columns && (len(last) < 20 || n-len(last) > columns) {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestColoursOnlyWhenAsked(t *testing.T) {
	m := models(t)["sample"]
	var plain, painted bytes.Buffer
	if err := Write(&plain, "text", m, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Write(&painted, "text", m, Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(painted.String(), "\x1b[") {
		t.Error("colours come unasked, or not at all")
	}
}

func TestUnknownFormatNamesThoseThatExist(t *testing.T) {
	for _, format := range []string{"html", "sarif", "junit", ""} {
		err := CheckFormat(format)
		if err == nil || !strings.Contains(err.Error(), strings.Join(Formats(), ", ")) {
			t.Errorf("%q: %v", format, err)
		}
	}
}

// The gains of the steps that the plan walks add up to what it promises.
func TestRoadmapAddsUp(t *testing.T) {
	m := models(t)["sample"]
	sum, hours := m.Score.Overall, 0.0
	for _, w := range m.Roadmap.Weeks {
		for _, rank := range w.Items {
			sum += m.Steps[rank-1].Gain
			hours += m.Steps[rank-1].Hours
		}
	}
	if diff := sum - m.Roadmap.Projected; diff > 0.05 || diff < -0.05 {
		t.Errorf("steps lead to %.2f, the roadmap says %.2f", sum, m.Roadmap.Projected)
	}
	if diff := hours - m.Roadmap.Hours; diff > 0.05 || diff < -0.05 {
		t.Errorf("steps take %.2f h, the roadmap says %.2f", hours, m.Roadmap.Hours)
	}
}

func TestCriticalFilesAreTheWorstFirst(t *testing.T) {
	m := models(t)["noisy"]
	if len(m.Critical) == 0 || len(m.Critical) > maxCritical {
		t.Fatalf("%d critical files", len(m.Critical))
	}
	for _, f := range m.Critical {
		if f.Worst < finding.High || f.Findings == 0 || f.Note == "" {
			t.Errorf("%+v", f)
		}
	}
}

// The figures are what scc prints for that many lines of code.
func TestEstimateIsWhatSccPrints(t *testing.T) {
	for lines, want := range map[int]Estimate{
		99: {1.39, 2_382}, 2_277: {4.84, 64_095}, 19_264: {11.35, 603_363}, 39_834: {15.17, 1_293_784}, 61_924: {18.09, 2_056_114}, 0: {},
	} {
		got := estimate(lines)
		if got.Months != want.Months || math.Abs(got.Cost-want.Cost) > 1 {
			t.Errorf("%d lines: %+v, want %+v", lines, got, want)
		}
	}
}

func TestAPartThatCrashesLeavesTheRest(t *testing.T) {
	m := build(t, sample(t), nil, audit.Options{}, Meta{TargetScore: 90})
	m.part("figures", func() { panic(hostile) })
	if !m.Incomplete() || m.Score.ReadyNow || !strings.Contains(m.WhyIncomplete(), "figures could not be found out") {
		t.Errorf("%v %q", m.Errors, m.WhyIncomplete())
	}
}

func TestWhatOnlyTheReportParsesIsListed(t *testing.T) {
	m := build(t, map[string]string{"pyproject.toml": "[project\n"}, nil, audit.Options{}, Meta{})
	if len(m.Skipped) != 1 || m.Skipped[0].Path != "pyproject.toml" || !strings.HasPrefix(m.Skipped[0].Reason, "does not parse at line 1") {
		t.Errorf("%+v", m.Skipped)
	}
}

func TestServicesOfEveryMeansAreListed(t *testing.T) {
	m := build(t, map[string]string{
		"compose.yaml": "services:\n  api:\n    build: ./api\n    ports: [\"8000:8000\"]\n  jobs:\n    build: ./api\n    command: celery -A app worker\n",
		"k8s/api.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: org/api:1\n          ports: [{containerPort: 8000}]\n          livenessProbe: {httpGet: {path: /, port: 8000}}\n",
	}, nil, audit.Options{}, Meta{})
	var got []string
	for _, s := range m.Services {
		got = append(got, fmt.Sprint(s.Name, " ", s.Role, " ", s.Source, " ", s.Declared, " ", s.Status))
	}
	want := []string{
		"api api k8s/api.yaml:4 {org/api:1 [8000] true} configured",
		"jobs worker compose.yaml:5 { [] false} missing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("services\n%q, want\n%q", got, want)
	}
}
