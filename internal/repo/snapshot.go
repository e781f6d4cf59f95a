package repo

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"drydock/internal/repo/secret"
)

// Snapshot is the project, read once: its files, classified, and typed views of
// what they say, each built on first use and shared. It is safe for concurrent
// use and does not change; after an edit, open a new one.
type Snapshot struct {
	tree    Tree
	home    *home
	files   []*File // sorted by path
	byPath  map[string]*File
	dirs    map[string]bool
	ignore  *ignoreFiles
	vcs     *VCS
	skipped []Skip
	opened  time.Time
	probed  sync.Map                   // name → bool: see Probed
	past    atomic.Pointer[PastTokens] // see PastTokens

	views views
	memo  sync.Map // view name → *lazy; see view
}

// Skip is something the audit did not look at, and why.
type Skip struct {
	Path       string `json:"path"`
	Reason     string `json:"reason"`
	Incomplete bool   `json:"-"` // true when a sound audit would have needed it
}

// Progress is told how far the walk has come. The zero value is ready.
type Progress struct{ Files atomic.Int64 }

// Open walks tree and classifies its files; contents are read later, when a
// view or a check asks. It returns ctx's error when it is cancelled and fails
// when the root cannot be listed; anything less is listed in Skipped. Files that
// match exclude, patterns as in .gitignore, are left out whether tracked or not,
// and each pattern that left something out is listed.
func Open(ctx context.Context, tree Tree, progress *Progress, exclude ...string) (*Snapshot, error) {
	if progress == nil {
		progress = &Progress{}
	}
	s := &Snapshot{tree: tree, byPath: map[string]*File{}, dirs: map[string]bool{".": true}}
	s.opened = time.Now()
	s.home = &home{tree: tree, keep: keeper{budget: keptBytes}}
	s.vcs = readVCS(tree, s.skip)
	s.ignore = newIgnoreFiles(tree)
	w := walker{s: s, ctx: ctx, progress: progress, trackedDirs: s.vcs.trackedDirs(), exclude: exclusions(exclude)}
	if err := w.walk(); err != nil {
		return nil, err
	}
	for _, f := range s.files {
		s.byPath[f.Path] = f
	}
	return s, nil
}

func (s *Snapshot) skip(path, reason string, incomplete bool) {
	s.skipped = append(s.skipped, Skip{path, reason, incomplete})
}

// Tree is what the snapshot was read from.
func (s *Snapshot) Tree() Tree { return s.tree }

// Files lists the project's files by path: tracked ones and those git would
// offer to add. Ignored files are not the project's.
func (s *Snapshot) Files() []*File { return s.files }

// File is the project's file at path, or nil.
func (s *Snapshot) File(path string) *File { return s.byPath[path] }

// VCS is what git says about the project, nil when there is no git or when it
// could not be read (Skipped then says so).
func (s *Snapshot) VCS() *VCS { return s.vcs }

// Skipped lists what the walk left out, by path.
func (s *Snapshot) Skipped() []Skip {
	out := slices.Clone(s.skipped)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// Exists says whether the tree holds a file or directory at path, ignored ones
// included. A path that leaves the project does not exist.
func (s *Snapshot) Exists(name string) bool {
	name = path.Clean(name)
	if name == ".." || strings.HasPrefix(name, "../") || path.IsAbs(name) {
		return false
	}
	if s.byPath[name] != nil || s.dirs[name] {
		return true
	}
	return s.probe(name)
}

// Ignored says whether the project's ignore rules keep name, a file, out of git.
// It says nothing about whether the file is tracked all the same.
func (s *Snapshot) Ignored(name string) bool { return s.ignore.match(name, false) }

// Under lists the project's files below dir, by path.
func (s *Snapshot) Under(dir string) []*File {
	if dir == "." || dir == "" {
		return s.files
	}
	prefix := dir + "/"
	i := sort.Search(len(s.files), func(i int) bool { return s.files[i].Path >= prefix })
	j := i
	for j < len(s.files) && strings.HasPrefix(s.files[j].Path, prefix) {
		j++
	}
	return s.files[i:j]
}

// Production lists the files whose role is Production, by path.
func (s *Snapshot) Production() []*File {
	return view(s, "production", func() []*File {
		var out []*File
		for _, f := range s.files {
			if f.Role == Production {
				out = append(out, f)
			}
		}
		return out
	})
}

// views holds nothing yet that is not in memo; it keeps the parse reports.
type views struct {
	mu     sync.Mutex
	broken map[string]ParseError
}

// ParseError says that a file does not parse as what its name says it is.
type ParseError struct {
	Path    string
	Line    int // 1-based; 0 when unknown
	Message string
}

// ParseErrors lists the files that did not parse, of the views built so far.
func (s *Snapshot) ParseErrors() []ParseError {
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	out := make([]ParseError, 0, len(s.views.broken))
	for _, e := range s.views.broken {
		out = append(out, e)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

func (s *Snapshot) parseFailed(f *File, line int, err error) {
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	if s.views.broken == nil {
		s.views.broken = map[string]ParseError{}
	}
	message := err.Error()
	if line > 0 { // the parsers' errors name the line for those who print nothing else
		message = strings.TrimPrefix(message, fmt.Sprintf("line %d", line))
		if at := strings.Index(message, ": "); strings.HasPrefix(message, ", column ") || strings.HasPrefix(message, ": ") {
			message = message[at+2:]
		}
	}
	s.views.broken[f.Path] = ParseError{f.Path, line, secret.Hide(f.Path, f.Hide(message))}
}

// written says whether f is a file that people wrote here and that can be read.
func (f *File) written() bool {
	return !f.Role.Foreign() && f.Err() == nil
}

type lazy[T any] struct {
	once  sync.Once
	value T
	fault any
}

// view builds a named view on first use. Two views may not share a name, and a
// view that panics panics for every caller: each check that asks then errors.
func view[T any](s *Snapshot, name string, build func() T) T {
	v, ok := s.memo.Load(name)
	if !ok {
		v, _ = s.memo.LoadOrStore(name, &lazy[T]{})
	}
	l := v.(*lazy[T])
	l.once.Do(func() {
		defer func() { l.fault = recover() }()
		l.value = build()
	})
	if l.fault != nil {
		panic(fmt.Sprintf("view %s: %v", name, l.fault))
	}
	return l.value
}
