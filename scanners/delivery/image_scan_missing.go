package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ImageScanMissing finds projects that ship images nobody has scanned.
var ImageScanMissing = check.PerProject(check.Doc{
	ID:         "delivery/image-scan-missing",
	Title:      "Images are never scanned",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "An image carries an operating system with libraries that the project's own manifests do not name. Their vulnerabilities stay in production until somebody happens to rebuild.",
	How:        "Scan the image after it is built (Trivy, Grype, Docker Scout) and fail on high and critical ones, or have the registry scan what is pushed.",
	Holds:      "Images are scanned",
	References: []string{"https://trivy.dev/latest/docs/target/container_image/"},
	Peers:      []finding.Peer{check.Same("minder", "trivy_action_enabled")},
}, scan{
	kind:    repo.CIImageScan,
	missing: "images are built, and nothing scans them (Trivy, Grype, Docker Scout)",
	places:  builtImages,
	other: func(s *repo.Snapshot) (finding.Location, string, bool) {
		for _, m := range s.TerraformModules() {
			for _, r := range m.ResourcesOf("aws_ecr_repository") {
				if c := r.Body.Block("image_scanning_configuration"); c != nil && m.Role == repo.Production {
					return r.At(c.Span), "the registry scans what is pushed", true
				}
			}
			if list := m.ResourcesOf("aws_ecr_registry_scanning_configuration"); len(list) > 0 && m.Role == repo.Production {
				return list[0].At(list[0].Span), "the registry scans what is pushed", true
			}
		}
		for _, o := range s.KubeObjects() {
			if o.Role == repo.Production && strings.HasPrefix(o.APIVersion, "aquasecurity.github.io/") {
				return o.At(o.Node.Span), "the cluster scans what runs", true
			}
		}
		return finding.Location{}, "", false
	},
}.judge)

// builtImages are the steps of CI that build an image, else the Dockerfiles of the
// project's own services.
func builtImages(s *repo.Snapshot) []finding.Location {
	var out []finding.Location
	for _, w := range ciWork(s, repo.CIImageBuild) {
		if f := s.File(w.At.Path); f != nil && f.Role == repo.Production {
			out = append(out, w.At)
		}
	}
	if len(out) > 0 {
		return out
	}
	seen := map[string]bool{}
	for _, c := range ownComponents(s) {
		if c.Dockerfile != nil && !seen[c.Dockerfile.Path] {
			seen[c.Dockerfile.Path] = true
			out = append(out, c.Dockerfile.Start())
		}
	}
	return out
}
