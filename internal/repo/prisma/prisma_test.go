package prisma

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = "\ufeff// schema\r\n" + `datasource db {
  provider = "postgresql" // the one
  url      = env("DATABASE_URL")
  // url = "sqlite"
}
generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["a", "b"]
}
/* model Old { id Int } */
model User {
  id      Int      @id @default(autoincrement()) // key
  email   String   @unique @db.VarChar(20)
  role    Role?    @default(USER)
  posts   Post[]
  point   Unsupported("circle")?
  @@index([email, role(sort: Desc)])
  @@map("users")
}

/// Posts.
model Post {
  id       Int
  author   User @relation(fields: [authorId],
                          references: [id], onDelete: Cascade)
  authorId Int

  @@id([id, authorId])
}
enum Role {
  USER
  ADMIN @map("admin")
}
view V { id Int }`

func TestEverythingKnowsItsBytes(t *testing.T) {
	f, err := Parse("schema.prisma", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	user, post := f.Model("User"), f.Model("Post")
	relation, _ := post.Field("author").Attribute("relation")
	for _, tt := range []struct {
		name string
		span finding.Span
		want string
	}{
		{"provider", f.Datasources[0].Provider.Span, `"postgresql"`},
		{"url", f.Datasources[0].URL.Span, `env("DATABASE_URL")`},
		{"list", f.Generators[0].Settings[1].Span, `["a", "b"]`},
		{"field", user.Field("id").Span, "id      Int      @id @default(autoincrement())"},
		{"type", user.Field("role").TypeSpan, "Role?"},
		{"unsupported", user.Field("point").TypeSpan, `Unsupported("circle")?`},
		{"attribute", user.Field("email").Attributes[1].Span, "@db.VarChar(20)"},
		{"block attribute", user.Attributes[1].Span, `@@map("users")`},
		{"attribute over lines", relation.Span, "@relation(fields: [authorId],\n                          references: [id], onDelete: Cascade)"},
		{"model name", post.NameSpan, "Post"},
		{"last", f.Models[2].Span, "view V { id Int }"},
	} {
		if got := sample[tt.span.Start:tt.span.End]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	got := fmt.Sprint(f.Datasources[0].Provider.Value, f.Datasources[0].URL.Env, len(user.Fields), user.Table(), post.Table(),
		user.Field("posts").List, user.Field("role").Optional, user.Attributes[0].Fields(), relation.Fields(),
		user.Indexed("email"), user.Indexed("role"), post.Indexed("id"), post.Indexed("authorId"), f.Enums[0].Values, len(f.Models), f.Models[2].IsView)
	want := fmt.Sprint("postgresql", "DATABASE_URL", 5, "users", "Post", true, true, []string{"email", "role"}, []string{"authorId"}, true, false, true, false, []string{"USER", "ADMIN"}, 3, true)
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestBrokenSchemasSayWhere(t *testing.T) {
	for _, tt := range []struct {
		src  string
		line int
	}{
		{"model A {\n  id Int\n", 1},
		{"\nnonsense\nmodel A { id Int }\n", 2},
		{"model A {\n  id Int @default(\n}\nmodel B {}\n", 2},
		{"model A {\n  = 3\n}\n", 2},
		{"thing A {\n}\n", 1},
		{"model A { \x00", 1},
		{"model \xff", 1},
		{strings.Repeat("(", 100_000), 1},
		{"model A { a Int @default(" + strings.Repeat("[", 100_000), 1},
	} {
		f, err := Parse("s.prisma", []byte(tt.src))
		var e *Error
		if !errors.As(err, &e) || e.Line != tt.line {
			t.Errorf("%.30q: %v, want line %d", tt.src, err, tt.line)
		}
		if f == nil {
			t.Errorf("%.30q: no file", tt.src)
		}
	}
	if f, err := Parse("s.prisma", nil); err != nil || len(f.Models) != 0 {
		t.Errorf("empty: %v", err)
	}
}

func FuzzSpansStayInside(f *testing.F) {
	for _, s := range []string{sample, "model A{a B@x(\"\\", "datasource a {\n url = env(\"", "enum E{A@@map(\n}", "/*", "model A { a B? @x([y(", "datasource a { url = "} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse("s.prisma", src)
		check := func(spans ...finding.Span) {
			for _, s := range spans {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%v of %d bytes", s, len(src))
				}
			}
		}
		for _, d := range file.Datasources {
			check(d.Span, d.NameSpan, d.URL.Span, d.Provider.Span)
		}
		for _, m := range append(file.Models, file.Types...) {
			check(m.Span, m.NameSpan)
			for _, a := range m.Attributes {
				check(a.Span)
				a.Fields()
				a.Strings()
			}
			for _, fd := range m.Fields {
				check(fd.Span, fd.NameSpan, fd.TypeSpan)
				m.Indexed(fd.Name)
				for _, a := range fd.Attributes {
					check(a.Span)
				}
			}
		}
	})
}
