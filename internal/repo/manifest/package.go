package manifest

import (
	"strings"

	"drydock/internal/finding"
)

// Group says which list of a manifest names a dependency.
type Group string

// The groups of package.json. Python's groups and extras have names of their
// own; Production is their "" too.
const (
	Production Group = ""
	Dev        Group = "dev"
	Peer       Group = "peer"
	Optional   Group = "optional"
)

// Package is a package.json.
type Package struct {
	Name           Text
	Version        Text
	Private        bool
	Main           Text
	Module         Text
	Type           Text // "module" or "commonjs"
	PackageManager Text // such as pnpm@9.1.0
	Dependencies   []Dependency
	Scripts        []Entry
	Bin            []Entry // a single binary has the package's name
	Exports        []Text  // every path that exports names
	Workspaces     []Text  // globs
	Engines        []Entry
	Root           *Value // the whole document
}

// Dependency is one line of a dependency list of package.json.
type Dependency struct {
	Name     string
	Spec     string // such as ^1.2.3, workspace:*, or an address
	Group    Group
	NameSpan finding.Span
	SpecSpan finding.Span
	Span     finding.Span // from the name to the end of the spec
}

var packageGroups = []struct {
	key   string
	group Group
}{
	{"dependencies", Production}, {"devDependencies", Dev}, {"peerDependencies", Peer}, {"optionalDependencies", Optional},
}

// knownTop are the top-level keys of package.json that are no tool's own.
var knownTop = map[string]bool{
	"name": true, "version": true, "private": true, "description": true, "author": true, "contributors": true, "license": true,
	"repository": true, "homepage": true, "bugs": true, "keywords": true, "funding": true, "files": true, "main": true,
	"module": true, "type": true, "types": true, "typings": true, "browser": true, "bin": true, "man": true, "exports": true, "imports": true,
	"directories": true, "scripts": true, "dependencies": true, "devDependencies": true, "peerDependencies": true,
	"peerDependenciesMeta": true, "optionalDependencies": true, "bundledDependencies": true, "bundleDependencies": true,
	"workspaces": true, "engines": true, "os": true, "cpu": true, "libc": true, "packageManager": true, "publishConfig": true,
	"sideEffects": true, "overrides": true, "resolutions": true, "devEngines": true, "maintainers": true,
}

// ParsePackage reads a package.json. Comments and trailing commas are an *Error,
// as they are for npm, but the package is returned with it.
func ParsePackage(src []byte) (*Package, error) {
	root, err := parseStrictJSON(src)
	if root == nil {
		return nil, err
	}
	if root.Kind != Object {
		return nil, errorAt(src, root.Span.Start, "package.json holds no object")
	}
	p := &Package{
		Root: root,
		Name: root.Get("name").AsText(), Version: root.Get("version").AsText(), Private: root.Get("private").True(),
		Main: root.Get("main").AsText(), Module: root.Get("module").AsText(), Type: root.Get("type").AsText(),
		PackageManager: root.Get("packageManager").AsText(),
		Scripts:        root.Get("scripts").entries(),
		Engines:        root.Get("engines").entries(),
		Exports:        root.Get("exports").AllStrings(),
		Workspaces:     root.Get("workspaces").Strings(),
	}
	if p.Workspaces == nil {
		p.Workspaces = root.Get("workspaces", "packages").Strings()
	}
	for _, g := range packageGroups {
		for _, e := range root.Get(g.key).entries() {
			p.Dependencies = append(p.Dependencies, Dependency{e.Name, e.Value, g.group, e.NameSpan, e.ValueSpan, e.Span})
		}
	}
	p.Bin = root.Get("bin").entries()
	if m, _ := root.Member("bin"); m.Value.Str() != "" {
		p.Bin = []Entry{{p.Name.Value, m.Value.Text, m.NameSpan, m.Value.Span, m.Span}}
	}
	return p, err
}

// Dependency is the dependency with the given name in any of the groups; in all
// of them when none is given.
func (p *Package) Dependency(name string, groups ...Group) (Dependency, bool) {
	for _, d := range p.Dependencies {
		if d.Name == name && (len(groups) == 0 || contains(groups, d.Group)) {
			return d, true
		}
	}
	return Dependency{}, false
}

func contains(groups []Group, g Group) bool {
	for _, known := range groups {
		if known == g {
			return true
		}
	}
	return false
}

// DependsOn says whether any group names one of the packages.
func (p *Package) DependsOn(names ...string) bool {
	for _, name := range names {
		if _, ok := p.Dependency(name); ok {
			return true
		}
	}
	return false
}

// Script is the script with the given name.
func (p *Package) Script(name string) (Entry, bool) { return entryNamed(p.Scripts, name) }

// Engine is the engine with the given name, such as node.
func (p *Package) Engine(name string) (Entry, bool) { return entryNamed(p.Engines, name) }

// Manager is the name in packageManager: npm, pnpm, yarn or bun; "" when the
// package does not say.
func (p *Package) Manager() string {
	name, _, _ := strings.Cut(p.PackageManager.Value, "@")
	return name
}

// Tools are the top-level members that npm does not know: the configuration of
// tools such as jest, eslintConfig, prettier or lint-staged. AllStrings of their
// value are the presets and plugins they name.
func (p *Package) Tools() []Member {
	var out []Member
	for _, m := range p.Root.Members {
		if !knownTop[m.Name] {
			out = append(out, m)
		}
	}
	return out
}

// Published says whether the package looks meant for a registry: named, with a
// version and not private.
func (p *Package) Published() bool {
	return p.Name.Value != "" && p.Version.Value != "" && !p.Private
}

// Floating says whether the spec accepts any version at all or whatever a branch
// or address serves today.
func (d Dependency) Floating() bool {
	switch s := strings.TrimSpace(d.Spec); {
	case s == "" || s == "*" || s == "x" || s == "latest" || s == "next":
		return true
	default:
		return d.Address() && !strings.Contains(s, "#")
	}
}

// Address says whether the spec is the address of an archive or a repository.
func (d Dependency) Address() bool {
	for _, scheme := range []string{"http://", "https://", "git://", "git+", "git@", "github:", "gitlab:", "bitbucket:", "gist:"} {
		if strings.HasPrefix(d.Spec, scheme) {
			return true
		}
	}
	return strings.Count(d.Spec, "/") == 1 && !strings.Contains(d.Spec, ":") && !strings.HasPrefix(d.Spec, ".") && !strings.HasPrefix(d.Spec, "/") && !strings.HasPrefix(d.Spec, "~/")
}

// Local says whether the spec names a package of the same repository.
func (d Dependency) Local() bool {
	for _, scheme := range []string{"workspace:", "file:", "link:", "portal:", ".", "/", "~/"} {
		if strings.HasPrefix(d.Spec, scheme) {
			return true
		}
	}
	return false
}
