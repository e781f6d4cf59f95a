package alembic

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/finding"
)

const usersRevision = `"""Add users

Revision ID: never
Revises: nothing
"""
from typing import Sequence, Union
from alembic import op
import sqlalchemy as sa

revision: str = 'b2'
down_revision: Union[str, None] = "a1"
branch_labels = ("users",)
depends_on = None


def _index():
    op.create_index("ix", "users", ["email"])


def unused():
    op.drop_table("never")


def upgrade() -> None:
    # op.drop_table("comment")
    op.create_table("users", sa.Column("id", sa.Integer()))
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("email", sa.String()))
    _index()


def downgrade() -> None:
    revision = "local"
    op.drop_table("users")
`

func cut(t *testing.T, src string, s finding.Span) string {
	t.Helper()
	if s.Start < 0 || s.End < s.Start || s.End > len(src) {
		t.Fatalf("span %v of %d bytes", s, len(src))
	}
	return src[s.Start:s.End]
}

func names(ops []Op) string {
	var out []string
	for _, op := range ops {
		out = append(out, op.Name)
	}
	return strings.Join(out, " ")
}

func TestRevisionIsReadFromItsAssignments(t *testing.T) {
	for _, src := range []string{usersRevision, "\ufeff# x\n" + strings.ReplaceAll(usersRevision, "\n", "\r\n"), strings.TrimSuffix(usersRevision, "\n")} {
		r, ok := Parse("versions/b2.py", []byte(src))
		if !ok {
			t.Fatal("not a revision")
		}
		if r.ID.Value != "b2" || cut(t, src, r.ID.Span) != "'b2'" || len(r.Down) != 1 || cut(t, src, r.Down[0].Span) != `"a1"` || cut(t, src, r.DownSpan) != `"a1"` {
			t.Errorf("%+v", r)
		}
		if r.Message != "Add users" || len(r.BranchLabels) != 1 || len(r.DependsOn) != 0 || r.Root() || r.Computed {
			t.Errorf("%+v", r)
		}
		if got := names(r.Upgrade); got != "create_index create_table batch_alter_table add_column" {
			t.Errorf("upgrade: %s", got)
		}
		if !Has(r.Downgrade, "drop_table") || cut(t, src, r.Downgrade[0].Span) != `op.drop_table("users")` || !r.Upgrade[3].Batch {
			t.Errorf("downgrade: %+v", r.Downgrade)
		}
	}
}

func TestWhatARevisionRevises(t *testing.T) {
	tests := []struct {
		src      string
		down     string
		ok       bool
		computed bool
	}{
		{"revision = 'a'\ndown_revision = None", "", true, false},
		{"revision = 'a'\ndown_revision = ('b', 'c')", "b c", true, false},
		{"revision = 'a'\ndown_revision = ['b']", "b", true, false},
		{"revision = 'a'\ndown_revision = PREVIOUS", "", true, true},
		{"revision = 'a'\ndown_revision = ('b', C)", "b", true, true},
		{"revision = 'a'", "", false, false},
		{"revision = make()\ndown_revision = None", "", false, false},
		{"# revision = 'a'\n# down_revision = None", "", false, false},
		{"'''\nrevision = 'a'\ndown_revision = None\n'''", "", false, false},
		{"def f():\n    revision = 'a'\n    down_revision = None", "", false, false},
		{"class M:\n    revision = 'a'\n    down_revision = None", "", false, false},
	}
	for _, tt := range tests {
		r, ok := Parse("x.py", []byte(tt.src))
		if ok != tt.ok {
			t.Errorf("%q: revision %v", tt.src, ok)
			continue
		}
		if !ok {
			continue
		}
		var down []string
		for _, d := range r.Down {
			down = append(down, d.Value)
		}
		if strings.Join(down, " ") != tt.down || r.Computed != tt.computed {
			t.Errorf("%q: %v computed %v", tt.src, down, r.Computed)
		}
	}
}

// rev is "id<down,down".
func rev(spec string) *Revision {
	id, down, _ := strings.Cut(spec, "<")
	id, path, ok := strings.Cut(id, "@")
	if !ok {
		path = id
	}
	r := &Revision{Path: path, ID: Text{Value: id}}
	for d := range strings.SplitSeq(down, ",") {
		if d != "" {
			r.Down = append(r.Down, Text{Value: d})
		}
	}
	return r
}

