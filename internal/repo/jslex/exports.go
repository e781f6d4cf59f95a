package jslex

import "strings"

func (f *File) addExport(name, local, kind string, i, end int) {
	f.Exports = append(f.Exports, Export{Name: name, Local: local, Kind: kind, Span: f.span(i, end)})
}

// exportAt reads what the keyword export at i begins.
func (f *File) exportAt(i int) {
	if f.is(i-1, ".") {
		return
	}
	j := i + 1
	typeOnly := false
	if f.word(j, "type") && (f.is(j+1, "{") || f.is(j+1, "*")) {
		typeOnly = true
		j++
	}
	switch {
	case f.is(j, "*"):
		f.exportAll(i, j, typeOnly)
	case f.is(j, "{"):
		f.exportList(i, j, typeOnly)
	case f.is(j, "="):
		f.addExport("default", f.valueOf(j+1, int(f.stop[min(j+1, len(f.t)-1)])).Ident, "commonjs", i, j+1)
	case f.word(j, "default"):
		f.exportDefault(i, j+1)
	default:
		f.exportDeclaration(i, j)
	}
}

// exportAll reads export * from "m" and export * as ns from "m".
func (f *File) exportAll(i, j int, typeOnly bool) {
	imp := Import{TypeOnly: typeOnly}
	name := "*"
	j++
	if f.word(j, "as") && (f.isName(j+1) || f.kind(j+1) == String) {
		name = f.keyAt(j + 1)
		imp.Namespace = name
		j += 2
	}
	if !f.word(j, "from") || f.kind(j+1) != String {
		return
	}
	f.addExport(name, "", "all", i, j)
	f.reExport(i, j+1, imp)
}

// exportList reads export { a, b as c } with or without a module.
func (f *File) exportList(i, j int, typeOnly bool) {
	specs := f.specifiers(j)
	end := f.skip(j)
	from := f.word(end, "from") && f.kind(end+1) == String
	for _, s := range specs {
		name, local := s.Name, s.Name
		if s.Alias != "" {
			name = s.Alias
		}
		if from {
			local = ""
		}
		kind := "named"
		if typeOnly || s.TypeOnly {
			kind = "type"
		}
		f.addExport(name, local, kind, i, end)
	}
	if from {
		f.reExport(i, end+1, Import{Names: specs, TypeOnly: typeOnly})
	}
}

// exportDefault reads what follows export default; j is the first token of it.
func (f *File) exportDefault(i, j int) {
	k := j
	if f.word(k, "async") && f.word(k+1, "function") || f.word(k, "abstract") && f.word(k+1, "class") {
		k++
	}
	if f.kind(k) == Keyword && (f.text(k) == "function" || f.text(k) == "class") {
		kind := f.text(k)
		k++
		if f.is(k, "*") {
			k++
		}
		local := ""
		if f.kind(k) == Ident && f.text(k) != "implements" {
			local = f.text(k)
		}
		f.addExport("default", local, kind, i, k)
		return
	}
	if f.word(j, "interface") && f.kind(j+1) == Ident {
		f.addExport("default", f.text(j+1), "interface", i, j+2)
		return
	}
	if j < len(f.t) {
		f.addExport("default", f.valueOf(j, int(f.stop[j])).Ident, "default", i, j)
	}
}

// exportDeclaration reads export const, function, class, type and the like.
func (f *File) exportDeclaration(i, j int) {
	for f.word(j, "declare") || f.word(j, "async") || f.word(j, "abstract") {
		j++
	}
	switch kind := f.text(j); kind {
	case "const", "let", "var":
		if f.word(j+1, "enum") {
			f.addExport(f.keyAt(j+2), f.keyAt(j+2), "enum", i, j+3)
			return
		}
		f.exportVariables(i, j, kind)
	case "function", "class", "type", "interface", "enum", "namespace", "module":
		j++
		if f.is(j, "*") {
			j++
		}
		if f.isName(j) {
			f.addExport(f.text(j), f.text(j), kind, i, j+1)
		}
	}
}

// exportVariables reads the names that the declaration at j exports.
func (f *File) exportVariables(i, j int, kind string) {
	for j++; j < len(f.t); j++ {
		switch {
		case f.kind(j) == Ident:
			f.addExport(f.text(j), f.text(j), kind, i, j+1)
		case f.is(j, "{"):
			for _, n := range f.bound(j) {
				name := n.Name
				if n.Alias != "" {
					name = n.Alias
				}
				f.addExport(name, name, kind, i, f.skip(j))
			}
		case f.is(j, "["):
			for k := j + 1; k < int(f.match[j]); k = f.skip(k) {
				if f.kind(k) == Ident {
					f.addExport(f.text(k), f.text(k), kind, i, f.skip(j))
				}
			}
		default:
			return
		}
		j = int(f.stop[j])
		if !f.is(j, ",") {
			return
		}
	}
}

// commonJS records an assignment to module.exports or one of its members.
func (f *File) commonJS(target string, first, eq int, value Arg) {
	switch {
	case target == "module.exports":
		f.addExport("default", value.Ident, "commonjs", first, eq)
		for _, p := range value.Props() {
			if p.Key != "" {
				f.addExport(p.Key, p.Value.Ident, "commonjs", first, eq)
			}
		}
	case strings.HasPrefix(target, "module.exports."):
		f.commonJSName(strings.TrimPrefix(target, "module.exports."), first, eq, value)
	case strings.HasPrefix(target, "exports."):
		f.commonJSName(strings.TrimPrefix(target, "exports."), first, eq, value)
	}
}

func (f *File) commonJSName(name string, first, eq int, value Arg) {
	if !strings.ContainsAny(name, ".[(") && name != "__esModule" {
		f.addExport(name, value.Ident, "commonjs", first, eq)
	}
}
