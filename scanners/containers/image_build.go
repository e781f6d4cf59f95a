package containers

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ImageBuild finds Dockerfiles that are written with care.
var ImageBuild = check.PerProject(check.Doc{
	ID:         "containers/image-build",
	Title:      "Images are built with care",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Small images that run as a user of their own, stop when told to and say whether they work are quick to roll out and hard to break out of.",
	How:        "Build in stages, start the last one from a small base, create a user, install dependencies before the source is copied, and write a HEALTHCHECK.",
	Holds:      "Images are built with care",
	References: []string{"https://docs.docker.com/build/building/best-practices/", "https://docs.docker.com/build/building/multi-stage/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		if isFilesOnly(i.stage) {
			continue
		}
		if care := careOf(s, i); len(care) >= 4 {
			p.Holds(i.At(i.stage.From.Span), "%s: %s", i.Path, strings.Join(care, ", "))
		}
	}
})

// careOf lists what an image does well.
func careOf(s *repo.Snapshot, i image) []string {
	var out []string
	if n := len(i.Spec.Stages); n > 1 && copyOfBuild(i) != nil {
		out = append(out, fmt.Sprintf("%d stages", n))
	}
	if base := smallBase(i); base != "" {
		out = append(out, "small base "+base)
	}
	if user := i.stage.User(); !user.Unknown() && !user.IsRoot() {
		out = append(out, "runs as "+user.String())
	}
	if h := i.stage.Healthcheck(); h.Present && !h.Disabled {
		out = append(out, "healthcheck")
	}
	if _, words := firstProcess(s, i); len(words) > 0 && inits[path.Base(words[0])] {
		out = append(out, path.Base(words[0])+" passes signals on")
	}
	if slices.ContainsFunc(i.Spec.Stages, installsBeforeSource) {
		out = append(out, "dependencies before source")
	}
	if _, name, ok := ociLabel(s, i); ok {
		out = append(out, "label "+name)
	}
	return out
}

// smallBase is the base of the image if it is one without what nothing needs.
func smallBase(i image) string {
	base := i.stage.Image()
	if base.IsScratch() {
		return "scratch"
	}
	small := strings.Contains(base.Name, "distroless") || base.Base() == "alpine" || strings.HasPrefix(base.Name, "cgr.dev/chainguard/")
	for _, word := range []string{"alpine", "slim", "distroless", "jre-alpine", "chiseled"} {
		small = small || strings.Contains(base.Tag, word)
	}
	if !small || !base.Known() {
		return ""
	}
	return base.Ref.String()
}
