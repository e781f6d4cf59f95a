package repo

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/workflow"
)

// Technology is something that the project says it is built with.
type Technology struct {
	ID      string // such as fastapi; stable
	Name    string // as its makers write it
	Kind    TechnologyKind
	Version string           // as locked, else as asked for; "" when the project does not say
	At      finding.Location // the line of the manifest, the image or the file that says so
}

// TechnologyKind groups technologies.
type TechnologyKind int

// The kinds of technologies, in the order reports show them.
const (
	TechLanguage TechnologyKind = iota
	TechRuntime
	TechFramework
	TechDatabase
	TechORM
	TechQueue
	TechServer
	TechTests
	TechLinter
	TechBuild
	TechPackages
	TechCI
	TechDeployment
	TechObservability
	TechML
)

// Technologies lists what the project's manifests, images, schemas and pipelines
// name, by kind, then name. Nothing is concluded from words in source files, and
// what only tests or examples name is left out.
func (s *Snapshot) Technologies() []Technology {
	return view(s, "technologies", func() []Technology {
		c := s.technologies()
		out := make([]Technology, 0, len(c.found))
		for _, t := range c.found {
			out = append(out, *t)
		}
		slices.SortFunc(out, func(a, b Technology) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
		})
		return out
	})
}

func (s *Snapshot) technologies() *techCollector {
	return view(s, "technology collector", func() *techCollector {
		c := &techCollector{s: s, found: map[string]*Technology{}, in: map[*File]map[string]*Technology{}}
		c.packages()
		c.python()
		c.goModules()
		c.others()
		c.images()
		c.schemas()
		c.files()
		c.languages()
		return c
	})
}

type techCollector struct {
	s     *Snapshot
	found map[string]*Technology
	in    map[*File]map[string]*Technology // what each file names
}

// sign takes the evidence of a sign; see technology.
func (c *techCollector) sign(key, version string, f *File, span finding.Span) {
	if i, ok := techBySign[key]; ok {
		c.add(technologies[i], version, f, span)
	}
	if i, ok := techByDriver[key]; ok { // a driver's version is not that of what it speaks to
		c.add(technologies[i], "", f, span)
	}
}

// add takes the evidence that names a version, of those the one nearest to the
// root, of those the newest: what a helper's module asks for is not the project's.
func (c *techCollector) add(t technology, version string, f *File, span finding.Span) {
	version = plainVersion(version)
	if c.in[f] == nil {
		c.in[f] = map[string]*Technology{}
	}
	for _, list := range []map[string]*Technology{c.found, c.in[f]} {
		if known := list[t.id]; known == nil || tellsBetter(version, f, known) {
			list[t.id] = &Technology{t.id, t.name, t.kind, version, f.At(span)}
		}
	}
}

func tellsBetter(version string, f *File, known *Technology) bool {
	switch depth, other := strings.Count(f.Path, "/"), strings.Count(known.At.Path, "/"); {
	case version == "" || known.Version == "":
		return version != ""
	case depth != other:
		return depth < other
	}
	return slices.Compare(numbersOf(version), numbersOf(known.Version)) > 0
}

// numbersOf are the first numbers of a version or a range of them.
func numbersOf(version string) (out []int) {
	version = strings.TrimLeft(version, "^~<>=! v")
	for part := range strings.SplitSeq(version, ".") {
		digits := len(part) - len(strings.TrimLeft(part, "0123456789"))
		n, err := strconv.Atoi(part[:digits])
		if err != nil {
			break
		}
		if out = append(out, n); digits < len(part) {
			break
		}
	}
	return out
}

var versionForm = regexp.MustCompile(`^[\^~<>=!]{0,3}\s*v?\d[\w.+*-]*([\s,|<>=!~^]+v?\d[\w.+*-]*)*$`)

// plainVersion is the text when it is a version or a range of them: an address
// may carry somebody's token.
func plainVersion(text string) string {
	text = strings.TrimSpace(text)
	if exact, ok := strings.CutPrefix(text, "=="); ok && !strings.ContainsAny(exact, ", ") {
		text = exact
	}
	if len(text) > 40 || !versionForm.MatchString(text) {
		return ""
	}
	return text
}

func (c *techCollector) packages() {
	for _, p := range Views[*Package](c.s) {
		for _, d := range p.Dependencies {
			key := "npm:" + d.Name
			if scope, _, ok := strings.Cut(d.Name, "/"); ok && !techKnown(key) {
				key = "npm:" + scope + "/*"
			}
			if techKnown(key) {
				c.sign(key, c.lockedScript(p, d), p.File, d.Span)
			}
		}
		for _, e := range p.Engines {
			c.sign("engine:"+e.Name, e.Value, p.File, e.Span)
		}
		if name, version, ok := strings.Cut(p.PackageManager.Value, "@"); ok {
			version, _, _ = strings.Cut(version, "+") // the hash of the archive
			c.sign("lock:"+name, version, p.File, p.PackageManager.Span)
		}
	}
}

func techKnown(key string) bool {
	_, sign := techBySign[key]
	_, driver := techByDriver[key]
	return sign || driver
}

// lockedScript is the version that a lockfile resolved the dependency to.
func (c *techCollector) lockedScript(p *Package, d manifest.Dependency) string {
	for _, l := range c.s.LockfilesFor(p.Dir(), "npm", "yarn", "pnpm", "bun") {
		versions := l.Versions(d.Name)
		for _, v := range versions {
			direct := strings.HasPrefix(l.File.Text(v.Span), `"node_modules/`+d.Name+`"`)
			if direct || slices.Contains(v.Specs, d.Name+"@"+d.Spec) || slices.Contains(v.Specs, d.Name+"@npm:"+d.Spec) {
				return v.Version
			}
		}
		if v := agreed(versions); v != "" {
			return v
		}
	}
	return d.Spec
}

