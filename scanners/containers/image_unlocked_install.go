package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageUnlockedInstall finds images that hold other versions than those that were
// tested, or what only developers need.
var ImageUnlockedInstall = check.PerProject(check.Doc{
	ID:         "containers/image-unlocked-install",
	Title:      "Installed past the lockfile",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "The lockfile says which versions were tested, and the build takes others: the same commit gives another image tomorrow. Development dependencies in the last stage are more to pull and more to attack.",
	How:        "Install with npm ci, yarn install --immutable, pnpm install --frozen-lockfile, uv sync --locked, or pip install of an exported requirements file. Leave development dependencies out of the last stage: npm ci --omit=dev.",
	Holds:      "Images install what the lockfile says",
	References: []string{"https://docs.npmjs.com/cli/commands/npm-ci", "https://pnpm.io/cli/install", "https://yarnpkg.com/cli/install", "https://docs.astral.sh/uv/concepts/projects/sync/"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			for _, c := range steps(stage) {
				judgeInstall(p, s, d.Dockerfile, stage, c, d.kept[stage])
			}
		}
	}
})

func judgeInstall(p *check.Pass, s *repo.Snapshot, d *repo.Dockerfile, stage *dockerfile.Stage, c step, kept bool) {
	how, files := unlocked(c)
	if how == "" {
		if locked := installsLocked(c); locked != "" {
			if kept && locked == "npm ci" && !omitsDev(c, stage) && !usesDev(stage) {
				p.Report(d.At(c.Span), "npm ci puts development dependencies into the final image (no --omit=dev)").Keyed("%s dev", stage.Name)
				return
			}
			p.Holds(d.At(c.Span), "%s takes the versions of the lockfile", locked)
		}
		return
	}
	lock := lockBeside(s, d, files)
	if lock == "" {
		return
	}
	found := p.Report(d.At(c.Span), "%s may install other versions than %s says", how, lock).Keyed("%s %s", stage.Name, how)
	if c.tool == "npm" && c.verb() == "install" && len(c.args) == 1 && copiesLock(stage, "package-lock.json") {
		if text := d.Text(c.Span); text == "npm install" {
			title, command := "Install by the lockfile in "+d.Path, "npm ci"
			if kept && !omitsDev(c, stage) && !usesDev(stage) {
				command += " --omit=dev"
			}
			found.WithPatch(title, finding.Review, editsOf(d.File, title, "It fails when package.json and the lockfile disagree.", patch.Replace(c.Span, command)))
		}
	}
}

// unlocked names an install that does not keep to a lockfile, and the lockfiles it
// should keep to; "" for any other command.
func unlocked(c step) (how string, files []string) {
	verb := c.verb()
	switch c.tool {
	case "npm":
		if (verb == "install" || verb == "i") && len(c.operands()) == 0 && !c.has("-g", "--global") {
			return "npm install", []string{"package-lock.json", "npm-shrinkwrap.json"}
		}
	case "yarn":
		if (verb == "install" || verb == "" && len(c.args) == 0) && !c.option("--frozen-lockfile", "--immutable", "--pure-lockfile") {
			return "yarn install", []string{"yarn.lock"}
		}
	case "pnpm":
		if (verb == "install" || verb == "i") && c.option("--no-frozen-lockfile") {
			return "pnpm install --no-frozen-lockfile", []string{"pnpm-lock.yaml"}
		}
	case "bun":
		if verb == "install" && len(c.operands()) == 0 && !c.option("--frozen-lockfile") {
			return "bun install", []string{"bun.lock", "bun.lockb"}
		}
	case "pip", "pip3":
		if verb == "install" && (c.has(".") || c.has("-e") || slices.ContainsFunc(c.args, func(a string) bool { return strings.HasPrefix(a, ".[") })) && !c.option("--no-deps") {
			return "pip install .", []string{"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}
		}
	case "uv":
		if verb == "sync" && !c.option("--locked", "--frozen") && !slices.ContainsFunc(c.Env, func(e string) bool { return strings.HasPrefix(e, "UV_") }) {
			return "uv sync", []string{"uv.lock"}
		}
	case "composer":
		if verb == "update" && !c.option("--lock") {
			return "composer update", []string{"composer.lock"}
		}
	case "pipenv":
		if verb == "install" && !c.option("--deploy", "--ignore-pipfile") && len(c.operands()) == 0 {
			return "pipenv install", []string{"Pipfile.lock"}
		}
	}
	return "", nil
}

// installsLocked names an install that keeps to the lockfile; "" for none.
func installsLocked(c step) string {
	verb := c.verb()
	switch {
	case c.tool == "npm" && (verb == "ci" || verb == "clean-install"):
		return "npm ci"
	case (c.tool == "yarn" || c.tool == "pnpm" || c.tool == "bun") && c.option("--frozen-lockfile", "--immutable"):
		return c.tool + " install"
	case c.tool == "uv" && verb == "sync", c.tool == "poetry" && verb == "install", c.tool == "composer" && verb == "install", c.tool == "pipenv" && verb == "install":
		return c.tool + " " + verb
	}
	return ""
}

// lockBeside is a lockfile in what the image is built from.
func lockBeside(s *repo.Snapshot, d *repo.Dockerfile, names []string) string {
	for _, b := range buildsFor(s, d) {
		for _, dir := range []string{b.Context, d.Dir()} {
			for _, name := range names {
				if full := path.Join(dir, name); s.Exists(full) {
					return full
				}
			}
		}
	}
	return ""
}

// copiesLock says whether the stage takes the lockfile before it installs.
func copiesLock(stage *dockerfile.Stage, name string) bool {
	return slices.ContainsFunc(stage.Copies(), func(c dockerfile.Copy) bool {
		return c.From == "" && (takesAll(c) || slices.ContainsFunc(c.Paths, func(p dockerfile.CopyPath) bool {
			base := path.Base(p.Path)
			return base == name || base == "package*.json"
		}))
	})
}

// omitsDev says whether npm leaves development dependencies out.
func omitsDev(c step, stage *dockerfile.Stage) bool {
	if c.option("--omit", "--production", "--only", "--prod") {
		return true
	}
	for _, e := range c.Env {
		if strings.HasPrefix(e, "NODE_ENV=production") {
			return true
		}
	}
	for _, v := range stage.Effective() {
		if v.Name == "NODE_ENV" && (v.Arg != "" || v.Resolved == "production") || strings.EqualFold(v.Name, "NPM_CONFIG_OMIT") || strings.EqualFold(v.Name, "NPM_CONFIG_PRODUCTION") {
			return true
		}
	}
	return false
}

// usesDev says whether the stage itself uses what developers need, to build, or
// takes it away again.
func usesDev(stage *dockerfile.Stage) bool {
	for _, c := range steps(stage) {
		if buildStep(c) != "" || c.has("prune") || c.tool == "npm" && c.verb() == "run" || c.tool == "npx" {
			return true
		}
	}
	return slices.ContainsFunc(stage.Cmd().Words, func(w string) bool { return w == "npm" || w == "npx" || w == "yarn" || w == "ts-node" })
}
