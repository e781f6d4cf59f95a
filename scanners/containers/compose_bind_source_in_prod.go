package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// ComposeBindSourceInProd finds services that run the checkout instead of the image.
var ComposeBindSourceInProd = check.PerProject(check.Doc{
	ID:         "containers/compose-bind-source-in-prod",
	Title:      "Source mounted over the image",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "What runs is whatever lies on the host's disk: not what was built, tested and scanned, and not what a rollback brings back. Dependencies of the image are hidden by the mount.",
	How:        "Take the mount out of the production file and keep it in the development one. Copy what the image needs in its Dockerfile.",
	Holds:      "Production runs what the image holds",
	References: []string{"https://docs.docker.com/compose/how-tos/production/", "https://docs.docker.com/engine/storage/bind-mounts/"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		if !v.Build.Set() && !v.Image.Set() {
			continue
		}
		found := false
		for _, m := range v.Volumes {
			if dir := mountedSource(s, v, m); dir != "" {
				found = true
				problem := p.Report(s.Place(m.Path, m.Span), "the service %s runs the source in %s instead of what its image holds", v.Name, dir).Keyed("%s %s", v.Name, m.Target)
				if f := s.File(m.Path); f != nil && v.Build.Set() && m.Node == nil && othersRemain(s, v, m) {
					title := "Let " + v.Name + " run what its image holds"
					problem.WithPatch(title, finding.Review, editsOf(f, title, "The image has a copy of its own there.", patch.RemoveLines(f.Bytes(), m.Span)))
				}
			}
		}
		if v.Build.Set() && !found {
			p.Holds(s.Place(v.Build.Path, v.Build.Span), "the service %s runs what its image holds", v.Name)
		}
	}
})

// othersRemain says whether the list that a mount stands in, on a line of its own,
// holds one of another kind.
func othersRemain(s *repo.Snapshot, v deployment, m compose.Mount) bool {
	list := v.Node.Get("volumes")
	if list.Style != yamldoc.Block {
		return false
	}
	return slices.ContainsFunc(v.Volumes, func(o compose.Mount) bool {
		return o.Path == m.Path && o.Span != m.Span && list.Span.Start <= o.Span.Start && o.Span.End <= list.Span.End && mountedSource(s, v, o) == ""
	})
}

// mountedSource is the directory of source code that a mount puts over a place
// where the image keeps its own; "" when it is none.
func mountedSource(s *repo.Snapshot, v deployment, m compose.Mount) string {
	source, known := s.Interpolated(m.Path, m.Source)
	if m.Type != compose.Bind || !known || path.IsAbs(source) || strings.HasPrefix(source, "~") {
		return ""
	}
	dir := path.Join(path.Dir(m.Path), source)
	if strings.HasPrefix(dir, "..") || !holdsCode(s, dir) {
		return ""
	}
	if context := repo.ContextDir(v.Service); context != "" && (context == "." || dir == context || strings.HasPrefix(dir, context+"/")) {
		if d := s.DockerfileOf(v.Service); d == nil || copiesThere(d, v, m.Target) {
			return display(dir)
		}
		return ""
	}
	// Code run by an image of somebody else's: python, node.
	start := slices.Concat(v.Entrypoint.Words, v.Command.Words)
	if v.Build.Set() || len(start) == 0 || !languageImages[v.Image.Repository()] {
		return ""
	}
	return display(dir)
}

func display(dir string) string {
	if dir == "." {
		return "the project's root"
	}
	return dir
}

// languageImages run a program that has to come from elsewhere.
var languageImages = map[string]bool{"node": true, "python": true, "ruby": true, "php": true, "golang": true, "oven/bun": true, "denoland/deno": true, "openjdk": true, "composer": true, "elixir": true}

// holdsCode says whether a directory holds source files of its own.
func holdsCode(s *repo.Snapshot, dir string) bool {
	if f := s.File(dir); f != nil {
		return false // one file, as a rule a setting
	}
	return slices.ContainsFunc(s.Under(dir), func(f *repo.File) bool {
		switch f.Lang {
		case repo.TypeScript, repo.JavaScript, repo.Python, repo.Go, "Ruby", "PHP", "Java", "Kotlin", "Rust", "Elixir", "C#":
			return f.Role == repo.Production
		}
		return false
	})
}

// copiesThere says whether the image keeps its own files where the mount goes.
func copiesThere(d *repo.Dockerfile, v deployment, target string) bool {
	stage := d.Spec.Target(v.Build.Target.Value)
	if !stage.Exists() {
		return false
	}
	target = path.Clean(target)
	dir, arg, _ := stage.WorkingDir()
	if arg == "" && dir != "" && (dir == target || strings.HasPrefix(target, dir+"/") || strings.HasPrefix(dir, target+"/") && target != "/") {
		return true
	}
	for _, c := range stage.Copies() {
		dest := path.Clean(c.Dest)
		if path.IsAbs(dest) && dest != "/" && (dest == target || strings.HasPrefix(target, dest+"/")) {
			return true
		}
	}
	return false
}
