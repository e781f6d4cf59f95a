package repo

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/repo/schema"
)

func modelsOf(t *testing.T, archive string) *Snapshot {
	t.Helper()
	s, err := Open(context.Background(), NewTxtar(txtar.Parse([]byte(archive))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// briefModel writes a model in a few lines.
func briefModel(m *Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", m.Spec.ORM, m.Spec.Name, m.Spec.Table.Name)
	if m.Spec.Abstract {
		b.WriteString(" abstract")
	}
	if m.Spec.Open {
		b.WriteString(" open")
	}
	for _, c := range m.Spec.Table.Columns {
		fmt.Fprintf(&b, "\n  %s", c.Name)
		if c.Field != "" {
			fmt.Fprintf(&b, "(%s)", c.Field)
		}
		fmt.Fprintf(&b, " %s", c.Kind)
		for _, flag := range []struct {
			is   bool
			name string
		}{{c.Null == schema.NotNull, "notnull"}, {c.Primary, "pk"}, {c.Unique, "unique"}, {c.Indexed, "index"}, {c.Array, "array"}, {c.Updated, "updated"}, {c.Implied, "implied"}, {c.Generated != 0, "generated"}} {
			if flag.is {
				b.WriteString(" " + flag.name)
			}
		}
		if c.Default.Kind != 0 {
			fmt.Fprintf(&b, " default:%s", [...]string{"none", "literal", "stable", "volatile", "expression", "app"}[c.Default.Kind])
		}
		if r := c.References; r != nil {
			fmt.Fprintf(&b, " ->%s%v %s", r.Table, r.Columns, r.OnDelete)
		}
		if c.Path != "" {
			b.WriteString(" @" + c.Path)
		}
	}
	for _, x := range m.Spec.Table.Indexes {
		fmt.Fprintf(&b, "\n  index %v unique=%v partial=%v", x.Columns, x.Unique, x.Partial)
	}
	for _, k := range m.Spec.Table.Constraints {
		fmt.Fprintf(&b, "\n  %s %v", k.Kind, k.Columns)
		if k.References != nil {
			fmt.Fprintf(&b, " ->%s%v %s", k.References.Table, k.References.Columns, k.References.OnDelete)
		}
	}
	for _, r := range m.Spec.Relations {
		fmt.Fprintf(&b, "\n  rel %s %s many=%v %s", r.Name, r.Model, r.Many, r.OnDelete)
	}
	return b.String()
}

func TestModels(t *testing.T) {
	for _, c := range []struct{ name, files, want string }{
		{"prisma over several files", `
-- prisma/schema/main.prisma --
datasource db { provider = "mysql" }
-- prisma/schema/user.prisma --
model User {
  id    Int    @id @default(autoincrement())
  mail  String @unique @map("e_mail") @db.VarChar(10)
  role  Role   @default(USER)
  at    DateTime @default(now())
  upd   DateTime? @updatedAt
  names String[]
  tags  Json @default(dbgenerated("(gen_random_uuid())"))
  posts Post[]
  @@map("users")
}
enum Role { USER }
-- prisma/schema/post.prisma --
model Post {
  a String
  b String @default(cuid())
  userId Int
  user User @relation(fields: [userId], references: [id], onDelete: Cascade)
  @@id([a, b])
  @@index(userId)
  @@unique([b, userId(sort: Desc)], map: "x")
}
`, `prisma Post Post
  a text notnull
  b text notnull default:app
  userId integer notnull ->users[id] CASCADE
  index [userId] unique=false partial=false
  PRIMARY KEY [a b]
  UNIQUE [b userId]
  rel user User many=false CASCADE
prisma User users
  id integer notnull pk generated
  e_mail(mail) varchar notnull unique
  role enum notnull default:literal
  at datetime notnull default:stable
  upd datetime updated
  names text array
  tags json notnull default:volatile
  rel posts Post many=true `},
		{"sqlalchemy with mixins in other files", `
-- app/__init__.py --
-- app/base.py --
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy import TIMESTAMP, Uuid
class Base(DeclarativeBase):
    __abstract__ = True
class Stamped:
    created_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
class Record(Stamped, Base):
    __abstract__ = True
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=make)
-- app/user.py --
from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, text
from .base import Record
class User(Record):
    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("org_id", "mail"), Index("i", "mail", unique=True, postgresql_where=text("a")), {"schema": "s"})
    mail: Mapped[str] = mapped_column("e_mail", String(9), index=True)
    nick: Mapped[str | None]
    tags = Column(ARRAY(String), nullable=False, server_default=text("gen_random_uuid()"))
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id", ondelete="set null"))
    posts: Mapped[list["Post"]] = relationship("Post", cascade="all, delete-orphan")
    @declared_attr
    def team_id(cls) -> Mapped[int | None]:
        return mapped_column(Integer, ForeignKey("s.teams.id"), index=True)
class Serializer:
    mail = fields.String()
class Admin(User):
    level: Mapped[int] = mapped_column(Integer)
    shown: Mapped[str] = column_property(a + b)
pairs = Table("pairs", Base.metadata, Column("a", Integer, primary_key=True), Column("b", ForeignKey("users.id")))
`, `sqlalchemy Record  abstract
  id uuid notnull pk default:app
  created_at datetimetz notnull default:stable
sqlalchemy User users
  e_mail(mail) varchar notnull index
  nick text
  tags varchar notnull array default:volatile
  org_id integer notnull ->orgs[id] SET NULL
  team_id integer index ->teams[id] 
  id uuid notnull pk default:app @app/base.py
  created_at datetimetz notnull default:stable @app/base.py
  level integer
  index [e_mail] unique=true partial=true
  UNIQUE [org_id e_mail]
  rel posts Post many=true CASCADE
sqlalchemy Admin  abstract
  level integer
  e_mail(mail) varchar notnull index
  nick text
  tags varchar notnull array default:volatile
  org_id integer notnull ->orgs[id] SET NULL
  team_id integer index ->teams[id] 
  id uuid notnull pk default:app @app/base.py
  created_at datetimetz notnull default:stable @app/base.py
  index [e_mail] unique=true partial=true
  UNIQUE [org_id e_mail]
  rel posts Post many=true CASCADE
sqlalchemy pairs pairs
  a integer notnull pk
  b  ->users[id] `},
		{"sqlmodel", `
-- m.py --
from sqlmodel import Field, SQLModel, Relationship
class Base(SQLModel):
    name: str = Field(index=True, max_length=5)
class Hero(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="CASCADE")
    secret: str = "x"
    team: "Team" = Relationship(back_populates="heroes")
class Read(Base):
    id: int
`, `sqlmodel Base  abstract
  name varchar notnull index
sqlmodel Hero hero
  id integer notnull pk
  team_id integer ->team[id] CASCADE
  secret text notnull default:app
  name varchar notnull index
sqlmodel Read  abstract
  id integer notnull
  name varchar notnull index`},
		{"django", `
-- conf/settings.py --
AUTH_USER_MODEL = "shop.User"
-- shop/models/base.py --
from django.db import models
class Stamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    class Meta:
        abstract = True
-- shop/models/__init__.py --
from .base import Stamped
from django.contrib.auth.models import AbstractUser
from django.db import models
class User(AbstractUser):
    nick = models.CharField(max_length=9, unique=True, null=True)
class Order(Stamped):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False)
    parent = models.ForeignKey("self", models.CASCADE)
    items = models.ManyToManyField("Item", through="Line")
    number = models.IntegerField(db_column="no", db_default=1)
    class Meta:
        unique_together = ("user", "number")
        indexes = [models.Index(fields=["-number", "parent"]), GinIndex(fields=["number"], condition=x)]
class Special(Order):
    class Meta:
        proxy = True
class Form(forms.ModelForm):
    a = forms.CharField()
`, `django User shop_user open
  nick varchar unique
django Order shop_order
  id  notnull pk implied generated
  user_id(user)  ->shop_user[] SET NULL
  parent_id(parent)  notnull index ->shop_order[] CASCADE
  no(number) integer notnull default:literal
  created_at datetimetz notnull default:app @shop/models/base.py
  index [no parent_id] unique=false partial=false
  index [no] unique=false partial=true
  UNIQUE [user_id no]
  rel user settings.AUTH_USER_MODEL many=false SET NULL
  rel parent self many=false CASCADE
  rel items Item many=true 
django Special shop_order
django Stamped  abstract
  created_at datetimetz notnull default:app`},
		{"typeorm", `
-- base.ts --
import { PrimaryGeneratedColumn, CreateDateColumn } from "typeorm";
export abstract class Base {
  @PrimaryGeneratedColumn("uuid")
  id!: string;
  @CreateDateColumn({ type: "timestamptz", name: "created" }) createdAt: Date
}
-- user.ts --
import { Entity, Column, ManyToOne, OneToMany, JoinColumn, Index, Unique } from "typeorm";
import { Base } from "./base";
@Entity("users")
@Index(["mail", "orgId"], { unique: true })
@Unique("u", ["mail"])
export class User extends Base {
  @Column({ type: "varchar", length: 9, nullable: true, unique: true })
  mail: string | null;

  @Index()
  @Column("jsonb", { default: {} })
  meta: Record<string, { a: b }>;

  @Column({ default: () => "now()" })
  at: Date;

  @JoinColumn({ name: "org_id" })
  @ManyToOne(() => Org, (o) => o.users, { onDelete: "SET NULL" })
  org: Org;

  @OneToMany(() => Post, (p) => p.user) posts: Post[];
  async save(): Promise<void> { const x = { a: 1 }; }
  private cache = new Map<string, number>();
}
@Injectable()
export class Service { @Inject() no: string }
`, `typeorm Base  abstract
  id uuid notnull pk default:volatile
  created(createdAt) datetimetz notnull default:stable
typeorm User users
  mail varchar unique
  meta json notnull index default:literal
  at datetimetz notnull default:stable
  org_id(org)  ->[] SET NULL
  id uuid notnull pk default:volatile @base.ts
  created(createdAt) datetimetz notnull default:stable @base.ts
  index [mail orgId] unique=true partial=false
  UNIQUE [mail]
  rel org Org many=false SET NULL
  rel posts Post many=true `},
		{"sequelize", `
-- user.js --
module.exports = (sequelize, DataTypes) => {
  const User = sequelize.define("User", {
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
    mail: { type: DataTypes.STRING(9), allowNull: false, unique: true },
    tags: DataTypes.ARRAY(DataTypes.STRING),
    orgId: { type: DataTypes.INTEGER, references: { model: "orgs", key: "id" }, onDelete: "CASCADE" },
  }, { tableName: "users", paranoid: true, underscored: true, indexes: [{ unique: true, fields: ["mail", "org_id"] }] });
  User.hasMany(Post, { as: "posts" });
  return User;
};
`, `sequelize User users
  id uuid notnull pk default:app
  mail varchar notnull unique
  tags varchar array
  orgId integer ->orgs[id] CASCADE
  created_at datetimetz notnull implied
  updated_at datetimetz notnull updated implied
  deleted_at datetimetz implied
  index [mail org_id] unique=true partial=false
  rel posts Post many=true `},
		{"sequelize's classes", `
-- base.ts --
import { DeletedAt } from "sequelize-typescript";
class Base<T extends object = any, U extends object = T> extends Model<T, U> {
  @DeletedAt
  deletedAt: Date | null;
}
export default Base;
-- user.ts --
import { AllowNull, Column, DataType, Default, ForeignKey, PrimaryKey, Table } from "sequelize-typescript";
import Base from "./base";
@Table({ tableName: "users", timestamps: false })
class User extends Base<A, B> {
  @PrimaryKey
  @Default(DataType.UUIDV4)
  @Column(DataType.UUID)
  id: string;

  @AllowNull(false)
  @ForeignKey(() => User)
  @Column(DataType.UUID)
  bossId: string;

  @Column(DataType.VIRTUAL)
  shown: string;
}
`, `sequelize Base  abstract
  deletedAt datetimetz
sequelize User users
  id uuid notnull pk default:app
  bossId uuid notnull ->users[] 
  deletedAt datetimetz @base.ts`},
		{"drizzle", `
-- stamps.ts --
import { timestamp } from "drizzle-orm/pg-core";
export const stamps = { createdAt: timestamp("created_at").defaultNow().notNull() };
-- schema.ts --
import { pgTable, serial, varchar, integer, index, uniqueIndex, uuid, primaryKey } from "drizzle-orm/pg-core";
import { stamps } from "./stamps";
export const users = pgTable("users", {
  id: serial("id").primaryKey(),
  mail: varchar("e_mail", { length: 9 }).notNull().unique(),
  at: timestamp("at", { withTimezone: true }).default(sql` + "`now()`" + `),
});
export const posts = pgTable("posts", (t) => ({
  id: t.uuid().defaultRandom().primaryKey(),
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
  ...stamps,
}), (table) => [index("i").on(table.userId, table.id.desc()), uniqueIndex("u").on(table.id).where(x)]);
`, `drizzle users users
  id integer notnull pk generated
  e_mail(mail) varchar notnull unique
  at datetimetz default:stable
drizzle posts posts open
  id uuid notnull pk default:volatile
  user_id(userId) integer ->users[id] CASCADE
  created_at(createdAt) datetime notnull
  index [user_id id] unique=false partial=false
  index [id] unique=true partial=true`},
		{"mongoose", `
-- options.ts --
export const options = { timestamps: true };
-- user.ts --
import mongoose, { Schema } from "mongoose";
import { options } from "./options";
const userSchema = new Schema<User>({
  mail: { type: String, required: [true, "no"], unique: true },
  tags: [String],
  address: { street: String, zip: { type: Number, index: true } },
  org: { type: Schema.Types.ObjectId, ref: "Org" },
}, options);
userSchema.index({ mail: 1, org: -1 }, { unique: true });
export const User = mongoose.model("User", userSchema, "people");
`, `mongoose User people
  mail text notnull unique
  tags text array
  address.street text
  address.zip float index
  org  ->[] 
  createdAt datetimetz notnull implied
  updatedAt datetimetz notnull updated implied
  index [mail org] unique=true partial=false`},
		{"nestjs and mongoose", `
-- cat.ts --
import { Prop, Schema } from "@nestjs/mongoose";
@Schema({ timestamps: true, collection: "cats" })
export class Cat {
  @Prop({ required: true, index: true })
  name: string;
  @Prop([String])
  tags: string[];
}
`, `mongoose Cat cats
  createdAt datetimetz notnull implied
  updatedAt datetimetz notnull updated implied
  name text notnull index
  tags text array`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range modelsOf(t, c.files).Models() {
				got = append(got, briefModel(m))
			}
			if g := strings.Join(got, "\n"); g != c.want {
				t.Errorf("got\n%s\nwant\n%s", g, c.want)
			}
		})
	}
}
