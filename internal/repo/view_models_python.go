package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/model"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

// pythonModels reads the models of SQLAlchemy, SQLModel and Django and joins them
// with their bases and mixins.
func (s *Snapshot) pythonModels() (out []*Model) {
	p := &pyModels{s: s, files: map[string]*pyClasses{}, known: map[classAt]*pyModel{}}
	labels := djangoLabels{s: s, labels: map[string]string{}}
	for _, src := range s.SourcesMentioning(model.PythonWords()...) {
		if src.Lang != Python || path.Base(src.Dir()) == "migrations" || path.Base(src.Dir()) == "versions" {
			continue
		}
		file := p.file(src.File)
		if file == nil {
			continue
		}
		for _, t := range file.tables {
			out = append(out, &Model{File: src.File, Spec: t})
		}
		for _, c := range file.order {
			m := p.resolve(classAt{src.Path, c.Name}, 0)
			if m == nil || m.orm == "" || m.spec == nil {
				continue
			}
			v := &Model{File: src.File, Spec: m.spec}
			m.spec.ORM = m.orm
			if m.orm == model.Django {
				v.App = labels.of(src.File)
				djangoTable(m.spec, v.App)
			}
			if m.spec.Abstract && len(m.spec.Table.Columns) == 0 && len(m.spec.Relations) == 0 {
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

// classAt is a class by its file and name.
type classAt struct{ path, name string }

// pyClasses is what a file declares.
type pyClasses struct {
	classes map[string]*model.Class
	order   []*model.Class
	tables  []*model.Model
	bases   map[string]bool // variables that hold what declarative_base() gives
}

// pyModel is a class with what it inherits.
type pyModel struct {
	orm  model.ORM // "" for a mixin
	spec *model.Model
}

type pyModels struct {
	s     *Snapshot
	files map[string]*pyClasses
	known map[classAt]*pyModel
}

func (p *pyModels) file(f *File) *pyClasses {
	if c, ok := p.files[f.Path]; ok {
		return c
	}
	p.files[f.Path] = nil
	src := p.s.Source(f.Path)
	if src == nil {
		return nil
	}
	py := src.Py()
	if py == nil {
		return nil
	}
	c := &pyClasses{classes: map[string]*model.Class{}, bases: map[string]bool{}}
	c.order, c.tables = model.Classes(py)
	for _, class := range c.order {
		c.classes[class.Name] = class
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func < 0 && a.Value.Kind == pylex.ValueCall {
			switch path.Ext("." + a.Value.Callee) {
			case ".declarative_base", ".automap_base", ".generate_base":
				c.bases[strings.Clone(a.Target)] = true
			}
		}
	}
	p.files[f.Path] = c
	return c
}

// rootOf is the library whose root class the name stands for, with all that the
// imports say; open says that the class has columns of its own.
func rootOf(full string) (orm model.ORM, open bool) {
	if strings.HasSuffix(full, "Manager") {
		return "", false
	}
	switch full {
	case "sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "advanced_alchemy.base.DeclarativeBase":
		return model.SQLAlchemy, false
	case "sqlmodel.SQLModel", "sqlmodel.main.SQLModel":
		return model.SQLModel, false
	case "django.db.models.Model", "django.contrib.gis.db.models.Model", "django.db.models.base.Model":
		return model.Django, false
	}
	if strings.HasPrefix(full, "django.contrib.") && strings.Contains(full, ".models.") || strings.HasPrefix(full, "django.contrib.auth.base_user.") || full == "mptt.models.MPTTModel" || strings.HasPrefix(full, "polymorphic.models.") ||
		strings.HasPrefix(full, "wagtail.") || strings.HasPrefix(full, "django_extensions.db.models.") || strings.HasPrefix(full, "model_utils.models.") || strings.HasPrefix(full, "treebeard.") {
		return model.Django, true
	}
	return "", false
}

// resolve joins a class with its bases; nil when there is no such class.
func (p *pyModels) resolve(at classAt, depth int) *pyModel {
	if m, ok := p.known[at]; ok {
		return m
	}
	p.known[at] = nil // a class that leads back to itself has no more to tell
	f := p.s.File(at.path)
	if f == nil || depth > maxHops {
		return nil
	}
	file := p.file(f)
	if file == nil || file.classes[at.name] == nil {
		return nil
	}
	c := file.classes[at.name]
	m := &pyModel{}
	var parents []*pyModel
	var where []string
	open := false
	for _, b := range c.Bases {
		orm, unknown := rootOf(b.Full)
		switch {
		case orm != "":
			open = open || unknown
		case file.bases[b.Name]:
			orm = model.SQLAlchemy
		default:
			var parent *pyModel
			var from string
			orm, parent, from = p.base(f, b, depth)
			if parent != nil {
				parents, where = append(parents, parent), append(where, from)
			} else if orm == "" && strings.HasSuffix(b.Name, ".Model") && c.Alchemy != nil && len(c.Alchemy.Table.Columns) > 0 {
				orm = model.SQLAlchemy // db.Model of Flask-SQLAlchemy
			} else if orm == "" && b.Name != "object" && b.Name != "Generic" && b.Name != "Protocol" && b.Name != "ABC" {
				open = open || !strings.HasPrefix(b.Full, "sqlalchemy.orm.") && !strings.HasPrefix(b.Full, "sqlalchemy.ext.")
			}
		}
		if m.orm == "" || m.orm == model.SQLAlchemy && orm == model.SQLModel {
			m.orm = orm
		}
	}
	m.spec = p.own(c, m.orm)
	m.spec.Open = m.spec.Open || open
	for i, parent := range parents {
		if m.orm == model.SQLAlchemy && parent.orm == model.SQLAlchemy && parent.spec.Table.Name != "" && !parent.spec.Abstract && m.spec.Table.Name == "" && !m.spec.Abstract {
			p.share(parent, m, where[i], at.path)
		}
		p.inherit(m, parent, where[i])
	}
	if m.orm == model.SQLAlchemy && !m.spec.Abstract && m.spec.Table.Name == "" && !m.spec.Computed {
		m.spec.Abstract = true // a base class, or one that lives in the table of its parent
	}
	p.known[at] = m
	return m
}

// base finds the class that a base names, in the file or where it is from.
func (p *pyModels) base(f *File, b model.Base, depth int) (model.ORM, *pyModel, string) {
	if m := p.resolve(classAt{f.Path, b.Name}, depth+1); m != nil {
		return m.orm, m, ""
	}
	src := p.s.Source(f.Path)
	if src == nil {
		return "", nil, ""
	}
	at, ok := p.s.Origin(src, b.Name)
	if !ok || at.File == f {
		return "", nil, ""
	}
	if file := p.file(at.File); file != nil && file.bases[at.Name] {
		return model.SQLAlchemy, nil, ""
	}
	if m := p.resolve(classAt{at.File.Path, at.Name}, depth+1); m != nil {
		return m.orm, m, at.File.Path
	}
	return "", nil, ""
}

// own is what the class says itself, as its library reads it.
func (p *pyModels) own(c *model.Class, orm model.ORM) *model.Model {
	blank := &model.Model{Name: c.Name, Span: c.Span, NameSpan: c.NameSpan}
	for _, b := range c.Bases {
		blank.Bases = append(blank.Bases, b.Name)
	}
	switch {
	case orm == model.Django && c.Django != nil:
		return c.Django
	case orm == model.SQLModel:
		m := blank
		if c.Alchemy != nil {
			m = c.Alchemy
		}
		m.Table.Columns = append(append([]*schema.Column(nil), c.Fields...), m.Table.Columns...)
		m.Abstract = !c.SQLModel
		if c.SQLModel && m.Table.Name == "" && !m.Computed {
			m.Table.Name = strings.ToLower(c.Name)
		}
		return m
	case orm == "" && c.Django != nil && (c.Alchemy == nil || len(c.Alchemy.Table.Columns) == 0):
		c.Django.Abstract = true
		return c.Django
	case orm != model.Django && c.Alchemy != nil:
		return c.Alchemy
	}
	return blank
}

// inherit takes over what a parent declares. A Django model that has a table of
// its own keeps its columns there.
func (p *pyModels) inherit(m, parent *pyModel, from string) {
	if parent.spec == nil {
		return
	}
	if m.orm == model.Django && parent.orm == model.Django && !parent.spec.Abstract {
		if m.spec.Unmanaged && m.spec.Table.Name == "" { // a proxy
			m.spec.Table.Name = parent.spec.Table.Name
		}
		return
	}
	m.spec.Inherit(parent.spec, from)
	m.spec.Computed = m.spec.Computed || parent.spec.Computed && m.spec.Table.Name == ""
}

// share puts the columns of a class that lives in the table of its parent there.
func (p *pyModels) share(parent, m *pyModel, parentPath, path string) {
	if parentPath == "" {
		path = ""
	}
	for _, c := range m.spec.Table.Columns {
		if !c.Primary {
			c.Null = schema.Nullable // rows of the others have none
		}
	}
	parent.spec.Inherit(&model.Model{Table: schema.Table{Columns: m.spec.Table.Columns}}, path)
}

// djangoTable fills in what Django decides itself: the name of the table, the
// primary key.
func djangoTable(m *model.Model, app string) {
	if m.Abstract {
		return
	}
	if m.Table.Name == "" && app != "" && !m.Unmanaged {
		m.Table.Name = strings.ToLower(app + "_" + m.Name)
	}
	for _, c := range m.Table.Columns {
		if c.Primary {
			return
		}
	}
	if m.Open || m.Unmanaged {
		return
	}
	id := &schema.Column{Name: "id", Type: "AutoField", Null: schema.NotNull, Primary: true, Generated: schema.Serial, Implied: true, Span: m.NameSpan, NameSpan: m.NameSpan}
	m.Table.Columns = append([]*schema.Column{id}, m.Table.Columns...)
}

// djangoLabels are the labels of Django's apps by directory.
type djangoLabels struct {
	s      *Snapshot
	labels map[string]string
}

// of is the label of the app that a file belongs to: the directory above
// models.py, models/ and migrations/, unless apps.py there says another.
func (l *djangoLabels) of(f *File) string {
	dir := f.Dir()
	for at := dir; at != "." && at != "/"; at = path.Dir(at) {
		if base := path.Base(at); base == "models" || base == "migrations" {
			dir = path.Dir(at)
			break
		}
	}
	if label, ok := l.labels[dir]; ok {
		return label
	}
	label := path.Base(dir)
	if src := l.s.Source(path.Join(dir, "apps.py")); src != nil {
		if py := src.Py(); py != nil {
			for i := range py.Assigns {
				if a := &py.Assigns[i]; a.Target == "label" && a.Func >= 0 && a.Value.IsLiteral {
					label = strings.Clone(a.Value.Literal)
				}
			}
		}
	}
	if label == "." {
		label = ""
	}
	l.labels[dir] = label
	return label
}