// agreed is the version that all the entries have, "" when they differ.
func agreed(all []manifest.Locked) string {
	if len(all) == 0 || slices.ContainsFunc(all, func(v manifest.Locked) bool { return v.Version != all[0].Version }) {
		return ""
	}
	return all[0].Version
}

func (c *techCollector) python() {
	for _, p := range Views[*PyProject](c.s) {
		c.requirements(p.File, p.PyProject.Requirements)
		if p.RequiresPython.Exists() {
			c.sign("requires:python", p.RequiresPython.Value, p.File, p.RequiresPython.Span)
		}
		for _, t := range p.Tools {
			c.sign("tool:"+t.Name, "", p.File, finding.Span{Start: t.Value.Span.Start, End: t.Value.Span.Start})
		}
	}
	for _, r := range Views[*Requirements](c.s) {
		c.requirements(r.File, r.List)
	}
	for _, p := range c.s.PyLegacies() {
		if p.Role == Production {
			c.requirements(p.File, p.Requirements)
		}
	}
}

func (c *techCollector) requirements(f *File, list []manifest.Requirement) {
	for _, r := range list {
		key := "py:" + r.Name
		if !techKnown(key) {
			continue
		}
		version := r.Specifier
		for _, l := range c.s.LockfilesFor(f.Dir(), "poetry", "uv", "pdm", "pipenv") {
			if v := agreed(l.Versions(r.Name)); v != "" {
				version = v
				break
			}
		}
		c.sign(key, version, f, r.Span)
	}
}

// goModules reads what go.mod files ask for themselves, and the version of Go.
func (c *techCollector) goModules() {
	for _, m := range Views[*GoMod](c.s) {
		if m.Spec.Go.Exists() {
			c.sign("gomod:go", m.Spec.Go.Value, m.File, m.Spec.Go.Span)
		}
		for _, r := range m.Spec.Require {
			if !r.Indirect {
				c.sign("go:"+modulePath(r.Path), r.Version, m.File, r.Span)
			}
		}
	}
}

var majorSuffix = regexp.MustCompile(`/v\d+$`)

// modulePath is a Go module's path without its major version.
func modulePath(module string) string { return majorSuffix.ReplaceAllString(module, "") }

func (c *techCollector) images() {
	for _, f := range Views[*ComposeFile](c.s) {
		for _, svc := range f.Spec.Services {
			if svc.Image.Path == f.Path && !svc.Build.Set() { // else the image's name is the project's own
				c.image(svc.Image.Ref, f.File, svc.Image.Span)
			}
		}
	}
	for _, d := range Views[*Dockerfile](c.s) {
		for _, stage := range d.Spec.Stages {
			if stage.BaseStage == nil && stage.Base.Known() {
				c.image(stage.Base.Ref, d.File, stage.Base.Span)
			}
		}
	}
}

func (c *techCollector) image(ref imageref.Ref, f *File, span finding.Span) {
	key := "image:" + ref.Base()
	if whole := "image:" + ref.Repository(); techKnown(whole) {
		key = whole
	}
	version := ref.Tag
	if ref.HasVariable() {
		version = ""
	}
	c.sign(key, version, f, span)
}

func (c *techCollector) schemas() {
	for _, p := range Views[*PrismaSchema](c.s) {
		for _, d := range p.Spec.Datasources {
			c.sign("prisma:"+d.Provider.Value, "", p.File, d.Provider.Span)
		}
	}
}

// files adds what the presence of a file that parses says.
func (c *techCollector) files() {
	first := func(key string, f *File) { c.sign(key, "", f, finding.Span{}) }
	for _, l := range Views[*Lockfile](c.s) {
		first("lock:"+l.Manager, l.File)
	}
	for _, p := range Views[*Pipeline](c.s) {
		if p.Spec.Kind != workflow.Action {
			first("ci:"+string(p.Spec.Kind), p.File)
		}
	}
	for _, d := range Views[*Dockerfile](c.s) {
		first("file:Dockerfile", d.File)
	}
	for _, f := range Views[*ComposeFile](c.s) {
		if len(f.Spec.Services) > 0 {
			first("file:compose", f.File)
		}
	}
	for _, o := range c.s.KubeObjects() {
		if o.Role == Production {
			c.sign("file:kubernetes", "", o.File, o.Node.Span)
		}
	}
	for _, n := range Views[*Nginx](c.s) {
		first("file:nginx", n.File)
	}
	for _, a := range Views[*AlembicConfig](c.s) {
		first("file:alembic", a.File)
	}
}

// languages adds those that production code is written in, where the manifests
// have not said so with a version.
func (c *techCollector) languages() {
	seen := map[Lang]bool{}
	for _, f := range c.s.Production() {
		if seen[f.Lang] || !f.Lang.Code() || f.Blank() || strings.HasSuffix(f.Path, ".h") { // a header may be of C++ or Objective-C
			continue
		}
		seen[f.Lang] = true
		id := strings.ToLower(string(f.Lang))
		if i, ok := techBySign["lang:"+id]; ok {
			c.add(technologies[i], "", f, finding.Span{})
			continue
		}
		id = strings.NewReplacer("#", "-sharp", "++", "-plus-plus").Replace(id)
		c.add(technology{id: id, name: string(f.Lang), kind: TechLanguage}, "", f, finding.Span{})
	}
}
