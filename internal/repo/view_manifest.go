package repo

import (
	"errors"
	"path"
	"slices"

	"drydock/internal/repo/ini"
	"drydock/internal/repo/manifest"
)

// Package is one package.json of the project.
type Package struct {
	*File
	*manifest.Package
}

// EntryPoints are the files that the manifest names as the package's own.
func (p *Package) EntryPoints() []string {
	var out []string
	for _, t := range append([]manifest.Text{p.Main, p.Module}, p.Exports...) {
		if t.Value != "" {
			out = append(out, t.Value)
		}
	}
	for _, b := range p.Bin {
		out = append(out, b.Value)
	}
	return out
}

// Packages lists the package.json files that people wrote here, by path.
func (s *Snapshot) Packages() []*Package {
	return view(s, "packages", func() []*Package {
		var out []*Package
		for _, f := range s.manifestFiles("package.json") {
			p, err := manifest.ParsePackage(f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
			}
			if p != nil {
				out = append(out, &Package{f, p})
			}
		}
		return out
	})
}

// TSConfig is one tsconfig.json or jsconfig.json of the project.
type TSConfig struct {
	*File
	*manifest.TSConfig
}

// TSConfigs lists the TypeScript configurations, by path.
func (s *Snapshot) TSConfigs() []*TSConfig {
	return view(s, "tsconfigs", func() []*TSConfig {
		var out []*TSConfig
		for _, f := range s.manifestFiles("tsconfig*.json", "jsconfig*.json") {
			c, err := manifest.ParseTSConfig(f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
			}
			if c != nil {
				out = append(out, &TSConfig{f, c})
			}
		}
		return out
	})
}

// PyProject is one pyproject.toml of the project.
type PyProject struct {
	*File
	*manifest.PyProject
}

// PyProjects lists the pyproject.toml files, by path.
func (s *Snapshot) PyProjects() []*PyProject {
	return view(s, "pyprojects", func() []*PyProject {
		var out []*PyProject
		for _, f := range s.manifestFiles("pyproject.toml") {
			p, err := manifest.ParsePyProject(f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
				continue
			}
			out = append(out, &PyProject{f, p})
		}
		return out
	})
}

// Requirements is one requirements file of the project.
type Requirements struct {
	*File
	*manifest.Requirements
}

// Requirements lists pip's requirements files, constraints among them, by path.
func (s *Snapshot) Requirements() []*Requirements {
	return view(s, "requirements", func() []*Requirements {
		var out []*Requirements
		for _, f := range s.manifestFiles("*.txt", "*.in") {
			if !manifest.IsRequirements(f.Path) {
				continue
			}
			r, err := manifest.ParseRequirements(f.Path, f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
				continue
			}
			out = append(out, &Requirements{f, r})
		}
		return out
	})
}

// PyLegacy is one Pipfile, setup.cfg or setup.py that declares something.
type PyLegacy struct {
	*File
	*manifest.PyLegacy
}

// PyLegacies lists the Pipfiles, setup.cfg and setup.py files that name a
// package or a requirement, by path.
func (s *Snapshot) PyLegacies() []*PyLegacy {
	return view(s, "python legacy manifests", func() []*PyLegacy {
		readers := map[string]func([]byte) (*manifest.PyLegacy, error){
			"Pipfile": manifest.ParsePipfile, "setup.cfg": manifest.ParseSetupCfg, "setup.py": manifest.ParseSetupPy,
		}
		var out []*PyLegacy
		for _, f := range s.manifestFiles("Pipfile", "setup.cfg", "setup.py") {
			p, err := readers[f.Name()](f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
			} else if p.Name.Exists() || len(p.Requirements) > 0 {
				out = append(out, &PyLegacy{f, p})
			}
		}
		return out
	})
}

// Lockfile is one lockfile of the project.
type Lockfile struct {
	*File
	*manifest.Lockfile
}

// Lockfiles lists the lockfiles, by path. One that does not parse is listed with
// its kind and nothing else.
func (s *Snapshot) Lockfiles() []*Lockfile {
	return view(s, "lockfiles", func() []*Lockfile {
		var out []*Lockfile
		for _, f := range s.files {
			if f.Role.Foreign() || f.Size == 0 || manifest.LockKindOf(f.Path) == "" {
				continue
			}
			l, err := manifest.ParseLockfile(f.Path, f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
			}
			out = append(out, &Lockfile{f, l})
		}
		return out
	})
}

// LockfilesFor lists the lockfiles of the given managers that lock what is
// declared in dir: those of dir itself or, without any, of the nearest directory
// above. No manager means any.
func (s *Snapshot) LockfilesFor(dir string, managers ...string) []*Lockfile {
	for {
		var out []*Lockfile
		for _, l := range s.Lockfiles() {
			if l.Dir() == dir && (len(managers) == 0 || slices.Contains(managers, l.Manager)) {
				out = append(out, l)
			}
		}
		if len(out) > 0 || dir == "." || dir == "" {
			return out
		}
		dir = path.Dir(dir)
	}
}

// manifestFiles lists the files whose names match, neither generated nor
// vendored nor empty.
func (s *Snapshot) manifestFiles(patterns ...string) []*File {
	var out []*File
	for _, f := range s.files {
		for _, p := range patterns {
			if ok, err := path.Match(p, f.Name()); err == nil && ok && f.Size > 0 && f.written() {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// manifestLine is the line that a manifest's error names, 0 when it names none.
func manifestLine(err error) int {
	var e *manifest.Error
	var i *ini.Error
	switch {
	case errors.As(err, &e):
		return e.Line
	case errors.As(err, &i):
		return i.Line
	}
	return 0
}
