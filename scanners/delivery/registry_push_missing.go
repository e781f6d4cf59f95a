package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RegistryPushMissing finds images that CI builds and throws away.
var RegistryPushMissing = check.PerProject(check.Doc{
	ID:         "delivery/registry-push-missing",
	Title:      "Tested image is thrown away",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Production builds the image again, from other base layers and other dependencies than those that were tested. There is no earlier image to go back to either.",
	How:        "Log in to a registry and push on the main branch, tagged with the commit: docker/build-push-action with push: true, or docker push. Deploy that tag.",
	Holds:      "CI pushes the images that it builds",
	References: []string{"https://docs.github.com/en/actions/tutorials/publish-packages/publish-docker-images", "https://docs.docker.com/build/ci/github-actions/push-multi-registries/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if pushed := ciWork(s, repo.CIImagePush); len(pushed) > 0 {
		w := pushed[0]
		p.Holds(w.At, "%s of %s pushes images: %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
		return
	}
	var at []finding.Location
	for _, w := range ciWork(s, repo.CIImageBuild) {
		if f := s.File(w.At.Path); f != nil && f.Role == repo.Production {
			at = append(at, w.At)
		}
	}
	if _, ok := operated(s); !ok || len(at) == 0 {
		return
	}
	if f := platform(s); f != nil {
		return // it builds by itself
	}
	if where, what, ok := elsewhere(s, repo.CIImagePush); ok {
		p.Unproven(where, "whether CI pushes images: %s", what)
		return
	}
	p.Report(at[0], "CI builds the image and pushes it nowhere").With(at[1:]...).Keyed("none")
})
