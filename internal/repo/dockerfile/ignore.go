package dockerfile

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/finding"
)

// Limits on what ParseIgnore reads.
const (
	maxIgnoreRules = 500  // of one file: each is tried on each path
	maxPattern     = 1024 // bytes of a pattern
	maxStars       = 10   // in a pattern
)

// Ignore are the rules of a .dockerignore: what of the build context is left out.
type Ignore struct {
	Rules []IgnoreRule // in file order; the last that matches decides
}

// IgnoreRule is one pattern.
type IgnoreRule struct {
	Pattern string // without the !
	Keep    bool   // written with !: what matches is taken after all
	Span    finding.Span

	parts []string
}

// ParseIgnore reads a .dockerignore. Patterns that are too long or have too many
// stars to be tried are left out.
func ParseIgnore(src []byte) *Ignore {
	out := &Ignore{}
	for at := 0; at < len(src) && len(out.Rules) < maxIgnoreRules; {
		line, _, _ := bytes.Cut(src[at:], []byte("\n"))
		start := at
		at += len(line) + 1
		text := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		if len(text) == 0 || len(line) > maxPattern || line[0] == '#' || bytes.Count(text, []byte("*")) > maxStars {
			continue
		}
		from := start + bytes.Index(line, text)
		rule := IgnoreRule{Span: finding.Span{Start: from, End: from + len(text)}}
		if rest, keep := bytes.CutPrefix(text, []byte("!")); keep {
			rule.Keep, text = true, bytes.TrimSpace(rest)
		}
		if rule.Pattern = strings.Trim(path.Clean(string(text)), "/"); rule.Pattern == "" || len(text) == 0 {
			continue
		}
		rule.parts = strings.Split(rule.Pattern, "/")
		out.Rules = append(out.Rules, rule)
	}
	return out
}

// Match says whether a path of the build context is left out, and by which rule;
// rule is also the one that takes it in again, and nil when none matches. What lies
// below a directory that is left out is left out with it.
func (i *Ignore) Match(name string) (ignored bool, rule *IgnoreRule) {
	if i == nil || len(i.Rules) == 0 {
		return false, nil
	}
	parts := strings.Split(name, "/")
	for n := range i.Rules {
		if r := &i.Rules[n]; r.covers(parts) {
			ignored, rule = !r.Keep, r
		}
	}
	return ignored, rule
}

// Keeps says whether any rule takes in again what others leave out.
func (i *Ignore) Keeps() bool {
	if i != nil {
		for _, r := range i.Rules {
			if r.Keep {
				return true
			}
		}
	}
	return false
}

// covers says whether the pattern matches the path or a directory above it.
func (r *IgnoreRule) covers(parts []string) bool {
	if r.Pattern == "." {
		return true
	}
	return globParts(r.parts, parts, true)
}

// GlobMatch says whether a pattern of COPY or of a .dockerignore matches a path:
// each element on its own, ** any number of them. With below it also matches what
// lies below a directory that it matches.
func GlobMatch(pattern, name string, below bool) bool {
	if len(pattern) > maxPattern || strings.Count(pattern, "*") > maxStars {
		return false
	}
	return globParts(strings.Split(pattern, "/"), strings.Split(name, "/"), below)
}

// globParts compares element by element; reach holds which elements of the path the
// pattern so far may have come to.
func globParts(pattern, parts []string, below bool) bool {
	if len(parts) > 200 {
		return false
	}
	reach := make([]bool, len(parts)+1)
	reach[0] = true
	for _, p := range pattern {
		next := make([]bool, len(parts)+1)
		some := false
		for at, ok := range reach {
			if !ok {
				continue
			}
			if p == "**" {
				for to := at; to <= len(parts); to++ {
					next[to] = true
				}
				some = true
				break
			}
			if at < len(parts) {
				if match, err := path.Match(p, parts[at]); err == nil && match {
					next[at+1], some = true, true
				}
			}
		}
		if !some {
			return false
		}
		reach = next
	}
	if !below {
		return reach[len(parts)]
	}
	for _, ok := range reach[1:] {
		if ok {
			return true
		}
	}
	return false
}
