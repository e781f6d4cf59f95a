package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/manifest"
)

// conditions are the conditions of exports and imports, the nearest to the
// source first; those that are not named come after them, types last.
var conditions = []string{"source", "development", "import", "module", "node", "default", "require", "browser"}

// imported is the file behind a name such as #db that the nearest manifest's
// imports defines.
func (r *jsResolver) imported(from *File, name string) *File {
	p, ok := nearest(from.Dir(), func(dir string) (*Package, bool) { p := r.packages[dir]; return p, p != nil })
	if !ok {
		return nil
	}
	for _, target := range subpath(p.Root.Get("imports"), name) {
		if f := r.built(p.Dir(), target); f != nil && local(target) {
			return f
		}
	}
	return nil
}

// workspace finds the source behind a package of the same repository: what its
// manifest names may be a build output that is not there yet.
func (r *jsResolver) workspace(p *Package, sub string) *File {
	dir := p.Dir()
	var targets, guesses []string
	exports := p.Root.Get("exports")
	if sub != "" {
		targets = subpath(exports, "./"+sub)
		guesses = []string{sub, "src/" + sub}
	} else {
		targets = subpath(exports, ".")
		for _, field := range []string{"source", "module", "main", "types", "typings"} {
			if v := p.Root.Get(field).Str(); v != "" {
				targets = append(targets, v)
			}
		}
		guesses = []string{"src/index", "index", "src/main", "lib/index"}
	}
	for _, t := range targets {
		if f := r.built(dir, t); f != nil {
			return f
		}
	}
	for _, g := range guesses {
		if f := r.file(path.Join(dir, g)); f != nil {
			return f
		}
	}
	return nil
}

// subpath lists what exports or imports give a name, best first.
func subpath(table *manifest.Value, name string) []string {
	if !table.Exists() {
		return nil
	}
	if len(table.Members) == 0 || !strings.HasPrefix(table.Members[0].Name, ".") && !strings.HasPrefix(table.Members[0].Name, "#") {
		if name == "." { // the whole table is about the package itself
			return targetsOf(table, "", nil, 0)
		}
		return nil
	}
	var best *manifest.Value
	star, length := "", -1
	for i := range table.Members {
		m := &table.Members[i]
		if m.Name == name {
			return targetsOf(m.Value, "", nil, 0)
		}
		before, after, ok := strings.Cut(m.Name, "*")
		if ok && len(before) > length && len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
			best, star, length = m.Value, name[len(before):len(name)-len(after)], len(before)
		}
	}
	return targetsOf(best, star, nil, 0)
}

const maxConditions = 8 // conditions within conditions

// targetsOf lists the paths of one entry in the order of conditions.
func targetsOf(v *manifest.Value, star string, out []string, depth int) []string {
	if v == nil || depth > maxConditions {
		return out
	}
	if s := v.Str(); s != "" {
		return append(out, strings.ReplaceAll(s, "*", star))
	}
	for i := range v.Items {
		out = targetsOf(v.Items[i], star, out, depth+1)
	}
	for _, c := range conditions {
		out = targetsOf(v.Get(c), star, out, depth+1)
	}
	types := false
	for i := range v.Members {
		switch name := v.Members[i].Name; {
		case name == "types":
			types = true
		case !listedCondition(name):
			out = targetsOf(v.Members[i].Value, star, out, depth+1)
		}
	}
	if types {
		out = targetsOf(v.Get("types"), star, out, depth+1)
	}
	return out
}

func listedCondition(name string) bool {
	for _, c := range conditions {
		if c == name {
			return true
		}
	}
	return false
}

// outputDirs are directories that builds write to, and the parts into which
// they divide them.
var outputDirs = set("dist", "build", "lib", "out", "esm", "cjs", "es", "es6", "commonjs", "module", "modules", "types", "dist-es", "dist-cjs", "_esm", "_cjs")

// built is the file at a path of a package's manifest, or the source that is
// built to it.
func (r *jsResolver) built(dir, target string) *File {
	if f := r.s.File(path.Join(dir, target)); f != nil {
		return f
	}
	rest := strings.TrimPrefix(path.Clean(target), "./")
	stem := strings.TrimSuffix(strings.TrimSuffix(rest, path.Ext(rest)), ".d")
	if path.Ext(rest) == ".json" || path.Ext(rest) == ".css" {
		return nil
	}
	for range 3 {
		first, below, ok := strings.Cut(stem, "/")
		if !ok || !outputDirs[first] {
			break
		}
		stem = below
		for _, base := range []string{"src/" + stem, stem} {
			if f := r.file(path.Join(dir, base)); f != nil {
				return f
			}
		}
	}
	return r.file(path.Join(dir, strings.TrimSuffix(rest, path.Ext(rest))))
}
