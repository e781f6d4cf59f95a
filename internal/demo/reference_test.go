package demo

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/report"
	"drydock/scanners"
)

var update = flag.Bool("update", false, "write docs/reference-audit-a.md anew")

const referencePage = "../../docs/reference-audit-a.md"

// TestReferenceAudit holds drydock to an audit that people made by hand of a product
// in the sample's state: each of its findings has to be said of the sample, and
// docs/reference-audit-a.md has to say where.
func TestReferenceAudit(t *testing.T) {
	rows := referenceRows(t)
	m := auditSample(t)
	known := map[string]bool{}
	for _, c := range scanners.All() {
		known[c.ID] = true
	}
	for i := range rows {
		r := &rows[i]
		for j := range r.claims {
			c := &r.claims[j]
			if err := c.answer(m, known); err != nil {
				t.Errorf("%s, %s: %s: %v", r.id, r.text, c.String(), err)
			}
		}
	}
	if t.Failed() {
		return
	}
	want := referenceTable(rows)
	if *update {
		if err := os.WriteFile(referencePage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/reference-audit-a.md is not what drydock says of the sample: run go test ./internal/demo -run Reference -update and read the diff")
	}
}

// A finding that is deleted by accident is not to go unnoticed.
func TestReferenceAuditIsWhole(t *testing.T) {
	var got []string
	for _, r := range referenceRows(t) {
		if slices.Contains(got, r.id) {
			t.Errorf("%s is there twice", r.id)
		}
		got = append(got, r.id)
	}
	for prefix, n := range map[string]int{
		"A.T": 6, "A1.S": 4, "A1.W": 5, "A1.C": 3, "A2.S": 7, "A2.W": 6, "A2.C": 5, "A3.S": 6, "A3.W": 6, "A3.C": 5,
		"A4.S": 5, "A4.W": 6, "A4.C": 4, "A5.S": 6, "A5.W": 6, "A5.C": 5, "A6.S": 3, "A6.W": 6, "A6.C": 3, "A.R": 25, "A.RM": 4, "A.B": 8,
	} {
		for i := range n {
			if id := fmt.Sprint(prefix, i+1); !slices.Contains(got, id) {
				t.Errorf("%s is missing", id)
			}
		}
	}
}

func auditSample(t *testing.T) *report.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "acme-campaigns")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
	d, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	res, err := audit.Start(context.Background(), d, scanners.All(), audit.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return report.Build(res, report.Meta{Root: dir, Generated: time.Unix(0, 0), TargetScore: 90, Engineers: 1, HoursPerWeek: 40})
}

// row is one finding of the reference.
type row struct {
	section, id, text string
	claims            []claim
}

// claim is what drydock has to say, and where it says so.
type claim struct {
	kind, subject, path string
	said, at            string
}

func (c *claim) String() string { return strings.TrimSpace(c.kind + " " + c.subject + " " + c.path) }

func referenceRows(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("testdata/reference-a.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	section := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = title
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 3 {
			t.Fatalf("%q: want id | what it says | claims", line)
		}
		r := row{section: section, id: parts[0], text: parts[1]}
		for _, one := range strings.Split(parts[2], "; ") {
			said, path, _ := strings.Cut(one, " @")
			kind, subject, ok := strings.Cut(said, " ")
			if !ok {
				t.Fatalf("%q: want a kind and a subject", one)
			}
			r.claims = append(r.claims, claim{kind: kind, subject: subject, path: path})
		}
		rows = append(rows, r)
	}
	return rows
}

// answer looks for what the claim says in the report.
func (c *claim) answer(m *report.Model, known map[string]bool) error {
	if strings.Contains(c.subject, "/") && c.kind != "file" && known[c.subject] == (c.kind == "later") {
		if c.kind == "later" {
			return fmt.Errorf("the check has come: say what it finds")
		}
		return fmt.Errorf("there is no such check")
	}
	switch c.kind {
	case "problem", "strength":
		return c.find(m.Findings)
	case "asked":
		for _, u := range m.Undecided {
			if u.Check == c.subject {
				c.said, c.at = u.Message, place(u.At)
				return nil
			}
		}
	case "plan":
		for _, s := range m.Steps {
			if s.Check == c.subject {
				c.said = fmt.Sprintf("%s, %s priority, %g h", s.Title, s.Priority, s.Hours)
				return nil
			}
		}
	case "later":
		return nil
	default:
		return c.part(m)
	}
	return fmt.Errorf("drydock does not say it")
}

