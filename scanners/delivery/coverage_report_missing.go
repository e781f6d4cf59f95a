package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CoverageReportMissing finds pipelines that run tests and do not say what those
// cover.
var CoverageReportMissing = check.PerProject(check.Doc{
	ID:         "delivery/coverage-report-missing",
	Title:      "CI does not measure coverage",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Whether a change comes with tests is left to the eye of the reviewer. Parts that no test reaches stay unknown until they break.",
	How:        "Let the test run write a coverage report (pytest --cov, vitest --coverage, go test -coverprofile), show it on the pull request, and set a threshold that only rises.",
	Holds:      "CI measures coverage",
	References: []string{"https://docs.codecov.com/docs", "https://pytest-cov.readthedocs.io/en/latest/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	tests := ciWork(s, repo.CITests)
	tests = slices.DeleteFunc(tests, func(w repo.CIWork) bool { return !w.Job.Checks() })
	if len(tests) == 0 {
		return
	}
	if found := ciWork(s, repo.CICoverage); len(found) > 0 {
		w := found[0]
		p.Holds(w.At, "%s of %s runs %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
		return
	}
	if at, what, ok := coverageSetting(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	if at, what, ok := elsewhere(s, repo.CICoverage); ok {
		p.Unproven(at, "whether CI measures coverage: %s", what)
		return
	}
	p.Report(tests[0].At, "%s runs tests without measuring what they cover", jobName(tests[0].Job)).Keyed("none")
})

// coverageSetting is the place where a tool is told to measure whenever it runs.
func coverageSetting(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, f := range s.Files() {
		if f.Role != repo.Production && f.Role != repo.Test || f.Size > 256<<10 {
			continue
		}
		var signs []string
		switch name := f.Name(); {
		case name == "pyproject.toml" || name == "pytest.ini" || name == "setup.cfg" || name == "tox.ini" || name == "noxfile.py":
			signs = []string{"--cov", "coverage run"}
		case strings.HasPrefix(name, "jest.config.") || strings.HasPrefix(name, "jest-"):
			signs = []string{"collectCoverage: true", "collectCoverage\": true", "coverageThreshold"}
		case strings.HasPrefix(name, "vitest.config.") || strings.HasPrefix(name, "vite.config."):
			signs = []string{"coverage:"}
		case name == "pom.xml":
			signs = []string{"jacoco-maven-plugin"}
		case name == "build.gradle" || name == "build.gradle.kts":
			signs = []string{"jacoco", "kover"}
		case name == "codecov.yml" || name == ".codecov.yml" || name == ".coveralls.yml" || name == "codecov.yaml":
			return f.Start(), f.Path + " has a service show coverage", true
		case name == "phpunit.xml" || name == "phpunit.xml.dist":
			signs = []string{"<coverage"}
		default:
			continue
		}
		if at, ok := liveLine(f, "#", func(line string) bool {
			return !strings.HasPrefix(line, "//") && slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(line, sign) })
		}); ok {
			return f.At(at), f.Path + " measures coverage with each test run", true
		}
	}
	return finding.Location{}, "", false
}
