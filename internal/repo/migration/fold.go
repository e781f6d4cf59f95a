package migration

import (
	"slices"

	"drydock/internal/repo/schema"
)

// Folded is the schema that operations leave behind.
type Folded struct {
	Tables map[string]*schema.Table // by name; with what was told of them
	// Open are the tables of which something is not known: columns that are
	// computed, a change that may not have run, a table of another history.
	Open map[string]bool
	// Unsure says that there is more than can be read: code, computed SQL. A table
	// or column that is not here may then be there all the same.
	Unsure bool
}

// Fold applies the operations of a history, in their order, to an empty database.
// The operations are not changed.
func Fold(migrations ...[]Op) *Folded {
	f := &Folded{Tables: map[string]*schema.Table{}, Open: map[string]bool{}}
	for _, ops := range migrations {
		for i := range ops {
			if !ops[i].StateOnly {
				f.apply(&ops[i])
			}
		}
	}
	return f
}

func (f *Folded) apply(o *Op) {
	switch o.Kind {
	case Code:
		f.Unsure = true
		return
	case SQL:
		f.Unsure = f.Unsure || o.Computed
		return
	case CreateTable:
		if !o.Temporary {
			f.create(o)
		}
		return
	case DropTable:
		delete(f.Tables, o.Table)
		delete(f.Open, o.Table)
		f.Unsure = f.Unsure || o.Table == ""
		return
	}
	if !o.OnTable() {
		return
	}
	if o.Table == "" || o.Computed {
		f.Unsure = f.Unsure || o.Kind != DropIndex
	}
	if o.Table == "" {
		return
	}
	t := f.Tables[o.Table]
	if t == nil && (o.Kind == CreateIndex || o.Kind == DropIndex || o.Kind == Truncate) {
		return // no column is told, and it may be a temporary table
	}
	if t == nil { // made elsewhere
		t = &schema.Table{Name: o.Table, Schema: o.Schema}
		f.Tables[o.Table], f.Open[o.Table] = t, true
	}
	if o.Guarded || o.Computed {
		f.Open[o.Table] = true
	}
	f.alter(t, o)
}

func (f *Folded) create(o *Op) {
	if o.IfNotExists && f.Tables[o.Table] != nil {
		return
	}
	t := &schema.Table{Name: o.Table, Schema: o.Schema}
	if o.Define != nil {
		for _, c := range o.Define.Columns {
			own := *c
			t.Columns = append(t.Columns, &own)
		}
		t.Constraints, t.Indexes = slices.Clone(o.Define.Constraints), slices.Clone(o.Define.Indexes)
	}
	f.Tables[o.Table] = t
	if o.Define == nil || o.Computed || o.Guarded {
		f.Open[o.Table] = true
	}
}

// alter changes a table as the operation says.
func (f *Folded) alter(t *schema.Table, o *Op) {
	c := t.Column(o.Name)
	switch o.Kind {
	case RenameTable:
		if o.To != "" {
			delete(f.Tables, o.Table)
			t.Name = o.To
			f.Tables[o.To], f.Open[o.To] = t, f.Open[o.Table]
			delete(f.Open, o.Table)
		}
	case AddColumn:
		if o.Column != nil && t.Column(o.Column.Name) == nil {
			own := *o.Column
			t.Columns = append(t.Columns, &own)
		}
	case DropColumn:
		t.Columns = slices.DeleteFunc(t.Columns, func(c *schema.Column) bool { return c.Name == o.Name })
	case CreateIndex:
		if o.Index != nil {
			t.Indexes = append(t.Indexes, o.Index)
		}
	case DropIndex:
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x *schema.Index) bool { return x.Name == o.Name && x.Name != "" })
	case AddConstraint:
		if o.Constraint != nil {
			t.Constraints = append(t.Constraints, o.Constraint)
		}
	case DropConstraint:
		t.Constraints = slices.DeleteFunc(t.Constraints, func(k *schema.Constraint) bool { return k.Name == o.Name && k.Name != "" })
	}
	if c == nil {
		return
	}
	switch o.Kind {
	case RenameColumn:
		if o.To != "" {
			c.Name = o.To
		}
	case SetNotNull:
		c.Null = schema.NotNull
	case DropNotNull:
		c.Null = schema.Nullable
	case DropDefault:
		c.Default = schema.Default{}
	case SetDefault:
		if o.Column != nil {
			c.Default = o.Column.Default
		}
	case AlterType:
		if o.Column != nil {
			c.Type, c.Kind, c.Array = o.Column.Type, o.Column.Kind, o.Column.Array
		}
		if o.To != "" { // MySQL's CHANGE
			c.Name = o.To
		}
	case AlterColumn:
		if o.Column != nil {
			name := c.Name
			*c = *o.Column
			if c.Name == "" {
				c.Name = name
			}
		}
	}
}
