package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/imageref"
)

// ImageLatestTag finds images that are another one tomorrow.
var ImageLatestTag = check.PerProject(check.Doc{
	ID:         "containers/image-latest-tag",
	Title:      "Image without a version",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "What is built or started depends on the day: the next build may bring a new major version that nobody tested, two hosts run two versions, and there is no telling what to roll back to.",
	How:        "Write the version that runs today as the tag, at least its major and minor number, and let Renovate or Dependabot raise it. Add the digest where a build has to be the same for ever.",
	Holds:      "Images have versions",
	References: []string{"https://docs.docker.com/build/building/best-practices/#pin-base-image-versions", "https://docs.docker.com/reference/dockerfile/#from"},
	Peers: []finding.Peer{
		check.Broader("hadolint", "DL3006"), check.Broader("hadolint", "DL3007"), check.Same("trivy", "latest_tag"), check.Same("checkov", "ReferenceLatestTag"),
		check.Broader("kics", "image_version_not_explicit"), check.Broader("kics", "image_version_using_latest"), check.Same("dclint", "service-image-require-explicit-tag"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			judgeBase(p, s, d.Dockerfile, stage)
			for _, c := range stage.Copies() {
				if c.From != "" && c.FromStage == nil && moves(c.FromImage) && !builtHere(s, c.FromImage.Name, d.Dockerfile) {
					p.Report(d.At(c.Span), "files come from %s%s", c.FromImage, whichVersion(c.FromImage)).Keyed("copy %s", c.FromImage.Name)
				}
			}
		}
	}
	judgeServices(p, s)
})

// judgeServices looks at the images that services pull. One that several services
// of a file run is one finding.
func judgeServices(p *check.Pass, s *repo.Snapshot) {
	type key struct{ file, image string }
	moving := map[key]*check.Problem{}
	for _, v := range deployedServices(s) {
		image, known := s.ImageOf(v.Service)
		if !known {
			image = v.Image.Ref
		}
		if v.Build.Set() || !image.Exists() || v.Provider.Set() || builtHere(s, image.Name, nil) {
			continue
		}
		at := s.Place(v.Image.Path, v.Image.Span)
		k := key{v.Image.Path, image.String()}
		switch first := moving[k]; {
		case !moves(image):
			if known {
				p.Holds(at, "the service %s runs %s", v.Name, image)
			}
		case first == nil:
			moving[k] = p.Report(at, "the service %s runs %s%s", v.Name, image, whichVersion(image)).Keyed("image %s", image)
		case first.At != at:
			first.With(at)
		}
	}
}

func judgeBase(p *check.Pass, s *repo.Snapshot, d *repo.Dockerfile, stage *dockerfile.Stage) {
	if stage.BaseStage != nil || stage.Base.IsScratch() || stage.Base.Name == "" || isNamedContext(s, d, stage.Base.Written) {
		return
	}
	bases := []imageref.Ref{knownPart(stage.Base)}
	if strings.Contains(stage.Base.Written, "$") {
		for _, b := range s.BuildsOf(d) { // a build may decide the version
			if stage.Index < len(b.Spec.Stages) && b.Env().Deployed() {
				bases = append(bases, knownPart(b.Spec.Stages[stage.Index].Base))
			}
		}
		if len(bases) > 1 {
			bases = bases[1:]
		}
	}
	for _, ref := range bases {
		if moves(ref) && !builtHere(s, ref.Name, d) {
			p.Report(d.At(stage.Base.Span), "the build starts from %s%s", ref, whichVersion(ref)).Keyed("from %s %s", stage.Name, ref.Name)
			return
		}
	}
	if stage.Base.Known() && !moves(stage.Base.Ref) {
		p.Holds(d.At(stage.Base.Span), "the build starts from %s", stage.Base.Ref)
	}
}

// knownPart is a base with the variables that nobody gives a value left in, so that
// they are not taken for nothing.
func knownPart(base dockerfile.Base) imageref.Ref {
	if base.Known() {
		return base.Ref
	}
	ref := imageref.Parse(base.Written)
	if strings.Contains(ref.Tag, "$") && base.Tag != "" {
		ref.Tag = base.Tag
	}
	return ref
}

// moves says whether the image is a different one with each release.
func moves(ref imageref.Ref) bool {
	if ref.Digest != "" || strings.Contains(ref.Tag, "$") || strings.HasPrefix(ref.Name, "$") && !strings.Contains(ref.Name, "/") || !ref.Exists() {
		return false
	}
	if strings.Contains(ref.Base(), "$") && ref.Tag == "" {
		return false // the variable may hold the tag
	}
	switch ref.Tag {
	case "edge", "nightly", "canary", "main", "master", "stable", "dev", "develop":
		return true
	}
	return ref.IsLatest()
}

func whichVersion(ref imageref.Ref) string {
	if ref.Tag == "" {
		return ", whichever version is the latest"
	}
	return ", which moves with every release"
}

// isNamedContext says whether a name stands for a build context that the builds of
// the Dockerfile are given.
func isNamedContext(s *repo.Snapshot, d *repo.Dockerfile, name string) bool {
	return slices.ContainsFunc(s.BuildsOf(d), func(b *repo.ImageBuild) bool {
		return b.Service != nil && slices.ContainsFunc(b.Service.Build.Contexts, func(c compose.Pair) bool { return c.Name == name })
	})
}

// builtHere says whether the project builds the image of that name itself.
func builtHere(s *repo.Snapshot, name string, d *repo.Dockerfile) bool {
	if d != nil && isOwnImage(s, name) {
		return true
	}
	for _, f := range s.ComposeFiles() {
		if slices.ContainsFunc(f.Spec.Services, func(v *compose.Service) bool { return v.Build.Set() && v.Image.Name == name }) {
			return true
		}
	}
	for _, b := range s.ImageBuilds() {
		if b.Service == nil && b.File.Role == repo.Production && !strings.Contains(name, "/") && tags(b, name) {
			return true
		}
	}
	return false
}

// tags says whether the line that runs a build gives the image that name.
func tags(b *repo.ImageBuild, name string) bool {
	words := strings.Fields(b.File.Text(b.Span))
	return slices.ContainsFunc(words, func(w string) bool {
		w = strings.TrimPrefix(strings.TrimPrefix(w, "--tag="), "-t=")
		return w == name || strings.HasPrefix(w, name+":")
	})
}
