package containers

import (
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// addToService is the edit that adds a key, written as a block of lines, behind the
// last key of a service. ok is false where the service is not written in block
// style or has the key.
func addToService(s *repo.Snapshot, v *compose.Service, key, block string) (f *repo.File, edit patch.Edit, ok bool) {
	f = s.File(v.Key.Path)
	node := v.Node.Resolve()
	if f == nil || v.Node == nil || v.Node.Kind != yamldoc.Mapping || node.Style != yamldoc.Block || len(v.Node.Own()) == 0 || v.Node.Get(key).Exists() {
		return nil, edit, false
	}
	own := v.Node.Own()
	indent, ok := patch.YAMLIndent(f.Bytes(), own[0].Span().Start)
	if !ok {
		return nil, edit, false
	}
	return f, patch.YAMLInsertAfter(f.Bytes(), own[len(own)-1].Span(), indent, block), true
}

// editsOf is the patch of one file that makes these edits.
func editsOf(f *repo.File, title, note string, edits ...patch.Edit) patch.Set {
	return patch.Set{Title: title, Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: edits, Note: note,
	}}}
}
