package system

import (
	"path"
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/imageref"
)

// EOLRuntime finds runtimes, databases and systems that get no security fixes any
// more.
var EOLRuntime = check.PerProject(check.Doc{
	ID:         "system/eol-runtime",
	Title:      "Runtime is past its end of life",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Holes that are found from now on stay open, and libraries stop supporting the version.",
	How:        "Move to a version that is supported for another year at least, in the image, in CI and in the version file together.",
	Holds:      "Runtimes are supported",
	References: []string{"https://endoflife.date/", "https://nodejs.org/en/about/previous-releases", "https://devguide.python.org/versions/", "https://www.postgresql.org/support/versioning/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]*check.Problem{}
	judged := map[finding.Location]bool{} // stages share the image that they build on
	judge := func(name, version string, at finding.Location, low bool) {
		v, ok := releaseOf(name, version)
		if !ok || judged[at] && said[runtimeNames[name]+" "+v] == nil {
			return
		}
		label := runtimeNames[name] + " " + v
		end, old := endOfLife[name+" "+v]
		switch {
		case !old:
			if supported(name, v) {
				p.Holds(at, "%s is supported", label)
			}
		case said[label] != nil:
			if !judged[at] {
				said[label].With(at)
			}
			if !low {
				said[label].Severity = finding.High
			}
		default:
			said[label] = p.Report(at, "%s has had no security fixes since %s", label, end).Keyed("%s", label)
			if low {
				said[label].As(finding.Medium)
			}
		}
		judged[at] = true
	}
	for _, d := range s.Dockerfiles() {
		if d.Role != repo.Production || !d.Env.Deployed() {
			continue
		}
		final := d.FinalStage()
		for _, stage := range d.Spec.Stages {
			if base := stage.Image(); base.Known() && !base.IsScratch() {
				name, version := runtimeOf(base.Ref)
				judge(name, version, d.At(base.Span), stage != final)
			}
		}
	}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			if d := &c.Deployments[i]; d.Context == "" && d.Env.Deployed() && d.Compose != nil {
				name, version := runtimeOf(d.Image)
				judge(name, version, s.Place(d.Compose.Spec.Image.Path, d.Compose.Spec.Image.Span), false)
			}
		}
	}
	for _, f := range s.Production() {
		if name := versionFiles[f.Name()]; name != "" && f.Size < 100 {
			judge(name, strings.TrimPrefix(strings.TrimSpace(string(f.Bytes())), "v"), f.Start(), true)
		}
	}
})

var versionFiles = map[string]string{".nvmrc": "node", ".node-version": "node", ".python-version": "python", ".ruby-version": "ruby"}

// runtimeOf is what an image runs, and the version that its tag begins with.
func runtimeOf(image imageref.Ref) (name, version string) {
	if image.HasVariable() || image.Tag == "" {
		return "", ""
	}
	base := strings.ToLower(image.Base())
	switch {
	case strings.HasPrefix(image.Repository(), "mcr.microsoft.com/dotnet/") || strings.Contains(image.Name, "dotnet/"):
		base = "dotnet"
	case strings.Contains(image.Name, "/") && runtimeNames[base] != "" && path.Dir(image.Repository()) != "library" && image.Registry() != "" && !strings.Contains(image.Registry(), "docker.io") && !strings.Contains(image.Registry(), "ecr") && !strings.Contains(image.Registry(), "gcr"):
		return "", "" // somebody's own image of that name
	}
	if alias, ok := runtimeAliases[base]; ok {
		base = alias
	}
	if runtimeNames[base] == "" {
		return "", ""
	}
	return base, image.Tag
}

var runtimeAliases = map[string]string{"postgis": "postgres", "pgvector": "postgres", "postgresql": "postgres", "mongodb": "mongo", "amazoncorretto": "java", "eclipse-temurin": "java"}

var runtimeNames = map[string]string{
	"node": "Node.js", "python": "Python", "ruby": "Ruby", "php": "PHP", "golang": "Go", "dotnet": ".NET", "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "mongo": "MongoDB",
	"debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine", "centos": "CentOS",
}

// releaseOf is the release line that a version belongs to: the major of Node.js,
// major and minor of Python.
func releaseOf(name, version string) (string, bool) {
	if code := codenames[name+" "+firstWord(version)]; code != "" {
		return code, true
	}
	numbers := strings.Split(firstWord(version), ".")
	for _, n := range numbers {
		if _, err := strconv.Atoi(n); err != nil {
			return "", false
		}
	}
	parts := 2
	switch name {
	case "":
		return "", false
	case "node", "postgres", "debian", "centos":
		parts = 1
	}
	if name == "dotnet" || name == "mongo" || name == "mysql" || name == "mariadb" {
		if len(numbers) == 1 {
			numbers = append(numbers, "0")
		}
	}
	if len(numbers) < parts {
		return "", false // python:3 is whatever is newest
	}
	return strings.Join(numbers[:parts], "."), true
}

