package repo

import (
	"bytes"
	"context"
	"slices"
	"strings"

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
	maxTokenCommits  = 500       // commits of the main line
	maxTokenVersions = 1500      // versions of files that are read
	maxTokenBytes    = 24 << 20  // bytes of them
	maxTokenVersion  = 256 << 10 // bytes of one
	maxPastTokens    = 200       // tokens that are listed
)

// PastTokens lists the tokens that production files held in the commits of the main
// line, those that they hold still among them, the newest first. What an earlier
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
		w.compare(at, at.TreeHash, before, "", 0, out)
		out.Commits++
		if parent == nil {
			return nil
		}
		at = parent
	}
}

// compare reads the versions below prefix that the tree a has and b does not.
func (w *tokenWalk) compare(at *object.Commit, a, b plumbing.Hash, prefix string, depth int, out *PastTokens) {
	if a == b || depth > MaxDepth || w.dirs > maxCompar {
		return
	}
	w.dirs++
	now, err := object.GetTree(w.p.objects, a)
	if err != nil {
		return
	}
	before := map[string]plumbing.Hash{}
	if !b.IsZero() {
		if old, err := object.GetTree(w.p.objects, b); err == nil {
			for _, e := range old.Entries {
				before[e.Name] = e.Hash
			}
		}
	}
	for _, e := range now.Entries {
		if before[e.Name] == e.Hash {
			continue
		}
		name := prefix + e.Name
		switch {
		case e.Mode == filemode.Dir:
			if rolesIn(e.Name) == 0 && !strings.HasPrefix(e.Name, ".git") {
				w.compare(at, e.Hash, before[e.Name], name+"/", depth+1, out)
			}
		case e.Mode.IsFile() && roleOf(name) == Production && tokenPath(name) && !w.seen[e.Hash]:
			w.seen[e.Hash] = true
			w.version(at, e.Hash, name, out)
		}
	}
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
