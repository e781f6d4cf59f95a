// Package sqlfile reads SQL one statement at a time: what each does to which
// table, with its place. It knows the quoting of PostgreSQL, MySQL, SQLite, SQL
// Server and ClickHouse, and looks into DO blocks, but it checks no grammar: of
// what it does not know it says the first word.
package sqlfile

import (
	"fmt"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
)

// MaxBytes is the size above which Parse refuses a file: a dump.
const MaxBytes = 8 << 20

// maxTokens is how many tokens of one statement are looked at; what goes beyond
// is rows of data.
const maxTokens = 20_000

// maxStatements bounds the statements that are kept of one file.
const maxStatements = 20_000

// File is one file of SQL, or a text of it.
type File struct {
	Path       string
	Dialect    Dialect
	Statements []*Statement
}

// Kind says what a statement does: the verb and, where there is one, the sort
// of object, in capitals: "CREATE TABLE", "INSERT". Statements that are not
// listed here have their first words, too.
type Kind string

// Kinds that have more than a name.
const (
	CreateTable    Kind = "CREATE TABLE"
	CreateIndex    Kind = "CREATE INDEX"
	CreateFunction Kind = "CREATE FUNCTION"
	CreateType     Kind = "CREATE TYPE"
	CreateDomain   Kind = "CREATE DOMAIN"
	CreateView     Kind = "CREATE VIEW"
	CreateTrigger  Kind = "CREATE TRIGGER"
	AlterTable     Kind = "ALTER TABLE"
	AlterType      Kind = "ALTER TYPE"
	AlterDomain    Kind = "ALTER DOMAIN"
	DropTable      Kind = "DROP TABLE"
	DropIndex      Kind = "DROP INDEX"
	RenameTable    Kind = "RENAME TABLE"
	Truncate       Kind = "TRUNCATE"
	Insert         Kind = "INSERT"
	Update         Kind = "UPDATE"
	Delete         Kind = "DELETE"
	Merge          Kind = "MERGE"
	Select         Kind = "SELECT"
	Copy           Kind = "COPY"
	Grant          Kind = "GRANT"
	Revoke         Kind = "REVOKE"
	Set            Kind = "SET" // and PRAGMA, with Setting "pragma name"
	Begin          Kind = "BEGIN"
	Commit         Kind = "COMMIT" // and END
	Rollback       Kind = "ROLLBACK"
	Do             Kind = "DO"
	Call           Kind = "CALL" // and EXEC
	Lock           Kind = "LOCK"
	Reindex        Kind = "REINDEX"
	Meta           Kind = "META" // a command to the client: \connect, DELIMITER
)

// Name is the name of an object, quotes removed.
type Name struct {
	Schema string // all before the last dot
	Name   string
	Span   finding.Span // with quotes and schema
}

// Set says whether there is a name.
func (n Name) Set() bool { return n.Name != "" }

// Statement is one statement. Fields that its kind has no use for are zero.
type Statement struct {
	Kind  Kind
	Name  Name   // what it creates, alters, drops, fills
	Names []Name // of DROP, TRUNCATE and LOCK all of them, Name first
	Table Name   // of an index, trigger, policy: what it is on
	To    Name   // the new name of RENAME

	IfExists     bool
	IfNotExists  bool
	OrReplace    bool
	Concurrently bool
	Temporary    bool
	Cascade      bool
	Where        bool // of UPDATE, DELETE and SELECT

	Columns     []*schema.Column // of CREATE TABLE
	Constraints []*schema.Constraint
	Indexes     []*schema.Index
	Actions     []*Action // of ALTER

	As       bool     // CREATE TABLE … AS SELECT, or LIKE, or PARTITION OF: there are columns that are not written
	Values   []string // of an enum
	Setting  string   // of SET, lower case, without SESSION, LOCAL, GLOBAL
	Value    string   // of SET as it is written; of CREATE FUNCTION the language, lower case
	Local    bool     // SET LOCAL
	Definer  bool     // SECURITY DEFINER
	Rights   []string // of GRANT and REVOKE: SELECT, ALL, or the name of a role; capitals
	Roles    []string // of GRANT and REVOKE: to whom
	Body     finding.Span
	Inner    []*Statement // of a DO block the statements in its body
	Guarded  bool         // it stands in a DO block, so a condition or handler may go with it
	Computed bool         // a placeholder (${x}, {{ x }}) is part of it
	Cut      bool         // longer than is read, so that what is not found may still be there
	Span     finding.Span // without the delimiter
}

// ActionKind says what one part of ALTER does, in SQL's words.
type ActionKind string

// The actions that are told apart; of another the first word.
const (
	AddColumn          ActionKind = "ADD COLUMN"
	DropColumn         ActionKind = "DROP COLUMN"
	RenameColumn       ActionKind = "RENAME COLUMN"
	AlterColumnType    ActionKind = "ALTER COLUMN TYPE"
	ModifyColumn       ActionKind = "MODIFY COLUMN" // MySQL's: Column holds all that is new, Name the old name of CHANGE
	SetNotNull         ActionKind = "SET NOT NULL"
	DropNotNull        ActionKind = "DROP NOT NULL"
	SetDefault         ActionKind = "SET DEFAULT"
	DropDefault        ActionKind = "DROP DEFAULT"
	AddConstraint      ActionKind = "ADD CONSTRAINT"
	DropConstraint     ActionKind = "DROP CONSTRAINT"
	RenameConstraint   ActionKind = "RENAME CONSTRAINT"
	ValidateConstraint ActionKind = "VALIDATE CONSTRAINT"
	AddIndex           ActionKind = "ADD INDEX"
	DropIndexAction    ActionKind = "DROP INDEX"
	RenameTo           ActionKind = "RENAME TO"
	AddValue           ActionKind = "ADD VALUE" // to an enum
	RenameValue        ActionKind = "RENAME VALUE"
	DetachPartition    ActionKind = "DETACH PARTITION"
	AttachPartition    ActionKind = "ATTACH PARTITION"
	RowSecurity        ActionKind = "ENABLE ROW LEVEL SECURITY"
	Mutation           ActionKind = "MUTATION" // ClickHouse's ALTER … UPDATE and DELETE
)

// Action is one part of an ALTER statement.
type Action struct {
	Kind         ActionKind
	Name         string             // of the column, constraint, index or value
	To           string             // the new name
	Column       *schema.Column     // of ADD and MODIFY COLUMN all, of ALTER COLUMN TYPE and SET DEFAULT what is new
	Constraint   *schema.Constraint // of ADD CONSTRAINT
	Index        *schema.Index      // of ADD INDEX
	IfExists     bool
	IfNotExists  bool
	Cascade      bool
	Concurrently bool // of DETACH PARTITION
	Using        bool // the new type's values are computed
	Placed       bool // of ADD VALUE: BEFORE or AFTER another
	Span         finding.Span
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }
