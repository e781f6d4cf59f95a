package system

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/envfile"
)

// EmptyFile finds files of 0 bytes where content is needed.
var EmptyFile = check.PerProject(check.Doc{
	ID:         "system/empty-file",
	Title:      "Empty file where content is needed",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "What names the file takes it for done: a script of 0 bytes succeeds, a mounted configuration is replaced by nothing, an import fails.",
	How:        "Write the content, or delete the file together with what names it.",
	References: []string{"https://docs.docker.com/reference/dockerfile/#copy", "https://nextjs.org/docs/app/api-reference/file-conventions/page"},
}, func(p *check.Pass, s *repo.Snapshot) {
	refs := referencesOf(s)
	var unused []*repo.File
	for _, f := range s.Production() {
		if f.Size != 0 || !f.Tracked || meantEmpty(f) || envfile.Sniff(f.Path) {
			continue
		}
		if !reportNeeded(p, s, f, refs[f.Path]) {
			unused = append(unused, f)
		}
	}
	if len(unused) == 0 {
		return
	}
	found := p.Report(unused[0].Start(), "%s", emptyCount(unused)).As(finding.Low).Keyed("unused")
	for _, f := range unused[1:] {
		found.With(f.Start())
	}
})

func emptyCount(files []*repo.File) string {
	if len(files) == 1 {
		return "1 tracked file is empty, and no build, deployment or import needs it: " + files[0].Path
	}
	var names []string
	for _, f := range files[:min(len(files), 5)] {
		names = append(names, f.Path)
	}
	if len(files) > 5 {
		names = append(names, "…")
	}
	return plural(len(files), "tracked file") + " are empty, and no build, deployment or import needs them: " + strings.Join(names, ", ")
}

// reportNeeded reports a file that something needs; false when nothing does.
func reportNeeded(p *check.Pass, s *repo.Snapshot, f *repo.File, refs []reference) bool {
	for _, r := range refs {
		if r.deployed {
			p.Report(f.Start(), "%s has 0 bytes, but %s names it (%s)", f.Path, r.by, r.what).With(r.at).Keyed("empty")
			return true
		}
	}
	if route, ok := repo.NextRoute(s, f); ok {
		p.Report(f.Start(), "%s has 0 bytes, but Next.js serves it as %s: the build fails", f.Path, route).Keyed("empty")
		return true
	}
	if f.Lang != repo.TypeScript && f.Lang != repo.JavaScript {
		return false // an empty module of Python can be imported
	}
	for _, i := range s.Graph().Importers(f) {
		if i.From.Role == repo.Production && !i.TypeOnly && takesNames(i) {
			p.Report(f.Start(), "%s has 0 bytes, but %s imports from it", f.Path, i.From.Path).With(i.From.At(i.Span)).Keyed("empty")
			return true
		}
	}
	return false
}

// takesNames says whether an import asks the module for something: one for its
// side effects alone is content with nothing.
func takesNames(i repo.Import) bool {
	line, _ := i.From.Position(i.Span.Start)
	text := i.From.Line(line)
	return strings.Contains(text, " from ") || strings.Contains(text, "require(")
}

// meantEmpty says whether the file is there for its name alone, or need not say
// anything.
func meantEmpty(f *repo.File) bool {
	base := f.Name()
	if strings.HasPrefix(base, ".") && !strings.HasSuffix(base, ".yml") && !strings.HasSuffix(base, ".yaml") {
		return true // .gitkeep, .nojekyll, .dockerignore and their kin
	}
	if strings.Contains(f.Path, "/s6-rc.d/") {
		return true // s6 names dependencies by empty files
	}
	switch base {
	case "tests.py", "__init__.py", "__init__.pyi", "py.typed", "BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "go.sum", "go.work.sum", "CACHEDIR.TAG", "CNAME",
		"REQUESTED", "consumer-rules.pro", "proguard-rules.pro", "robots.txt", "keep", "KEEP", "EMPTY", "empty", "NOTICE":
		return true
	}
	switch path.Ext(base) {
	case ".css", ".scss", ".sass", ".less", ".lock", ".stamp", ".keep", ".gitkeep", ".marker", ".snap", ".log", ".md", ".txt":
		return true
	}
	return strings.HasPrefix(strings.ToLower(base), "readme")
}