func firstWord(version string) string {
	version, _, _ = strings.Cut(version, "-")
	version, _, _ = strings.Cut(version, "_")
	return version
}

var codenames = map[string]string{
	"debian stretch": "9", "debian buster": "10", "debian bullseye": "11", "debian bookworm": "12", "debian trixie": "13",
	"ubuntu bionic": "18.04", "ubuntu focal": "20.04", "ubuntu jammy": "22.04", "ubuntu noble": "24.04",
	"node hydrogen": "18", "node iron": "20", "node jod": "22", "node gallium": "16", "node fermium": "14",
}

// supported says whether a release is one that the table would know the end of.
func supported(name, release string) bool {
	n, err := strconv.ParseFloat(release, 64)
	if err != nil {
		return false
	}
	switch name {
	case "node":
		return n >= 22
	case "python":
		_, minor, _ := strings.Cut(release, ".")
		m, _ := strconv.Atoi(minor)
		return strings.HasPrefix(release, "3.") && m >= 10
	case "postgres":
		return n >= 14
	}
	return false
}

// endOfLife is when releases that are no longer supported got their last fix, as
// of May 2026.
var endOfLife = map[string]string{
	"node 8": "December 2019", "node 10": "April 2021", "node 11": "June 2019", "node 12": "April 2022", "node 13": "June 2020", "node 14": "April 2023", "node 15": "June 2021",
	"node 16": "September 2023", "node 17": "June 2022", "node 18": "April 2025", "node 19": "June 2023", "node 20": "April 2026", "node 21": "June 2024", "node 23": "June 2025",
	"python 2.7": "January 2020", "python 3.5": "September 2020", "python 3.6": "December 2021", "python 3.7": "June 2023", "python 3.8": "October 2024", "python 3.9": "October 2025",
	"ruby 2.5": "April 2021", "ruby 2.6": "April 2022", "ruby 2.7": "March 2023", "ruby 3.0": "April 2024", "ruby 3.1": "March 2025", "ruby 3.2": "March 2026",
	"php 5.6": "December 2018", "php 7.0": "January 2019", "php 7.1": "December 2019", "php 7.2": "November 2020", "php 7.3": "December 2021", "php 7.4": "November 2022", "php 8.0": "November 2023", "php 8.1": "December 2025",
	"golang 1.16": "March 2022", "golang 1.17": "August 2022", "golang 1.18": "February 2023", "golang 1.19": "September 2023", "golang 1.20": "February 2024", "golang 1.21": "August 2024", "golang 1.22": "February 2025", "golang 1.23": "August 2025",
	"dotnet 2.1": "August 2021", "dotnet 3.1": "December 2022", "dotnet 5.0": "May 2022", "dotnet 6.0": "November 2024", "dotnet 7.0": "May 2024",
	"postgres 9": "November 2021", "postgres 10": "November 2022", "postgres 11": "November 2023", "postgres 12": "November 2024", "postgres 13": "November 2025",
	"mysql 5.6": "February 2021", "mysql 5.7": "October 2023", "mysql 8.0": "April 2026",
	"mariadb 10.3": "May 2023", "mariadb 10.4": "June 2024", "mariadb 10.5": "June 2025",
	"mongo 3.6": "April 2021", "mongo 4.0": "April 2022", "mongo 4.2": "April 2023", "mongo 4.4": "February 2024", "mongo 5.0": "October 2024", "mongo 6.0": "July 2025",
	"debian 8": "June 2020", "debian 9": "June 2022", "debian 10": "June 2024",
	"ubuntu 14.04": "April 2019", "ubuntu 16.04": "April 2021", "ubuntu 18.04": "May 2023", "ubuntu 20.04": "May 2025",
	"alpine 3.12": "May 2022", "alpine 3.13": "November 2022", "alpine 3.14": "May 2023", "alpine 3.15": "November 2023", "alpine 3.16": "May 2024", "alpine 3.17": "November 2024", "alpine 3.18": "May 2025", "alpine 3.19": "November 2025",
	"centos 6": "November 2020", "centos 7": "June 2024", "centos 8": "December 2021",
}
