package security

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// VulnerableDependency finds locked packages that the project's copy of advisories
// names. drydock asks no service: without the copy there is nothing to look at.
var VulnerableDependency = check.PerProject(check.Doc{
	ID:         "security/vulnerable-dependency",
	Title:      "Locked dependency with a known vulnerability",
	Severity:   finding.High,
	Worst:      finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "How to attack the version is published, and what answers to the attack is scanned for.",
	How:        "Update to the version that mends it, within the range where there is one. The advisories are read from advisories.osv.json at the root, a list of records in the OSV format; renew it in the pipeline, for its date is how far this check sees.",
	Holds:      "No locked dependency is in the project's advisories",
	References: []string{"https://ossf.github.io/osv-schema/", "https://osv.dev/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	book := readAdvisories(s)
	if book == nil {
		return
	}
	packages := 0
	var first *repo.Lockfile
	failed := false
	for _, lock := range s.Lockfiles() {
		ecosystem := ecosystems[lock.Manager]
		if lock.Role != repo.Production || ecosystem == "" {
			continue
		}
		if first == nil {
			first = lock
		}
		for _, locked := range lock.Packages {
			packages++
			name := locked.Name
			if ecosystem == "PyPI" {
				name = strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
			}
			for _, a := range book.of[ecosystem+" "+name] {
				fixed, hit := a.hits(locked.Version)
				if !hit {
					continue
				}
				failed = true
				how := "no version mends it"
				if fixed != "" {
					how = "mended in " + fixed
				}
				found := p.Report(lock.At(locked.Span), "%s %s: %s, %s (advisories of %s)", locked.Name, locked.Version, a.id, how, book.date).Keyed("%s %s", a.id, locked.Name)
				switch {
				case locked.Dev:
					found.As(finding.Low)
				case a.severity == "CRITICAL":
					found.As(finding.Critical)
				case a.severity == "MODERATE" || a.severity == "MEDIUM":
					found.As(finding.Medium)
				case a.severity == "LOW":
					found.As(finding.Low)
				}
			}
		}
	}
	if !failed && first != nil {
		p.Holds(first.Start(), "none of %s is in the %s of %s", plural(packages, "locked package"), plural(book.count, "record"), book.date)
	}
})

// ecosystems are OSV's names for what package managers install.
var ecosystems = map[string]string{
	"npm": "npm", "yarn": "npm", "pnpm": "npm", "bun": "npm", "poetry": "PyPI", "uv": "PyPI", "pdm": "PyPI", "pipenv": "PyPI", "cargo": "crates.io", "bundler": "RubyGems", "composer": "Packagist",
}

// hits says whether the version is one that the advisory is about, and the first
// version behind it that mends it.
func (a *advisory) hits(version string) (fixed string, hit bool) {
	if slices.Contains(a.versions, version) {
		return a.firstFix(version), true
	}
	for _, r := range a.ranges {
		if r.introduced != "0" && versionLess(version, r.introduced) {
			continue
		}
		switch {
		case r.fixed != "" && versionLess(version, r.fixed):
			return r.fixed, true
		case r.fixed == "" && r.last != "" && !versionLess(r.last, version):
			return "", true
		case r.fixed == "" && r.last == "":
			return "", true
		}
	}
	return "", false
}

func (a *advisory) firstFix(version string) string {
	for _, r := range a.ranges {
		if r.fixed != "" && versionLess(version, r.fixed) {
			return r.fixed
		}
	}
	return ""
}

// versionLess compares versions by their numbers; what comes behind a dash is before
// the release.
func versionLess(a, b string) bool {
	an, ap := versionParts(a)
	bn, bp := versionParts(b)
	for i := range max(len(an), len(bn)) {
		x, y := 0, 0
		if i < len(an) {
			x = an[i]
		}
		if i < len(bn) {
			y = bn[i]
		}
		if x != y {
			return x < y
		}
	}
	if (ap == "") != (bp == "") {
		return ap != ""
	}
	return ap < bp
}

func versionParts(v string) (numbers []int, pre string) {
	v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "+")
	v, pre, _ = strings.Cut(v, "-")
	for part := range strings.SplitSeq(v, ".") {
		n := 0
		if _, err := fmt.Sscanf(part, "%d", &n); err != nil {
			return numbers, pre + part
		}
		digits := strings.TrimLeft(part, "0123456789")
		numbers = append(numbers, n)
		if digits != "" { // 1.0rc1
			return numbers, pre + digits
		}
	}
	return numbers, pre
}
