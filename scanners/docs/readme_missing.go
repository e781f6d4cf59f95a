// Package docs checks what a newcomer finds to read.
package docs

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ReadmeMissing finds projects whose README is absent, empty or does not say
// how to run them.
var ReadmeMissing = check.PerProject(check.Doc{
	ID:         "docs/readme-missing",
	Title:      "README missing or without instructions",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Whoever is called at night has to find out from the code how the system is started, tested and deployed.",
	How:        "Write a README at the root that says what the project is, how to run it and how to test it.",
	Holds:      "README explains how to run the project",
	References: []string{"https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes"},
	Peers:      []finding.Peer{check.Broader("repolinter", "readme-file-exists")},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !hasCode(s) {
		return
	}
	readme := findReadme(s)
	if readme == nil {
		p.Report(finding.Root(), "no README at the root").Keyed("none")
		return
	}
	if readme.Blank() {
		p.Report(readme.Start(), "%s is empty", readme.Path).Keyed("empty")
		return
	}
	if line, ok := instructions(string(readme.Bytes())); ok {
		p.Holds(readme.At(line), "%s says how to run the project", readme.Path)
		return
	}
	if f := setupDocument(s); f != nil {
		p.Holds(f.Start(), "%s says how to run the project", f.Path)
		return
	}
	p.Report(readme.Start(), "%s says neither how to run nor how to test the project", readme.Path).Keyed("instructions").As(finding.Medium)
})

func hasCode(s *repo.Snapshot) bool {
	for _, f := range s.Production() {
		if f.Lang.Code() && !f.Blank() {
			return true
		}
	}
	return false
}

// findReadme is the README that a forge shows: at the root, in docs or .github.
func findReadme(s *repo.Snapshot) *repo.File {
	for _, dir := range []string{"", ".github/", "docs/"} {
		for _, f := range s.Files() {
			name, below := strings.CutPrefix(f.Path, dir)
			if below && !strings.Contains(name, "/") && strings.HasPrefix(strings.ToLower(name), "readme") {
				return f
			}
		}
	}
	return nil
}

// setupDocument is a document that exists to say how the project is set up,
// where the README leaves that to it.
func setupDocument(s *repo.Snapshot) *repo.File {
	for _, f := range s.Files() {
		dir := strings.ToLower(f.Dir())
		if f.Lang != repo.Markdown || f.Blank() || (dir != "." && dir != "docs" && dir != ".github") {
			continue
		}
		if setupName(strings.TrimSuffix(strings.ToLower(f.Name()), ".md")) {
			if _, ok := instructions(string(f.Bytes())); ok {
				return f
			}
		}
	}
	return nil
}

// setupName says whether a document's name promises instructions: contributing,
// installing-and-running, getting-started.
func setupName(name string) bool {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !(r >= 'a' && r <= 'z') }) {
		switch word {
		case "contributing", "development", "developing", "developer", "install", "installing", "installation", "started", "quickstart", "setup", "hacking", "running", "usage":
			return true
		}
	}
	return false
}

var runWords = []string{"run", "running", "start", "started", "usage", "install", "installation", "setup", "develop", "development", "test", "tests", "testing", "quickstart", "deploy", "deployment", "build", "building", "how to"}

// instructions finds a heading about running or testing, or a fenced or
// indented command.
func instructions(text string) (finding.Span, bool) {
	at := 0
	for line := range strings.Lines(text) {
		span := finding.Span{Start: at, End: at + len(strings.TrimRight(line, "\r\n"))}
		at += len(line)
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "$ ") || strings.HasPrefix(trimmed, ".. code") {
			return span, true
		}
		if !strings.HasPrefix(trimmed, "#") {
			continue
		}
		words := strings.FieldsFunc(strings.ToLower(trimmed), func(r rune) bool { return !(r >= 'a' && r <= 'z') })
		for _, w := range runWords {
			for _, word := range words {
				if word == w {
					return span, true
				}
			}
		}
	}
	return finding.Span{}, false
}
