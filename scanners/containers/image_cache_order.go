package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageCacheOrder finds builds that install all dependencies anew for every change.
var ImageCacheOrder = check.PerProject(check.Doc{
	ID:         "containers/image-cache-order",
	Title:      "Source copied before dependencies are installed",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Any change of any file makes the build install every dependency again: minutes for each commit, and a build that fails whenever the registry does.",
	How:        "Copy the manifest and the lockfile first, install, and copy the rest behind that.",
	Holds:      "Dependencies are installed before the source is copied",
	References: []string{"https://docs.docker.com/build/cache/optimize/#order-your-layers", "https://docs.docker.com/build/cache/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			judgeOrder(p, d.Dockerfile, stage)
		}
	}
})

// installOrder is what a stage does first: install its dependencies, or copy
// everything.
type installOrder struct {
	what    string           // the first install of dependencies; "" without one
	install step             // it
	all     *dockerfile.Copy // the COPY of everything that stands before it
	cached  bool             // what it downloads outlives the build
	early   bool             // the manifest is copied, and nothing else of note
}

func judgeOrder(p *check.Pass, d *repo.Dockerfile, stage *dockerfile.Stage) {
	switch o := orderOf(stage); {
	case o.what == "":
	case o.early:
		p.Holds(d.At(o.install.Span), "%s runs before the source is copied", o.what)
	case o.all != nil && !o.cached:
		p.Report(d.At(o.all.Span), "everything is copied before %s: each change installs all dependencies again", o.what).
			With(d.At(o.install.Span)).Keyed("%s %s", stage.Name, o.install.tool)
	}
}

// installsBeforeSource says whether a stage installs its dependencies before it
// copies the source.
func installsBeforeSource(stage *dockerfile.Stage) bool { return orderOf(stage).early }

func orderOf(stage *dockerfile.Stage) (o installOrder) {
	byStart := map[int][]step{}
	for _, c := range steps(stage) {
		byStart[c.run.Inst.Span.Start] = append(byStart[c.run.Inst.Span.Start], c)
	}
	copies := map[int]dockerfile.Copy{}
	for _, c := range stage.Copies() {
		copies[c.Span.Start] = c
	}
	manifest := false
	for _, inst := range stage.Instructions {
		if c, ok := copies[inst.Span.Start]; ok {
			switch {
			case c.From == "" && takesAll(c):
				if o.all == nil {
					o.all = &c
				}
			case copiesManifest(c):
				manifest = true
			}
			continue
		}
		for _, c := range byStart[inst.Span.Start] {
			if what := installsDependencies(c); what != "" {
				o.what, o.install, o.cached = what, c, hasCacheMount(inst)
				o.early = o.all == nil && manifest
				return o
			}
		}
	}
	return o
}

// manifests are files that say what a package depends on.
var manifests = []string{"package.json", "package*.json", "requirements.txt", "requirements*.txt", "pyproject.toml", "poetry.lock", "uv.lock", "Pipfile", "Pipfile.lock", "go.mod", "Gemfile", "composer.json", "pom.xml", "build.gradle", "Cargo.toml", "yarn.lock", "pnpm-lock.yaml", "package-lock.json"}

func copiesManifest(c dockerfile.Copy) bool {
	return slices.ContainsFunc(c.Paths, func(source dockerfile.CopyPath) bool {
		base := path.Base(source.Path)
		return slices.Contains(manifests, base) || strings.HasPrefix(base, "requirements") || base == "*.csproj" || strings.HasSuffix(base, ".csproj")
	})
}

// installsDependencies names the command when it installs what a manifest lists;
// "" for any other.
func installsDependencies(c step) string {
	verb := c.verb()
	switch c.tool {
	case "npm":
		if (verb == "ci" || verb == "install" || verb == "i") && len(c.operands()) == 0 {
			return "npm " + verb
		}
	case "yarn", "pnpm", "bun":
		if verb == "install" && len(c.operands()) == 0 || verb == "" && c.tool == "yarn" && !c.has("--version", "-v") {
			return c.tool + " install"
		}
	case "pip", "pip3":
		if verb == "install" && (c.has("-r", "--requirement") || slices.ContainsFunc(c.args, func(a string) bool { return strings.HasPrefix(a, "-r") && len(a) > 2 })) {
			return "pip install -r"
		}
	case "python", "python3":
		if c.has("pip") && c.has("install") && c.has("-r") {
			return "pip install -r"
		}
	case "poetry", "pipenv", "bundle", "composer":
		if verb == "install" {
			return c.tool + " install"
		}
	case "uv":
		if verb == "sync" {
			return "uv sync"
		}
	case "go":
		if c.has("mod") && c.has("download") {
			return "go mod download"
		}
	case "mvn", "mvnw":
		if c.has("dependency:go-offline", "dependency:resolve") {
			return "mvn dependency:go-offline"
		}
	case "dotnet":
		if verb == "restore" {
			return "dotnet restore"
		}
	}
	return ""
}

// hasCacheMount says whether the RUN keeps what it downloads between builds.
func hasCacheMount(inst *dockerfile.Instruction) bool {
	return slices.ContainsFunc(inst.Flags, func(f string) bool { return strings.HasPrefix(f, "--mount=") && strings.Contains(f, "type=cache") })
}
