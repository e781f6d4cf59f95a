// Package model reads what ORMs declare about data, one file at a time, into one
// shape: tables with columns, keys and indexes, and the relations between them.
// What a declaration takes from another file is named and left to the caller.
package model

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// ORM is the library that a declaration is written for.
type ORM string

// The libraries.
const (
	Prisma     ORM = "prisma"
	SQLAlchemy ORM = "sqlalchemy"
	SQLModel   ORM = "sqlmodel"
	Django     ORM = "django"
	TypeORM    ORM = "typeorm"
	MikroORM   ORM = "mikro-orm"
	Sequelize  ORM = "sequelize"
	Drizzle    ORM = "drizzle"
	Mongoose   ORM = "mongoose"
)

// Model is one table or collection as the code declares it, or what others
// inherit.
type Model struct {
	ORM       ORM
	Name      string       // of the class, or of what holds it
	Table     schema.Table // its Name is "" when it is computed; columns in the order they are written, inherited ones last
	Relations []Relation
	Abstract  bool            // no table of its own: a base class or mixin
	Unmanaged bool            // the migrations of the library leave it alone: Django's managed = False, a view
	Bases     []string        // what it inherits from, as written
	Computed  bool            // it has a table, whose name is computed
	Dialect   sqlfile.Dialect // what the declaration itself says it is for, "" when it does not
	Open      bool            // it may have columns that are not known: a base or a spread that cannot be followed
	Span      finding.Span
	NameSpan  finding.Span
}

// Relation is a link to another model as the code sees it. The foreign key, if
// this side holds it, is a column of its own.
type Relation struct {
	Name     string
	Model    string   // as written; "" when it is computed
	Many     bool     // there may be several on the other side
	Through  string   // the table or model between the two, "" without one
	Columns  []string // of this side, nil when unsaid
	OnDelete string   // as schema.Action writes it, "" when unsaid
	Span     finding.Span
}

// Column is the column that the code or the database calls so, nil without one.
func (m *Model) Column(name string) *schema.Column {
	for _, c := range m.Table.Columns {
		if c.Field == name {
			return c
		}
	}
	return m.Table.Column(name)
}

// named is the first of the model's columns with one of the names, read without
// case, _ and spaces.
func (m *Model) named(names ...string) *schema.Column {
	for _, c := range m.Table.Columns {
		plain := strings.ToLower(strings.ReplaceAll(c.Name, "_", ""))
		field := strings.ToLower(strings.ReplaceAll(c.Field, "_", ""))
		for _, n := range names {
			if plain == n || field == n {
				return c
			}
		}
	}
	return nil
}

// CreatedAt is the column that says since when a row is there, nil without one.
func (m *Model) CreatedAt() *schema.Column {
	return m.named("createdat", "created", "createdon", "createddate", "createtime", "dateadded", "datecreated", "creationdate", "insertedat", "createdtime", "createdts", "timestamp", "datejoined", "addedat")
}

// UpdatedAt is the column that says when a row was changed last, nil without one.
func (m *Model) UpdatedAt() *schema.Column {
	if c := m.named("updatedat", "updated", "updatedon", "modifiedat", "modified", "modifiedon", "updateddate", "updatetime", "lastmodified", "dateupdated", "datemodified", "lastupdated", "lastupdatedat", "updatedts", "changedat", "modifieddate"); c != nil {
		return c
	}
	for _, c := range m.Table.Columns {
		if c.Updated {
			return c
		}
	}
	return nil
}

// SoftDelete is the column that marks a row as deleted, nil without one.
func (m *Model) SoftDelete() *schema.Column {
	return m.named("deletedat", "isdeleted", "deleted", "deletedon", "removedat", "isremoved", "deleteddate", "datedeleted", "archivedat", "isarchived", "deletedts", "softdeleted")
}
