// Package schema is the vocabulary of relational data, whoever declares it: an
// ORM's model, CREATE TABLE, or an operation of a migration. It is pure data.
package schema

import (
	"strings"

	"drydock/internal/finding"
)

// Table is a table with what belongs to it.
type Table struct {
	Name        string // without quotes
	Schema      string // before the dot; "" when none is written
	Columns     []*Column
	Constraints []*Constraint // of the table; those of a column stand at the column
	Indexes     []*Index
}

// Column is the table's column of that name, nil without one.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Null says whether a column takes NULL.
type Null uint8

// What is written about NULL.
const (
	NullUnsaid Null = iota // nothing; a column of SQL then takes it unless it is a primary key
	Nullable
	NotNull
)

// Column is one column or field.
type Column struct {
	Name       string // in the database
	Field      string // as the code calls it, "" when the same
	Type       string // as it is written: "character varying(20)", "String(50)", "Int"
	Kind       Kind   // of Type
	Array      bool
	Null       Null
	Primary    bool
	Unique     bool
	Indexed    bool // an index of its own is declared at the column
	Default    Default
	Generated  Generated
	References *Reference // nil when it is no foreign key
	Check      bool       // a CHECK stands at the column
	Updated    bool       // the tool sets it at each change: @updatedAt, onupdate, auto_now
	Implied    bool       // an option declares it (timestamps: true), it is not written itself
	Path       string     // the file that declares it, when it is not that of its table: a base class
	Span       finding.Span
	NameSpan   finding.Span
	TypeSpan   finding.Span
}

// Default is what a column holds when nothing is given; the zero one is none.
type Default struct {
	Kind DefaultKind
	Text string // as it is written, cut at MaxText bytes
	Span finding.Span
}

// MaxText bounds, in bytes, the texts of expressions that are kept.
const MaxText = 200

// Clip cuts an expression at MaxText bytes, on a copy of its own.
func Clip(s string) string {
	if len(s) > MaxText {
		s = strings.ToValidUTF8(s[:MaxText], "")
	}
	return strings.Clone(s)
}

// DefaultKind says what a default costs a table that has rows.
type DefaultKind uint8

// The kinds of default.
const (
	DefaultNone        DefaultKind = iota
	DefaultLiteral                 // the same for every row
	DefaultStable                  // one value for a statement: now(), CURRENT_TIMESTAMP
	DefaultVolatile                // another value for each row: random(), gen_random_uuid()
	DefaultExpression              // a call or expression that is not known
	DefaultApplication             // set by the program, unknown to the database
)

// InDatabase says whether the database itself knows the default.
func (d Default) InDatabase() bool { return d.Kind != DefaultNone && d.Kind != DefaultApplication }

// Generated says how the database makes a column's value.
type Generated uint8

// The ways.
const (
	GeneratedNot Generated = iota
	Serial                 // serial, bigserial, AUTO_INCREMENT, autoincrement()
	Identity
	Stored // computed and written
	Virtual
)

// Reference is where a foreign key points.
type Reference struct {
	Table    string // "" when only the model is named
	Schema   string
	Model    string   // the class or model, "" when only the table is named
	Columns  []string // nil for the primary key
	OnDelete string   // CASCADE, SET NULL, RESTRICT, NO ACTION, SET DEFAULT; others as the tool names them, in capitals; "" when unsaid
	OnUpdate string
	Span     finding.Span
}

// Action writes what a tool calls the effect of a deletion or change in SQL's
// words: "Cascade", "models.SET_NULL" and "set null" become CASCADE and SET NULL.
func Action(s string) string {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		s = s[i+1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '_' || c == '-':
			c = ' '
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c >= 'A' && c <= 'Z' && i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z':
			b.WriteByte(' ') // SetNull
		}
		b.WriteByte(c)
	}
	return b.String()
}

// ConstraintKind is the kind of a constraint in SQL's words.
type ConstraintKind string

// The kinds of constraint.
const (
	PrimaryKey ConstraintKind = "PRIMARY KEY"
	UniqueKey  ConstraintKind = "UNIQUE"
	ForeignKey ConstraintKind = "FOREIGN KEY"
	CheckRule  ConstraintKind = "CHECK"
	Exclusion  ConstraintKind = "EXCLUDE"
	NotNullKey ConstraintKind = "NOT NULL"
)

// Constraint is one constraint of a table.
type Constraint struct {
	Kind       ConstraintKind // "" when it is not told
	Name       string
	Columns    []string   // names in the database; nil for CHECK
	References *Reference // of a foreign key
	NotValid   bool       // rows that exist are not checked
	UsingIndex string     // the index that it takes over
	Deferrable bool
	Span       finding.Span
}

// Index is one index of a table.
type Index struct {
	Name       string
	Columns    []string // names in the database; an expression as "(…)"
	Unique     bool
	Partial    bool   // with a condition
	Method     string // btree, gin, …; lower case, "" when unsaid
	Expression bool   // a column of it is an expression
	Span       finding.Span
}

// Covers says whether the index, a unique key or a primary key of the table
// begins with the columns, in any order, so that a search by them is served.
func (t *Table) Covers(columns ...string) bool {
	begins := func(have []string) bool {
		if len(have) < len(columns) {
			return false
		}
		for _, want := range columns {
			found := false
			for _, c := range have[:len(columns)] {
				found = found || c == want
			}
			if !found {
				return false
			}
		}
		return true
	}
	for _, i := range t.Indexes {
		if !i.Partial && begins(i.Columns) {
			return true
		}
	}
	for _, c := range t.Constraints {
		if (c.Kind == PrimaryKey || c.Kind == UniqueKey) && begins(c.Columns) {
			return true
		}
	}
	if len(columns) == 1 {
		if c := t.Column(columns[0]); c != nil && (c.Primary || c.Unique || c.Indexed) {
			return true
		}
	}
	var primary []string // several columns that are primary each make one key
	for _, c := range t.Columns {
		if c.Primary {
			primary = append(primary, c.Name)
		}
	}
	return len(columns) > 0 && begins(primary)
}
