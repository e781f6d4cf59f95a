package database

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/model"
)

// ormNames are what people call the libraries.
var ormNames = map[model.ORM]string{
	model.Prisma: "Prisma", model.SQLAlchemy: "SQLAlchemy", model.SQLModel: "SQLModel", model.Django: "Django", model.TypeORM: "TypeORM",
	model.MikroORM: "MikroORM", model.Sequelize: "Sequelize", model.Drizzle: "Drizzle", model.Mongoose: "Mongoose",
}

// tables are the models of production that have a table and count as part of what
// runs, by the directory of their package.
func tables(s *repo.Snapshot) (dirs []string, byDir map[string][]*repo.Model) {
	byDir = map[string][]*repo.Model{}
	for _, m := range s.Models() {
		if m.Role != repo.Production || m.Spec.Abstract || m.Spec.Unmanaged || m.Spec.ORM != model.Prisma && !s.Runs(m.File) {
			continue
		}
		dir := s.UnitDir(m.File)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], m)
	}
	slices.Sort(dirs)
	return dirs, byDir
}

// relational leaves out the collections of document databases.
func relational(s *repo.Snapshot, list []*repo.Model) (out []*repo.Model) {
	documents := map[string]bool{} // directories of Prisma schemas for MongoDB
	for _, f := range s.PrismaSchemas() {
		for _, d := range f.Spec.Datasources {
			documents[f.Dir()] = d.Provider.Value == "mongodb"
		}
	}
	for _, m := range list {
		if m.Spec.ORM != model.Mongoose && !(m.Spec.ORM == model.Prisma && documents[m.Dir()]) {
			out = append(out, m)
		}
	}
	return out
}

// ormOf is the library of a model; SQLModel is SQLAlchemy with another face.
func ormOf(m *repo.Model) model.ORM {
	if m.Spec.ORM == model.SQLModel {
		return model.SQLAlchemy
	}
	return m.Spec.ORM
}

func modelAt(m *repo.Model) finding.Location { return m.At(m.Spec.NameSpan) }

// tableName is what messages call a model.
func tableName(m *repo.Model) string {
	if m.Spec.Table.Name != "" {
		return m.Spec.Table.Name
	}
	return m.Spec.Name
}

// some names the first few of many.
func some(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", len(names)-5)
	}
	return strings.Join(names, ", ")
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// dirName is what messages call a directory.
func dirName(dir string) string {
	if dir == "." {
		return "the project"
	}
	return dir
}

// contains says whether dir is name or lies above it.
func contains(dir, name string) bool {
	return dir == "." || dir == name || strings.HasPrefix(name, dir+"/")
}
