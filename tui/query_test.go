package tui

import (
	"testing"

	"drydock/internal/finding"
)

func TestFilterTerms(t *testing.T) {
	f := &finding.Finding{
		Check: "containers/image-root-user", Category: "containers", Severity: finding.High, Title: "Image runs as root",
		Message: "no USER", Locations: []finding.Location{{Path: "Backend/Dockerfile"}, {Path: "web/Dockerfile"}}, Fix: &finding.Fix{ID: "x"},
	}
	for text, want := range map[string]bool{
		"":                              true,
		"root":                          true,
		"ROOT":                          true,
		"!root":                         false,
		"sev:high":                      true,
		"sev:h":                         true,
		"sev:medium":                    false,
		"sev:medium+":                   true,
		"sev:critical+":                 false,
		"!sev:low":                      true,
		"cat:docker":                    true,
		"cat:containers":                true,
		"cat:security":                  false,
		"check:image-root":              true,
		"path:backend":                  true,
		"path:web/":                     true,
		"path:api":                      false,
		"fixable:":                      true,
		"fixable:yes":                   true,
		"fixable:no":                    false,
		"!fixable:":                     false,
		"sev:high cat:docker !path:api": true,
		"sev:high nothing-like-it":      false,
	} {
		q, err := parseQuery(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := q.matches(f); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"sev:", "sev:terrible", "fixable:maybe", "colour:red"} {
		q, err := parseQuery(text)
		if err == nil {
			t.Errorf("%q is accepted", text)
		}
		if !q.matches(f) {
			t.Errorf("%q filters although it is wrong", text)
		}
	}
}

func TestEditorsAreCalledWithTheLine(t *testing.T) {
	for editor, want := range map[string]string{
		"vim":              "vim +7 a.go",
		"/usr/bin/nano -w": "/usr/bin/nano -w +7 a.go",
		"hx":               "hx a.go:7",
		"code --wait":      "code --wait --goto a.go:7",
		"unheard-of":       "unheard-of a.go",
	} {
		got := ""
		for i, w := range editorCommand(editor, "a.go", 7) {
			if i > 0 {
				got += " "
			}
			got += w
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", editor, got, want)
		}
	}
}
