package repo

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/migration"
	"drydock/internal/repo/schema"
)

func briefOps(f *File, ops []migration.Op) string {
	var b strings.Builder
	for _, o := range ops {
		fmt.Fprintf(&b, "\n    %d %s %s", f.At(o.Span).Line, o.Kind, o.Table)
		if o.Name != "" {
			fmt.Fprintf(&b, " %s", o.Name)
		}
		if o.To != "" {
			fmt.Fprintf(&b, " to:%s", o.To)
		}
		if o.Statement != "" && o.Kind == migration.SQL {
			fmt.Fprintf(&b, " [%s]", o.Statement)
		}
		for _, flag := range []struct {
			is   bool
			name string
		}{{o.Concurrently, "concurrently"}, {o.Computed, "computed"}, {o.StateOnly, "state"}, {o.Outside, "outside"}, {o.Where, "where"}, {o.Guarded, "guarded"}, {o.Irreversible, "irreversible"}} {
			if flag.is {
				b.WriteString(" " + flag.name)
			}
		}
		column := func(c *schema.Column) {
			fmt.Fprintf(&b, " (%s %s", c.Name, c.Kind)
			if c.Null == schema.NotNull {
				b.WriteString(" notnull")
			}
			if c.Default.Kind != 0 {
				b.WriteString([...]string{"", " literal", " stable", " volatile", " expression", " app"}[c.Default.Kind])
			}
			if c.References != nil {
				b.WriteString(" ->" + c.References.Table)
			}
			b.WriteString(")")
		}
		if o.Column != nil {
			column(o.Column)
		}
		if k := o.Constraint; k != nil {
			fmt.Fprintf(&b, " {%s %v valid=%v}", k.Kind, k.Columns, !k.NotValid)
		}
		if x := o.Index; x != nil {
			fmt.Fprintf(&b, " {index %v unique=%v}", x.Columns, x.Unique)
		}
		if o.Define != nil {
			for _, c := range o.Define.Columns {
				column(c)
			}
		}
	}
	return b.String()
}

func briefHistory(h *MigrationHistory) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", h.Tool, h.Dir)
	if h.Dialect != "" {
		b.WriteString(" " + string(h.Dialect))
	}
	for _, m := range h.Heads {
		b.WriteString(" head:" + m.ID)
	}
	for _, m := range h.Missing {
		fmt.Fprintf(&b, " missing:%s@%s:%d", m.ID, m.At.Path, m.At.Line)
	}
	for _, d := range h.Duplicates {
		b.WriteString(" duplicate:" + d[0].ID + "," + d[1].ID)
	}
	for _, m := range h.Looped {
		b.WriteString(" looped:" + m.ID)
	}
	for _, f := range h.Unlisted {
		b.WriteString(" unlisted:" + f.Name())
	}
	for _, m := range h.Migrations {
		fmt.Fprintf(&b, "\n  %s<-%s", m.ID, strings.Join(m.Parents, ","))
		for _, flag := range []struct {
			is   bool
			name string
		}{{m.Initial, "initial"}, {m.Merge, "merge"}, {m.Repeatable, "repeatable"}, {!m.HasDown, "no-down"}, {!m.Transactional, "no-transaction"}, {m.Empty, "empty"}, {m.Computed, "computed"}, {len(m.Replaces) > 0, "squashed"}} {
			if flag.is {
				b.WriteString(" " + flag.name)
			}
		}
		b.WriteString(briefOps(m.File, m.Up))
		if len(m.Down) > 0 {
			f := m.File
			if m.Undo != nil {
				f = m.Undo
			}
			b.WriteString("\n   down" + briefOps(f, m.Down))
		}
	}
	return b.String()
}

