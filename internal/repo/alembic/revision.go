// Package alembic reads the migrations of Alembic from their source, without
// running it: revisions, how they follow each other, and where alembic.ini says
// they are.
package alembic

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/pylex"
)

// Text is a literal and where it stands, quotes included.
type Text struct {
	Value string
	Span  finding.Span
}

// Revision is one migration.
type Revision struct {
	Path         string
	ID           Text
	Down         []Text // what it revises: none of a first migration, several of a merge
	DownSpan     finding.Span
	BranchLabels []Text
	DependsOn    []Text
	Message      string // the first line of the file's docstring
	Upgrade      []Op   // in file order
	Downgrade    []Op
	Up           []migration.Op // what Upgrade does to the database
	Back         []migration.Op // what Downgrade does

	// Computed is true when an identifier is not written as a literal, so that
	// what the revision follows cannot be read.
	Computed bool
}

// Op is one call of an operation, such as op.create_table.
type Op struct {
	Name  string // create_table; of op.get_bind().execute "get_bind().execute"
	Batch bool   // called on the table that op.batch_alter_table gives
	First Text   // the first argument, when it is a literal
	Span  finding.Span
}

// Has says whether one of the operations has the given name.
func Has(ops []Op, name string) bool {
	for _, op := range ops {
		if op.Name == name {
			return true
		}
	}
	return false
}

// Root says whether the revision follows none.
func (r *Revision) Root() bool { return len(r.Down) == 0 && !r.Computed }

// Parse reads a migration from its source. ok is false when the file is none: it
// has no revision and down_revision at module level.
func Parse(path string, src []byte) (r *Revision, ok bool) {
	return Read(path, src, pylex.Parse(src))
}

// Read is Parse for a file that is parsed already.
func Read(path string, src []byte, f *pylex.File) (r *Revision, ok bool) {
	r = &Revision{Path: path}
	id, down := false, false
	for _, a := range f.Assigns {
		if a.Func >= 0 || a.Op != "=" {
			continue
		}
		switch a.Target {
		case "revision":
			if id = a.Value.IsLiteral; id {
				r.ID = text(a.Value)
			}
		case "down_revision":
			r.Down, r.Computed = texts(a.Value)
			r.DownSpan = a.Value.Span
			down = true
		case "branch_labels":
			r.BranchLabels, _ = texts(a.Value)
		case "depends_on":
			r.DependsOn, _ = texts(a.Value)
		}
	}
	if !id || !down || r.ID.Value == "" {
		return nil, false
	}
	r.Message = docstring(src)
	r.Upgrade, r.Up = operations(f, src, "upgrade")
	r.Downgrade, r.Back = operations(f, src, "downgrade")
	return r, true
}

func text(v pylex.Arg) Text { return Text{strings.Clone(v.Literal), v.Span} }

// texts are the literals of a string, of a list of them, or of None; computed
// says that there is more than literals.
func texts(v pylex.Arg) (list []Text, computed bool) {
	switch {
	case v.Kind == pylex.ValueNull:
		return nil, false
	case v.IsLiteral:
		return []Text{text(v)}, false
	case v.Kind != pylex.ValueTuple && v.Kind != pylex.ValueList && v.Kind != pylex.ValueSet:
		return nil, true
	}
	for _, item := range v.Items() {
		if item.IsLiteral {
			list = append(list, text(item))
		} else {
			computed = true
		}
	}
	return list, computed
}

// operations are those called in the function and in the functions of the file
// that it calls by name, and what they do.
func operations(f *pylex.File, src []byte, name string) (out []Op, steps []migration.Op) {
	within := reached(f, name)
	b := stepBuilder{f: f}
	var outside []finding.Span
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Func < 0 || !within[c.Func] {
			continue
		}
		op := Op{Span: c.Span}
		if rest, ok := strings.CutPrefix(f.Qualify(c.Callee), "alembic.op."); ok {
			op.Name = rest
		} else if rest, ok := strings.CutPrefix(c.Callee, "batch_op."); ok {
			op.Name, op.Batch = rest, true
		} else {
			b.execute(c)
			continue
		}
		if strings.HasSuffix(op.Name, "autocommit_block") {
			outside = append(outside, c.Span)
		}
		if first, ok := c.At(0); ok && first.IsLiteral {
			op.First = Text{strings.Clone(first.Literal), first.Span}
		}
		op.Name = strings.Clone(op.Name)
		out = append(out, op)
		b.step(c, op)
	}
	for _, block := range migration.Blocks(src, outside) {
		for i := range b.out {
			b.out[i].Outside = b.out[i].Outside || block.Contains(b.out[i].Span.Start)
		}
	}
	return out, b.out
}

// reached are the definitions that run when the named function does: itself, the
// functions it calls by name, and what is defined in them.
func reached(f *pylex.File, name string) map[int]bool {
	top := map[string]int{}
	for i, d := range f.Defs {
		if d.Parent < 0 && d.Kind != pylex.Class {
			top[d.Name] = i
		}
	}
	within := map[int]bool{}
	first, ok := top[name]
	if !ok {
		return within
	}
	called := map[int][]int{}
	for _, c := range f.Calls {
		if callee, ok := top[c.Callee]; ok && c.Func >= 0 {
			called[c.Func] = append(called[c.Func], callee)
		}
	}
	children := map[int][]int{}
	for i, d := range f.Defs {
		if d.Parent >= 0 {
			children[d.Parent] = append(children[d.Parent], i)
		}
	}
	for todo := []int{first}; len(todo) > 0; {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if within[d] {
			continue
		}
		within[d] = true
		todo = append(append(todo, called[d]...), children[d]...)
	}
	return within
}

// docstring is the first line of the string that the file begins with.
func docstring(src []byte) string {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	for {
		src = bytes.TrimLeft(src, " \t\r\n")
		if len(src) == 0 || src[0] != '#' {
			break
		}
		n := bytes.IndexByte(src, '\n')
		if n < 0 {
			return ""
		}
		src = src[n:]
	}
	if len(src) > 1 && strings.IndexByte("rRuU", src[0]) >= 0 {
		src = src[1:]
	}
	for _, quote := range []string{`"""`, `'''`, `"`, `'`} {
		if rest, ok := bytes.CutPrefix(src, []byte(quote)); ok {
			text, _, _ := bytes.Cut(rest, []byte(quote))
			line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
			return strings.TrimSpace(line)
		}
	}
	return ""
}
