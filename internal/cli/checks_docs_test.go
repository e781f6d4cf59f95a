package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drydock/internal/finding"
	"drydock/scanners"
)

var update = flag.Bool("update", false, "write docs/checks anew")

// TestPagesOfChecks holds docs/checks to what "drydock checks" says: one page for each
// category, and a list of all.
func TestPagesOfChecks(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "checks")
	const made = "\n<!-- Generated from the checks by go test ./internal/cli -run Pages -update; do not edit. -->\n"
	pages := map[string]*strings.Builder{}
	var entries []checkEntry
	for _, c := range scanners.All() {
		e := entryOf(c)
		entries = append(entries, e)
		name := e.Category + ".md"
		if pages[name] == nil {
			pages[name] = &strings.Builder{}
			pages[name].WriteString("# " + finding.CategoryTitle(e.Category) + "\n" + made)
		}
		inExample := false
		for line := range strings.Lines(checksMarkdown([]checkEntry{e}, true) + examplesMarkdown(c)) {
			if strings.HasPrefix(line, "````") {
				inExample = !inExample
			}
			if inExample {
				pages[name].WriteString(line)
				continue
			}
			if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") { // one level below the category
				line = "#" + line
			}
			if strings.HasPrefix(line, "## ") {
				line = "\n" + line
			}
			pages[name].WriteString(line)
		}
	}
	list := &strings.Builder{}
	for line := range strings.Lines(checksMarkdown(entries, false)) {
		if strings.HasPrefix(line, "# ") {
			line += made
		}
		list.WriteString(line)
	}
	pages["README.md"] = list
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	have, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range have {
		if pages[f.Name()] == nil {
			t.Errorf("docs/checks/%s belongs to no category", f.Name())
		}
	}
	for name, text := range pages {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(data) != text.String() {
			t.Errorf("docs/checks/%s is not what the checks say: run go test ./internal/cli -run Pages -update", name)
		}
	}
}
