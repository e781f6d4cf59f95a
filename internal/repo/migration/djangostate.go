package migration

import "strings"

// DjangoState knows what Django's models and fields are called in the database,
// while migrations are applied in their order.
type DjangoState struct {
	tables map[string]string            // "app.model" → table
	fields map[string]map[string]string // table → field → column
}

// NewDjangoState makes the state of an empty database.
func NewDjangoState() *DjangoState {
	return &DjangoState{tables: map[string]string{}, fields: map[string]map[string]string{}}
}

// table is the table of an app's model; what is not known has the usual name.
func (s *DjangoState) table(app, name string) string {
	name = strings.ToLower(name)
	if other, rest, ok := strings.Cut(name, "."); ok {
		app, name = other, rest
	}
	if t, ok := s.tables[app+"."+name]; ok {
		return t
	}
	if name == "" || app == "" {
		return ""
	}
	return strings.ToLower(app) + "_" + name
}

func (s *DjangoState) column(table, field string) string {
	if c, ok := s.fields[table][field]; ok {
		return c
	}
	return field
}

func (s *DjangoState) know(table, field, column string) {
	if s.fields[table] == nil {
		s.fields[table] = map[string]string{}
	}
	s.fields[table][field] = column
}

// Apply fills in the tables and columns that the operations of one migration name
// as models and fields, and takes the migration into the state.
func (s *DjangoState) Apply(app string, ops []Op) {
	for i := range ops {
		o := &ops[i]
		if o.Model == "" {
			continue
		}
		o.Table = s.table(app, o.Model)
		switch {
		case o.Kind == CreateTable && o.Define != nil:
			s.create(app, o)
		case o.Kind == CreateTable: // the table of a many-to-many field
			o.Table += "_" + o.Name
		case o.Kind == RenameTable && o.Call == "RenameModel":
			to := strings.ToLower(app) + "_" + o.To
			if o.Table != strings.ToLower(app)+"_"+o.Model { // a table with a name of its own keeps it
				to, o.StateOnly = o.Table, true
			}
			s.rename(o.Table, to)
			s.tables[app+"."+o.To] = to
			delete(s.tables, app+"."+o.Model)
			o.To = to
		case o.Kind == RenameTable:
			if o.To == "" {
				o.To = strings.ToLower(app) + "_" + o.Model
			}
			s.rename(o.Table, o.To)
			s.tables[app+"."+o.Model] = o.To
		case o.Column != nil:
			field := o.Column.Field
			if field == "" {
				field = o.Column.Name
			}
			if before := s.column(o.Table, field); o.Kind == AlterColumn && before != o.Column.Name && s.fields[o.Table][field] != "" {
				o.Name, o.To = before, o.Column.Name // a field that becomes a key takes another column
			}
			s.know(o.Table, field, o.Column.Name)
			s.reference(app, o)
		case o.Kind == RenameColumn:
			column := s.column(o.Table, o.Name)
			to := o.To + strings.TrimPrefix(column, o.Name) // user_id keeps its ending
			if !strings.HasPrefix(column, o.Name) {
				to, o.StateOnly = column, true // db_column stays
			}
			delete(s.fields[o.Table], o.Name)
			s.know(o.Table, o.To, to)
			o.Name, o.To = column, to
		case o.Kind == DropColumn:
			o.Name = s.column(o.Table, o.Name)
		case o.Index != nil:
			o.Index.Columns = s.columns(o.Table, o.Index.Columns)
		case o.Constraint != nil:
			o.Constraint.Columns = s.columns(o.Table, o.Constraint.Columns)
		}
	}
}

func (s *DjangoState) create(app string, o *Op) {
	if o.Define.Name == "" {
		o.Define.Name = strings.ToLower(app) + "_" + o.Model
	}
	o.Table = o.Define.Name
	s.tables[app+"."+o.Model] = o.Table
	for _, c := range o.Define.Columns {
		field := c.Field
		if field == "" {
			field = c.Name
		}
		s.know(o.Table, field, c.Name)
		if r := c.References; r != nil && r.Table == "" && r.Model != "" && !strings.Contains(r.Model, "settings.") {
			r.Table = s.table(app, r.Model)
			if r.Model == "self" {
				r.Table = o.Table
			}
		}
	}
	for _, k := range o.Define.Constraints {
		k.Columns = s.columns(o.Table, k.Columns)
	}
	for _, x := range o.Define.Indexes {
		x.Columns = s.columns(o.Table, x.Columns)
	}
}

func (s *DjangoState) reference(app string, o *Op) {
	if r := o.Column.References; r != nil && r.Table == "" && r.Model != "" && !strings.Contains(r.Model, "settings.") {
		r.Table = s.table(app, r.Model)
		if r.Model == "self" {
			r.Table = o.Table
		}
	}
}

func (s *DjangoState) rename(from, to string) {
	if from != to {
		s.fields[to] = s.fields[from]
		delete(s.fields, from)
	}
}

func (s *DjangoState) columns(table string, fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = s.column(table, f)
	}
	return out
}
