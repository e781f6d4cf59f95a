package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CDMissing finds systems that somebody brings to production by hand.
var CDMissing = check.PerProject(check.Doc{
	ID:         "delivery/cd-missing",
	Title:      "No deployment job",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      12,
	Why:        "What runs in production is what somebody typed last. Steps are forgotten, versions mixed up, and only one person knows how to do it.",
	How:        "Add a job that deploys what the pipeline has built and tested: to staging on each merge, to production behind an approval, with a check afterwards and a way back.",
	Holds:      "A pipeline deploys",
	References: []string{"https://docs.github.com/en/actions/concepts/use-cases/continuous-deployment", "https://docs.gitlab.com/ci/environments/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if list := deployments(s); len(list) > 0 {
		w := list[0]
		p.Holds(w.At, "%s of %s deploys: %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
		return
	}
	if o := gitOps(s); o != nil {
		p.Holds(o.At(o.Node.Span), "the cluster follows the repository: %s %s", o.Kind, o.Name)
		return
	}
	if f := platform(s); f != nil {
		p.Holds(f.Start(), "a platform deploys what is pushed, as %s says", f.Path)
		return
	}
	where, ok := operated(s)
	if !ok || mainPipeline(s) == nil {
		return
	}
	if w, what, found := follower(s); found {
		p.Holds(w, "%s", what)
		return
	}
	if pushed := ciWork(s, repo.CIImagePush); len(pushed) > 0 {
		p.Unproven(pushed[0].At, "images are pushed; what deploys them is not in the project")
		return
	}
	if at, what, ok := elsewhere(s, repo.CIDeploy); ok {
		p.Unproven(at, "whether CI deploys: %s", what)
		return
	}
	p.Report(mainPipeline(s).Start(), "no job of CI deploys what it builds: nothing stages, approves or checks a version").With(where).Keyed("none")
})

// follower is a service that pulls new images by itself.
func follower(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			switch v.Image.Base() {
			case "watchtower", "diun", "ouroboros", "doco-cd", "wud", "whats-up-docker":
				if project.Env.Deployed() {
					return s.Place(v.Key.Path, v.Key.Span), v.Name + " pulls new images", true
				}
			}
		}
	}
	return finding.Location{}, "", false
}
