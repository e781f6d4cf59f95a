package sqlfile

import (
	"bytes"
	"strings"
)

// Dialect is a database's way to write SQL; "" is not known.
type Dialect string

// The dialects.
const (
	PostgreSQL Dialect = "postgresql"
	MySQL      Dialect = "mysql"
	SQLite     Dialect = "sqlite"
	SQLServer  Dialect = "sqlserver"
	ClickHouse Dialect = "clickhouse"
	Oracle     Dialect = "oracle"
	H2         Dialect = "h2"
)

// DialectOf is the dialect that a tool calls by the given name: a provider of
// Prisma, a dialect of Drizzle or Sequelize, the scheme of an address; "" when
// the name is not known.
func DialectOf(name string) Dialect {
	name = strings.ToLower(name)
	name, _, _ = strings.Cut(name, "+")
	switch name {
	case "postgres", "postgresql", "pg", "psql", "pgx", "pgsql", "cockroachdb", "cockroach", "aurora-postgres", "postgis", "psycopg2", "asyncpg", "redshift", "timescaledb", "vercel-postgres":
		return PostgreSQL
	case "mysql", "mysql2", "mariadb", "planetscale", "singlestore", "aurora-mysql", "tidb":
		return MySQL
	case "sqlite", "sqlite3", "better-sqlite3", "libsql", "turso", "d1", "expo-sqlite":
		return SQLite
	case "sqlserver", "mssql", "tedious":
		return SQLServer
	case "clickhouse":
		return ClickHouse
	case "oracle", "oracledb":
		return Oracle
	case "h2":
		return H2
	}
	return ""
}

// marks are words that only one dialect has, in the case they are mostly
// written in. The first that is found decides.
var marks = []struct {
	dialect Dialect
	words   []string
}{
	{ClickHouse, []string{"MergeTree", "ON CLUSTER", "LowCardinality("}},
	{MySQL, []string{"ENGINE=InnoDB", "ENGINE = InnoDB", "AUTO_INCREMENT", "auto_increment", "DELIMITER ", "utf8mb4"}},
	{SQLServer, []string{"[dbo]", "NVARCHAR(", "IDENTITY(1", "SET ANSI_NULLS"}},
	{SQLite, []string{"AUTOINCREMENT", "PRAGMA ", "WITHOUT ROWID", "sqlite_"}},
	{Oracle, []string{"VARCHAR2("}},
	{PostgreSQL, []string{
		"$$", "SERIAL", "serial", "::", "CONCURRENTLY", "concurrently", "TIMESTAMPTZ", "timestamptz", "JSONB", "jsonb", "plpgsql", "public.", "\"public\".", "pg_", "EXTENSION", "extension",
		"ON CONFLICT", "OWNER TO", "BYTEA", "bytea", "USING btree", "gen_random_uuid", "TIMESTAMP(3)", "WITH TIME ZONE", "with time zone", "ILIKE", "USING gin", "USING GIN", "NOT VALID", "DOUBLE PRECISION",
	}},
}

// guessBytes is how much of a text is looked at for its dialect.
const guessBytes = 64 << 10

// Guess tells the dialect by words that no other has, "" when there is none.
func Guess(src []byte) Dialect {
	head := src[:min(len(src), guessBytes)]
	for _, m := range marks {
		for _, w := range m.words {
			if bytes.Contains(head, []byte(w)) {
				return m.dialect
			}
		}
	}
	if bytes.IndexByte(head, '`') >= 0 && backtick(head) {
		return MySQL
	}
	return ""
}

// backtick says whether a name is quoted so, rather than one in a comment.
func backtick(src []byte) bool {
	l := &lexer{src: src, open: -1}
	for {
		t, ok := l.next()
		if !ok {
			return false
		}
		if t.kind == quoted && src[t.start] == '`' {
			return true
		}
	}
}

// escapes says whether a backslash in a plain string stands for what follows.
func (d Dialect) escapes() bool { return d == MySQL || d == ClickHouse }

// dollars says whether $tag$ quotes.
func (d Dialect) dollars() bool { return d != MySQL && d != SQLServer && d != Oracle }
