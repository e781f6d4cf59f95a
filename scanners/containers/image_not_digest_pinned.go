package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ImageNotDigestPinned finds builds that start from what a tag names today.
var ImageNotDigestPinned = check.PerProject(check.Doc{
	ID:         "containers/image-not-digest-pinned",
	Title:      "Base image not pinned by digest",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "A tag can be moved to another image, by a release or by whoever takes over the account. Two builds of one commit then differ, and nobody can say what an old one held.",
	How:        "Write the digest behind the tag, as in node:22-slim@sha256:…, from docker buildx imagetools inspect, and let Renovate or Dependabot raise both.",
	Holds:      "Base images are pinned by digest",
	References: []string{"https://docs.docker.com/build/building/best-practices/#pin-base-image-versions", "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		var names []string
		var at []finding.Location
		pinned := false
		for _, stage := range d.stages {
			base := stage.Base
			if stage.BaseStage != nil || base.IsScratch() || !base.Known() || base.Name == "" || isNamedContext(s, d.Dockerfile, base.Written) || builtHere(s, base.Name, d.Dockerfile) {
				continue
			}
			if base.Digest != "" {
				pinned = true
				continue
			}
			if name := base.Ref.String(); !slices.Contains(names, name) {
				names = append(names, name)
			}
			at = append(at, d.At(base.Span))
		}
		switch {
		case len(names) > 0:
			p.Report(at[0], "%s may be another image tomorrow", strings.Join(names, ", ")).With(at[1:]...).Keyed("digest")
		case pinned:
			p.Holds(d.At(d.stages[0].Base.Span), "the base images of %s are pinned by digest", d.Path)
		}
	}
})
