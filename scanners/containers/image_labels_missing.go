package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ImageLabelsMissing finds images that do not say what they are.
var ImageLabelsMissing = check.PerProject(check.Doc{
	ID:         "containers/image-labels-missing",
	Title:      "Image without labels",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Nobody can tell from a running container which commit and which version it was built from; scanners and registries cannot lead to its source.",
	How:        "Set org.opencontainers.image.source, .version and .revision with LABEL from build arguments, or let docker/metadata-action do it in the pipeline.",
	Holds:      "Images say what they are",
	References: []string{"https://github.com/opencontainers/image-spec/blob/main/annotations.md", "https://docs.docker.com/reference/dockerfile/#label", "https://docs.docker.com/build/ci/github-actions/manage-tags-labels/"},
	Peers:      []finding.Peer{check.Broader("hadolint", "DL3049")},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		if isFilesOnly(i.stage) {
			continue
		}
		if at, name, ok := ociLabel(s, i); ok {
			p.Holds(at, "the image has the label %s", name)
			continue
		}
		if labelledElsewhere(s, i.Dockerfile) {
			continue
		}
		found := p.Report(i.At(i.stage.From.Span), "the image has no org.opencontainers.image labels").Keyed("%s", i.stage.Name)
		if edit, ok := labelsEdit(i); ok {
			title := "Label the image of " + i.Path + " with version and revision"
			found.WithPatch(title, finding.Safe, editsOf(i.File, title, "Give the build --build-arg VERSION=… and REVISION=$(git rev-parse HEAD).", edit))
		}
	}
})

// ociLabel is a label of the image that says what it is, from the Dockerfile or
// from how it is built.
func ociLabel(s *repo.Snapshot, i image) (at finding.Location, name string, ok bool) {
	for _, l := range i.stage.EffectiveLabels() {
		if isImageLabel(l.Name) {
			return i.At(l.KeySpan), l.Name, true
		}
	}
	for _, v := range i.services {
		k := slices.IndexFunc(v.Build.Labels, func(l compose.Pair) bool { return isImageLabel(l.Name) })
		if k >= 0 {
			l := v.Build.Labels[k]
			return s.Place(l.Path, l.Span), l.Name, true
		}
	}
	return at, "", false
}

func isImageLabel(name string) bool {
	return strings.HasPrefix(name, "org.opencontainers.image.") || strings.HasPrefix(name, "org.label-schema.")
}

// labelledElsewhere says whether a pipeline or a bake file gives the image labels.
func labelledElsewhere(s *repo.Snapshot, d *repo.Dockerfile) bool {
	for _, b := range s.BuildsOf(d) {
		if text := string(b.File.Bytes()); b.Service == nil && (strings.Contains(text, "metadata-action") || strings.Contains(text, "org.opencontainers.image.") || strings.Contains(text, "--label")) {
			return true
		}
	}
	piped := slices.ContainsFunc(s.BuildsOf(d), func(b *repo.ImageBuild) bool { return b.Service == nil })
	if !piped && labelsFromMatrix(s) {
		return true
	}
	for _, name := range []string{"docker-bake.hcl", "docker-bake.json", ".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml"} {
		if f := s.File(name); f != nil && strings.Contains(string(f.Bytes()), "org.opencontainers.image") {
			return true
		}
	}
	return false
}

// labelsFromMatrix says whether a pipeline builds and labels images that a variable
// names: any Dockerfile may be one of them.
func labelsFromMatrix(s *repo.Snapshot) bool {
	for _, p := range s.Pipelines() {
		for _, job := range p.Spec.Jobs {
			for _, step := range job.Steps {
				name, _ := step.Action()
				if strings.HasSuffix(name, "/build-push-action") && step.Input("labels") != "" && strings.Contains(step.Input("file")+step.Input("context"), "${{") {
					return true
				}
			}
		}
	}
	return false
}

// labelsEdit puts the labels before what only says how a container starts, so that
// a new version does not build the layers before it anew.
func labelsEdit(i image) (edit patch.Edit, ok bool) {
	for _, a := range i.stage.Args() {
		if a.Name == "VERSION" || a.Name == "REVISION" {
			return edit, false
		}
	}
	last := len(i.stage.Instructions)
	for last > 0 && slices.Contains([]string{"CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "USER", "STOPSIGNAL"}, i.stage.Instructions[last-1].Cmd) {
		last--
	}
	if last == len(i.stage.Instructions) {
		return edit, false
	}
	at := i.stage.Instructions[last].Span.Start
	lines := "ARG VERSION\nARG REVISION\nLABEL org.opencontainers.image.version=\"${VERSION}\" org.opencontainers.image.revision=\"${REVISION}\"\n"
	if strings.Contains(string(i.Bytes()), "\r\n") {
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	}
	return patch.Edit{Span: finding.Span{Start: at, End: at}, New: []byte(lines)}, true
}
