//go:build unix

package safety

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"drydock/scanners"
)

const faulty = "import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'change-me-now-please')\n"

// muting are the ways in which a project may try to mute its own audit; each
// must show in the report.
var muting = map[string]struct{ file, content, says string }{
	"every check ignored": {"drydock.yaml", ignoreAll(), `"by": "config"`},
	"every check off":     {"drydock.yaml", offAll(), "turned off by configuration"},
	"everything excluded": {"drydock.yaml", "exclude: ['*']\n", "excluded by configuration"},
	"one category":        {"drydock.yaml", "category: [docs]\n", "not selected"},
	"one check":           {"drydock.yaml", "check: [docs/readme-missing]\n", "not selected"},
	"severities":          {"drydock.yaml", lowAll(), "counts as low by configuration"},
	"least severity":      {"drydock.yaml", "min_severity: critical\n", "not listed"},
	"weights":             {"drydock.yaml", "weights: {backend: 0, testing: 0, delivery: 0, security: 0}\n", "weighs 0 in the overall score by configuration"},
	"quiet":               {"drydock.yaml", "quiet: true\n" + ignoreAll(), `"by": "config"`},
	"inline":              {"app/b.py", "import os\n# drydock:ignore backend/insecure-secret-default it is fine\nSECRET_KEY = os.getenv('SECRET_KEY', 'change-me-now-please')\n", `"by": "inline"`},
}

func TestAProjectCannotMuteItselfUnseen(t *testing.T) {
	for name, m := range muting {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "app/a.py", faulty)
			put(t, dir, m.file, m.content)
			a := look(t, dir)
			if !strings.Contains(a.formats["json"], m.says) {
				t.Errorf("the report does not say %q:\n%s", m.says, a.formats["json"])
			}
			var doc struct {
				Findings []struct{ Suppressed *struct{ By, Reason string } }
			}
			if err := json.Unmarshal([]byte(a.formats["json"]), &doc); err != nil {
				t.Fatal(err)
			}
			muted := 0
			for _, f := range doc.Findings {
				if f.Suppressed != nil {
					muted++
				}
			}
			if muted > 0 && !strings.Contains(a.stdout, fmt.Sprintf("uppressed: %d finding", muted)) {
				t.Errorf("the text does not count the %d suppressed findings:\n%s", muted, a.stdout)
			}
			if muted == 0 && strings.HasPrefix(m.says, `"by"`) {
				t.Error("nothing was muted: the test proves nothing")
			}
		})
	}
}

// A project's own file may not say what is read or written elsewhere.
func TestAProjectsConfigurationStaysInside(t *testing.T) {
	for name, content := range map[string]string{
		"output":        "report: {output: /tmp/x}\n",
		"files":         "report: {files: ['json=/tmp/x']}\n",
		"baseline":      "baseline: ../beyond.json\n",
		"baseline root": "baseline: /etc/passwd\n",
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "app/a.py", faulty)
			put(t, dir, "drydock.yaml", content)
			if s := drydock(t, dir, "audit", "."); s.code != 2 || !strings.Contains(s.stderr, "drydock.yaml:1") {
				t.Errorf("exits with %d: %s", s.code, s.stderr)
			}
		})
	}
}

// State that a project ships is not taken for drydock's own.
func TestAShippedJournalIsIgnored(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "app/a.py", faulty)
	for _, at := range []string{".drydock/", ".drydock/state/", "drydock/", ".local/state/drydock/"} {
		put(t, dir, at+"index", `{"Version":1,"Entries":[{"ID":"1","Title":"fake"}]}`)
		put(t, dir, at+"journal", "fake")
	}
	s := drydock(t, dir, "undo", ".", "--list")
	if strings.Contains(s.stdout+s.stderr, "fake") {
		t.Errorf("a shipped journal is believed: %s%s", s.stdout, s.stderr)
	}
}

func ignoreAll() string {
	var b strings.Builder
	b.WriteString("ignore:\n")
	for _, c := range scanners.All() {
		fmt.Fprintf(&b, "  - {check: %s, path: '**', reason: no}\n", c.ID)
	}
	return b.String()
}

func offAll() string {
	var b strings.Builder
	b.WriteString("checks:\n")
	for _, c := range scanners.All() {
		fmt.Fprintf(&b, "  %s: off\n", c.ID)
	}
	return b.String()
}

func lowAll() string {
	var b strings.Builder
	b.WriteString("checks:\n")
	for _, c := range scanners.All() {
		fmt.Fprintf(&b, "  %s: low\n", c.ID)
	}
	return b.String()
}
