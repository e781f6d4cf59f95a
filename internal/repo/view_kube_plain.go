package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/kube"
)

// unitDirs are names of folders that hold the manifests of one thing, in
// subfolders as people like.
var unitDirs = set("k8s", ".k8s", "kubernetes", "kube", "manifests", "manifest", "deploy", "deployment", "deployments", "infra", "infrastructure", "cluster", "openshift")

// plainDir is a folder of manifests that no chart and no kustomization takes in.
type plainDir struct {
	name     string
	own      []*Deployed
	children []*plainDir // folders below it that hold manifests somewhere, by name
}

// plain makes units of the manifests that are left, those of each role apart. What
// lies beside a kustomization that does not name it is applied by nobody.
func (b *unitBuilder) plain() {
	for _, role := range []Role{Production, Docs, Example, Test} {
		dirs := map[string]*plainDir{}
		add := func(f *File, d *Deployed) {
			chart, _ := b.s.chartOf(f.Path)
			if f.Role == role && chart == nil && !b.taken[f.Path] && b.s.kustomization(f.Dir()) == nil {
				if b.left--; b.left >= 0 {
					dir := folder(dirs, f.Dir())
					dir.own = append(dir.own, d)
				}
			}
		}
		for _, o := range b.files.objects {
			if !o.Patch {
				add(o.File, &Deployed{Object: o.Spec, File: o.File, Written: o})
			}
		}
		for _, t := range b.files.templates {
			for _, o := range t.Objects {
				if t.Chart == nil {
					add(t.File, &Deployed{Object: o, File: t.File})
				}
			}
		}
		if root := dirs["."]; root != nil {
			sortDirs(root)
			b.split(root, role, false)
		}
	}
}

// folder is the folder of that name, made with all above it.
func folder(dirs map[string]*plainDir, name string) *plainDir {
	if d := dirs[name]; d != nil {
		return d
	}
	d := &plainDir{name: name}
	dirs[name] = d
	if name != "." {
		above := folder(dirs, path.Dir(name))
		above.children = append(above.children, d)
	}
	return d
}

func sortDirs(d *plainDir) {
	slices.SortFunc(d.children, func(x, y *plainDir) int { return strings.Compare(x.name, y.name) })
	for _, c := range d.children {
		sortDirs(c)
	}
}

// split makes units of the folder and what is below it. inside is true below a
// folder that is named for manifests.
func (b *unitBuilder) split(d *plainDir, role Role, inside bool) {
	inside = inside || unitDirs[strings.ToLower(path.Base(d.name))]
	if all := d.all(nil); (inside || len(d.own) > 0 && d.name != ".") && len(all) > 0 && together(d, all) {
		b.unit(d.name, role, all)
		return
	}
	if len(d.own) > 0 {
		b.unit(d.name, role, d.own)
	}
	for _, c := range d.children {
		b.split(c, role, inside)
	}
}

func (d *plainDir) all(out []*Deployed) []*Deployed {
	out = append(out, d.own...)
	for _, c := range d.children {
		out = c.all(out)
	}
	return out
}

// together says whether all that is below a folder can be in one cluster.
func together(d *plainDir, all []*Deployed) bool {
	if len(d.children) == 0 {
		return true
	}
	envs := map[compose.Env]bool{}
	for _, c := range d.children {
		if env := Environment(path.Base(c.name)); env != compose.Base {
			envs[env] = true
		}
	}
	if len(envs) > 1 || len(envs) == 1 && len(d.children) > 1 {
		return false
	}
	where := map[string]string{}
	for _, o := range all {
		if !o.Name.Set || o.Name.Unknown {
			continue
		}
		id := o.Group() + "/" + o.Kind + "/" + o.Namespace.String() + "/" + o.Name.Value
		dir := o.File.Dir()
		if other, ok := where[id]; ok && other != dir {
			return false
		}
		where[id] = dir
	}
	return true
}

func (b *unitBuilder) unit(dir string, role Role, objects []*Deployed) {
	u := &KubeUnit{Kind: PlainUnit, Dir: dir, Role: role}
	for _, d := range objects {
		u.add(d)
		if d.Name.Unknown && d.Written == nil && kube.PurposeOf(d.APIVersion, d.Kind) == "" {
			u.gap(Gap{File: d.File, Reason: "objects of a template"})
		}
	}
	b.keep(u)
}
