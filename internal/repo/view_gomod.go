package repo

import (
	"errors"
	"path"
	"strings"

	"drydock/internal/repo/gomod"
)

// GoMod is one go.mod of the project.
type GoMod struct {
	*File
	Spec *gomod.File
}

// Path is the module's path, "" when the file does not say it.
func (m *GoMod) Path() string { return m.Spec.Module.Value }

// GoMods lists the modules of the project, by path of their go.mod.
func (s *Snapshot) GoMods() []*GoMod {
	return view(s, "go modules", func() []*GoMod {
		var out []*GoMod
		for _, f := range s.manifestFiles("go.mod") {
			if spec := s.readGoMod(f); spec != nil {
				out = append(out, &GoMod{f, spec})
			}
		}
		return out
	})
}

// GoWork is one go.work of the project.
type GoWork struct {
	*File
	Spec *gomod.File
}

// GoWorks lists the workspaces of modules, by path.
func (s *Snapshot) GoWorks() []*GoWork {
	return view(s, "go workspaces", func() []*GoWork {
		var out []*GoWork
		for _, f := range s.manifestFiles("go.work") {
			if spec := s.readGoMod(f); spec != nil {
				out = append(out, &GoWork{f, spec})
			}
		}
		return out
	})
}

// maxGoMod is the size above which a go.mod is none, in bytes.
const maxGoMod = 1 << 20

func (s *Snapshot) readGoMod(f *File) *gomod.File {
	if f.Size > maxGoMod {
		return nil
	}
	spec, err := gomod.Parse(f.Bytes())
	var e *gomod.Error
	if errors.As(err, &e) {
		s.parseFailed(f, e.Line, err)
	}
	return spec
}

// GoSums are the hashes that stand beside a go.mod, nil without them.
func (s *Snapshot) GoSums(m *GoMod) []gomod.Sum {
	f := s.File(path.Join(m.Dir(), "go.sum"))
	if f == nil || f.Size > maxSource {
		return nil
	}
	sums, err := gomod.ParseSum(f.Bytes())
	var e *gomod.Error
	if errors.As(err, &e) {
		s.parseFailed(f, e.Line, err)
	}
	return sums
}

// GoMod is the module that f belongs to, nil outside of every module.
func (s *Snapshot) GoMod(f *File) *GoMod {
	m, _ := nearest(f.Dir(), func(dir string) (*GoMod, bool) { m := s.goResolver().byDir[dir]; return m, m != nil })
	return m
}

// GoStd is the Package of an External that is in Go's standard library.
const GoStd = "std"

// goResolver finds the directory that an import path means.
type goResolver struct {
	s     *Snapshot
	byDir map[string]*GoMod
	mods  []*GoMod
	works map[string]*GoWork // by directory
}

func (s *Snapshot) goResolver() *goResolver {
	return view(s, "go resolver", func() *goResolver {
		r := &goResolver{s: s, byDir: map[string]*GoMod{}, mods: s.GoMods(), works: map[string]*GoWork{}}
		for _, m := range r.mods {
			r.byDir[m.Dir()] = m
		}
		for _, w := range s.GoWorks() {
			r.works[w.Dir()] = w
		}
		return r
	})
}

// dir is the directory of the project that an import of module m means; pkg is
// the module it comes from when it is not the project's, GoStd for the standard
// library. own says that the module itself is the project's.
func (r *goResolver) dir(m *GoMod, path string) (dir, pkg string, own bool) {
	if m != nil {
		if dir, ok := within(m.Dir(), m.Path(), path); ok {
			if nested := r.deepest(path); nested != nil {
				return dirIn(nested, path), "", true
			}
			return dir, "", true
		}
		if dir, ok := r.replaced(m, path); ok {
			return dir, "", true
		}
	}
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		if other := r.deepest(path); other != nil && other.Path() != "" {
			return dirIn(other, path), "", true
		}
		return "", GoStd, false
	}
	if other := r.deepest(path); other != nil { // in the workspace, or published from this project
		return dirIn(other, path), "", true
	}
	if m != nil {
		if need, ok := m.Spec.Provides(path); ok {
			return "", need.Path, false
		}
	}
	return "", guessModule(path), false
}

// within is the directory of a package whose module lies at root.
func within(root, module, pkg string) (dir string, ok bool) {
	if module == "" || !gomod.Holds(module, pkg) {
		return "", false
	}
	return path.Join(root, strings.TrimPrefix(pkg[len(module):], "/")), true
}

func dirIn(m *GoMod, pkg string) string {
	dir, _ := within(m.Dir(), m.Path(), pkg)
	return dir
}

// deepest is the module of the project whose path holds the package, by the
// longest path. Modules of tests and examples do not count.
func (r *goResolver) deepest(pkg string) *GoMod {
	var found *GoMod
	for _, m := range r.mods {
		if m.Path() != "" && m.Role == Production && gomod.Holds(m.Path(), pkg) && (found == nil || len(m.Path()) > len(found.Path())) {
			found = m
		}
	}
	return found
}

// replaced follows the replace lines of a module and of the workspace around it
// to a directory of the project.
func (r *goResolver) replaced(m *GoMod, pkg string) (string, bool) {
	try := func(dir string, spec *gomod.File) (string, bool) {
		for i := range spec.Replace {
			one := &spec.Replace[i]
			if !one.Local() || !gomod.Holds(one.Old, pkg) {
				continue
			}
			root := path.Join(dir, one.New)
			if strings.HasPrefix(root, "../") || strings.HasPrefix(one.New, "/") {
				continue
			}
			return within(root, one.Old, pkg)
		}
		return "", false
	}
	if dir, ok := try(m.Dir(), m.Spec); ok {
		return dir, true
	}
	if len(r.works) == 0 {
		return "", false
	}
	if w, ok := nearest(m.Dir(), func(dir string) (*GoWork, bool) { w := r.works[dir]; return w, w != nil }); ok {
		return try(w.Dir(), w.Spec)
	}
	return "", false
}

// guessModule is the module that a package most likely belongs to.
func guessModule(pkg string) string {
	parts := strings.Split(pkg, "/")
	n := 3
	switch parts[0] {
	case "golang.org", "google.golang.org", "go.uber.org", "gopkg.in", "k8s.io", "sigs.k8s.io", "go.opentelemetry.io", "cloud.google.com":
		n = 2
		if parts[0] == "golang.org" {
			n = 3
		}
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}
