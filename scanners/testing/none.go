// Package testing checks what tests a project has, and whether they run.
package testing

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// None finds packages and services without a single test.
var None = check.PerProject(check.Doc{
	ID:         "testing/none",
	Title:      "Package or service without tests",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      8,
	Why:        "Nobody knows whether a change breaks what worked before, except the people who use it.",
	How:        "Begin with a test that starts the program and asks its most important path for an answer, and let CI run it.",
	Holds:      "The code has tests",
	References: []string{
		"https://docs.pytest.org/en/stable/getting-started.html",
		"https://nodejs.org/api/test.html",
		"https://vitest.dev/guide/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	parts := partsOf(s)
	anyTest := slices.ContainsFunc(parts, func(u *part) bool { return u.tests > 0 })
	whole := slices.IndexFunc(parts, func(u *part) bool { return u.endToEnd != nil })
	for _, u := range parts {
		switch {
		case len(u.sources) == 0, u.dir == "." && len(parts) > 2 && len(u.sources) <= fewSources: // what holds a monorepo together
		case u.tests > 0:
			p.Holds(u.first, "%s: %s in %s", u.label(s), count(u.tests, "test"), count(u.testFiles, "file"))
		case u.deployed(s) && whole >= 0:
			reportNone(p, s, u, finding.Medium).With(parts[whole].endToEnd.Start())
		case u.deployed(s) || !anyTest && len(parts) == 1:
			reportNone(p, s, u, finding.Critical)
		case !anyTest:
			reportNone(p, s, u, finding.High)
		case len(u.sources) > fewSources: // a library of a tested workspace
			reportNone(p, s, u, finding.Medium)
		}
	}
})

// reportNone reports a part; where end-to-end tests lie in another part, the
// caller lowers the severity.
func reportNone(p *check.Pass, s *repo.Snapshot, u *part, severity finding.Severity) *check.Problem {
	text := fmt.Sprintf("%s has no test: %s", u.label(s), count(len(u.sources), "production source file"))
	if len(u.hollow) > 0 {
		text += fmt.Sprintf(", %s without a test in %s", count(len(u.hollow), "test file"), oneOr(len(u.hollow), "it", "them"))
	}
	at := u.sources[0].Start()
	if m := u.manifest(s); m != nil {
		at = m.Start()
	}
	found := p.Report(at, "%s", text).Keyed("%s", u.dir).As(severity)
	for _, f := range u.hollow {
		found.With(f.Start())
	}
	return found
}

// fewSources is the number of files up to which a package without tests is
// glue rather than a program.
const fewSources = 5

func count(n int, noun string) string {
	return fmt.Sprintf("%d %s%s", n, noun, oneOr(n, "", "s"))
}

func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// part is a package or service: what lies below one manifest.
type part struct {
	dir       string
	sources   []*repo.File // of production
	tests     int
	testFiles int
	first     finding.Location // of a test
	hollow    []*repo.File     // test files without a test
	endToEnd  *repo.File       // a test file that drives a browser
}

var manifests = []string{"package.json", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py", "go.mod"}

func (u *part) manifest(s *repo.Snapshot) *repo.File {
	for _, name := range manifests {
		if f := s.File(path.Join(u.dir, name)); f != nil {
			return f
		}
	}
	return nil
}

// label is what people call the part.
func (u *part) label(s *repo.Snapshot) string {
	for _, pkg := range s.Packages() {
		if pkg.Dir() == u.dir && pkg.Package.Name.Value != "" {
			return pkg.Package.Name.Value
		}
	}
	if u.dir == "." {
		return "the project"
	}
	return u.dir
}

// deployed says whether the part is something that runs by itself.
func (u *part) deployed(s *repo.Snapshot) bool {
	in := func(f *repo.File) bool { return f != nil && s.UnitDir(f) == u.dir }
	for _, r := range s.Routes() {
		if in(r.File) && r.Mounted {
			return true
		}
	}
	for _, app := range s.NextApps() {
		if app.Root == u.dir {
			return true
		}
	}
	for _, f := range s.Production() {
		if in(f) && (f.Lang == repo.Docker || f.Name() == "Procfile" || f.Name() == "index.html" && len(u.sources) > fewSources) {
			return true
		}
	}
	for _, c := range s.Commands() {
		if c.Source == repo.FromCompose && c.Dir == u.dir && u.dir != "." {
			return true
		}
	}
	return false
}

// partsOf lists the parts with their sources and tests, by directory.
func partsOf(s *repo.Snapshot) []*part {
	byDir := map[string]*part{}
	at := func(dir string) *part {
		if byDir[dir] == nil {
			byDir[dir] = &part{dir: dir}
		}
		return byDir[dir]
	}
	for _, f := range s.Files() {
		if f.Role == repo.Production && isSource(f) && !forShow(f) {
			u := at(s.UnitDir(f))
			u.sources = append(u.sources, f)
		}
	}
	for _, f := range s.Files() {
		tests := testsIn.Of(s, f)
		if !tests.looks {
			continue
		}
		for _, dir := range tested(s, f) {
			u := at(dir)
			if tests.n == 0 {
				u.hollow = append(u.hollow, f)
				continue
			}
			if u.tests == 0 {
				u.first = f.At(tests.first)
			}
			u.tests += tests.n
			u.testFiles++
			if u.endToEnd == nil && drivesBrowser(s, f) {
				u.endToEnd = f
			}
		}
	}
	out := make([]*part, 0, len(byDir))
	for _, u := range byDir {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b *part) int { return strings.Compare(a.dir, b.dir) })
	return out
}

// forShow says whether a file lies in a template or a playground: it is copied
// or tried out, not run.
func forShow(f *repo.File) bool {
	for _, dir := range strings.Split(strings.ToLower(f.Dir()), "/") {
		for _, word := range []string{"template", "playground", "demo", "starter", "boilerplate", "sandbox"} {
			if dir == word || dir == word+"s" || strings.HasPrefix(dir, word+"-") || strings.HasSuffix(dir, "-"+word) {
				return true
			}
		}
	}
	return false
}

// tested are the directories of the parts that a test file tests: the one it
// lies in, and those whose code it imports.
func tested(s *repo.Snapshot, f *repo.File) []string {
	out := []string{s.UnitDir(f)}
	for _, i := range s.Graph().Imports(f) {
		if dir := s.UnitDir(i.To); !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

// isSource says whether a file is code that a test could be written for.
func isSource(f *repo.File) bool {
	switch f.Lang {
	case repo.Python, repo.Go, repo.JavaScript, repo.TypeScript, "Vue", "Svelte":
	default:
		return false
	}
	name := f.Name()
	switch {
	case f.Blank(), strings.HasPrefix(name, "."), strings.Contains(name, ".config."), strings.HasSuffix(name, ".d.ts"), strings.HasSuffix(name, ".setup.ts"), strings.HasSuffix(name, ".setup.js"):
		return false
	}
	switch name {
	case "setup.py", "conf.py", "noxfile.py", "tasks.py", "gulpfile.js", "Gruntfile.js", "manage.py":
		return false
	}
	for _, dir := range strings.Split(f.Dir(), "/") {
		switch dir {
		case "scripts", "tools", "migrations", "alembic", "versions", ".github", "bin", "hack", "public", "static":
			return false
		}
	}
	return true
}
