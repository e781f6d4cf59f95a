package migration

import (
	"drydock/internal/finding"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// FromSQL reads what the statements do, those of DO blocks included.
func FromSQL(statements []*sqlfile.Statement) (out []Op) {
	for _, s := range statements {
		out = appendStatement(out, s)
	}
	return out
}

var plainKinds = map[sqlfile.Kind]Kind{
	sqlfile.DropTable: DropTable, sqlfile.RenameTable: RenameTable, sqlfile.DropIndex: DropIndex, sqlfile.CreateType: CreateType, sqlfile.CreateDomain: CreateType, "DROP TYPE": DropType, "DROP DOMAIN": DropType,
	sqlfile.Insert: Insert, sqlfile.Update: Update, sqlfile.Delete: Delete, sqlfile.Truncate: Truncate, sqlfile.Begin: Begin, sqlfile.Commit: Commit, sqlfile.Rollback: Rollback, sqlfile.Reindex: Reindex,
	"CREATE DATABASE": CreateDatabase, "DROP DATABASE": DropDatabase, sqlfile.CreateView: CreateView, "DROP VIEW": DropView, "CREATE MATERIALIZED VIEW": CreateView, "DROP MATERIALIZED VIEW": DropView, sqlfile.Copy: Insert,
}

func appendStatement(out []Op, s *sqlfile.Statement) []Op {
	o := Op{
		Kind: SQL, Statement: s.Kind, IfExists: s.IfExists, IfNotExists: s.IfNotExists, Concurrently: s.Concurrently, Cascade: s.Cascade,
		Where: s.Where, Temporary: s.Temporary, Guarded: s.Guarded, Computed: s.Computed, Local: s.Local, Span: s.Span,
	}
	if k, ok := plainKinds[s.Kind]; ok {
		o.Kind = k
	}
	switch s.Kind {
	case sqlfile.CreateTable:
		o.Kind, o.Table, o.Schema = CreateTable, s.Name.Name, s.Name.Schema
		if !s.As || len(s.Columns) > 0 {
			o.Define = &schema.Table{Name: s.Name.Name, Schema: s.Name.Schema, Columns: s.Columns, Constraints: s.Constraints, Indexes: s.Indexes}
		}
	case sqlfile.DropTable, sqlfile.Truncate:
		for _, n := range s.Names {
			one := o
			one.Table, one.Schema = n.Name, n.Schema
			out = append(out, one)
		}
		return out
	case sqlfile.DropIndex:
		o.Table = s.Table.Name
		for _, n := range s.Names {
			one := o
			one.Name, one.Schema = n.Name, n.Schema
			out = append(out, one)
		}
		return out
	case sqlfile.CreateIndex:
		o.Kind, o.Table, o.Schema, o.Name = CreateIndex, s.Table.Name, s.Table.Schema, s.Name.Name
		if len(s.Indexes) > 0 {
			o.Index = s.Indexes[0]
		}
	case sqlfile.RenameTable:
		o.Table, o.Schema, o.To = s.Name.Name, s.Name.Schema, s.To.Name
	case sqlfile.Insert, sqlfile.Update, sqlfile.Delete, sqlfile.Copy, sqlfile.Merge, sqlfile.Lock:
		o.Table, o.Schema = s.Name.Name, s.Name.Schema
	case sqlfile.Set:
		o.Kind, o.Name, o.To = Set, s.Setting, s.Value
	case sqlfile.AlterTable, sqlfile.AlterType, sqlfile.AlterDomain, "ALTER INDEX":
		for _, a := range s.Actions {
			out = append(out, fromAction(o, s, a))
		}
		return out
	case sqlfile.Do:
		if len(s.Inner) == 0 {
			break
		}
		for _, inner := range s.Inner {
			out = appendStatement(out, inner)
		}
		return out
	case sqlfile.Meta, sqlfile.Select:
		return out
	default:
		o.Name, o.Schema = s.Name.Name, s.Name.Schema
	}
	return append(out, o)
}

var actionKinds = map[sqlfile.ActionKind]Kind{
	sqlfile.AddColumn: AddColumn, sqlfile.DropColumn: DropColumn, sqlfile.RenameColumn: RenameColumn, sqlfile.AlterColumnType: AlterType, sqlfile.ModifyColumn: AlterType,
	sqlfile.SetNotNull: SetNotNull, sqlfile.DropNotNull: DropNotNull, sqlfile.SetDefault: SetDefault, sqlfile.DropDefault: DropDefault, sqlfile.AddConstraint: AddConstraint,
	sqlfile.DropConstraint: DropConstraint, sqlfile.RenameConstraint: RenameConstraint, sqlfile.ValidateConstraint: ValidateConstraint, sqlfile.AddIndex: CreateIndex,
	sqlfile.DropIndexAction: DropIndex, sqlfile.DetachPartition: DetachPartition, sqlfile.AddValue: AddValue, sqlfile.RenameValue: RenameValue, "RENAME INDEX": RenameIndex, sqlfile.Mutation: Update,
}

// fromAction makes an operation of one part of ALTER.
func fromAction(o Op, s *sqlfile.Statement, a *sqlfile.Action) Op {
	o.Table, o.Schema, o.Name, o.To, o.Span = s.Name.Name, s.Name.Schema, a.Name, a.To, a.Span
	o.Column, o.Constraint, o.Index = a.Column, a.Constraint, a.Index
	o.IfExists, o.IfNotExists = o.IfExists || a.IfExists, a.IfNotExists
	o.Cascade, o.Concurrently, o.Using, o.Placed = a.Cascade, a.Concurrently, a.Using, a.Placed
	if k, ok := actionKinds[a.Kind]; ok {
		o.Kind = k
	} else if a.Kind == sqlfile.RenameTo {
		switch s.Kind {
		case sqlfile.AlterTable:
			o.Kind = RenameTable
		case "ALTER INDEX":
			o.Kind, o.Name, o.Table = RenameIndex, s.Name.Name, ""
		}
	}
	if s.Kind != sqlfile.AlterTable {
		o.Table = ""
		if o.Kind == AddValue || o.Kind == RenameValue {
			o.Table = s.Name.Name // the type
		}
	}
	return o
}

// Embedded reads SQL that code hands to a database. at is where the literal
// stands; text is what it holds, and offset where in the file text begins, -1
// when it is not written there as it is: then all operations stand at at. With
// braces {x} in it is computed.
func Embedded(text string, offset int, at finding.Span, dialect sqlfile.Dialect, braces bool) []Op {
	ops := FromSQL(sqlfile.Text([]byte(text), dialect, braces))
	move := func(s finding.Span) finding.Span {
		if offset < 0 {
			return at
		}
		return finding.Span{Start: s.Start + offset, End: s.End + offset}
	}
	for i := range ops {
		moveOp(&ops[i], move)
	}
	return ops
}

func moveOp(o *Op, move func(finding.Span) finding.Span) {
	o.Span = move(o.Span)
	if o.Column != nil {
		moveColumn(o.Column, move)
	}
	if o.Index != nil {
		o.Index.Span = move(o.Index.Span)
	}
	moveConstraint(o.Constraint, move)
	if o.Define == nil {
		return
	}
	for _, c := range o.Define.Columns {
		moveColumn(c, move)
	}
	for _, k := range o.Define.Constraints {
		moveConstraint(k, move)
	}
	for _, x := range o.Define.Indexes {
		x.Span = move(x.Span)
	}
}

func moveColumn(c *schema.Column, move func(finding.Span) finding.Span) {
	for _, s := range []*finding.Span{&c.Span, &c.NameSpan, &c.TypeSpan, &c.Default.Span} {
		*s = move(*s)
	}
	if c.References != nil {
		c.References.Span = move(c.References.Span)
	}
}

func moveConstraint(k *schema.Constraint, move func(finding.Span) finding.Span) {
	if k == nil {
		return
	}
	k.Span = move(k.Span)
	if k.References != nil {
		k.References.Span = move(k.References.Span)
	}
}
