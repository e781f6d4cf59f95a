package repo

import (
	"cmp"
	"slices"
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/model"
	"drydock/internal/repo/sqlfile"
)

// Model is one table or collection as the code declares it.
type Model struct {
	*File
	Spec    *model.Model
	App     string          // Django's label of the app, "" for other libraries
	Dialect sqlfile.Dialect // the database it is declared for, "" when nothing tells
}

// Models lists what ORMs declare, by path and place: Prisma, SQLAlchemy,
// SQLModel, Django, TypeORM, MikroORM, Sequelize, Drizzle and Mongoose. Columns
// of base classes and mixins are in their models; bases themselves are Abstract.
// A key that names a model has its table filled in where there is only one of
// that name. Those of tests and examples keep their role.
func (s *Snapshot) Models() []*Model {
	return view(s, "models", func() []*Model {
		out := slices.Concat(s.prismaModels(), s.pythonModels(), s.scriptModels())
		for _, m := range out {
			m.Spec.Settle()
		}
		s.resolveReferences(out)
		slices.SortStableFunc(out, func(a, b *Model) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Spec.Span.Start, b.Spec.Span.Start))
		})
		return out
	})
}

// prismaModels takes the models out of the schemas of Prisma. The provider of a
// schema that is spread over a directory stands in one of its files.
func (s *Snapshot) prismaModels() (out []*Model) {
	names := map[string]bool{}
	providers := map[string]sqlfile.Dialect{}
	for _, f := range s.PrismaSchemas() {
		for _, m := range f.Spec.Models {
			names[m.Name] = true
		}
		for _, d := range f.Spec.Datasources {
			providers[f.Dir()] = sqlfile.DialectOf(d.Provider.Value)
		}
	}
	for _, f := range s.PrismaSchemas() {
		dialect, _ := nearest(f.Dir(), func(dir string) (sqlfile.Dialect, bool) {
			d, ok := providers[dir]
			return d, ok
		})
		for _, m := range model.FromPrisma(f.Spec, func(n string) bool { return names[n] }) {
			out = append(out, &Model{File: f.File, Spec: m, Dialect: dialect})
		}
	}
	return out
}

// scriptModels reads the models of TypeScript and JavaScript and joins them with
// the classes that they extend.
func (s *Snapshot) scriptModels() (out []*Model) {
	type place struct{ path, name string }
	byPlace := map[place]*Model{}
	for _, src := range s.SourcesMentioning(model.ScriptWords()...) {
		if src.Lang == Python || src.Size > maxSource {
			continue
		}
		js := src.JS()
		if js == nil {
			continue
		}
		for _, m := range model.Scripts(src.Bytes(), js, s.objectLookup(src)) {
			v := &Model{File: src.File, Spec: m, Dialect: m.Dialect}
			out = append(out, v)
			byPlace[place{src.Path, m.Name}] = v
		}
	}
	joined := map[*Model]bool{}
	var join func(m *Model, depth int)
	join = func(m *Model, depth int) {
		if joined[m] || depth > maxHops {
			return
		}
		joined[m] = true
		for _, base := range m.Spec.Bases {
			from := s.Source(m.Path)
			b := byPlace[place{m.Path, base}]
			here := false // the base is the project's, so without a column it has none
			if b == nil && from != nil {
				var at Symbol
				if at, here = s.Origin(from, base); here {
					b = byPlace[place{at.File.Path, at.Name}]
				}
			}
			if b == nil || b == m {
				m.Spec.Open = m.Spec.Open || !here && base != "Model" && base != "BaseEntity" && base != "Document"
				continue
			}
			join(b, depth+1)
			where := ""
			if b.Path != m.Path {
				where = b.Path
			}
			m.Spec.Inherit(b.Spec, where)
		}
	}
	for _, m := range out {
		join(m, 0)
	}
	return out
}

// objectLookup finds the object literal that a name of the file stands for, also
// in the file that it is imported from.
func (s *Snapshot) objectLookup(src *Source) model.Lookup {
	return func(name string) (jslex.Arg, bool) {
		at, ok := s.Origin(src, name)
		if !ok || at.File == src.File {
			return jslex.Arg{}, false
		}
		from := s.Source(at.File.Path)
		if from == nil {
			return jslex.Arg{}, false
		}
		js := from.JS()
		if js == nil {
			return jslex.Arg{}, false
		}
		v, ok := js.Variable(at.Name)
		return v, ok && v.Kind == jslex.ValueObject
	}
}

// resolveReferences fills in the tables of keys that name a model.
func (s *Snapshot) resolveReferences(all []*Model) {
	type key struct {
		orm  model.ORM
		name string
	}
	byName := map[key][]*Model{}
	for _, m := range all {
		if m.Spec.Abstract {
			continue
		}
		orm := m.Spec.ORM
		if orm == model.SQLModel {
			orm = model.SQLAlchemy
		}
		byName[key{orm, m.Spec.Name}] = append(byName[key{orm, m.Spec.Name}], m)
		if m.App != "" {
			qualified := key{orm, m.App + "." + m.Spec.Name}
			byName[qualified] = append(byName[qualified], m)
		}
	}
	user := s.djangoUser
	for _, m := range all {
		orm := m.Spec.ORM
		if orm == model.SQLModel {
			orm = model.SQLAlchemy
		}
		find := func(name string) string {
			if name == "self" {
				return m.Spec.Table.Name
			}
			if strings.HasSuffix(name, "AUTH_USER_MODEL") {
				name = user()
			}
			found := byName[key{orm, name}]
			if len(found) == 0 {
				if i := strings.LastIndexByte(name, '.'); i >= 0 {
					found = byName[key{orm, name[i+1:]}]
				}
			}
			if len(found) > 1 && m.App != "" { // Django looks in the app itself first
				for _, f := range found {
					if f.App == m.App {
						return f.Spec.Table.Name
					}
				}
			}
			if len(found) != 1 {
				return ""
			}
			return found[0].Spec.Table.Name
		}
		for _, c := range m.Spec.Table.Columns {
			if r := c.References; r != nil && r.Table == "" && r.Model != "" {
				own := *r // a base's column is shared
				own.Table = find(r.Model)
				c.References = &own
			}
		}
		for _, k := range m.Spec.Table.Constraints {
			if r := k.References; r != nil && r.Table == "" && r.Model != "" {
				r.Table = find(r.Model)
			}
		}
	}
}

// djangoUser is the model that the settings of Django name for users.
func (s *Snapshot) djangoUser() string {
	return view(s, "django user", func() string {
		for _, src := range s.SourcesMentioning("AUTH_USER_MODEL") {
			if src.Lang != Python || src.Role != Production {
				continue
			}
			if py := src.Py(); py != nil {
				for i := range py.Assigns {
					if a := &py.Assigns[i]; a.Target == "AUTH_USER_MODEL" && a.Value.IsLiteral {
						return strings.Clone(a.Value.Literal)
					}
				}
			}
		}
		return "auth.User"
	})
}
