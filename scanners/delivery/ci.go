package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/workflow"
)

// ciWork is what CI does of some kinds, in pipelines that the CI system reads.
func ciWork(s *repo.Snapshot, kinds ...repo.CIWorkKind) []repo.CIWork {
	var out []repo.CIWork
	for _, w := range s.CIWork() {
		if slices.Contains(kinds, w.Kind) && isRead(w.Job.Pipeline) {
			out = append(out, w)
		}
	}
	return out
}

// mainPipeline is the pipeline that does most on changes, nil when there is none.
func mainPipeline(s *repo.Snapshot) *repo.Pipeline {
	var best *repo.Pipeline
	most := 0
	for _, p := range s.Pipelines() {
		if isRead(p) && works(p) != "" && (best == nil || commands(p) > most) {
			best, most = p, commands(p)
		}
	}
	return best
}

// templateWork is what GitLab's own templates do, by a part of their path.
var templateWork = map[string]repo.CIWorkKind{
	"SAST": repo.CISAST, "Dependency-Scanning": repo.CIDepAudit, "Container-Scanning": repo.CIImageScan, "Secret-Detection": repo.CISecrets,
	"Load-Performance": repo.CILoadTest, "Browser-Performance": repo.CILoadTest, "Deploy": repo.CIDeploy,
}

// elsewhere is the first place where CI does things that the project's files do not
// show: workflows and templates of other projects, systems that are not read.
func elsewhere(s *repo.Snapshot, kind repo.CIWorkKind) (at finding.Location, what string, found bool) {
	for _, j := range s.CIJobs() {
		if u := actions.ParseUses(j.Job.Uses); u.Kind == repository && j.Checks() && isRead(j.Pipeline) {
			return j.Pipeline.At(j.Job.UsesSpan), "the workflow " + u.Name() + " is not in the project", true
		}
	}
	for _, p := range s.Pipelines() {
		if p.Spec.Kind == workflow.Jenkins && isRead(p) && (strings.Contains(string(p.Bytes()), "@Library") || strings.Contains(string(p.Bytes()), "junit ") || strings.Contains(string(p.Bytes()), "infra.")) {
			return p.Start(), p.Path + " calls steps of a library", true
		}
		for _, in := range p.Spec.Included {
			if in.Kind == "template" && !strings.Contains(in.Name, "Auto-DevOps") && !slices.ContainsFunc(templateKinds(in.Name), func(k repo.CIWorkKind) bool { return k == kind }) {
				continue
			}
			if in.Kind != "local" && isRead(p) {
				return p.At(in.Span), in.Name + " is not in the project", true
			}
		}
		if len(p.Spec.Orbs) > 0 && kind != repo.CITests && isRead(p) {
			return p.At(p.Spec.Orbs[0].Span), "the orb " + p.Spec.Orbs[0].Name + " is not in the project", true
		}
	}
	if f := otherPipeline(s); f != nil {
		return f.Start(), f.Path + " is not read in full", true
	}
	return at, "", false
}

const repository = actions.Repository

func templateKinds(name string) []repo.CIWorkKind {
	var out []repo.CIWorkKind
	for part, kind := range templateWork {
		if strings.Contains(name, part) {
			out = append(out, kind)
		}
	}
	return out
}

// preCommitHook is the place of a hook in the project's pre-commit configuration
// whose repository or id holds one of the words.
func preCommitHook(s *repo.Snapshot, words ...string) (finding.Location, bool) {
	for _, name := range []string{".pre-commit-config.yaml", ".pre-commit-config.yml", ".husky/pre-commit", "lefthook.yml", ".lefthook.yml"} {
		f := s.File(name)
		if f == nil {
			continue
		}
		if at, ok := liveLine(f, "#", func(line string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) })
		}); ok {
			return f.At(at), true
		}
	}
	return finding.Location{}, false
}

// rootFile is the first of the names that the project has at its root.
func rootFile(s *repo.Snapshot, names ...string) *repo.File {
	for _, name := range names {
		if f := s.File(name); f != nil && !f.Blank() {
			return f
		}
	}
	return nil
}

