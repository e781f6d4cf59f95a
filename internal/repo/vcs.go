package repo

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// VCS is what git knows of the project, read from its files without running
// anything.
//
// What it says depends on the tree. A working directory is asked for .git as far as
// that lies inside it; a Commit tracks exactly its own files; an Overlay says what
// the tree below it says, so that a file which only the overlay has is not tracked;
// an archive in memory has no VCS. Without one (nil), or without an index, every
// file that is not ignored counts as tracked: thus one content gives one audit, as
// a directory all of whose files are committed, as that commit and as an archive.
type VCS struct {
	Commit  string // full object id of HEAD, "" before the first commit
	Branch  string // "" when HEAD is detached
	Shallow bool   // the oldest commits were not fetched
	Partial bool   // objects are fetched when git needs them: contents of old commits may be absent

	index      map[string]bool
	submodules map[string]bool   // directories that hold another repository
	stamps     map[string]*stamp // of the tracked files; see stampOf
	cached     plumbing.Hash     // the tree that the index equals, zero when it does not say
	pinned     bool              // this is the commit itself, nothing can differ from it
}

// Tracks says whether git's index holds the file.
func (v *VCS) Tracks(name string) bool { return v != nil && v.index[name] }

// Submodule says whether another repository is checked out at the directory.
func (v *VCS) Submodule(dir string) bool { return v != nil && v.submodules[dir] }

// trackedDirs are the directories that hold tracked files, at any depth.
func (v *VCS) trackedDirs() map[string]bool {
	dirs := map[string]bool{}
	if v == nil {
		return dirs
	}
	for name := range v.index {
		for _, dir := range parents(name) {
			if dirs[dir] {
				break
			}
			dirs[dir] = true
		}
	}
	return dirs
}

// readVCS reads .git as far as it lies inside the project. A .git file that
// points elsewhere is another repository's business (SAFETY.md): it is not
// followed.
func readVCS(tree Tree, skip func(path, reason string, incomplete bool)) *VCS {
	if c := commitOf(tree); c != nil {
		return c.vcs(skip)
	}
	info, err := tree.Lstat(".git")
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		skip(".git", "not a directory"+elsewhere(tree, info)+": git facts (tracked files, history) are not used", false)
		return nil
	}
	head, err := tree.ReadFile(".git/HEAD")
	if err != nil {
		skip(".git", "HEAD cannot be read ("+reason(err)+"): git facts are not used", false)
		return nil
	}
	config := readGitConfig(tree)
	if config.sha256() {
		skip(".git", "names objects by SHA-256, which is not read: every file that is not ignored counts as tracked, and history is not told", false)
		return nil
	}
	v := &VCS{index: map[string]bool{}, submodules: map[string]bool{}, stamps: map[string]*stamp{}}
	v.Partial = config["extensions.partialclone"] != "" || config["remote.promisor"] == "true"
	if config["extensions.refstorage"] == "reftable" {
		skip(".git", "keeps branches and tags as reftable, which is not read: commit, branch and history are not told", false)
	} else {
		v.readHead(tree, strings.TrimSpace(string(head)))
	}
	if shallow, err := tree.Lstat(".git/shallow"); err == nil && shallow.Size() > 0 {
		v.Shallow = true
		skip(".git/shallow", "a shallow clone: history ends at what was fetched", false)
	}
	data, err := tree.ReadFile(".git/index")
	if errors.Is(err, fs.ErrNotExist) {
		return v
	}
	if err == nil {
		err = v.readIndex(data)
	}
	if err != nil {
		skip(".git/index", "cannot be read ("+indexTrouble(tree, err)+"): every file that is not ignored counts as tracked", false)
		return nil
	}
	return v
}

// elsewhere says what a .git that is a file points to, as far as its first line
// tells; the path itself is not repeated.
func elsewhere(tree Tree, info fs.FileInfo) string {
	if !info.Mode().IsRegular() || info.Size() > 4096 {
		return ""
	}
	data, err := tree.ReadFile(".git")
	target, ok := bytes.CutPrefix(data, []byte("gitdir: "))
	switch {
	case err != nil || !ok:
		return ""
	case bytes.Contains(target, []byte("/worktrees/")):
		return " (a linked worktree: its git data lies outside)"
	case bytes.Contains(target, []byte("/modules/")):
		return " (a submodule: its git data lies outside)"
	}
	return " (it points to git data elsewhere)"
}

type gitConfig map[string]string

func (c gitConfig) sha256() bool { return c["extensions.objectformat"] == "sha256" }

// readGitConfig reads the settings of .git/config that decide what can be read:
// "section.key" in lower case, subsections left out. Nothing that it includes or
// names is looked at.
func readGitConfig(tree Tree) gitConfig {
	config := gitConfig{}
	data, err := tree.ReadFile(".git/config")
	if err != nil {
		return config
	}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section, _, _ = strings.Cut(strings.Trim(line, "[] \t"), " ")
			section = strings.ToLower(section)
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && len(config) < maxSettings {
			config[section+"."+strings.ToLower(strings.TrimSpace(key))] = strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return config
}

const maxSettings = 10_000 // of .git/config

// indexTrouble says why an index could not be read, in git's own words where they
// are known.
func indexTrouble(tree Tree, err error) string {
	if entries, e := tree.ReadDir(".git"); e == nil {
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "sharedindex.") {
				return "a split index"
			}
		}
	}
	if errors.Is(err, index.ErrUnknownExtension) {
		return "an extension that is not known, as a sparse index has"
	}
	return reason(err)
}

func (v *VCS) readIndex(data []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("broken index")
		}
	}()
	var idx index.Index
	if err := index.NewDecoder(bytes.NewReader(data)).Decode(&idx); err != nil {
		return err
	}
	for _, e := range idx.Entries {
		v.index[e.Name] = true
		if e.Mode == filemode.Submodule {
			v.submodules[e.Name] = true
		}
		v.stamps[e.Name] = stampOf(e)
	}
	if idx.Cache != nil {
		for _, t := range idx.Cache.Entries {
			if t.Path == "" && t.Entries >= 0 {
				v.cached = t.Hash
			}
		}
	}
	return nil
}

// readHead resolves HEAD through loose and packed references.
func (v *VCS) readHead(tree Tree, head string) {
	ref, symbolic := strings.CutPrefix(head, "ref: ")
	if !symbolic {
		v.Commit = objectID(head)
		return
	}
	v.Branch = strings.TrimPrefix(ref, "refs/heads/")
	v.Commit = readRefs(tree).lookup(ref)
}

// objectID is s when it is one, else "".
func objectID(s string) string {
	if len(s) != 40 && len(s) != 64 {
		return ""
	}
	for _, c := range []byte(s) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return ""
		}
	}
	return s
}
