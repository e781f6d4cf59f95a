package database

import (
	"regexp"
	"strings"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
)

// engine is a relational database engine by the name people know it by; "" is
// unknown, or no relational one.
type engine string

const (
	postgreSQL engine = "PostgreSQL"
	mySQL      engine = "MySQL"
	sqlite     engine = "SQLite"
	sqlServer  engine = "SQL Server"
	oracle     engine = "Oracle"
)

// engineNames are the first words of addresses, dialects and providers. MariaDB
// speaks MySQL's language and is no other engine here.
var engineNames = map[string]engine{
	"postgres": postgreSQL, "postgresql": postgreSQL, "postgis": postgreSQL, "pg": postgreSQL, "psql": postgreSQL, "asyncpg": postgreSQL, "pgsql": postgreSQL,
	"mysql": mySQL, "mariadb": mySQL, "mysql2": mySQL, "mysqli": mySQL,
	"sqlite": sqlite, "sqlite3": sqlite, "better-sqlite3": sqlite, "spatialite": sqlite,
	"mssql": sqlServer, "sqlserver": sqlServer, "oracle": oracle, "oracledb": oracle,
}

// engineOfURL is the engine of an address such as postgresql+psycopg://…; of a
// variable with a fallback that of the fallback. A database in memory holds
// nothing that could be released.
func engineOfURL(value string) engine {
	value = strings.TrimSpace(value)
	if refs := compose.Interpolations(value); len(refs) > 0 && refs[0].Span.Start == 0 && strings.HasSuffix(refs[0].Op, "-") {
		value = refs[0].Arg
	}
	scheme, rest, ok := strings.Cut(value, ":")
	if !ok || strings.Contains(rest, ":memory:") || rest == "//" {
		return ""
	}
	if !strings.HasPrefix(rest, "//") {
		if scheme == "file" && strings.HasSuffix(rest, ".db") { // Prisma's SQLite
			return sqlite
		}
		return ""
	}
	name, _, _ := strings.Cut(strings.ToLower(scheme), "+")
	return engineNames[name]
}

// engineOfDjango is the engine of a backend such as django.db.backends.sqlite3.
func engineOfDjango(backend string) engine {
	return engineNames[backend[strings.LastIndexByte(backend, '.')+1:]]
}

var imageEngines = map[string]engine{
	"postgres": postgreSQL, "postgresql": postgreSQL, "postgis": postgreSQL, "timescaledb": postgreSQL, "timescaledb-ha": postgreSQL, "pgvector": postgreSQL,
	"mysql": mySQL, "mysql-server": mySQL, "mariadb": mySQL, "percona": mySQL, "percona-server": mySQL, "azure-sql-edge": sqlServer,
}

func engineOfImage(image imageref.Ref) engine {
	if strings.HasSuffix(image.Name, "mssql/server") {
		return sqlServer
	}
	return imageEngines[image.Base()]
}

// addressName is the name of a variable or constant that holds the address of
// the project's own database. A prefix would make it another database's: that
// of a cache, of an archive.
var addressName = regexp.MustCompile(`^(?:APP_)?(?:(?:ASYNC_|SYNC_)?(?:DATABASE|DB)_(?:URL|URI|DSN|CONNECTION_STRING)(?:_ASYNC|_SYNC)?|SQLALCHEMY_(?:DATABASE_)?(?:URL|URI)|DATABASE_PRISMA_URL)$`)

func isAddress(name string) bool { return addressName.MatchString(strings.ToUpper(name)) }
