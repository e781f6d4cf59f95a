// Package actions knows what is particular to GitHub Actions: what uses: names,
// who can choose what a context holds, which inputs of actions are run as code,
// and the mistakes that actionlint finds.
package actions

import "strings"

// UsesKind says what a uses: names.
type UsesKind int

// The kinds of uses.
const (
	Broken     UsesKind = iota // none of the below
	Repository                 // owner/repo/path@ref: an action or a reusable workflow
	Local                      // ./path of the project itself
	Docker                     // docker://image
	Computed                   // holds an expression
)

// Uses is a uses: taken apart.
type Uses struct {
	Kind        UsesKind
	Owner, Repo string
	Path        string // below the repository, or below the project's root for Local; "" for the root
	Ref         string // behind the @; of Docker the digest
	Image       string // of Docker, without docker://
}

// ParseUses takes a uses: apart.
func ParseUses(text string) Uses {
	text = strings.TrimSpace(text)
	if image, ok := strings.CutPrefix(text, "docker://"); ok {
		_, digest, _ := strings.Cut(image, "@")
		return Uses{Kind: Docker, Image: image, Ref: digest}
	}
	if strings.Contains(text, "${{") {
		return Uses{Kind: Computed}
	}
	if rest, ok := strings.CutPrefix(text, "./"); ok {
		rest, ref, _ := strings.Cut(rest, "@")
		return Uses{Kind: Local, Path: strings.Trim(rest, "/"), Ref: ref}
	}
	name, ref, ok := strings.Cut(text, "@")
	owner, rest, slash := strings.Cut(name, "/")
	repo, path, _ := strings.Cut(rest, "/")
	if !ok || !slash || owner == "" || repo == "" || ref == "" || strings.HasPrefix(owner, ".") || owner == "$" {
		return Uses{}
	}
	return Uses{Kind: Repository, Owner: owner, Repo: repo, Path: path, Ref: ref}
}

// Name is the action without its version: owner/repo or owner/repo/path, in lower
// case, as GitHub compares it; "" for what is not in a repository.
func (u Uses) Name() string {
	if u.Kind != Repository {
		return ""
	}
	name := u.Owner + "/" + u.Repo
	if u.Path != "" {
		name += "/" + u.Path
	}
	return strings.ToLower(name)
}

// Pinned says whether what runs cannot change without this line changing: a full
// commit, an image's digest, or the project's own files.
func (u Uses) Pinned() bool {
	switch u.Kind {
	case Local:
		return true
	case Docker:
		return strings.HasPrefix(u.Ref, "sha256:")
	case Repository:
		return u.Commit()
	}
	return false
}

// Commit says whether the ref is a full commit id.
func (u Uses) Commit() bool {
	if len(u.Ref) != 40 && len(u.Ref) != 64 {
		return false
	}
	return strings.Trim(u.Ref, "0123456789abcdefABCDEF") == ""
}

// Version says whether the ref is written like a version: v4, 1.2.3.
func (u Uses) Version() bool {
	digits := strings.TrimPrefix(u.Ref, "v")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9' && !u.Commit()
}
