package migration

import (
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

func TestNames(t *testing.T) {
	for base, want := range map[string]Name{
		"0001_users.sql":                   {Version: "0001", Title: "users"},
		"20240131120000-add_x.js":          {Version: "20240131120000", Title: "add_x"},
		"2024_01_31_120000_create_x.php":   {Version: "20240131120000", Title: "create_x"},
		"2024-01-31-1200_x.py":             {Version: "202401311200", Title: "x"},
		"1_x.up.sql":                       {Version: "1", Title: "x", Up: true},
		"1_x.down.sql":                     {Version: "1", Title: "x", Down: true},
		"0001_jobs.sqlite.sql":             {Version: "0001", Title: "jobs", Engine: "sqlite"},
		"v003-x.sql":                       {Version: "003", Title: "x"},
		"0001_2024_report.sql":             {Version: "0001", Title: "2024_report"},
		"002_x_rollback.sql":               {Version: "002", Title: "x_rollback", Down: true},
		"1700000000000-CreateUser.ts":      {Version: "1700000000000", Title: "CreateUser"},
		"20240102030405_a.postgres.up.sql": {Version: "20240102030405", Title: "a", Up: true, Engine: "postgres"},
	} {
		if got, ok := Plain(base); !ok || got != want {
			t.Errorf("%s: %+v, %v", base, got, ok)
		}
	}
	for _, base := range []string{"users.sql", "3fa9c2_x.py", "x_1.sql", ".sql"} {
		if got, ok := Plain(base); ok {
			t.Errorf("%s: %+v", base, got)
		}
	}
	for base, want := range map[string]Name{
		"V1_2__a.sql":  {Letter: 'V', Version: "1.2", Title: "a"},
		"U3__a.sql":    {Letter: 'U', Version: "3", Title: "a", Down: true},
		"R__views.sql": {Letter: 'R', Title: "views"},
		"V2__B.java":   {Letter: 'V', Version: "2", Title: "B"},
	} {
		if got, ok := Flyway(base); !ok || got != want {
			t.Errorf("%s: %+v, %v", base, got, ok)
		}
	}
	for _, base := range []string{"V1_a.sql", "Vx__a.sql", "X1__a.sql", "V1__a.txt", "R1__a.sql", "V__a.sql"} {
		if got, ok := Flyway(base); ok {
			t.Errorf("%s: %+v", base, got)
		}
	}
}

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.2", "1.10", -1}, {"1.0", "1", 0}, {"0002", "2", 0}, {"10", "9", 1}, {"20240101", "20231231235959", -1}, {"2", "2.1", -1}, {"a", "b", -1}} {
		got := CompareVersions(c.a, c.b)
		if got < 0 != (c.want < 0) || got > 0 != (c.want > 0) || (CompareVersions(c.b, c.a) < 0) != (c.want > 0) {
			t.Errorf("%s and %s: %d", c.a, c.b, got)
		}
		if (Canonical(c.a) == Canonical(c.b)) != (c.want == 0) {
			t.Errorf("%s and %s: %s, %s", c.a, c.b, Canonical(c.a), Canonical(c.b))
		}
	}
}

