package manifest

import (
	"path"
	"strings"

	"drydock/internal/finding"
)

// Requirement is one dependency of a Python project, wherever it is declared.
type Requirement struct {
	Name      string   // normalised as PEP 503 says; "" when only an address is given
	Extras    []string // as written
	Specifier string   // such as >=1.2,<2 or, of Poetry, ^1.2; "" accepts any version
	URL       string   // the address or path of a direct reference
	Marker    string   // the condition after the semicolon
	Hashes    []string // such as sha256:…
	Editable  bool
	Group     string // the group or extra; "" for what the project needs to run
	Dev       bool   // declared in a group of development tools

	NameSpan      finding.Span
	SpecifierSpan finding.Span // empty, behind the name, when there is none
	Span          finding.Span // the whole requirement, options and hashes included
}

// Normalize is the name as PEP 503 compares it: lower case, runs of -, _ and .
// as one dash.
func Normalize(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		if r == '-' || r == '_' || r == '.' {
			dash = true
			continue
		}
		if dash && b.Len() > 0 {
			b.WriteByte('-')
		}
		dash = false
		b.WriteRune(r)
	}
	return b.String()
}

// Pinned says whether exactly one version satisfies the requirement. A bare
// version, as Poetry and Pipenv take it, is such.
func (r Requirement) Pinned() bool {
	version := strings.TrimSpace(r.Specifier)
	if bare, ok := strings.CutPrefix(version, "=="); ok {
		version = strings.TrimSpace(strings.TrimPrefix(bare, "="))
	} else if version == "" || version[0] < '0' || version[0] > '9' {
		return false
	}
	return version != "" && !strings.ContainsAny(version, "*,|")
}

// Bounded says whether something limits the versions from above or to a series.
func (r Requirement) Bounded() bool {
	return r.Pinned() || r.URL != "" || strings.ContainsAny(r.Specifier, "<^~") || strings.Contains(r.Specifier, "==")
}

// ParseRequirement reads one requirement as PEP 508 writes it, or an address or
// path as pip takes it. at maps a range of s to the bytes of the file. ok is
// false when s is neither.
func ParseRequirement(s string, at func(start, end int) finding.Span) (r Requirement, ok bool) {
	body := strings.TrimRight(s, " \t\r\n")
	start := len(body) - len(strings.TrimLeft(body, " \t\r\n"))
	r.Span = at(start, len(body))
	if isAddress(body[start:]) {
		return r.address(body, start, at)
	}
	i := start
	for i < len(body) && isNameByte(body[i]) {
		i++
	}
	if i == start {
		return Requirement{}, false
	}
	r.Name, r.NameSpan = Normalize(body[start:i]), at(start, i)
	i = skipBlanks(body, i)
	if i < len(body) && body[i] == '[' {
		end := strings.IndexByte(body[i:], ']')
		if end < 0 {
			return Requirement{}, false
		}
		for extra := range strings.SplitSeq(body[i+1:i+end], ",") {
			if extra = strings.TrimSpace(extra); extra != "" {
				r.Extras = append(r.Extras, extra)
			}
		}
		i += end + 1
	}
	return r.version(body, i, at)
}

// version reads what follows the name and the extras at i.
func (r Requirement) version(body string, i int, at func(start, end int) finding.Span) (Requirement, bool) {
	end := len(body)
	if semi := strings.IndexByte(body[i:], ';'); semi >= 0 {
		end = i + semi
		r.Marker = strings.TrimSpace(body[end+1:])
	}
	from, to := trimRange(body, i, end)
	if from < to && body[from] == '@' {
		r.URL = strings.TrimSpace(body[from+1 : to])
		r.SpecifierSpan = at(from, to)
		return r, r.URL != ""
	}
	if from < to && body[from] == '(' && body[to-1] == ')' {
		from, to = trimRange(body, from+1, to-1)
	}
	if from >= to {
		r.SpecifierSpan = at(i, i)
		return r, true
	}
	r.Specifier, r.SpecifierSpan = body[from:to], at(from, to)
	return r, strings.IndexByte("<>=!~", body[from]) >= 0
}

// address reads a requirement that is an address or a path.
func (r Requirement) address(body string, start int, at func(start, end int) finding.Span) (Requirement, bool) {
	end := len(body)
	if semi := strings.Index(body, " ;"); semi >= 0 {
		end = semi
		r.Marker = strings.TrimSpace(body[semi+2:])
	}
	r.URL, r.SpecifierSpan = strings.TrimSpace(body[start:end]), at(start, end)
	if _, fragment, ok := strings.Cut(r.URL, "#egg="); ok {
		name, _, _ := strings.Cut(fragment, "&")
		name, _, _ = strings.Cut(name, "[")
		r.Name = Normalize(name)
	} else if strings.HasSuffix(r.URL, ".whl") {
		name, _, _ := strings.Cut(path.Base(r.URL), "-")
		r.Name = Normalize(name)
	}
	return r, r.URL != ""
}

func isAddress(s string) bool {
	name, _, _ := strings.Cut(s, " ")
	name, _, _ = strings.Cut(name, "@")
	for _, scheme := range []string{"http:", "https:", "git+", "hg+", "svn+", "bzr+", "file:"} {
		if strings.HasPrefix(name, scheme) {
			return true
		}
	}
	return strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/") || strings.HasSuffix(name, ".whl") || strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".zip")
}

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// trimRange narrows [from, to) to what is not blank.
func trimRange(s string, from, to int) (int, int) {
	for from < to && strings.IndexByte(" \t\r\n", s[from]) >= 0 {
		from++
	}
	for to > from && strings.IndexByte(" \t\r\n", s[to-1]) >= 0 {
		to--
	}
	return from, to
}

// requirementsOf reads the requirements that strings of a document spell.
func requirementsOf(list []Text, group string, dev bool) []Requirement {
	var out []Requirement
	for _, t := range list {
		if r, ok := ParseRequirement(t.Value, t.Within); ok {
			r.Group, r.Dev = group, dev
			r.Span = t.Span
			out = append(out, r)
		}
	}
	return out
}

// isDevGroup says whether a group's name speaks of tools for development.
func isDevGroup(name string) bool {
	switch name = Normalize(name); name {
	case "dev", "devel", "develop", "development", "test", "tests", "testing", "lint", "linting", "typing", "types", "docs", "doc", "ci", "style", "format", "qa":
		return true
	}
	return strings.HasPrefix(name, "dev-") || strings.HasPrefix(name, "test-") || strings.HasSuffix(name, "-dev") || strings.HasSuffix(name, "-test")
}
