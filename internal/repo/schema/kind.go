package schema

import "strings"

// Kind is the sort of a column's type, across databases and tools.
type Kind string

// The sorts. "" is a type that is not known: an enum, a domain, a tool's own.
const (
	Text     Kind = "text"
	Char     Kind = "char"    // padded to its length
	Varchar  Kind = "varchar" // of a limited length
	Smallint Kind = "smallint"
	Integer  Kind = "integer"
	Bigint   Kind = "bigint"
	Decimal  Kind = "decimal"
	Float    Kind = "float"
	Boolean  Kind = "boolean"
	Date     Kind = "date"
	Time     Kind = "time"
	// DateTime is a time of a day that says nothing about its zone.
	DateTime Kind = "datetime"
	// DateTimeTZ is a point in time.
	DateTimeTZ Kind = "datetimetz"
	Interval   Kind = "interval"
	UUID       Kind = "uuid"
	JSON       Kind = "json"
	Bytes      Kind = "bytes"
	Enum       Kind = "enum"
	Vector     Kind = "vector"
)

// sqlKinds are the types of SQL by their first words, lower case.
var sqlKinds = map[string]Kind{
	"text": Text, "tinytext": Text, "mediumtext": Text, "longtext": Text, "citext": Text, "clob": Text, "ntext": Text, "string": Text, "fixedstring": Char,
	"char": Char, "character": Char, "nchar": Char, "bpchar": Char,
	"varchar": Varchar, "nvarchar": Varchar, "varchar2": Varchar, "nvarchar2": Varchar, "character varying": Varchar, "char varying": Varchar,
	"smallint": Smallint, "int2": Smallint, "smallserial": Smallint, "serial2": Smallint, "tinyint": Smallint, "int16": Smallint, "uint8": Smallint,
	"int": Integer, "integer": Integer, "int4": Integer, "serial": Integer, "serial4": Integer, "mediumint": Integer, "int32": Integer, "uint16": Integer, "uint32": Integer,
	"bigint": Bigint, "int8": Bigint, "bigserial": Bigint, "serial8": Bigint, "int64": Bigint, "uint64": Bigint,
	"decimal": Decimal, "numeric": Decimal, "money": Decimal, "number": Decimal, "dec": Decimal,
	"real": Float, "float": Float, "float4": Float, "float8": Float, "double": Float, "double precision": Float, "float32": Float, "float64": Float,
	"boolean": Boolean, "bool": Boolean, "bit": Boolean,
	"date": Date, "date32": Date, "time": Time, "timetz": Time,
	"timestamp": DateTime, "datetime": DateTime, "datetime2": DateTime, "datetime64": DateTime, "smalldatetime": DateTime,
	"timestamptz": DateTimeTZ, "datetimeoffset": DateTimeTZ, "interval": Interval,
	"uuid": UUID, "uniqueidentifier": UUID, "json": JSON, "jsonb": JSON,
	"bytea": Bytes, "blob": Bytes, "tinyblob": Bytes, "mediumblob": Bytes, "longblob": Bytes, "binary": Bytes, "varbinary": Bytes, "raw": Bytes,
	"enum": Enum, "enum8": Enum, "enum16": Enum, "vector": Vector, "halfvec": Vector,
}

// SQLKind is the sort of a type that is written as SQL has it.
func SQLKind(written string) Kind {
	t := strings.ToLower(strings.TrimSpace(written))
	if len(t) > MaxText {
		return ""
	}
	for _, wrapper := range []string{"nullable(", "lowcardinality("} { // ClickHouse
		if inner, ok := strings.CutPrefix(t, wrapper); ok {
			t = inner
		}
	}
	zoned := strings.Contains(t, "with time zone")
	if zoned {
		if strings.HasPrefix(t, "timestamp") {
			return DateTimeTZ
		}
		return Time
	}
	head := t
	if i := strings.IndexAny(head, "([)"); i >= 0 {
		head = strings.TrimSpace(head[:i])
	}
	head = strings.Trim(head, `"`)
	if _, last, ok := strings.Cut(head, "."); ok && strings.HasPrefix(head, "pg_catalog.") {
		head = last
	}
	if k, ok := sqlKinds[head]; ok {
		return k
	}
	if first, second, _ := strings.Cut(head, " "); second != "" {
		second, _, _ = strings.Cut(second, " ")
		if k, ok := sqlKinds[first+" "+second]; ok {
			return k
		}
		return sqlKinds[first]
	}
	return ""
}

// stable and volatile are functions by the name that SQL knows.
var (
	stable = map[string]bool{
		"now": true, "current_timestamp": true, "current_date": true, "current_time": true, "localtimestamp": true, "localtime": true,
		"transaction_timestamp": true, "statement_timestamp": true, "current_user": true, "current_setting": true, "session_user": true,
		"utc_timestamp": true, "getdate": true, "sysdate": true, "getutcdate": true, "today": true, "datetime": true, "strftime": true, "unix_timestamp": true, "timezone": true,
	}
	volatile = map[string]bool{
		"random": true, "gen_random_uuid": true, "uuid_generate_v1": true, "uuid_generate_v1mc": true, "uuid_generate_v4": true, "uuid_generate_v7": true, "uuidv4": true, "uuidv7": true,
		"clock_timestamp": true, "timeofday": true, "nextval": true, "uuid": true, "rand": true, "newid": true, "gen_random_bytes": true, "generateuuidv4": true, "gen_salt": true,
		"nanoid": true, "randomblob": true, "cuid": true, "ulid": true, "gen_ulid": true,
	}
)

// FunctionKind is the kind of a default that calls the named function of SQL.
func FunctionKind(name string) DefaultKind {
	name = strings.ToLower(name)
	switch {
	case stable[name]:
		return DefaultStable
	case volatile[name]:
		return DefaultVolatile
	}
	return DefaultExpression
}