func TestMigrationHistories(t *testing.T) {
	for _, c := range []struct{ name, files, want string }{
		{"alembic", `
-- alembic.ini --
[alembic]
script_location = m
sqlalchemy.url = postgresql+asyncpg://u@h/d
-- m/env.py --
x = 1
-- m/versions/a.py --
from alembic import op
revision = "a"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.String(9), server_default=sa.text("now()")))
def downgrade():
    op.drop_table("t")
-- m/versions/b.py --
from alembic import op
revision = "b"
down_revision = "a"
NAME = "ix_n"
def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(sa.text("UPDATE t SET n = 1 WHERE id = 2"))
    op.execute(f"DELETE FROM {table}")
    op.add_column("t", sa.Column("o", sa.BigInteger(), sa.ForeignKey("p.id"), nullable=False))
    op.alter_column("t", "n", type_=sa.Text(), nullable=False, existing_type=sa.String())
    op.create_foreign_key(None, "t", "p", ["o"], ["id"], postgresql_not_valid=True)
    with op.batch_alter_table("q") as batch_op:
        batch_op.drop_column("z")
    with op.get_context().autocommit_block():
        op.create_index(NAME, "t", ["n"], unique=True, postgresql_concurrently=True)
    op.drop_index(op.f("ix_z"), table_name="t")
    conn.execute(users.update().values(a=1))
-- m/versions/c.py --
revision = "c"
down_revision = "gone"
def upgrade():
    pass
`, `alembic m/versions postgresql head:b head:c missing:gone@m/versions/c.py:2
  a<- initial
    5 create table t (id integer notnull) (n varchar stable)
   down
    7 drop table t
  c<-gone no-down empty
  b<-a no-down computed
    6 set  lock_timeout to:5s
    7 update t where
    8 delete {table} computed
    9 add column t o (o bigint notnull ->p)
    10 alter type t n (n text)
    10 set not null t n (n )
    11 add constraint t {FOREIGN KEY [o] valid=false}
    13 drop column q z
    15 create index t ix_n concurrently outside {index [n] unique=true}
    16 drop index t ix_z
    17 update  computed`},
		{"django", `
-- shop/apps.py --
class C(AppConfig):
    label = "store"
-- shop/migrations/0001_initial.py --
class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(name="Item", fields=[("id", models.AutoField(primary_key=True)), ("owner", models.ForeignKey("store.Person", models.CASCADE))], options={"db_table": "items"}),
        migrations.CreateModel("Box", [("id", models.AutoField(primary_key=True))]),
    ]
-- shop/migrations/0002_a.py --
class Migration(migrations.Migration):
    atomic = False
    dependencies = [("store", "0001_initial"), ("other", "0007_x")]
    operations = [
        migrations.AddField("item", "box", models.ForeignKey("Box", models.PROTECT, null=True)),
        AddIndexConcurrently("box", models.Index(fields=["id"], name="i")),
        migrations.RenameField("item", "owner", "boss"),
        migrations.AlterField("item", "boss", models.ForeignKey("store.Person", models.SET_NULL, null=True)),
        migrations.RemoveField("item", "boss"),
    ]
-- shop/migrations/0002_b.py --
class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE INDEX j ON items (id)"),
        migrations.RunPython(forwards),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Box")],
            database_operations=[migrations.RenameModel("Box", "Crate")],
        ),
    ]
-- shop/migrations/0003_merge.py --
class Migration(migrations.Migration):
    dependencies = [("store", "0002_a"), ("store", "0002_b")]
    operations = []
-- shop/migrations/0001_squashed_0003.py --
class Migration(migrations.Migration):
    replaces = [("store", "0001_initial"), ("store", "0002_a"), ("store", "0002_b"), ("store", "0003_merge")]
    operations = []
-- shop/migrations/0004_c.py --
MORE = [migrations.AddField("crate", "owner", models.IntegerField()), migrations.AlterField("crate", "owner", models.ForeignKey("Item", models.CASCADE))]
class Migration(migrations.Migration):
    dependencies = [("store", "0003_merge"), ("store", "0009_gone")]
    operations = MORE
-- shop/migrations/0005_d.py --
class Migration(migrations.Migration):
    dependencies = [("store", "0004_c"), ("other", "0001_x")]
    operations = MORE + LESS
-- other/migrations/0001_x.py --
class Migration(migrations.Migration):
    dependencies = [("store", "0002_b")]
    operations = [migrations.AddField("store.crate", "n", models.IntegerField())]
`, `django other/migrations head:0001_x
  0001_x<- initial
    3 add column store_crate n (n integer notnull)
django shop/migrations head:0005_d missing:0009_gone@shop/migrations/0004_c.py:3
  0001_initial<- initial
    5 create table items (id integer notnull) (owner_id  notnull ->store_person)
    6 create table store_box (id integer notnull)
  0001_squashed_0003<- initial empty squashed
  0002_a<-0001_initial no-transaction
    5 add column items box_id (box_id  ->store_box)
    6 create index store_box i concurrently {index [id] unique=false}
    7 rename column items owner_id to:boss_id
    8 alter column items boss_id (boss_id  ->store_person)
    9 drop column items boss_id
  0002_b<-0001_initial no-down computed
    4 create index items j irreversible {index [id] unique=false}
    5 code  irreversible
    8 rename table store_box to:store_crate
    7 drop table store_box state
  0003_merge<-0002_a,0002_b merge empty
  0004_c<-0003_merge,0009_gone
    1 add column store_crate owner (owner integer notnull)
    1 alter column store_crate owner to:owner_id (owner_id  notnull ->items)
  0005_d<-0004_c computed
    3 code  computed`},
		{"prisma and its lock", `
-- prisma/migrations/migration_lock.toml --
provider = "postgresql"
-- prisma/migrations/20240101000000_a/migration.sql --
-- drops the column ` + "`x`" + `
CREATE TABLE "A" ("id" TEXT NOT NULL);
-- prisma/migrations/20240101000000_b/migration.sql --
ALTER TABLE "A" ADD COLUMN "b" INTEGER NOT NULL DEFAULT 0, ADD CONSTRAINT c CHECK (b > 0) NOT VALID;
CREATE INDEX CONCURRENTLY i ON "A"("b");
`, `prisma prisma/migrations postgresql head:20240101000000_b
  20240101000000_a<- initial no-down no-transaction
    2 create table A (id text notnull)
  20240101000000_b<-20240101000000_a no-down
    1 add column A b (b integer notnull literal)
    1 add constraint A c {CHECK [] valid=false}
    2 create index A i concurrently {index [b] unique=false}`},
		{"flyway", `
-- db/migration/V1__a.sql --
CREATE TABLE a (b int);
-- db/migration/V1.10__b.sql --
DROP TABLE a;
-- db/migration/V1.2__c.sql --
SELECT 1;
-- db/migration/V1.2.0__again.sql --
DROP TABLE b;
-- db/migration/U1.10__b.sql --
CREATE TABLE a (b int);
-- db/migration/R__views.sql --
CREATE VIEW v AS SELECT 1;
`, `flyway db/migration head:V1.10__b duplicate:V1.2.0__again,V1.2__c
  V1__a<- initial no-down
    1 create table a (b integer)
  V1.2.0__again<-V1__a no-down
    1 drop table b
  V1.2__c<-V1.2.0__again no-down empty
  V1.10__b<-V1.2__c
    1 drop table a
   down
    1 create table a (b integer)
  R__views<- repeatable no-down
    1 create view  v`},
		{"golang-migrate, goose and dbmate", `
-- a/migrations/1_x.up.sql --
CREATE TABLE x (y int);
-- a/migrations/1_x.down.sql --
DROP TABLE x;
-- a/migrations/2_z.up.sql --
TRUNCATE x;
-- b/migrations/0001_x.sql --
-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY i ON t (a);
-- +goose Down
DROP INDEX i;
-- c/db/migrations/20240102030405_x.sql --
-- migrate:up transaction:false
DELETE FROM x;
-- migrate:down
-- d/migrations/0001_a.sqlite.sql --
DROP TABLE a;
-- d/migrations/0001_a.postgres.sql --
DROP TABLE a;
`, `golang-migrate a/migrations head:2_z
  1_x<- initial
    1 create table x (y integer)
   down
    1 drop table x
  2_z<-1_x no-down
    1 truncate x
goose b/migrations postgresql head:0001_x
  0001_x<- initial no-transaction
    3 create index t i concurrently {index [a] unique=false}
   down
    5 drop index  i
dbmate c/db/migrations head:20240102030405_x
  20240102030405_x<- initial no-down no-transaction
    2 delete x
sql d/migrations postgresql head:0001_a.postgres
  0001_a.postgres<- initial no-down
    1 drop table a
sql d/migrations sqlite head:0001_a.sqlite
  0001_a.sqlite<- initial no-down
    1 drop table a`},
		{"drizzle", `
-- drizzle/meta/_journal.json --
{"dialect": "postgresql", "entries": [{"tag": "0001_b"}, {"tag": "0000_a"}, {"tag": "0002_gone"}]}
-- drizzle/0000_a.sql --
DO $$ BEGIN ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c(d); EXCEPTION WHEN duplicate_object THEN null; END $$;
-- drizzle/0001_b.sql --
DROP TABLE b;--> statement-breakpoint
DROP TABLE c;
-- drizzle/0003_extra.sql --
DROP TABLE d;
`, `drizzle drizzle postgresql head:0000_a missing:0002_gone@drizzle/meta/_journal.json:1 unlisted:0003_extra.sql
  0001_b<- initial no-down
    1 drop table b
    2 drop table c
  0000_a<-0001_b no-down
    1 add constraint a f guarded {FOREIGN KEY [b] valid=true}`},
		{"typeorm", `
-- src/migrations/1700000000000-A.ts --
import { MigrationInterface, QueryRunner, Table, TableColumn } from "typeorm";
export class A1700000000000 implements MigrationInterface {
  transaction = false;
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(` + "`CREATE INDEX CONCURRENTLY \"i\" ON \"${schema}\".\"t\" (\"a\")`" + `);
    await queryRunner.createTable(new Table({ name: "u", columns: [{ name: "id", type: "uuid", isPrimary: true, default: "uuid_generate_v4()" }] }), true);
    await queryRunner.addColumn("u", new TableColumn({ name: "n", type: "varchar", isNullable: true }));
  }
  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable("u");
  }
}
`, `typeorm src/migrations postgresql head:1700000000000-A
  1700000000000-A<- initial no-transaction computed
    5 create index t i concurrently computed {index [a] unique=false}
    6 create table u (id uuid notnull volatile)
    7 add column u n (n varchar)
   down
    10 drop table u`},
		{"knex", `
-- migrations/20240101_a.js --
exports.up = async function (knex) {
  await knex.schema.createTable("t", (table) => {
    table.increments("id");
    table.string("mail", 9).notNullable().unique();
    table.integer("o").references("id").inTable("orgs").onDelete("CASCADE");
    table.timestamp("at").defaultTo(knex.fn.now());
  });
  await knex.schema.alterTable("u", function (t) {
    t.string("x").notNullable();
    t.dropColumn("y");
    t.index(["x", "z"], "ix");
  });
  await knex.raw("ALTER TABLE u DROP COLUMN q");
  await knex("u").where({ a: 1 }).update({ b: 2 });
};
exports.down = async (knex) => { await knex.schema.dropTable("t"); };
exports.config = { transaction: false };
-- migrations/20240102_b.js --
exports.up = async () => { await other(); };
exports.down = async () => {};
`, `knex migrations head:20240102_b
  20240101_a<- initial no-transaction
    2 create table t (id integer notnull) (mail varchar notnull) (o integer ->orgs) (at datetimetz stable)
    9 add column u x (x varchar notnull)
    10 drop column u y
    11 create index u ix {index [x z] unique=false}
    13 drop column u q
    14 update u where
   down
    16 drop table t
  20240102_b<-20240101_a no-down computed`},
		{"sequelize", `
-- db/migrations/20240101-a.js --
module.exports = {
  up: async (queryInterface, Sequelize) => {
    await queryInterface.createTable("t", { id: { type: Sequelize.UUID, primaryKey: true }, o: { type: Sequelize.INTEGER, allowNull: false, references: { model: "orgs", key: "id" } } });
    await queryInterface.addColumn("t", "x", { type: Sequelize.STRING, allowNull: false, defaultValue: "a" });
    await queryInterface.addIndex("t", ["x"], { unique: true, concurrently: true });
    await queryInterface.sequelize.query("DELETE FROM t");
  },
  async down(queryInterface) { await queryInterface.removeColumn("t", "x"); },
};
`, `sequelize db/migrations postgresql head:20240101-a
  20240101-a<- initial no-transaction
    3 create table t (id uuid) (o integer notnull ->orgs)
    4 add column t x (x varchar notnull literal)
    5 create index t concurrently {index [x] unique=true}
    6 delete t
   down
    8 drop column t x`},
		{"kysely", `
-- src/migrations/1700000000000-A.ts --
import { Kysely, sql } from "kysely";
export async function up(db: Kysely<any>): Promise<void> {
  await sql` + "`ALTER TABLE \"t\" ADD \"a\" integer;`" + `.execute(db);
  await db.schema.alterTable("t").addColumn("b", "text", (c) => c.notNull().defaultTo(sql` + "`now()`" + `)).execute();
}
export async function down(db: Kysely<any>): Promise<void> {}
`, `kysely src/migrations head:1700000000000-A
  1700000000000-A<- initial no-down
    3 add column t a (a integer)
    4 add column t b (b text notnull expression)`},
		{"by name alone", `
-- app/db/migrate/20240101000000_create_users.rb --
class A < ActiveRecord::Migration[7.0]
  disable_ddl_transaction!
  def change; end
end
-- database/migrations/2024_01_31_120000_create_users.php --
<?php function up() {} function down() {}
-- db/changelog/db.changelog-master.yaml --
databaseChangeLog:
  - changeSet: {id: 1}
`, `rails app/db/migrate head:20240101000000_create_users
  20240101000000_create_users<- initial no-transaction computed
laravel database/migrations head:2024_01_31_120000_create_users
  2024_01_31_120000_create_users<- initial computed
liquibase db/changelog
  db/changelog/db.changelog-master.yaml<- no-down no-transaction computed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, h := range openTxtar(t, c.files).MigrationHistories() {
				got = append(got, briefHistory(h))
			}
			if g := strings.Join(got, "\n"); g != c.want {
				t.Errorf("got\n%s\nwant\n%s", g, c.want)
			}
		})
	}
}

func TestAppsOfDjangoAreAppliedTogether(t *testing.T) {
	s := openTxtar(t, `
-- a/migrations/0001_initial.py --
class Migration(migrations.Migration):
    operations = []
-- a/migrations/0002_x.py --
class Migration(migrations.Migration):
    dependencies = [("a", "0001_initial"), ("b", "0001_initial")]
    operations = []
-- b/migrations/0001_initial.py --
class Migration(migrations.Migration):
    dependencies = [("a", "__first__")]
    operations = []
`)
	var got []string
	for _, m := range s.Applied(s.MigrationHistories()[0]) {
		got = append(got, m.Path)
	}
	if want := "a/migrations/0001_initial.py b/migrations/0001_initial.py a/migrations/0002_x.py"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
