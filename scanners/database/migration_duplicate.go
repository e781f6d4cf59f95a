package database

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/alembic"
)

// MigrationDuplicate finds two migrations that are one and the same by number,
// identifier or content.
var MigrationDuplicate = check.PerProject(check.Doc{
	ID:         "database/migration-duplicate",
	Title:      "Two migrations with one number",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Which of the two comes first is left to chance or to the reader, and one of them may be applied twice or never.",
	How:        "Give the later one the next number and identifier, and let its down_revision name the earlier one. Delete it where both do the same.",
	Holds:      "Every migration has a number or identifier of its own",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/branches.html",
		"https://documentation.red-gate.com/flyway/flyway-concepts/migrations/versioned-migrations",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range chains(s) {
		alembicDuplicates(p, s, c)
	}
	for _, set := range slices.Concat(flywayMigrations(s), plainMigrations(s), djangoMigrations(s)) {
		fileDuplicates(p, set)
	}
})

// alembicDuplicates reports at most one reason for a pair, the gravest first.
func alembicDuplicates(p *check.Pass, s *repo.Snapshot, c *repo.MigrationChain) {
	said := map[*alembic.Revision]bool{}
	pair := func(first, second *alembic.Revision, format string, args ...any) {
		if said[second] {
			return
		}
		said[second] = true
		p.Report(s.MigrationAt(second, second.ID.Span), format, args...).With(s.MigrationAt(first, first.ID.Span)).Keyed("%s %s", first.ID.Value, path.Base(second.Path))
	}
	for _, same := range c.Duplicates {
		for _, r := range same[1:] {
			pair(same[0], r, "%s and %s both declare revision %s; Alembic reads one of them", path.Base(same[0].Path), path.Base(r.Path), r.ID.Value)
		}
	}
	for _, dir := range c.Dirs {
		numberDuplicates(c, dir, pair)
	}
	sameContent(s, c, pair)
	if len(said) == 0 && len(c.Revisions) > 1 {
		p.Holds(s.Place(c.Revisions[0].Path, c.Revisions[0].ID.Span), "each of the %d revisions in %s has an identifier and a number of its own", len(c.Revisions), c.Dir())
	}
}

type pairing func(first, second *alembic.Revision, format string, args ...any)

// numberDuplicates finds revisions of one directory with one number in the name
// of their file. Revisions that a merge has joined are history, and labelled
// branches count each for itself.
func numberDuplicates(c *repo.MigrationChain, dir string, pair pairing) {
	var files []string
	for _, r := range c.Revisions {
		if path.Dir(r.Path) == dir {
			files = append(files, r.Path)
		}
		if len(r.BranchLabels) > 0 {
			return
		}
	}
	if !counting(files) {
		return
	}
	first := map[int]*alembic.Revision{}
	for _, r := range c.Revisions {
		n, ok := numberOf(r.Path)
		if !ok || path.Dir(r.Path) != dir {
			continue
		}
		if before := first[n]; before == nil {
			first[n] = r
		} else if !merged(c, before, r) {
			pair(before, r, "%s and %s both have the number %s%s", path.Base(before.Path), path.Base(r.Path), written(r.Path), order(c, before, r))
		}
	}
}

func order(c *repo.MigrationChain, a, b *alembic.Revision) string {
	switch {
	case lineage(c, b)[a]:
		return ", though the second follows the first"
	case lineage(c, a)[b]:
		return ", though the first follows the second"
	}
	return " and neither follows the other"
}

// merged says whether two revisions, neither of which follows the other, lie
// behind one that joins them.
func merged(c *repo.MigrationChain, a, b *alembic.Revision) bool {
	if lineage(c, a)[b] || lineage(c, b)[a] {
		return false
	}
	for _, r := range c.Revisions {
		if len(r.Down) < 2 {
			continue
		}
		if l := lineage(c, r); l[a] && l[b] {
			return true
		}
	}
	return false
}

// sameContent finds revisions that create the very same table, with nothing in
// the history that drops it.
func sameContent(s *repo.Snapshot, c *repo.MigrationChain, pair pairing) {
	first := map[string]*alembic.Revision{}
	dropped := map[string]bool{}
	for _, r := range c.Revisions {
		for _, op := range r.Upgrade {
			if name, ok := firstLiteral(op); ok && (op.Name == "drop_table" || op.Name == "rename_table") {
				dropped[name] = true
			}
		}
	}
	for _, r := range c.Revisions {
		if len(r.Upgrade) == 0 || len(r.Upgrade) > maxOps {
			continue
		}
		table, text := "", strings.Builder{}
		for _, op := range r.Upgrade {
			if name, ok := firstLiteral(op); ok && op.Name == "create_table" && !dropped[name] {
				table = name
			}
			text.WriteString(strings.Join(strings.Fields(s.File(r.Path).Text(op.Span)), ""))
		}
		if table == "" {
			continue
		}
		if before := first[text.String()]; before == nil {
			first[text.String()] = r
		} else {
			pair(before, r, "%s and %s do the same, and both create the table %s", path.Base(before.Path), path.Base(r.Path), table)
		}
	}
}

// maxOps is the number of operations above which two revisions are not compared.
const maxOps = 200

func firstLiteral(op alembic.Op) (string, bool) {
	return op.First.Value, op.First.Value != ""
}

// fileDuplicates reports the files of one set that share a version.
func fileDuplicates(p *check.Pass, set migrationSet) {
	first := map[string]*repo.File{}
	clean := true
	for _, f := range set.files {
		v := set.version(f)
		before := first[v]
		if before == nil {
			first[v] = f
			continue
		}
		if set.apart != nil && !set.apart(before, f) {
			continue
		}
		clean = false
		p.Report(f.Start(), "%s and %s both have the number %s; %s", before.Name(), f.Name(), v, set.harm).With(before.Start()).Keyed("%s %s", before.Name(), f.Name())
	}
	if clean && len(set.files) > 1 {
		p.Holds(set.files[0].Start(), "each of the %d migrations in %s has a number of its own", len(set.files), set.dir)
	}
}
