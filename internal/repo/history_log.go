package repo

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// History is the size of a project's history.
type History struct {
	Commits      int // reachable from the commit that the snapshot stands on, merges among them
	Contributors int // who wrote them, told apart by e-mail address; programs that call themselves [bot] left out
	First, Last  time.Time
	AtLeast      bool // there is more: the bound was reached, or older commits cannot be read
	Shallow      bool // older commits were not fetched
}

// maxCommits is how many commits History counts; a commit costs some 50 µs.
const maxCommits = 10_000

// History counts the commits from the newest on. It fails when the project has no
// readable history, and with ctx's error when that is done.
func (s *Snapshot) History(ctx context.Context) (h *History, err error) {
	err = s.recall(func(p *past) error {
		h = &History{Shallow: s.vcs.Shallow}
		return h.count(ctx, p)
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

func (h *History) count(ctx context.Context, p *past) error {
	people := map[string]bool{}
	seen := map[plumbing.Hash]bool{p.head.Hash: true}
	queue := &newest{p.head}
	h.First, h.Last = p.head.Committer.When, p.head.Committer.When
	for queue.Len() > 0 {
		if h.Commits == maxCommits {
			h.AtLeast = true
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		c := heap.Pop(queue).(*object.Commit)
		h.Commits++
		if !strings.HasSuffix(c.Author.Name, "[bot]") {
			people[strings.ToLower(cmp.Or(c.Author.Email, c.Author.Name))] = true
		}
		if when := c.Committer.When; when.Before(h.First) {
			h.First = when
		} else if when.After(h.Last) {
			h.Last = when
		}
		for _, id := range c.ParentHashes[:min(len(c.ParentHashes), maxParents)] {
			if seen[id] {
				continue
			}
			seen[id] = true
			parent, err := object.GetCommit(p.objects, id)
			if err != nil {
				h.AtLeast = true // a shallow clone ends here
				continue
			}
			heap.Push(queue, parent)
		}
	}
	h.Contributors = len(people)
	return nil
}

const maxParents = 64 // of one commit: git's own merges have a handful

// newest is a heap of commits, the newest on top.
type newest []*object.Commit

func (n newest) Len() int           { return len(n) }
func (n newest) Less(i, j int) bool { return n[i].Committer.When.After(n[j].Committer.When) }
func (n newest) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }
func (n *newest) Push(c any)        { *n = append(*n, c.(*object.Commit)) }
func (n *newest) Pop() any {
	old := *n
	c := old[len(old)-1]
	old[len(old)-1] = nil
	*n = old[:len(old)-1]
	return c
}

// Release is a tag whose name is a version.
type Release struct {
	Tag     string // as it is named, without refs/tags/
	Version [3]int // major, minor, patch
	Pre     bool   // a release candidate, a beta and their kin
	When    time.Time
	Commit  string // full object id
}

// Releases lists up to n releases, the highest versions first, and how many tags
// there are of any name. It fails when the project has no readable history.
func (s *Snapshot) Releases(n int) (releases []Release, tags int, err error) {
	err = s.recall(func(p *past) error {
		all, _ := p.refs.tags()
		tags = len(all)
		for name, id := range all {
			if version, pre, ok := asRelease(name); ok {
				releases = append(releases, Release{Tag: name, Version: version, Pre: pre, Commit: id})
			}
		}
		slices.SortFunc(releases, func(a, b Release) int {
			pre := 0
			if a.Pre != b.Pre {
				if pre = 1; b.Pre {
					pre = -1
				}
			}
			return cmp.Or(slices.Compare(b.Version[:], a.Version[:]), pre, cmp.Compare(b.Tag, a.Tag))
		})
		releases = releases[:min(len(releases), n)]
		for i := range releases {
			r := &releases[i]
			c, err := p.objects.commit(plumbing.NewHash(cmp.Or(p.refs.peeled["refs/tags/"+r.Tag], r.Commit)))
			if err != nil {
				continue // not fetched
			}
			r.When, r.Commit = c.Committer.When, c.Hash.String()
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return releases, tags, nil
}

// asRelease reads a version at the end of a tag's name: v1.2.3, release-2.0,
// pkg@1.0.0-rc.1, web/v3.1.
func asRelease(tag string) (version [3]int, pre, ok bool) {
	name := tag[strings.LastIndexAny(tag, "/@")+1:]
	for i := 0; i < len(name) && (name[i] < '0' || name[i] > '9'); i++ {
		if next := name[i+1:]; next == "" || i > 20 {
			return version, false, false
		}
	}
	name = name[strings.IndexAny(name+"0", "0123456789"):]
	name, _, _ = strings.Cut(name, "+")
	number := name
	if end := strings.IndexFunc(name, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); end >= 0 {
		number, pre = name[:end], true
	}
	parts := strings.Split(strings.TrimSuffix(number, "."), ".")
	if len(parts) < 2 || len(parts) > 4 {
		return version, false, false
	}
	for i, p := range parts {
		if p == "" || len(p) > 9 {
			return version, false, false
		}
		if i < 3 {
			for _, digit := range p {
				version[i] = 10*version[i] + int(digit-'0')
			}
		}
	}
	return version, pre, true
}
