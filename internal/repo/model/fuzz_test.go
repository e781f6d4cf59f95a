package model

import (
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/prisma"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

func checkModels(t *testing.T, models []*Model, size int) {
	t.Helper()
	check := func(what string, s finding.Span) {
		if s.Start < 0 || s.Start > s.End || s.End > size {
			t.Fatalf("%s: span %v outside %d bytes", what, s, size)
		}
	}
	reference := func(r *schema.Reference) {
		if r != nil {
			check("reference", r.Span)
		}
	}
	for _, m := range models {
		m.Settle()
		check(m.Name, m.Span)
		check(m.Name, m.NameSpan)
		for _, c := range m.Table.Columns {
			for _, s := range []finding.Span{c.Span, c.NameSpan, c.TypeSpan, c.Default.Span} {
				check(c.Name, s)
			}
			reference(c.References)
		}
		for _, k := range m.Table.Constraints {
			check(k.Name, k.Span)
			reference(k.References)
		}
		for _, x := range m.Table.Indexes {
			check(x.Name, x.Span)
		}
		for _, r := range m.Relations {
			check(r.Name, r.Span)
		}
	}
}

func FuzzPython(f *testing.F) {
	for _, s := range []string{
		"class U(Base):\n    __tablename__ = 'u'\n    __table_args__ = (Index('i', 'a', func.x(b), unique=True), ForeignKeyConstraint(['a'], ['b.c']), {'schema': 's'})\n    a: Mapped[int | None] = mapped_column(ForeignKey('b.c.d', ondelete='x'), server_default=text('now()'))\n",
		"class U(models.Model):\n  a = models.ForeignKey('self', models.CASCADE, db_column='x')\n  b = ArrayField(models.IntegerField())\n  class Meta(M.Meta):\n    unique_together = [('a', 'b'), ['c']]\n    indexes = [models.Index(F('x').desc(), fields=['-a'])]\n",
		"class H(SQLModel, table=True):\n  a: Optional[list[int]] = Field(sa_column=Column('x', ARRAY(ARRAY(Integer))))\n  b: Annotated[str, 1] = 2\n",
		"t = sa.Table('t', m, Column('a', deferred(Column())), UniqueConstraint('a'))\n", "class A:\n @declared_attr\n def b(cls) -> Mapped['X | None']: return relationship()\n", "class A(", "x: Mapped[",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		py := pylex.Parse(src)
		classes, models := Classes(py)
		for _, c := range classes {
			if c.Alchemy != nil {
				models = append(models, c.Alchemy)
			}
			if c.Django != nil {
				models = append(models, c.Django)
			}
			models = append(models, &Model{Table: schema.Table{Columns: c.Fields}})
		}
		checkModels(t, models, len(src))
	})
}

func FuzzScripts(f *testing.F) {
	for _, s := range []string{
		"import {Entity} from 'typeorm'; @Entity('u') @Index(['a']) class U extends B { @Column({type: 'int', default: () => 'x'}) a?: Array<string | null>; @ManyToOne(() => X) b: X\n @JoinColumn() c = 1; m<T>(a): {b: c} { } static { } }",
		"import x from 'mongoose'; const s = new Schema({a: [String], b: {c: {type: Number, ref: 'X'}}, ...d}, {timestamps: {createdAt: 'x'}}); s.index({a: 1}); model('A', s); s.add({e: Date})",
		"import x from 'drizzle-orm'; const t = pgTable('t', (t) => ({a: t.text().array().default(sql`now()`).references(() => u.id, {onDelete: 'x'})}), (t) => ({i: index('i').using('gin', t.a.asc()).where(x), p: primaryKey({columns: [t.a]}), f: foreignKey({columns: [t.a], foreignColumns: [u.b]}).onDelete('c')}))",
		"import x from 'sequelize'; const U = s.define('U', {a: DataTypes.ARRAY(DataTypes.ARRAY(DataTypes.INTEGER)), b: {type: X.ENUM('a'), references: {model: 'm', key: 'k'}}}, {indexes: [{fields: ['a', {name: 'b'}]}]}); U.hasMany(V, {as: 'v'}); U.init({}, {})",
		"import x from 'sequelize-typescript'; @Table({paranoid: true}) class A { @PrimaryKey @AllowNull(false) @ForeignKey(() => B) @Column(DataType.INTEGER) declare a: number }",
		"import x from '@mikro-orm/core'; @Entity() class A { @PrimaryKey() id!: number; @ManyToOne({entity: () => B, deleteRule: 'cascade'}) b: Ref<B> }", "import 'typeorm'; @A.B( class C {", "import 'typeorm'; class C { @Column", "import 'typeorm'; class C { a: {",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkModels(t, Scripts(src, jslex.Parse(src), nil), len(src))
	})
}

func FuzzPrisma(f *testing.F) {
	f.Add([]byte("model A {\n id Int @id @default(dbgenerated(\"x\")) @map(\"y\")\n b B? @relation(fields: [id, c], references: [x], onDelete: SetNull)\n @@index([id(sort: Desc)], map: \"i\")\n @@id(id)\n}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := prisma.Parse("x.prisma", src)
		checkModels(t, FromPrisma(file, func(n string) bool { return len(n) == 1 }), len(src))
	})
}