// ownComponents are the project's own services, as something deploys them outside
// development.
func ownComponents(s *repo.Snapshot) []*repo.Component {
	var out []*repo.Component
	for _, c := range s.Components() {
		switch c.Role {
		case repo.RoleWeb, repo.RoleAPI, repo.RoleWorker, repo.RoleApp, repo.RoleScheduler:
		default:
			continue
		}
		if c.Dockerfile == nil && c.Unit == nil {
			continue
		}
		if slices.ContainsFunc(c.Deployments, isLive) {
			out = append(out, c)
		}
	}
	return out
}

func isLive(d repo.Deployment) bool {
	if !d.Env.Deployed() || d.File.Role != repo.Production || isDevelopmentFile(d.File.Path) || strings.HasPrefix(d.File.Path, ".") || forOthers(d.File.Path) {
		return false
	}
	// A file for a special purpose, such as docker-compose.gpu.yml, is none that everybody meets.
	return d.Compose == nil || len(d.Compose.Spec.Profiles) == 0 && (d.Env != compose.Base || d.Compose.Project.Variant == "")
}

// forOthers says whether a file shows people outside how to run the product.
func forOthers(name string) bool {
	if strings.Contains(name, "{{") {
		return true
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) }) {
		switch w {
		case "community", "selfhost", "selfhosted", "hosting", "quickstart", "example", "examples", "sample", "samples", "demo", "template", "templates", "oss":
			return true
		}
	}
	return false
}

// published says whether CI brings packages or images to others when a version is
// tagged or released.
func published(s *repo.Snapshot) bool {
	return len(ciWork(s, repo.CIPublish)) > 0 || slices.ContainsFunc(ciWork(s, repo.CIImagePush), func(w repo.CIWork) bool { return w.Job.On(workflow.OnTag, workflow.OnRelease) })
}

// operated says whether the project is a system that its own people run, rather
// than a product that they publish for others to run. at is what deploys it.
func operated(s *repo.Snapshot) (at finding.Location, ok bool) {
	own := ownComponents(s)
	if len(own) == 0 {
		return at, false
	}
	if len(deployments(s)) == 0 && published(s) && !hasProductionFile(own) {
		return at, false
	}
	for _, c := range own {
		for _, d := range c.Deployments {
			if isLive(d) {
				return d.At(), true
			}
		}
	}
	return at, false
}

// hasProductionFile says whether a service is declared for production by name.
func hasProductionFile(own []*repo.Component) bool {
	return slices.ContainsFunc(own, func(c *repo.Component) bool {
		return slices.ContainsFunc(c.Deployments, func(d repo.Deployment) bool { return isLive(d) && d.Env == compose.Prod })
	})
}

// deployments are the jobs of CI that bring a version to servers, each by its first
// command that does. Clusters that live as long as the job are none.
func deployments(s *repo.Snapshot) []repo.CIWork {
	var out []repo.CIWork
	clusters := map[*workflow.Job]bool{}
	for _, w := range ciWork(s, repo.CICluster) {
		clusters[w.Job.Job] = true
	}
	seen := map[*workflow.Job]bool{}
	for _, w := range ciWork(s, repo.CIDeploy) {
		if f := s.File(w.At.Path); f == nil || f.Role != repo.Production || forTests(w) {
			continue
		}
		if !clusters[w.Job.Job] && !seen[w.Job.Job] && !checksOnly(w.Job) {
			seen[w.Job.Job] = true
			out = append(out, w)
		}
	}
	return out
}

// forTests says whether what is deployed is there for the tests of the job: its name
// says so, or the command takes its files from those of tests.
func forTests(w repo.CIWork) bool {
	for _, part := range strings.FieldsFunc(strings.ToLower(w.Job.Job.ID+" "+w.Job.Job.Stage), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		switch part {
		case "test", "tests", "e2e", "integration", "molecule", "ci", "benchmark", "conformance", "unit":
			return true
		}
	}
	return w.Cmd != nil && slices.ContainsFunc(w.Cmd.Words, func(word string) bool {
		return strings.HasPrefix(word, "tests/") || strings.HasPrefix(word, "test/") || strings.HasPrefix(word, "./test") || strings.HasPrefix(word, "e2e/")
	})
}

