package repo

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"drydock/internal/finding"
	"drydock/internal/repo/secret"
)

// PastToken is a token that a file once held; its value is not kept.
type PastToken struct {
	Kind, Name string // as in secret.Token
	Path       string
	Line       int
	Masked     string
	Change          // of the main line that brought it
	Digest     Hash // of the value
}

// PastTokens is what was found in the history.
type PastTokens struct {
	Head    string // the commit that was walked back from
	Tokens  []PastToken
	Commits int  // that were looked at
	AtLeast bool // there are older ones
}

// Limits of the walk for tokens: reading a version costs some 100 µs.
const (
	maxTokenCommits  = 300       // commits of the main line
	maxTokenVersions = 800       // versions of files that are read
	maxTokenBytes    = 12 << 20  // bytes of them
	maxTokenVersion  = 256 << 10 // bytes of one
	maxPastTokens    = 200       // tokens that are listed
)

// PastTokens lists the tokens that production files held in the commits of the main
// line, in versions that the newest commit does not have, the newest first. What an earlier
// snapshot found up to an older commit is not looked for again. It fails when the
// project has no readable history, and with ctx's error when that is done.
func (s *Snapshot) PastTokens(ctx context.Context) (found *PastTokens, err error) {
	known := s.past.Load()
	if known != nil && s.vcs != nil && known.Head == s.vcs.Commit {
		return known, nil
	}
	err = s.recall(func(p *past) error {
		w := tokenWalk{p: p, known: known, seen: map[plumbing.Hash]bool{}, had: map[Hash]bool{}, versions: maxTokenVersions, bytes: maxTokenBytes}
		found = &PastTokens{Head: s.vcs.Commit}
		w.present(p.head.TreeHash, 0)
		return w.walk(ctx, found)
	})
	if err != nil {
		return nil, err
	}
	s.past.Store(found)
	return found, nil
}

type tokenWalk struct {
	p        *past
	known    *PastTokens
	seen     map[plumbing.Hash]bool // versions that were read
	had      map[Hash]bool          // values that are listed
	versions int
	bytes    int64
	dirs     int
}

// present marks what the newest commit has: it is looked at as files of the project.
func (w *tokenWalk) present(tree plumbing.Hash, depth int) {
	if depth > MaxDepth || w.dirs > maxCompar {
		return
	}
	w.dirs++
	t, err := object.GetTree(w.p.objects, tree)
	if err != nil {
		return
	}
	for _, e := range t.Entries {
		if e.Mode == filemode.Dir {
			if rolesIn(e.Name) == 0 {
				w.present(e.Hash, depth+1)
			}
		} else {
			w.seen[e.Hash] = true
		}
	}
}

func (w *tokenWalk) walk(ctx context.Context, out *PastTokens) error {
	at := w.p.head
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.known != nil && at.Hash.String() == w.known.Head {
			for _, t := range w.known.Tokens {
				if !w.had[t.Digest] {
					out.Tokens = append(out.Tokens, t)
				}
			}
			out.Commits += w.known.Commits
			out.AtLeast = w.known.AtLeast
			return nil
		}
		if out.Commits >= maxTokenCommits || w.versions <= 0 || w.bytes <= 0 || w.dirs > maxCompar || len(out.Tokens) >= maxPastTokens {
			out.AtLeast = true
			return nil
		}
		parent, err := at.Parent(0)
		before := plumbing.ZeroHash
		switch {
		case err == nil:
			before = parent.TreeHash
		case len(at.ParentHashes) > 0: // a shallow clone ends here
			out.AtLeast = true
			return nil
		}
		w.compare(at, parent, at.TreeHash, before, "", 0, out)
		out.Commits++
		if parent == nil {
			return nil
		}
		at = parent
	}
}

// compare reads the versions below prefix that only one of the trees a and b has: that
// of a commit and that of its parent, nil for the first commit.
func (w *tokenWalk) compare(at, parent *object.Commit, a, b plumbing.Hash, prefix string, depth int, out *PastTokens) {
	if a == b || depth > MaxDepth || w.dirs > maxCompar {
		return
	}
	w.dirs++
	now, before := w.entries(a), w.entries(b)
	names := map[string]bool{}
	for name := range now {
		names[name] = true
	}
	for name := range before {
		names[name] = true
	}
	for _, base := range slices.Sorted(maps.Keys(names)) {
		e, old := now[base], before[base]
		if e.Hash == old.Hash {
			continue
		}
		name := prefix + base
		if e.Mode == filemode.Dir || old.Mode == filemode.Dir {
			if rolesIn(base) == 0 {
				w.compare(at, parent, dirOf(e), dirOf(old), name+"/", depth+1, out)
			}
		}
		if roleOf(name) != Production || !tokenPath(name) {
			continue
		}
		if e.Mode.IsFile() && !w.seen[e.Hash] {
			w.seen[e.Hash] = true
			w.version(at, e.Hash, name, out)
		}
		if parent != nil && old.Mode.IsFile() && !w.seen[old.Hash] {
			w.seen[old.Hash] = true
			w.version(parent, old.Hash, name, out)
		}
	}
}

// entries are what a tree holds, by name; none for one that cannot be read.
func (w *tokenWalk) entries(id plumbing.Hash) map[string]object.TreeEntry {
	out := map[string]object.TreeEntry{}
	if id.IsZero() {
		return out
	}
	if t, err := object.GetTree(w.p.objects, id); err == nil {
		for _, e := range t.Entries {
			out[e.Name] = e
		}
	}
	return out
}

func dirOf(e object.TreeEntry) plumbing.Hash {
	if e.Mode == filemode.Dir {
		return e.Hash
	}
	return plumbing.ZeroHash
}

// version lists the tokens of one version of a file.
func (w *tokenWalk) version(at *object.Commit, id plumbing.Hash, name string, out *PastTokens) {
	size, err := w.p.objects.blobSize(id)
	if err != nil || size > maxTokenVersion || w.versions <= 0 || w.bytes <= 0 {
		return
	}
	w.versions--
	w.bytes -= size
	data, err := w.p.objects.blob(id)
	if err != nil {
		return
	}
	for _, t := range secret.Tokens(name, data) {
		value := data[t.Span.Start:t.Span.End]
		if secret.Sandbox(value) {
			continue
		}
		one := PastToken{t.Kind, t.Name, name, 1 + bytes.Count(data[:t.Span.Start], []byte{'\n'}), finding.Mask(string(value)), changeOf(at), HashOf(value)}
		if w.had[one.Digest] {
			// An older commit had it already: that is the one which brought it.
			if i := slices.IndexFunc(out.Tokens, func(o PastToken) bool { return o.Digest == one.Digest }); i >= 0 {
				out.Tokens[i].Change = one.Change
			}
			continue
		}
		w.had[one.Digest] = true
		out.Tokens = append(out.Tokens, one)
	}
}
