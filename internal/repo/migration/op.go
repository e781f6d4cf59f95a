// Package migration says what a migration does to a database in one vocabulary,
// whatever tool it is written for: operations read from SQL, from Alembic's and
// Django's calls, and from the builders of Node.js.
package migration

import (
	"drydock/internal/finding"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// Kind is what an operation does.
type Kind string

// The kinds of operation.
const (
	CreateTable        Kind = "create table"
	DropTable          Kind = "drop table"
	RenameTable        Kind = "rename table"
	AddColumn          Kind = "add column"
	DropColumn         Kind = "drop column"
	RenameColumn       Kind = "rename column"
	AlterType          Kind = "alter type" // of a column
	SetNotNull         Kind = "set not null"
	DropNotNull        Kind = "drop not null"
	SetDefault         Kind = "set default"
	DropDefault        Kind = "drop default"
	AlterColumn        Kind = "alter column" // in a way that is not told: Django's AlterField, sequelize's changeColumn
	CreateIndex        Kind = "create index"
	DropIndex          Kind = "drop index"
	RenameIndex        Kind = "rename index"
	Reindex            Kind = "reindex"
	AddConstraint      Kind = "add constraint"
	DropConstraint     Kind = "drop constraint"
	ValidateConstraint Kind = "validate constraint"
	RenameConstraint   Kind = "rename constraint"
	CreateType         Kind = "create type" // an enum or domain
	DropType           Kind = "drop type"
	AddValue           Kind = "add value" // to an enum
	RenameValue        Kind = "rename value"
	DetachPartition    Kind = "detach partition"
	CreateDatabase     Kind = "create database"
	DropDatabase       Kind = "drop database"
	CreateView         Kind = "create view"
	DropView           Kind = "drop view"
	Insert             Kind = "insert"
	Update             Kind = "update"
	Delete             Kind = "delete"
	Truncate           Kind = "truncate"
	Set                Kind = "set" // a setting: lock_timeout
	Begin              Kind = "begin"
	Commit             Kind = "commit"
	Rollback           Kind = "rollback"
	Code               Kind = "code" // a function of the program, not looked into: RunPython
	SQL                Kind = "sql"  // another statement: Statement says which, "" when it cannot be read
)

// Op is one operation. Names are those of the database where they can be told.
type Op struct {
	Kind   Kind
	Table  string // "" when there is none, or it is computed
	Schema string
	Model  string // of Django, in lower case, before Table is known
	Name   string // of the column, index, constraint, type or setting
	To     string // the new name; of Set the value

	Column     *schema.Column     // of AddColumn all, of the alterations what is new; nil when it is computed
	Constraint *schema.Constraint // of AddConstraint
	Index      *schema.Index      // of CreateIndex
	Define     *schema.Table      // of CreateTable; nil when its columns are not written

	Concurrently bool
	IfExists     bool
	IfNotExists  bool
	Cascade      bool
	Using        bool // of AlterType: the values are computed
	Where        bool // of Update and Delete
	Local        bool // of Set: until the end of the transaction
	Placed       bool // of AddValue: BEFORE or AFTER another
	Temporary    bool // of CreateTable: gone with the connection

	Guarded      bool         // a condition or handler may go with it
	Computed     bool         // part of it is computed: what is not written here may be there
	StateOnly    bool         // told to the tool, not to the database
	Outside      bool         // runs outside the migration's transaction
	Irreversible bool         // the tool cannot take it back
	Statement    sqlfile.Kind // of SQL
	Call         string       // the operation as the code calls it: "add_column", "AddField"; "" for SQL
	Span         finding.Span
}

// OnTable says whether the operation needs the table to itself or reads all of
// it, so that a table that is in use waits: everything that alters one that is
// there. Whether it is a short wait depends on the kind.
func (o *Op) OnTable() bool {
	switch o.Kind {
	case DropTable, RenameTable, AddColumn, DropColumn, RenameColumn, AlterType, SetNotNull, DropNotNull, SetDefault, DropDefault, AlterColumn,
		CreateIndex, DropIndex, AddConstraint, DropConstraint, ValidateConstraint, RenameConstraint, DetachPartition, Truncate, Reindex:
		return !o.StateOnly
	}
	return false
}

// Data says whether the operation changes rows.
func (o *Op) Data() bool {
	return o.Kind == Insert || o.Kind == Update || o.Kind == Delete || o.Kind == Truncate
}

// Created are the tables that the operations create, in any schema, up to the
// one at n: what is done to them there waits for nobody.
func Created(ops []Op, n int) map[string]bool {
	out := map[string]bool{}
	for i := range ops[:min(n, len(ops))] {
		switch o := &ops[i]; o.Kind {
		case CreateTable:
			out[o.Table] = true
		case RenameTable:
			if out[o.Table] {
				out[o.To] = true
			}
		}
	}
	return out
}
