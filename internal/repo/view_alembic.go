package repo

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/alembic"
	"drydock/internal/repo/ini"
)

// AlembicConfig is one alembic.ini.
type AlembicConfig struct {
	*File
	Spec *alembic.Config
}

// AlembicConfigs lists the alembic.ini files, by path; those of tests and
// examples keep their role.
func (s *Snapshot) AlembicConfigs() []*AlembicConfig {
	return view(s, "alembic configs", func() []*AlembicConfig {
		var out []*AlembicConfig
		for _, f := range s.manifestFiles("alembic*.ini") {
			spec, err := alembic.ParseConfig(f.Bytes())
			if err != nil {
				line := 0
				var e *ini.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Environments) > 0 {
				out = append(out, &AlembicConfig{f, spec})
			}
		}
		return out
	})
}

// MigrationChain is the migrations of one Alembic environment or, where no
// configuration names it, of one directory.
type MigrationChain struct {
	*alembic.Chain
	Dirs        []string // where the revisions are; the first is Dir
	Role        Role     // of its revisions; without any, of its configuration
	Config      *AlembicConfig
	Environment alembic.Environment // the zero one without Config
}

// Dir is the directory that holds the revisions.
func (c *MigrationChain) Dir() string { return c.Dirs[0] }

// Scripts is the directory of env.py.
func (c *MigrationChain) Scripts() string {
	if c.Config != nil {
		if dir := c.Environment.Scripts(c.Config.Dir()); dir != "" {
			return dir
		}
	}
	return path.Dir(c.Dir())
}

// MigrationChains lists the chains of Alembic's migrations, by directory. An
// environment that is configured and has an env.py but no revision is one, too;
// so is a directory of revisions that nothing configures.
func (s *Snapshot) MigrationChains() []*MigrationChain {
	return view(s, "migration chains", func() []*MigrationChain {
		b := chainBuilder{s: s, revisions: map[string][]*alembic.Revision{}, roles: map[string]Role{}}
		b.read()
		for _, c := range s.AlembicConfigs() {
			for _, e := range c.Spec.Environments {
				b.configured(c, e)
			}
		}
		b.rest()
		slices.SortStableFunc(b.out, func(a, b *MigrationChain) int { return strings.Compare(a.Dir(), b.Dir()) })
		return b.out
	})
}

// MigrationAt turns a place in a revision into a location.
func (s *Snapshot) MigrationAt(r *alembic.Revision, span finding.Span) finding.Location {
	return s.Place(r.Path, span)
}

type chainBuilder struct {
	s         *Snapshot
	revisions map[string][]*alembic.Revision // by directory; an environment takes its own
	roles     map[string]Role
	out       []*MigrationChain
}

// read finds the files that are revisions.
func (b *chainBuilder) read() {
	for _, src := range b.s.Sources() {
		if src.Lang != Python || !bytes.Contains(src.Bytes(), []byte("down_revision")) {
			continue
		}
		py := src.Py()
		r, ok := alembic.Read(src.Path, src.Bytes(), py)
		if !ok {
			continue
		}
		if py.Err != nil {
			line, _ := src.Position(py.Err.Offset)
			b.s.parseFailed(src.File, line, errors.New(py.Err.Msg))
		}
		dir := src.Dir()
		b.revisions[dir] = append(b.revisions[dir], r)
		b.roles[dir] = src.Role
	}
}

// configured makes the chain of an environment.
func (b *chainBuilder) configured(c *AlembicConfig, e alembic.Environment) {
	dirs := e.Versions(c.Dir())
	if len(dirs) == 0 {
		return
	}
	chain := &MigrationChain{Config: c, Environment: e}
	var revisions []*alembic.Revision
	for _, dir := range dirs {
		chain.Dirs = append(chain.Dirs, dir)
		for in := range b.revisions {
			if in != dir && (!e.Recursive || !strings.HasPrefix(in, dir+"/")) {
				continue
			}
			revisions = append(revisions, b.revisions[in]...)
			if role := b.roles[in]; chain.Role == "" || role == Production {
				chain.Role = role
			}
			delete(b.revisions, in)
		}
	}
	if len(revisions) == 0 && b.s.File(path.Join(chain.Scripts(), "env.py")) == nil {
		return
	}
	if chain.Role == "" {
		chain.Role = c.Role
	}
	chain.Chain = alembic.Build(revisions)
	b.out = append(b.out, chain)
}

// rest makes a chain of each directory that no environment has taken.
func (b *chainBuilder) rest() {
	for dir, revisions := range b.revisions {
		b.out = append(b.out, &MigrationChain{Chain: alembic.Build(revisions), Dirs: []string{dir}, Role: b.roles[dir]})
	}
}
