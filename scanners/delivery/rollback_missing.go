package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RollbackMissing finds systems from whose last version there is no way back.
var RollbackMissing = check.PerProject(check.Doc{
	ID:         "delivery/rollback-missing",
	Title:      "No way back from a deployment",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      6,
	Why:        "When a version fails, the way back is to find out what ran before and build it again, while customers wait. A build from yesterday's commit is not yesterday's image.",
	How:        "Deploy images by a tag that names the commit, keep the last ones, and write the command that deploys the tag before as a job or script: helm rollback, kubectl rollout undo, docker compose with the old tag. Try it once a quarter.",
	Holds:      "There is a way back",
	References: []string{"https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment", "https://helm.sh/docs/helm/helm_rollback/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, how, ok := wayBack(s); ok {
		p.Holds(at, "%s", how)
		return
	}
	if _, ok := operated(s); !ok || gitOps(s) != nil || platform(s) != nil {
		return
	}
	if at, how, ok := rollbackDoc(s); ok {
		p.Holds(at, "%s", how)
		return
	}
	var at []finding.Location
	var built []string
	for _, c := range ownComponents(s) {
		for _, d := range c.Deployments {
			if !isLive(d) || d.Compose == nil {
				if d.Kube != nil {
					return // a cluster keeps the versions before
				}
				continue
			}
			if d.Image.HasVariable() || d.Image.Exists() && !d.Image.IsLatest() {
				return // an earlier tag can be named
			}
			at = append(at, d.At())
			built = append(built, c.Name)
			break
		}
	}
	if len(at) == 0 {
		return
	}
	what := "is"
	if len(built) > 1 {
		what = "are"
	}
	p.Report(at[0], "%s %s built where deployed or tagged latest, and no script, job or document leads back to the version before", names(unique(built)), what).With(at[1:]...).Keyed("none")
})

// wayBack looks for what leads back to an earlier version.
func wayBack(s *repo.Snapshot) (finding.Location, string, bool) {
	if found := ciWork(s, repo.CIRollback); len(found) > 0 {
		w := found[0]
		return w.At, jobName(w.Job) + " rolls back: " + w.What, true
	}
	for _, j := range s.CIJobs() {
		if isRead(j.Pipeline) && strings.Contains(strings.ToLower(j.Job.ID+" "+j.Pipeline.Name()), "rollback") && len(j.Job.Steps) > 0 {
			return j.Pipeline.At(j.Job.IDSpan), "the job " + j.Job.ID + " rolls back", true
		}
	}
	if f := scriptNamed(s, "rollback", "revert"); f != nil && f.Lang == repo.Shell {
		return f.Start(), f.Path + " rolls back", true
	}
	for _, t := range s.Tasks() {
		if t.Role == repo.Production && strings.Contains(strings.ToLower(t.Name), "rollback") && !strings.Contains(strings.ToLower(t.Name), "migrat") && !strings.Contains(strings.ToLower(t.Name), "db") && len(t.Commands) > 0 {
			return t.At(t.Span), "the task " + t.Name + " rolls back", true
		}
	}
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			if project.Env.Deployed() && v.Deploy.OnFailure.Value == "rollback" {
				return s.Place(v.Deploy.OnFailure.Path, v.Deploy.OnFailure.Span), v.Name + " goes back when an update fails", true
			}
		}
	}
	if o := progressive(s); o != nil {
		return o.At(o.Node.Span), o.Kind + " " + o.Name + " goes back when a version fails", true
	}
	return finding.Location{}, "", false
}

// rollbackDoc is the section of a document about going back that says how.
func rollbackDoc(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, kind := range []repo.DocKind{repo.DocDeployment, repo.DocRunbook, repo.DocRecovery} {
		for _, passage := range s.Passages(kind) {
			for _, h := range passage.Doc.Spec().Headings {
				text := strings.ToLower(h.Text)
				if (strings.Contains(text, "rollback") || strings.Contains(text, "roll back") || strings.Contains(text, "rolling back")) && !strings.Contains(text, "migration") && h.Section.Len() > 80 {
					return passage.Doc.At(h.Span), passage.Doc.Path + " says how to roll back", true
				}
			}
		}
	}
	return finding.Location{}, "", false
}

// progressive is an object that brings a version to a part of the traffic first.
func progressive(s *repo.Snapshot) *repo.KubeObject {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		group, _, _ := strings.Cut(o.APIVersion, "/")
		switch {
		case group == "argoproj.io" && o.Kind == "Rollout", group == "flagger.app" && o.Kind == "Canary", group == "split.smi-spec.io":
			return o
		}
	}
	return nil
}
