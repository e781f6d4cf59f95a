package kube

import (
	"slices"

	"drydock/internal/repo/yamldoc"
)

// NewText is a scalar that is written at the place of from.
func NewText(text string, from Value) Value {
	return Value{src: from.src, node: from.node, start: from.start, over: &overlay{kind: yamldoc.Scalar, text: text}}
}

// NewMapping is a mapping with the given fields, as if it stood where from does.
func NewMapping(from Value, fields ...Field) Value {
	return Value{src: from.src, node: from.node, start: from.start, over: &overlay{kind: yamldoc.Mapping, fields: fields}}
}

// Key is the text of a key that a change adds.
func Key(name string) Text { return Text{Value: name, Raw: name, Set: true} }

// With is the value with the one at the path of keys replaced; mappings on the way
// are made where they are missing. v itself does not change.
func (v Value) With(value Value, keys ...string) Value {
	if len(keys) == 0 {
		return value
	}
	fields := slices.Clone(v.ownFields())
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Key.Value == keys[0] })
	if i < 0 {
		fields = append(fields, Field{Key: Key(keys[0]), Value: Value{}.With(value, keys[1:]...)})
	} else {
		fields[i].Value = fields[i].Value.With(value, keys[1:]...)
	}
	return v.mapping(fields)
}

// Without is the value with one key less.
func (v Value) Without(key string) Value {
	fields := v.ownFields()
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Key.Value == key })
	if i < 0 {
		return v
	}
	return v.mapping(slices.Delete(slices.Clone(fields), i, i+1))
}

// WithItems is the value as a sequence of other items.
func (v Value) WithItems(items []Value) Value {
	return Value{src: v.src, node: v.node, start: v.start, over: &overlay{kind: yamldoc.Sequence, items: items, mixed: v.inserts()}}
}

// ownFields are the fields without those that a template puts in.
func (v Value) ownFields() []Field {
	if v.over != nil {
		return v.over.fields
	}
	if len(v.inserts()) == 0 {
		return v.Fields()
	}
	plain := v
	plain.src = &Source{Path: v.src.Path}
	fields := plain.Fields()
	for i := range fields {
		fields[i].Value.src = v.src
	}
	return fields
}

func (v Value) mapping(fields []Field) Value {
	return Value{src: v.src, node: v.node, start: v.start, over: &overlay{kind: yamldoc.Mapping, fields: fields, mixed: v.inserts()}}
}

// maxOverlay bounds how deep Overlaid looks.
const maxOverlay = 50

// Overlaid is the value with what over says instead: mappings are merged, all else
// is replaced, and null removes, as Helm combines values.
func (v Value) Overlaid(over Value) Value { return overlaid(v, over, 0) }

func overlaid(v, over Value, depth int) Value {
	switch {
	case !over.Exists():
		return v
	case !v.IsMapping() || !over.IsMapping() || depth > maxOverlay || len(v.Fields())*len(over.Fields()) > maxCompared:
		return over
	}
	for _, f := range over.Fields() {
		if f.Value.IsNull() {
			v = v.Without(f.Key.Value)
			continue
		}
		v = v.With(overlaid(v.Get(f.Key.Value), f.Value, depth+1), f.Key.Value)
	}
	return v
}
