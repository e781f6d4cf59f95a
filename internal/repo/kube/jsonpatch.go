package kube

import (
	"slices"
	"strconv"
	"strings"
)

// maxOperations bounds how much of one JSON patch is applied.
const maxOperations = 1_000

// IsJSONPatch says whether v is a list of operations rather than a part of an
// object.
func IsJSONPatch(v Value) bool {
	items := v.Items()
	return len(items) > 0 && items[0].Get("op").Exists() && items[0].Get("path").Exists()
}

// Patch is the value after the operations of a JSON patch (RFC 6902). ok is false
// when one of them fails or is none of add, replace and remove; v is then as far
// as it came.
func (v Value) Patch(operations Value) (out Value, ok bool) {
	ops := operations.Items()
	if len(ops) > maxOperations || operations.Open() {
		return v, false
	}
	for _, op := range ops {
		path := op.Get("path").Text()
		tokens := strings.Split(path.Value, "/")
		if path.Unknown || len(tokens) < 2 || tokens[0] != "" || len(tokens) > maxPatchDepth {
			return v, false
		}
		change := operation{kind: op.Get("op").Text().Value, value: op.Get("value")}
		if change.kind != "remove" && (change.kind != "add" && change.kind != "replace" || !change.value.Exists()) {
			return v, false
		}
		next, ok := change.apply(v, tokens[1:])
		if !ok {
			return v, false
		}
		v = next
	}
	return v, true
}

type operation struct {
	kind  string
	value Value
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func (o operation) apply(v Value, tokens []string) (Value, bool) {
	token, last := unescape.Replace(tokens[0]), len(tokens) == 1
	if v.Open() {
		return v, false
	}
	if v.IsSequence() {
		return o.item(v, token, tokens)
	}
	if !v.IsMapping() {
		return v, false
	}
	child := v.Get(token)
	switch {
	case !last:
		if !child.Exists() {
			return v, false
		}
		changed, ok := o.apply(child, tokens[1:])
		return v.With(changed, token), ok
	case o.kind == "add", o.kind == "replace" && child.Exists():
		return v.With(o.value, token), true
	case o.kind == "remove" && child.Exists():
		return v.Without(token), true
	}
	return v, false
}

func (o operation) item(v Value, token string, tokens []string) (Value, bool) {
	items, last := slices.Clone(v.Items()), len(tokens) == 1
	if token == "-" && last && o.kind == "add" {
		return v.WithItems(append(items, o.value)), true
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i > len(items) || i == len(items) && !(last && o.kind == "add") {
		return v, false
	}
	switch {
	case !last:
		changed, ok := o.apply(items[i], tokens[1:])
		items[i] = changed
		return v.WithItems(items), ok
	case o.kind == "add":
		items = slices.Insert(items, i, o.value)
	case o.kind == "replace":
		items[i] = o.value
	default:
		items = slices.Delete(items, i, i+1)
	}
	return v.WithItems(items), true
}