func TestTime(t *testing.T) {
	for version, want := range map[string]string{"20240131120000": "2024-01-31T12:00", "20240131": "2024-01-31T00:00", "1700000000000": "2023-11-14T22:13", "0001": "0001-01-01T00:00", "99999999": "0001-01-01T00:00", "1.2": "0001-01-01T00:00"} {
		if got := Time(version).Format("2006-01-02T15:04"); got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
}

func TestCreated(t *testing.T) {
	ops := Embedded("CREATE TABLE a (b int); ALTER TABLE a RENAME TO c; CREATE INDEX i ON c (b); CREATE TABLE d ();", 0, finding.Span{}, "", false)
	got := Created(ops, 2)
	if !got["a"] || !got["c"] || got["d"] {
		t.Errorf("%v", got)
	}
	if ops[0].OnTable() || !ops[2].OnTable() {
		t.Error("only what is there already waits")
	}
}

func TestFold(t *testing.T) {
	ops := Embedded(`CREATE TABLE a (b int, c text NOT NULL, d int);
		ALTER TABLE a ADD COLUMN e int DEFAULT 1, DROP COLUMN d, ALTER COLUMN c DROP NOT NULL, ALTER COLUMN b TYPE bigint;
		ALTER TABLE a RENAME COLUMN b TO x; ALTER TABLE a RENAME TO z;
		CREATE INDEX i ON z (x); CREATE TABLE gone (a int); DROP TABLE gone; ALTER TABLE other ADD y int;`, 0, finding.Span{}, "", false)
	f := Fold(ops[:3], ops[3:])
	if len(f.Tables) != 2 || f.Tables["z"] == nil || f.Tables["other"] == nil || f.Open["z"] || !f.Open["other"] || f.Unsure {
		t.Fatalf("%+v", f)
	}
	z := f.Tables["z"]
	if len(z.Columns) != 3 || z.Column("x").Type != "bigint" || z.Column("c").Null != schema.Nullable || z.Column("e") == nil || len(z.Indexes) != 1 {
		t.Errorf("%+v", z)
	}
	if ops[0].Define.Columns[0].Name != "b" {
		t.Error("the operations were changed")
	}
	if !Fold([]Op{{Kind: Code}}).Unsure {
		t.Error("code may do anything")
	}
}

func inside(t *testing.T, ops []Op, size int) {
	t.Helper()
	check := func(s finding.Span) {
		if s.Start < 0 || s.Start > s.End || s.End > size {
			t.Fatalf("span %v outside %d bytes", s, size)
		}
	}
	for _, o := range ops {
		check(o.Span)
		if o.Column != nil {
			check(o.Column.Span)
			check(o.Column.Default.Span)
		}
		if o.Index != nil {
			check(o.Index.Span)
		}
		if o.Constraint != nil {
			check(o.Constraint.Span)
		}
		if o.Define != nil {
			for _, c := range o.Define.Columns {
				check(c.Span)
				check(c.TypeSpan)
			}
		}
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{
		"exports.up = (knex) => knex.schema.createTable('t', (t) => { t.increments(); t.string('a').notNullable().references('b.c').onDelete('x'); t.timestamps(); t.unique(['a']); }).alterTable('u', (t) => { t.integer('x').alter(); t.dropColumn('y'); t.foreign('z').references('id').inTable('q') })",
		"module.exports = {up(queryInterface, S) { queryInterface.addColumn('a', 'b', {type: S.ENUM('x'), references: {model: {tableName: 'm'}, key: 'k'}}); queryInterface.sequelize.query(`DROP TABLE ${x}`); queryInterface.addIndex('a', {fields: ['b'], where: {}}) }, down() {}}",
		"import 'typeorm'; class A { async up(queryRunner) { await queryRunner.query('UPDATE a ' + b); await queryRunner.createTable(new Table({name: 'a', columns: [{name: 'b', default: 'now()'}], foreignKeys: [{columnNames: ['b']}]})); await queryRunner.changeColumn('a', 'b', new TableColumn({name: 'c'})) } }",
		"import {sql} from 'kysely'; export async function up(db) { await sql`ALTER TABLE ${sql.raw(`x`)} ADD y int`.execute(db); await db.schema.createIndex('i').on('t').columns(['a']).unique().execute(); await db.schema.alterTable('t').addColumn('c', 'text', (c) => c.notNull()) }",
		"import '@mikro-orm/migrations'; class A extends Migration { up() { this.addSql('create table a (b int);') } }", "function up() { knex('a').where(b).del(); knex.raw(SQL) }", "up = () => sql`", "function up() { knex.schema.createTable('t', (t) => { t.string(",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		js := jslex.Parse(src)
		for _, tool := range []Tool{"", Knex, Sequelize, TypeORM, Kysely, MikroORM} {
			if m, ok := ReadScript(src, js, tool, ""); ok {
				inside(t, m.Up, len(src))
				inside(t, m.Down, len(src))
			}
		}
	})
}

func FuzzDjango(f *testing.F) {
	for _, s := range []string{
		"class Migration(migrations.Migration):\n  dependencies = [('a', 'b'), swappable_dependency(X)]\n  replaces = (('a', 'c'),)\n  operations = [migrations.CreateModel('M', [('f', models.ForeignKey('self', models.CASCADE))], {'unique_together': {('f', 'g')}, 'indexes': [models.Index(fields=['f'])]}), migrations.RenameModel('M', 'N'), migrations.RenameField('n', 'f', 'h'), migrations.AlterModelTable('n', 'tt'), migrations.AddField('n', 'z', models.ManyToManyField('N')), migrations.RemoveField('n', 'h')]\n",
		"class Migration(Migration):\n operations = [RunSQL([('CREATE INDEX i ON t (a)', None), f'DROP {x}'], state_operations=[AddField('a', 'b', F())]), SeparateDatabaseAndState([AlterUniqueTogether('a', [['b']])], [AddConstraintNotValid('a', CheckConstraint(name='x'))])] + x\n",
		"class Migration(M.Migration):\n operations = [RunSQL(SQL), AddIndexConcurrently('a', GinIndex(OpClass(F('x')), name='i'))]\nSQL = '''UPDATE a\nSET b = 1'''\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, ok := ReadDjango(pylex.Parse(src))
		if !ok {
			return
		}
		state := NewDjangoState()
		state.Apply("app", m.Ops)
		state.Apply("app", m.Ops)
		inside(t, m.Ops, len(src))
	})
}

func FuzzSections(f *testing.F) {
	f.Add([]byte("-- +goose Up\nDROP TABLE a;\n-- +goose Down\n-- migrate:up transaction:false\n--+migrate Up"), "V1__a.sql")
	f.Add([]byte("-- migrate:down\n-- migrate:up"), "2024_01_02_a.up.sql")
	f.Fuzz(func(t *testing.T, src []byte, base string) {
		s, _ := ReadSections(src)
		for _, at := range []finding.Span{s.Up, s.Down} {
			if at.Start < 0 || at.Start > at.End || at.End > len(src) {
				t.Fatalf("span %v outside %d bytes", at, len(src))
			}
		}
		Flyway(base)
		n, _ := Plain(base)
		_ = Time(n.Version)
		CompareVersions(n.Version, base)
	})
}
