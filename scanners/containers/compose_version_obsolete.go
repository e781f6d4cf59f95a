package containers

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeVersionObsolete finds the version key that compose no longer reads.
var ComposeVersionObsolete = check.PerProject(check.Doc{
	ID:         "containers/compose-version-obsolete",
	Title:      "Obsolete version key",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "Compose ignores the key and warns of it with every command; people who read it look up the wrong manual.",
	How:        "Delete the line.",
	Holds:      "Compose files have no obsolete keys",
	References: []string{"https://docs.docker.com/reference/compose-file/version-and-name/"},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	stacks := map[string]bool{} // what a swarm reads may have to say its version
	for _, project := range s.ComposeProjects() {
		for _, f := range project.Files {
			stacks[f.Path] = stacks[f.Path] || startedByStack(project) || strings.Contains(path.Base(f.Path), "stack") || strings.Contains(f.Path, "swarm")
		}
	}
	for _, f := range s.ComposeFiles() {
		if stacks[f.Path] {
			continue
		}
		if env, _ := compose.EnvOf(f.Path); f.Role == repo.Production && f.Spec != nil && f.Spec.Doc != nil && env != compose.Test {
			judgeVersion(p, f)
		}
	}
})

func judgeVersion(p *check.Pass, f *repo.ComposeFile) {
	e, ok := f.Spec.Doc.Root.Entry("version")
	if !ok || !f.Spec.Version.Set() {
		return
	}
	found := p.Report(f.At(e.Span()), "the key version has no meaning any more").Keyed("version")
	if len(f.Spec.Services) > 0 {
		title := "Delete the version of " + f.Path
		found.WithPatch(title, finding.Safe, editsOf(f.File, title, "Compose does not read it.", patch.RemoveLines(f.Bytes(), e.Span())))
	}
}
