package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageSingleStage finds images that ship the tools they were built with.
var ImageSingleStage = check.PerProject(check.Doc{
	ID:         "containers/image-single-stage",
	Title:      "Build tools in the final image",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Compilers, sources and development dependencies make the image several times as large, slow to start on a new host, and hand an intruder the tools to go on with.",
	How:        "Build in a stage of its own (FROM … AS build) and copy what runs into a small last stage with COPY --from=build.",
	Holds:      "Final images hold what runs, not what builds it",
	References: []string{"https://docs.docker.com/build/building/multi-stage/", "https://docs.docker.com/build/building/best-practices/#use-multi-stage-builds"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		if isFilesOnly(i.stage) {
			continue
		}
		if at, what, ok := buildsItself(i); ok {
			p.Report(at, "the final image holds what builds it: %s", what).Keyed("%s", i.stage.Name)
			continue
		}
		if c := copyOfBuild(i); c != nil {
			p.Holds(i.At(c.Span), "the final stage takes from the stage %s what it runs", c.From)
		}
	}
})

// copyOfBuild is the first COPY that takes from another stage; nil without one.
func copyOfBuild(i image) *dockerfile.Copy {
	for _, stage := range layers(i.stage) {
		for _, c := range stage.Copies() {
			if c.FromStage != nil {
				return &c
			}
		}
	}
	return nil
}

// buildsItself finds a build among the layers of the image.
func buildsItself(i image) (at finding.Location, what string, ok bool) {
	for _, stage := range layers(i.stage) {
		all := steps(stage)
		for k, c := range all {
			if what = buildStep(c); what != "" && len(i.starts())+len(i.services) > 0 {
				return i.At(c.Span), what, true
			}
			if name := compilerInstalled(c); name != "" && !removedLater(all[k+1:], c) {
				return i.At(c.Span), name, true
			}
		}
	}
	return at, "", false
}

// buildStep names the build that a command runs; "" for none.
func buildStep(c step) string {
	verb := c.verb()
	said := c.tool + " " + verb
	switch c.tool {
	case "go":
		if verb == "build" || verb == "install" {
			return said
		}
	case "cargo", "swift":
		if verb == "build" || verb == "install" {
			return said
		}
	case "mvn", "mvnw":
		if c.has("package", "install", "verify") {
			return "mvn package"
		}
	case "gradle", "gradlew":
		if c.has("build", "bootJar", "assemble", "installDist", "shadowJar", "jar") {
			return "gradle build"
		}
	case "dotnet":
		if verb == "publish" || verb == "build" {
			return said
		}
	case "npm", "pnpm", "yarn", "bun":
		words := c.operands()
		if verb == "run" && len(words) > 0 && (words[0] == "build" || strings.HasPrefix(words[0], "build:")) {
			return c.tool + " run " + words[0]
		}
		if verb == "build" && c.tool != "npm" {
			return said
		}
	case "npx":
		if words := c.args; len(words) > 1 && slices.Contains([]string{"next", "vite", "ng", "nest", "turbo"}, words[0]) && words[1] == "build" {
			return "npx " + words[0] + " build"
		}
	case "next", "vite", "ng", "nest":
		if verb == "build" {
			return said
		}
	case "tsc":
		return "tsc"
	}
	return ""
}

// compilers are packages that only a build needs.
var compilers = map[string]bool{"build-essential": true, "build-base": true, "gcc": true, "g++": true, "clang": true, "cmake": true, "cargo": true, "rustc": true, "golang": true, "golang-go": true, "gcc-c++": true, "make": true}

// compilerInstalled names a compiler that a command installs; "" for none.
func compilerInstalled(c step) string {
	if !installs(c) {
		return ""
	}
	for _, a := range c.operands() {
		name, _, _ := strings.Cut(a, "=")
		if compilers[name] && !c.option("--virtual", "-t") {
			return name
		}
	}
	return ""
}

// installs says whether a command installs packages of the system.
func installs(c step) bool {
	switch c.tool {
	case "apt", "apt-get", "aptitude", "yum", "dnf", "microdnf", "tdnf", "zypper":
		return c.verb() == "install" || c.has("install")
	case "apk":
		return c.verb() == "add" || c.has("add")
	}
	return false
}

// removedLater says whether a later command of the same RUN takes packages away.
func removedLater(rest []step, c step) bool {
	return slices.ContainsFunc(rest, func(o step) bool {
		return o.run.Span == c.run.Span && o.tool == c.tool && (o.has("del", "remove", "purge", "autoremove", "erase"))
	})
}
