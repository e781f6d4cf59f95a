package observability

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// stack is the language family of an SDK.
type stack string

const (
	python stack = "Python"
	script stack = "JavaScript"
)

// part is the code of one package in one language.
type part struct {
	dir   string
	stack stack
	files []*repo.Source // production
	live  []start        // what starts the SDK and runs
	dead  []start        // what looks like it and does not run
}

// start is a call that starts the SDK.
type start struct {
	at   finding.Location
	file *repo.File
	call string
	why  string // why it does not run
}

// parts are the packages of the project.
type parts struct {
	s    *repo.Snapshot
	list []*part // by directory, then language
}

func findParts(s *repo.Snapshot) *parts {
	ps := &parts{s: s}
	type key struct {
		dir   string
		stack stack
	}
	byKey := map[key]*part{}
	var starts []start
	for _, src := range s.Sources() {
		if src.Role != repo.Production {
			continue
		}
		k := key{s.UnitDir(src.File), script}
		if src.Lang == repo.Python {
			k.stack = python
		}
		u := byKey[k]
		if u == nil {
			u = &part{dir: k.dir, stack: k.stack}
			byKey[k] = u
			ps.list = append(ps.list, u)
		}
		u.files = append(u.files, src)
		if src.Mentions("sentry", "sentry_sdk", "raven", "Sentry") && src.Mentions("init", "dsn", "forRoot", "forRootAsync", "config", "Client", "Sentry", "script", "Script") {
			starts = append(starts, startsIn(s, src)...)
		}
	}
	slices.SortFunc(ps.list, func(a, b *part) int {
		if c := strings.Compare(a.dir, b.dir); c != 0 {
			return c
		}
		return strings.Compare(string(a.stack), string(b.stack))
	})
	if len(starts) > 0 {
		reached := map[*part]map[*repo.File]bool{}
		for _, u := range ps.list {
			reached[u] = ps.reach(u)
			ps.assign(u, starts, reached[u])
		}
		ps.lend(reached)
	}
	return ps
}

// assign gives a part the starts that lie below its directory and those in files
// of other packages that it imports.
func (ps *parts) assign(u *part, starts []start, reached map[*repo.File]bool) {
	for _, st := range starts {
		if (st.file.Lang == repo.Python) != (u.stack == python) {
			continue
		}
		if !below(st.file.Path, u.dir) && !reached[st.file] {
			continue
		}
		if st.why == "" {
			u.live = append(u.live, st)
		} else {
			u.dead = append(u.dead, st)
		}
	}
}

// lend gives a library the starts of the parts that load it: they start the SDK for
// it.
func (ps *parts) lend(reached map[*part]map[*repo.File]bool) {
	lent := map[*part][]start{}
	for _, u := range ps.list {
		if len(u.live) > 0 {
			continue
		}
		for _, user := range ps.list {
			if user.stack != u.stack || len(user.live) == 0 {
				continue
			}
			if slices.ContainsFunc(u.files, func(src *repo.Source) bool { return reached[user][src.File] }) {
				lent[u] = user.live
				break
			}
		}
	}
	for u, live := range lent {
		u.live = live
	}
}

func (ps *parts) reach(u *part) map[*repo.File]bool {
	g := ps.s.Graph()
	reached := map[*repo.File]bool{}
	var todo []*repo.File
	for _, src := range u.files {
		todo = append(todo, src.File)
	}
	for len(todo) > 0 {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[f] {
			continue
		}
		reached[f] = true
		for _, i := range g.Imports(f) {
			todo = append(todo, i.To)
		}
	}
	return reached
}

func below(name, dir string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }

// at is the part of a directory in a language, nil when it has no code in it.
func (ps *parts) at(dir string, st stack) *part {
	for _, u := range ps.list {
		if u.dir == dir && u.stack == st {
			return u
		}
	}
	return nil
}

// built are the parts that an image built from dir may run: those of the
// directory itself, else those below it, else the one around it.
func (ps *parts) built(dir string, public bool) []*part {
	if ps.foreign(dir) {
		return nil
	}
	var own, within []*part
	for _, u := range ps.list {
		switch {
		case public && u.stack == python:
		case u.dir == dir:
			own = append(own, u)
		case below(u.dir, dir) && !ps.foreign(u.dir):
			within = append(within, u)
		}
	}
	if len(own) > 0 {
		return slices.Concat(own, within)
	}
	if len(within) > 0 || dir == "." {
		return within
	}
	return ps.built(path.Dir(dir), public)
}

// foreign says whether what is built in a directory is written in a language
// that is not read here, whatever scripts lie beside it.
func (ps *parts) foreign(dir string) bool {
	for _, name := range []string{"go.mod", "Cargo.toml", "Gemfile", "composer.json", "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs", "Package.swift", "pubspec.yaml"} {
		if ps.s.File(path.Join(dir, name)) != nil {
			return true
		}
	}
	return slices.ContainsFunc(ps.s.Under(dir), func(f *repo.File) bool {
		return strings.HasSuffix(f.Name(), ".csproj") && f.Dir() == dir
	})
}
