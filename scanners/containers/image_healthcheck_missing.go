package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// ImageHealthcheckMissing finds images that cannot say whether they work, where
// nothing else asks.
var ImageHealthcheckMissing = check.PerProject(check.Doc{
	ID:         "containers/image-healthcheck-missing",
	Title:      "Image without a healthcheck",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The engine only sees whether the process exists. One that hangs keeps its requests waiting and is never replaced.",
	How:        "Write a HEALTHCHECK that asks the process for its health route with what the image has at hand, or a healthcheck in compose, or probes in Kubernetes, which does not read HEALTHCHECK.",
	Holds:      "Images are asked for their health",
	References: []string{"https://docs.docker.com/reference/dockerfile/#healthcheck", "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"},
	Peers: []finding.Peer{
		check.Same("trivy", "no_healthcheck_instruction"), check.Same("kics", "healthcheck_instruction_missing"),
		check.Same("checkov", "HealthcheckExists"), check.Same("hadolint", "DL3057"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		judgeImageHealth(p, s, i)
	}
})

func judgeImageHealth(p *check.Pass, s *repo.Snapshot, i image) {
	switch h := i.stage.Healthcheck(); {
	case h.Present && !h.Disabled:
		p.Holds(i.At(h.Span), "the image asks: %s", h.Text)
		return
	case len(i.services) > 0:
		for _, v := range i.services {
			if v.Healthcheck.Present && !v.Healthcheck.Disabled && len(v.Healthcheck.Test) > 0 {
				p.Holds(s.Place(v.Healthcheck.Path, v.Healthcheck.Span), "compose asks the service %s: %s", v.Name, v.Healthcheck.TestText)
				return
			}
		}
		return // compose-healthcheck-missing speaks of them
	case h.Present && h.Disabled:
		p.Report(i.At(h.Span), "the image switches its healthcheck off").Keyed("%s off", i.stage.Name)
		return
	}
	for _, c := range s.Components() {
		if c.Dockerfile != i.Dockerfile {
			continue
		}
		for _, d := range c.Deployments {
			if d.Health != nil {
				p.Holds(d.At(), "%s asks %s for its health", d.Means, c.Name)
				return
			}
		}
	}
	if !isService(i) || askedByPlatform(s, i) {
		return
	}
	base := i.stage.Image()
	if isOwnImage(s, base.Repository()) {
		p.Unproven(i.At(base.Span), "%s, which the project builds elsewhere, may bring a healthcheck", base.Ref)
		return
	}
	if imagesWithHealthcheck[base.Repository()] {
		return
	}
	at := i.At(i.stage.From.Span)
	if c := i.stage.Cmd(); c.Present {
		at = i.At(c.Span)
	} else if c := i.stage.Entrypoint(); c.Present {
		at = i.At(c.Span)
	}
	p.Report(at, "nothing asks the image for its health: no HEALTHCHECK, and no deployment that asks").Keyed("%s", i.stage.Name)
}

// systems are images of nothing but an operating system: what is built on them
// and starts nothing is a base or a box of tools.
var systems = map[string]bool{"alpine": true, "debian": true, "ubuntu": true, "busybox": true, "fedora": true, "centos": true, "rockylinux": true, "almalinux": true, "amazonlinux": true, "archlinux": true, "scratch": true}

// isService says whether a container of the image goes on running.
func isService(i image) bool {
	if isFilesOnly(i.stage) || isLambda(i.stage) || strings.Contains(i.stage.Image().Name, "windows") {
		return false
	}
	words := slices.Concat(i.stage.Entrypoint().Words, i.stage.Cmd().Words)
	if len(words) == 0 {
		return len(i.stage.Exposed()) > 0 || !systems[i.stage.Image().Base()] && !i.stage.Image().IsScratch()
	}
	switch path.Base(words[0]) {
	case "jq", "yq", "curl", "git", "make", "terraform", "kubectl", "helm", "aws", "gcloud", "ansible", "ansible-playbook", "mvn", "gradle", "go", "cargo", "ffmpeg", "sleep", "tail", "true", "echo":
		return false
	case "bash", "sh", "zsh", "ash":
		if len(words) == 1 || words[1] == "-l" {
			return false
		}
	}
	switch words[len(words)-1] {
	case "--help", "-h", "help", "--version", "version":
		return false // whoever runs it says what it does
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.ContainsFunc(secret.Parts(path.Base(w)), isOccasional) }) {
		return false
	}
	return repo.RoleOfCommand(words) != repo.RoleMigration && repo.RoleOfCommand(words) != repo.RoleBackup
}

// askedByPlatform says whether what runs the image asks it by other means than the
// Dockerfile's, or would not read it: Kubernetes, a platform's file.
func askedByPlatform(s *repo.Snapshot, i image) bool {
	for _, f := range []string{"fly.toml", "render.yaml", "railway.json", "railway.toml", "app.yaml", "Procfile", "heroku.yml", "captain-definition"} {
		if s.Exists(path.Join(i.Dir(), f)) || s.Exists(f) {
			return true
		}
	}
	if slices.ContainsFunc(s.HelmCharts(), func(c *repo.HelmChart) bool { return c.Role == repo.Production }) {
		return true
	}
	return slices.ContainsFunc(s.KubeObjects(), func(o *repo.KubeObject) bool { return o.Role == repo.Production && o.PodSpec() != nil })
}