func TestChain(t *testing.T) {
	tests := []struct{ revisions, want string }{
		{"c<b a b<a", "order a b c heads c roots a missing  duplicates  looped  linear true"},
		{"a b<a c<a", "order a b c heads b c roots a missing  duplicates  looped  linear false"},
		{"a b<a c<a m<b,c", "order a b c m heads m roots a missing  duplicates  looped  linear true"},
		{"a b<x", "order a b heads a b roots a missing x duplicates  looped  linear false"},
		{"a<b b<a c", "order c a b heads c roots c missing  duplicates  looped a b linear false"},
		{"a<a", "order a heads  roots  missing  duplicates  looped a linear false"},
		{"a b@1<a b@2<a c<b", "order a b b c heads c roots a missing  duplicates b b looped  linear false"},
		{"", "order  heads  roots  missing  duplicates  looped  linear false"},
	}
	for _, tt := range tests {
		var list []*Revision
		for spec := range strings.FieldsSeq(tt.revisions) {
			list = append(list, rev(spec))
		}
		c := Build(list)
		ids := func(list []*Revision) string {
			var out []string
			for _, r := range list {
				out = append(out, r.ID.Value)
			}
			return strings.Join(out, " ")
		}
		var missing, duplicates []string
		for _, m := range c.Missing {
			missing = append(missing, m.ID.Value)
		}
		for _, d := range c.Duplicates {
			duplicates = append(duplicates, ids(d))
		}
		got := fmt.Sprintf("order %s heads %s roots %s missing %s duplicates %s looped %s linear %v", ids(c.Revisions), ids(c.Heads), ids(c.Roots),
			strings.Join(missing, " "), strings.Join(duplicates, " "), ids(c.Looped), c.Linear())
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.revisions, diff)
		}
	}
}

func TestConfigSaysWhereMigrationsAre(t *testing.T) {
	const src = "[alembic]\nscript_location = %(here)s/db\nversion_locations = %(here)s/a:other.pkg/b\nversion_path_separator = os  # x\nsqlalchemy.url = postgresql://u:p@h/d\n[second]\nscript_location = app:migrations\n[loggers]\nkeys = root\n"
	c, err := ParseConfig([]byte(src))
	if err != nil || len(c.Environments) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	first, second := c.Environments[0], c.Environments[1]
	if first.Scripts("api") != "api/db" || cut(t, src, first.URL.Span) != "postgresql://u:p@h/d" {
		t.Errorf("%+v", first)
	}
	if diff := cmp.Diff([]string{"api/a", "api/other.pkg/b"}, first.Versions("api")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"app/migrations/versions"}, second.Versions(".")); diff != "" {
		t.Error(diff)
	}
	for location, want := range map[string]string{"../x": "", "/abs": "", "%(other)s/x": "", "../../x": ""} {
		if got := (Environment{ScriptLocation: Text{Value: location}}).Scripts("."); got != want {
			t.Errorf("Scripts(%q) = %q", location, got)
		}
	}
}

func FuzzSpansStayInside(f *testing.F) {
	f.Add([]byte(usersRevision))
	f.Add([]byte("from alembic import op\nrevision='a';down_revision=None\ndef upgrade():\n with op.get_context().autocommit_block():\n  op.execute(f\"ALTER TABLE {x} ADD b int DEFAULT (1)\")\n with op.batch_alter_table('t') as batch_op:\n  batch_op.alter_column('c', type_=sa.ARRAY(sa.Text()), server_default=sa.text('now()'))\n  op.create_foreign_key(op.f('k'), 't', 'u', ['a'], ['b'])\n  op.execute('UPDATE t ' 'SET a = 1')"))
	f.Add([]byte("revision='a';down_revision=('b',)\ndef upgrade(): upgrade()"))
	f.Add([]byte("[alembic]\nversion_locations = a b, c\n d"))
	f.Add([]byte("'"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if r, ok := Parse("x.py", src); ok {
			for _, list := range [][]Text{{r.ID}, r.Down, r.BranchLabels, r.DependsOn} {
				for _, text := range list {
					cut(t, string(src), text.Span)
				}
			}
			for _, op := range append(r.Upgrade, r.Downgrade...) {
				cut(t, string(src), op.Span)
			}
			for _, op := range append(r.Up, r.Back...) {
				cut(t, string(src), op.Span)
				if op.Column != nil {
					cut(t, string(src), op.Column.Default.Span)
				}
			}
			Build([]*Revision{r, r})
		}
		c, _ := ParseConfig(src)
		for _, e := range c.Environments {
			for _, text := range append(e.VersionLocations, e.ScriptLocation, e.URL) {
				cut(t, string(src), text.Span)
			}
			e.Versions(".")
		}
	})
}
