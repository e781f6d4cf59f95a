package repo

import (
	"errors"
	"path"

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
			p, err := manifest.ParsePackage(f.Path, f.Bytes())
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
			c, err := manifest.ParseTSConfig(f.Path, f.Bytes())
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

// manifestFiles lists the files whose names match, neither generated nor
// vendored nor empty.
func (s *Snapshot) manifestFiles(patterns ...string) []*File {
	var out []*File
	for _, f := range s.files {
		if f.Role == Vendored || f.Role == Generated || f.Size == 0 {
			continue
		}
		for _, p := range patterns {
			if ok, err := path.Match(p, f.Name()); err == nil && ok {
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
	if errors.As(err, &e) {
		return e.Line
	}
	return 0
}
