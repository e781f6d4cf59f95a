package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/model"
)

// DualORM finds services whose tables two ORMs declare.
var DualORM = check.PerProject(check.Doc{
	ID:         "database/dual-orm",
	Title:      "Two ORMs in one service",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Each has its own idea of the schema and its own migrations. A change made with one is undone, or missed, by the other.",
	How:        "Keep the one that the running code imports, and delete the other one's schema, migrations and dependency.",
	References: []string{"https://www.prisma.io/docs/orm/overview/introduction/should-you-use-prisma"},
}, func(p *check.Pass, s *repo.Snapshot) {
	byDir := map[string]map[model.ORM][]*repo.Model{}
	var dirs []string
	for _, m := range s.Models() {
		if m.Role != repo.Production || m.Spec.Abstract || m.Spec.ORM == model.Mongoose {
			continue
		}
		dir := s.UnitDir(m.File)
		if byDir[dir] == nil {
			byDir[dir] = map[model.ORM][]*repo.Model{}
			dirs = append(dirs, dir)
		}
		byDir[dir][ormOf(m)] = append(byDir[dir][ormOf(m)], m)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		var orms []model.ORM
		for orm := range byDir[dir] {
			orms = append(orms, orm)
		}
		if len(orms) < 2 || sameData(byDir[dir]) {
			continue
		}
		slices.Sort(orms)
		var used, unused []string
		var live, dead *repo.Model
		for _, orm := range orms {
			first := byDir[dir][orm][0]
			if usesORM(s, dir, orm) {
				used = append(used, ormNames[orm])
				live = cmpFirst(live, first)
			} else {
				unused = append(unused, ormNames[orm])
				dead = cmpFirst(dead, first)
			}
		}
		switch {
		case len(used) == 0:
			first, second := byDir[dir][orms[0]][0], byDir[dir][orms[1]][0]
			p.Report(modelAt(first), "%s declares tables with %s", dirName(dir), strings.Join(unused, " and ")).With(modelAt(second)).Keyed("%s", dir)
		case len(unused) == 0:
			first, second := byDir[dir][orms[0]][0], byDir[dir][orms[1]][0]
			p.Report(modelAt(first), "%s declares tables with %s, and running code uses both", dirName(dir), strings.Join(used, " and ")).With(modelAt(second)).Keyed("%s", dir)
		default:
			p.Report(modelAt(dead), "%s declares tables with %s, which no running code uses, beside %s, which it does", dirName(dir), strings.Join(unused, " and "), strings.Join(used, " and ")).
				With(modelAt(live)).Keyed("%s", dir)
		}
	}
})

func cmpFirst(a, b *repo.Model) *repo.Model {
	if a != nil {
		return a
	}
	return b
}

// sameData says whether a declaration is generated from the other, as Drizzle's
// and Kysely's may be from Prisma: the file says so.
func sameData(byORM map[model.ORM][]*repo.Model) bool {
	for _, list := range byORM {
		if slices.ContainsFunc(list, func(m *repo.Model) bool { return strings.Contains(m.Path, "generated") }) {
			return true
		}
	}
	return false
}

// ormPackages are what code imports to use a library.
var ormPackages = map[model.ORM][]string{
	model.Prisma: {"@prisma/client", "prisma", "@prisma/extension-accelerate"}, model.SQLAlchemy: {"sqlalchemy", "sqlmodel", "flask_sqlalchemy"}, model.Django: {"django"},
	model.TypeORM: {"typeorm", "@nestjs/typeorm"}, model.MikroORM: {"@mikro-orm/core", "@mikro-orm/nestjs"}, model.Sequelize: {"sequelize", "sequelize-typescript"}, model.Drizzle: {"drizzle-orm"},
}

// usesORM says whether code of the package that is started imports the library:
// what the image or process file leads to, not what merely could be started.
func usesORM(s *repo.Snapshot, dir string, orm model.ORM) bool {
	words := ormPackages[orm]
	for _, src := range s.RunningSources(words...) {
		if !contains(dir, src.Path) || s.UnitDir(src.File) != dir || isOtherStack(s, dir, src) {
			continue
		}
		if slices.ContainsFunc(s.Graph().External(src.File), func(e repo.External) bool { return slices.Contains(words, e.Package) }) {
			return true
		}
	}
	return false
}

// isOtherStack says whether the deployment of the package starts another language
// than the source is written in.
func isOtherStack(s *repo.Snapshot, dir string, src *repo.Source) bool {
	python, node := false, false
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		if (c.Source == repo.FromDockerfile || c.Source == repo.FromCompose || c.Source == repo.FromProcfile) && (c.Dir == dir || c.File.Dir() == dir) && len(c.Words) > 0 {
			switch line := strings.Join(c.Words, " "); {
			case strings.Contains(line, "python"), strings.Contains(line, "uvicorn"), strings.Contains(line, "gunicorn"), strings.Contains(line, "celery"), strings.Contains(line, "flask"):
				python = true
			case strings.Contains(line, "node"), strings.Contains(line, "npm"), strings.Contains(line, "pnpm"), strings.Contains(line, "yarn"), strings.Contains(line, "bun"):
				node = true
			}
		}
	}
	return python && !node && src.Lang != repo.Python || node && !python && src.Lang == repo.Python
}