func (c *claim) find(findings []finding.Finding) error {
	var others []string
	for _, f := range findings {
		if f.Check != c.subject {
			continue
		}
		if (f.Verdict == finding.Strength) != (c.kind == "strength") || !strings.Contains(f.Locations[0].Path, c.path) {
			others = append(others, fmt.Sprintf("%s: %s (%s)", f.Verdict, f.Message, place(f.Locations[0])))
			continue
		}
		c.said, c.at = f.Message, place(f.Locations[0])
		if f.Verdict != finding.Strength {
			c.said = f.Severity.String() + ": " + c.said
		}
		return nil
	}
	if others != nil {
		return fmt.Errorf("drydock says %s", strings.Join(others, "; "))
	}
	return fmt.Errorf("drydock does not say it")
}

func (c *claim) part(m *report.Model) error {
	switch c.kind + " " + c.subject {
	case "report verdict":
		if m.Score.ReadyNow || m.Score.Overall <= 0 {
			return fmt.Errorf("it is said to be ready, with %v points", m.Score.Overall)
		}
		c.said = "Score: the overall score, its grade and whether it is ready"
		return nil
	case "report blockers":
		if len(m.Findings) == 0 || m.Findings[0].Severity != finding.Critical {
			return fmt.Errorf("nothing is critical")
		}
		c.said = "Critical issues that block production"
		return nil
	case "report roadmap":
		if len(m.Roadmap.Weeks) < 2 || m.Roadmap.Hours <= 0 {
			return fmt.Errorf("%d weeks, %v hours", len(m.Roadmap.Weeks), m.Roadmap.Hours)
		}
		c.said = "Roadmap: weeks, hours and steps to 90 points"
		return nil
	case "report critical-first":
		if len(m.Steps) == 0 || m.Steps[0].Priority != "critical" || !slices.Contains(m.Roadmap.Weeks[0].Items, m.Steps[0].Rank) {
			return fmt.Errorf("the first week does not begin with what is critical")
		}
		c.said = "Roadmap: the first week begins with what is critical"
		return nil
	case "report projected":
		if m.Roadmap.Projected < m.Roadmap.Target {
			return fmt.Errorf("%v points of %v", m.Roadmap.Projected, m.Roadmap.Target)
		}
		c.said = "Roadmap: the score it leads to"
		return nil
	}
	switch c.kind {
	case "service":
		for _, s := range m.Services {
			if s.Name == c.subject {
				c.said, c.at = "Services: "+s.Name+", "+s.Role+", "+s.Status, s.Source
				return nil
			}
		}
	case "file":
		for _, f := range m.Critical {
			if f.Path == c.subject {
				c.said, c.at = "Critical files", f.Path
				return nil
			}
		}
	case "score":
		for _, s := range m.Categories {
			if s.ID == c.subject && s.Applicable && s.Score > 0 && s.Score < 100 {
				c.said = "Category scores: " + s.Title
				return nil
			}
		}
	default:
		return fmt.Errorf("no such part of a report")
	}
	return fmt.Errorf("the report does not have it")
}

func place(l finding.Location) string { return fmt.Sprintf("%s:%d", l.Path, l.Line) }

func referenceTable(rows []row) []byte {
	var b bytes.Buffer
	b.WriteString(`# The reference audit

People audited a web product by hand: Next.js, FastAPI, PostgreSQL, Redis, nginx, Docker Compose. The sample behind ` + "`drydock demo`" + ` is a product in the same
state. This page sets each finding of theirs, in our words, beside what drydock says of the sample. ` + "`go test ./internal/demo`" + ` fails when one is no longer said;
` + "`go test ./internal/demo -run Reference -update`" + ` writes the page.
`)
	section := ""
	var later []string
	for _, r := range rows {
		if r.section != section {
			section = r.section
			fmt.Fprintf(&b, "\n## %s\n\n| | The audit says | Check | drydock says | Where |\n| --- | --- | --- | --- | --- |\n", section)
		}
		id, text := r.id, r.text
		for _, c := range r.claims {
			check := "`" + c.subject + "`"
			switch c.kind {
			case "later":
				later = append(later, fmt.Sprintf("| %s | %s | %s |\n", r.id, r.text, check))
				continue
			case "service", "file", "score", "report":
				check = "report"
			}
			at := c.at
			if at != "" {
				at = "`" + at + "`"
			}
			said := c.said
			switch c.kind {
			case "strength":
				said = "holds: " + said
			case "asked":
				said = "asks: " + said
			case "plan":
				said = "recommends: " + said
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", id, text, check, strings.ReplaceAll(said, "|", "\\|"), at)
			id, text = "", ""
		}
	}
	b.WriteString("\n## Comes with later checks\n\n| | The audit says | Check |\n| --- | --- | --- |\n")
	b.WriteString(strings.Join(later, ""))
	return b.Bytes()
}
