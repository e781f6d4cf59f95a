package repo

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// gitRefs are the names that .git gives to commits, read from its files. It is one
// goroutine's.
type gitRefs struct {
	tree   Tree
	packed map[string]string // name → object id; nil before load
	peeled map[string]string // name of an annotated tag → the commit it names
}

// Limits of what is read of names.
const (
	maxRefs     = 20_000 // names of one kind
	maxRefDepth = 8      // directories below refs/tags
	maxSymbolic = 5      // names that stand for names
)

func readRefs(tree Tree) *gitRefs { return &gitRefs{tree: tree} }

// load reads the names that have no file of their own.
func (r *gitRefs) load() {
	if r.packed != nil {
		return
	}
	r.packed, r.peeled = map[string]string{}, map[string]string{}
	data, err := r.tree.ReadFile(".git/packed-refs")
	if err != nil {
		return
	}
	last := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if id, ok := strings.CutPrefix(line, "^"); ok {
			r.peeled[last] = objectID(id)
			continue
		}
		if id, name, ok := strings.Cut(line, " "); ok && objectID(id) != "" {
			last = name
			r.packed[name] = id
		}
	}
}

// lookup is the object that a full name stands for, such as HEAD or
// refs/tags/v1; "" when there is none.
func (r *gitRefs) lookup(name string) string {
	for range maxSymbolic {
		if !fs.ValidPath(name) || name != "HEAD" && !strings.HasPrefix(name, "refs/") {
			return ""
		}
		data, err := r.tree.ReadFile(path.Join(".git", name))
		if err != nil {
			r.load()
			return r.packed[name]
		}
		text := strings.TrimSpace(string(data))
		next, symbolic := strings.CutPrefix(text, "ref: ")
		if !symbolic {
			return objectID(text)
		}
		name = next
	}
	return ""
}

// find is the object that a name as people write it stands for, in git's order.
func (r *gitRefs) find(name string) string {
	if name == "@" {
		name = "HEAD"
	}
	for _, form := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		if id := r.lookup(fmt.Sprintf(form, name)); id != "" {
			return id
		}
	}
	return ""
}

// tags are the names of tags, without refs/tags/, each with the object it names;
// more is true when there are too many to list.
func (r *gitRefs) tags() (tags map[string]string, more bool) {
	r.load()
	tags = map[string]string{}
	add := func(name, id string) {
		if len(tags) >= maxRefs {
			more = true
		} else if id != "" {
			tags[name] = id
		}
	}
	for name, id := range r.packed {
		if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			add(tag, id)
		}
	}
	var list func(dir string, depth int)
	list = func(dir string, depth int) {
		entries, err := r.tree.ReadDir(path.Join(".git/refs/tags", dir))
		if err != nil || depth > maxRefDepth {
			return
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case more:
				return
			case e.IsDir():
				list(name, depth+1)
			case e.Type().IsRegular():
				id := r.lookup("refs/tags/" + name)
				if id != r.packed["refs/tags/"+name] {
					delete(r.peeled, "refs/tags/"+name)
				}
				add(name, id)
			}
		}
	}
	list("", 0)
	return tags, more
}
