package model

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// mongooseOptions reads what a schema is told: timestamps.
func mongooseOptions(m *Model, options jslex.Arg, at finding.Span) {
	p, ok := options.Prop("timestamps")
	if !ok {
		return
	}
	created, updated := "createdAt", "updatedAt"
	if on, isBool := p.Value.Bool(); isBool && !on {
		return
	}
	for key, name := range map[string]*string{"createdAt": &created, "updatedAt": &updated} {
		if v, ok := p.Value.Prop(key); ok {
			*name = strings.Clone(v.Value.Literal)
			if on, isBool := v.Value.Bool(); isBool {
				*name = ""
				if on {
					*name = key
				}
			}
		}
	}
	place := schema.Column{Span: at, NameSpan: at}
	if created != "" {
		timestamp(m, created, false, place)
	}
	if updated != "" {
		timestamp(m, updated, true, place)
	}
}

// mongoose reads new Schema({…}) and the model("User", schema) that names it.
// Schemas that no model of the file names are what others embed, or are named in
// another file.
func (r *scriptReader) mongoose() (out []*Model) {
	bySchema := map[string]*Model{}
	holders := map[int]*jslex.Assign{} // by where a call begins
	for i := range r.js.Assigns {
		if a := &r.js.Assigns[i]; a.Value.Kind == jslex.ValueCall && a.Key == "" {
			holders[a.Value.Span.Start] = a
		}
	}
	for i := range r.js.Calls {
		c := &r.js.Calls[i]
		if !c.New || last(c.Callee) != "Schema" || len(c.Args) == 0 {
			continue
		}
		object, ok := r.object(c.Args[0])
		if !ok {
			continue
		}
		m := &Model{ORM: Mongoose, Abstract: true, Span: c.Span, NameSpan: c.CalleeSpan}
		r.paths(m, object, "", 0)
		if len(c.Args) > 1 {
			if options, ok := r.object(c.Args[1]); ok {
				m.Table.Name = str(options, "collection")
				mongooseOptions(m, options, c.Args[1].Span)
			} else {
				m.Open = true
			}
		}
		if a := holders[c.Span.Start]; a != nil {
			m.Name, m.NameSpan = strings.Clone(a.Target), a.TargetSpan
			bySchema[a.Target] = m
		}
		if len(m.Table.Columns) > 0 {
			out = append(out, m)
		}
	}
	for i := range r.js.Calls {
		c := &r.js.Calls[i]
		switch method := last(c.Callee); {
		case method == "model" && len(c.Args) > 1 && c.Args[0].IsLiteral:
			if m := bySchema[c.Args[1].Ident]; m != nil {
				m.Name, m.Abstract = strings.Clone(c.Args[0].Literal), false
				if len(c.Args) > 2 && c.Args[2].IsLiteral {
					m.Table.Name = strings.Clone(c.Args[2].Literal)
				}
			}
		case method == "index" && len(c.Args) > 0 && c.Args[0].Kind == jslex.ValueObject:
			if m := bySchema[strings.TrimSuffix(c.Callee, ".index")]; m != nil {
				m.Table.Indexes = append(m.Table.Indexes, mongooseIndex(c))
			}
		case method == "add" && len(c.Args) > 0:
			if m := bySchema[strings.TrimSuffix(c.Callee, ".add")]; m != nil {
				if object, ok := r.object(c.Args[0]); ok {
					r.paths(m, object, "", 0)
				}
			}
		}
	}
	return out
}

func mongooseIndex(c *jslex.Call) *schema.Index {
	x := &schema.Index{Span: c.Span}
	for _, p := range c.Args[0].Props() {
		if p.Value.Literal == "text" || p.Value.Literal == "2dsphere" || p.Value.Literal == "hashed" {
			x.Method = strings.Clone(p.Value.Literal)
		}
		x.Columns = append(x.Columns, strings.Clone(p.Key))
	}
	if len(c.Args) > 1 {
		x.Name = str(c.Args[1], "name")
		x.Unique, _ = boolean(c.Args[1], "unique")
		_, x.Partial = c.Args[1].Prop("partialFilterExpression")
	}
	return x
}

// paths reads the fields of a schema; those of an object in it have a dot.
func (r *scriptReader) paths(m *Model, object jslex.Arg, prefix string, depth int) {
	props, open := r.props(object, depth)
	m.Open = m.Open || open
	for _, p := range props {
		if p.Key == "" {
			m.Open = true
			continue
		}
		c := &schema.Column{Name: prefix + strings.Clone(p.Key), Null: schema.Nullable, Span: p.Span, NameSpan: p.KeySpan}
		v := p.Value
		if v.Kind == jslex.ValueObject {
			if _, typed := v.Prop("type"); !typed && depth < maxSpread && len(v.Props()) > 0 {
				r.paths(m, v, c.Name+".", depth+1)
				continue
			}
			r.columnOptions(m, c, v)
			if t, ok := v.Prop("type"); ok {
				r.elementRef(c, t.Value)
			}
		} else {
			r.optionType(m, c, v)
			r.elementRef(c, v)
		}
		m.Table.Columns = append(m.Table.Columns, c)
	}
}

// elementRef reads what the elements of a list refer to: [{type: ObjectId, ref: "User"}].
func (r *scriptReader) elementRef(c *schema.Column, v jslex.Arg) {
	items := v.Items()
	if len(items) == 0 {
		return
	}
	if ref, ok := items[0].Prop("ref"); ok {
		c.References = &schema.Reference{Model: arrowName(ref.Value), Span: ref.Span}
	}
}