// jobName is what to call a job: not all systems have ids.
func jobName(j *repo.CIJob) string {
	for _, name := range []string{j.Job.ID, j.Job.Name, j.Job.Stage} {
		if name != "" {
			return name
		}
	}
	return "a job of " + j.Pipeline.Path
}

// checksOnly says whether a job runs on pull requests alone: what it deploys is a
// preview or a test.
func checksOnly(j *repo.CIJob) bool {
	return !slices.ContainsFunc(j.Starts, func(st workflow.Start) bool {
		proposed := len(st.Branches) > 0 && !slices.ContainsFunc(st.Branches, func(b string) bool { return !strings.HasPrefix(strings.Trim(b, "/^"), "pr-") })
		return st.On != workflow.OnPullRequest && !(st.On == workflow.OnPush && proposed)
	})
}

// platformFiles tell a platform what to build and run; it deploys what is pushed.
var platformFiles = []string{
	"vercel.json", "netlify.toml", "render.yaml", "railway.json", "railway.toml", "fly.toml", "app.yaml", ".do/app.yaml", "app.json", "amplify.yml", "captain-definition", "nixpacks.toml",
	"apprunner.yaml", "wrangler.toml", "wrangler.jsonc", "firebase.json", "zeabur.json", "koyeb.yaml", "dokku-deploy.yml", "CHECKS", "coolify.json", "sst.config.ts",
}

// platform is what tells a platform that deploys by itself about the project; nil
// without.
func platform(s *repo.Snapshot) *repo.File {
	for _, f := range s.Production() {
		if slices.Contains(platformFiles, f.Name()) && strings.Count(f.Path, "/") <= 2 && !f.Blank() && !(f.Name() == "netlify.toml" && says(f, "hugo", "docs", "website", "HUGO")) && (f.Name() != "app.json" || strings.Contains(string(f.Bytes()), "\"buildpacks\"") || strings.Contains(string(f.Bytes()), "\"formation\"")) {
			return f
		}
	}
	return nil
}

// gitOps is the object that makes a cluster follow a repository; nil without.
func gitOps(s *repo.Snapshot) *repo.KubeObject {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		group, _, _ := strings.Cut(o.APIVersion, "/")
		switch {
		case group == "argoproj.io" && (o.Kind == "Application" || o.Kind == "ApplicationSet"),
			strings.HasSuffix(group, "toolkit.fluxcd.io") && (o.Kind == "Kustomization" || o.Kind == "HelmRelease"):
			return o
		}
	}
	return nil
}

// codeFiles are the live files of code outside of tooling.
func hasCode(s *repo.Snapshot) bool {
	return slices.ContainsFunc(s.Production(), func(f *repo.File) bool { return f.Lang.Code() && !f.Blank() && f.Lang != repo.Shell })
}

// says says whether the file holds one of the texts; Mentions alone takes some words
// for others.
func says(f *repo.File, texts ...string) bool {
	if f.Size > 1<<20 {
		return false
	}
	content := string(f.Bytes())
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(content, text) })
}

// scriptNamed is a live script whose name has one of the words as a part.
func scriptNamed(s *repo.Snapshot, words ...string) *repo.File {
	for _, f := range s.Production() {
		if f.Lang != repo.Shell && f.Lang != repo.Python && path.Ext(f.Path) != ".ps1" && path.Ext(f.Path) != ".sql" || f.Blank() {
			continue
		}
		parts := strings.FieldsFunc(strings.ToLower(f.Name()), func(r rune) bool { return strings.ContainsRune("-_.", r) })
		if slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(words, p) }) {
			return f
		}
	}
	return nil
}
