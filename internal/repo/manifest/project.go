package manifest

import (
	"path"
	"strings"
)

// Ecosystem is where a package's dependencies come from.
type Ecosystem string

// The ecosystems.
const (
	NPM    Ecosystem = "npm"
	PyPI   Ecosystem = "pypi"
	GoMod  Ecosystem = "go"
	Maven  Ecosystem = "maven" // Gradle too
	NuGet  Ecosystem = "nuget"
	Gems   Ecosystem = "rubygems"
	PHP    Ecosystem = "packagist"
	Crates Ecosystem = "crates"
)

// Project is what a manifest of an ecosystem without a type of its own here
// declares: pom.xml, build.gradle, a project of .NET, Gemfile, composer.json,
// Cargo.toml. What is computed when the build runs is not in it.
type Project struct {
	Ecosystem    Ecosystem
	Name         Text
	Version      Text
	Runtime      Text // the version of the language or platform that it asks for
	Dependencies []Dependency
	Members      []Text // directories, or globs of them, that belong to the same build
	Scripts      []Entry
	Application  bool // it makes a program rather than a library
}

// ProjectKind is the reader of the manifest with this name, nil when there is none
// here.
func ProjectKind(file string) func(src []byte) (*Project, error) {
	switch base := path.Base(file); {
	case base == "pom.xml":
		return ParsePOM
	case base == "build.gradle", base == "build.gradle.kts", base == "settings.gradle", base == "settings.gradle.kts":
		return ParseGradle
	case strings.HasSuffix(base, ".csproj"), strings.HasSuffix(base, ".fsproj"), strings.HasSuffix(base, ".vbproj"), base == "Directory.Packages.props":
		return ParseDotNet
	case base == "Gemfile":
		return ParseGemfile
	case base == "composer.json":
		return ParseComposer
	case base == "Cargo.toml":
		return ParseCargo
	}
	return nil
}
