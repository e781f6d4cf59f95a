// Package imageref reads container image references: what stands after image:
// in a compose file or a manifest and after FROM in a Dockerfile.
package imageref

import "strings"

// Ref is an image reference taken apart. Variables such as ${TAG} stay as they
// are written; nothing is looked up.
type Ref struct {
	Raw    string
	Name   string // registry and repository, without tag and digest
	Tag    string // "" when none is written
	Digest string // "sha256:…", "" when none is written
}

// Parse takes a reference apart.
func Parse(raw string) Ref {
	r := Ref{Raw: raw, Name: strings.TrimSpace(raw)}
	if i := lastOutside(r.Name, '@'); i >= 0 {
		r.Name, r.Digest = r.Name[:i], r.Name[i+1:]
	}
	colon, slash := lastOutside(r.Name, ':'), lastOutside(r.Name, '/')
	if colon > slash {
		r.Name, r.Tag = r.Name[:colon], r.Name[colon+1:]
	}
	return r
}

// lastOutside is the index of the last c that is not part of a ${…}, or -1.
func lastOutside(s string, c byte) int {
	last, depth := -1, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			depth++
			i++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == c && depth == 0:
			last = i
		}
	}
	return last
}

// Exists says whether there is a reference at all.
func (r Ref) Exists() bool { return r.Name != "" }

// Base is the last part of the name, such as "postgres" in
// "docker.io/library/postgres:16".
func (r Ref) Base() string { return r.Name[strings.LastIndexByte(r.Name, '/')+1:] }

// Registry is the host the image comes from; "docker.io" when none is written.
func (r Ref) Registry() string {
	first, _, ok := strings.Cut(r.Name, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return first
	}
	return "docker.io"
}

// Repository is the name without its registry, and without "library/" for
// Docker's own images: "postgres", "bitnami/redis", "chainguard/node".
func (r Ref) Repository() string {
	name := r.Name
	if reg := r.Registry(); strings.HasPrefix(name, reg+"/") {
		name = name[len(reg)+1:]
	}
	if r.Registry() == "docker.io" || strings.HasSuffix(r.Registry(), ".docker.io") {
		name = strings.TrimPrefix(name, "library/")
	}
	return name
}

// IsLatest says whether the reference moves with every release: no tag and no
// digest, or the tag latest.
func (r Ref) IsLatest() bool {
	return r.Exists() && r.Digest == "" && (r.Tag == "" || r.Tag == "latest")
}

// HasVariable says whether any part is written as a variable.
func (r Ref) HasVariable() bool { return strings.Contains(r.Raw, "$") }

// String is the reference as written.
func (r Ref) String() string { return r.Raw }
