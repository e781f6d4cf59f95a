package manifest

import (
	"strings"

	"drydock/internal/finding"
)

// PyProject is a pyproject.toml.
type PyProject struct {
	Name           Text
	Version        Text
	RequiresPython Text // as written: >=3.11 or, of Poetry, ^3.11
	Requirements   []Requirement
	Scripts        []Entry  // commands and entry points: name = "module:function"
	Tools          []Member // the tables under [tool], in order
	BuildBackend   Text
	Root           *Value
}

// ParsePyProject reads a pyproject.toml: PEP 621, PEP 735 groups, Poetry, PDM
// and uv. Requirements are listed in file order within each of these.
func ParsePyProject(src []byte) (*PyProject, error) {
	root, err := ParseTOML(src)
	if err != nil {
		return nil, err
	}
	project, poetry := root.Get("project"), root.Get("tool", "poetry")
	p := &PyProject{
		Root: root,
		Name: project.Get("name").AsText(), Version: project.Get("version").AsText(),
		RequiresPython: project.Get("requires-python").AsText(),
		BuildBackend:   root.Get("build-system", "build-backend").AsText(),
		Requirements:   requirementsOf(project.Get("dependencies").Strings(), "", false),
	}
	p.lists(project.Get("optional-dependencies"), false)
	p.lists(root.Get("dependency-groups"), false)
	p.lists(root.Get("tool", "pdm", "dev-dependencies"), true)
	p.Requirements = append(p.Requirements, requirementsOf(root.Get("tool", "uv", "dev-dependencies").Strings(), "dev", true)...)
	p.poetry(poetry)
	for _, table := range []*Value{project.Get("scripts"), project.Get("gui-scripts"), poetry.Get("scripts")} {
		p.Scripts = append(p.Scripts, table.entries()...)
	}
	if points := project.Get("entry-points"); points.Exists() {
		for _, group := range points.Members {
			p.Scripts = append(p.Scripts, group.Value.entries()...)
		}
	}
	if tools := root.Get("tool"); tools.Exists() {
		p.Tools = tools.Members
	}
	return p, nil
}

// lists reads a table whose members are lists of requirements.
func (p *PyProject) lists(table *Value, dev bool) {
	if table == nil {
		return
	}
	for _, m := range table.Members {
		p.Requirements = append(p.Requirements, requirementsOf(m.Value.Strings(), m.Name, dev || isDevGroup(m.Name))...)
	}
}

func (p *PyProject) poetry(t *Value) {
	if t == nil {
		return
	}
	if !p.Name.Exists() {
		p.Name = t.Get("name").AsText()
	}
	if !p.Version.Exists() {
		p.Version = t.Get("version").AsText()
	}
	if python := t.Get("dependencies", "python"); python != nil && !p.RequiresPython.Exists() {
		p.RequiresPython = python.AsText()
	}
	p.Requirements = append(p.Requirements, namedRequirements(t.Get("dependencies"), "", false)...)
	p.Requirements = append(p.Requirements, namedRequirements(t.Get("dev-dependencies"), "dev", true)...)
	if groups := t.Get("group"); groups.Exists() {
		for _, g := range groups.Members {
			p.Requirements = append(p.Requirements, namedRequirements(g.Value.Get("dependencies"), g.Name, isDevGroup(g.Name))...)
		}
	}
}

// namedRequirements reads a table of name = "specifier" or name = { … }, as
// Poetry and Pipenv write it. The interpreter's own line is left out.
func namedRequirements(table *Value, group string, dev bool) []Requirement {
	if table == nil {
		return nil
	}
	var out []Requirement
	for _, m := range table.Members {
		if m.Name == "python" {
			continue
		}
		r := Requirement{
			Name: Normalize(m.Name), Group: group, Dev: dev, NameSpan: m.NameSpan, Span: m.Span,
			SpecifierSpan: finding.Span{Start: m.NameSpan.End, End: m.NameSpan.End},
		}
		r.specified(m.Value)
		out = append(out, r)
	}
	return out
}

// specified reads the right side of name = ….
func (r *Requirement) specified(v *Value) {
	if v.Kind == Array && len(v.Items) > 0 {
		v = v.Items[0] // one per platform; the first speaks for all
	}
	if version := v.Get("version"); version != nil {
		r.Specifier, r.SpecifierSpan = version.Str(), version.Span
	} else if v.Kind == String {
		r.Specifier, r.SpecifierSpan = v.Text, v.Span
	}
	if r.Specifier = strings.TrimSpace(r.Specifier); r.Specifier == "*" {
		r.Specifier = ""
	}
	for _, key := range []string{"git", "url", "path", "file"} {
		if address := v.Get(key).Str(); address != "" {
			r.URL = address
		}
	}
	for _, extra := range v.Get("extras").Strings() {
		r.Extras = append(r.Extras, extra.Value)
	}
	r.Marker = v.Get("markers").Str()
	r.Editable = v.Get("develop").True() || v.Get("editable").True()
}

// Tool is the table [tool.name], following further names below it; nil when the
// project does not configure it.
func (p *PyProject) Tool(names ...string) *Value {
	return p.Root.Get(append([]string{"tool"}, names...)...)
}

// Find is the requirement with the given name, in any spelling and group.
func (p *PyProject) Find(name string) (Requirement, bool) {
	return findRequirement(p.Requirements, name)
}

// Script is the command with the given name.
func (p *PyProject) Script(name string) (Entry, bool) { return entryNamed(p.Scripts, name) }

// IsProject says whether the file declares a project of its own rather than the
// configuration of tools alone.
func (p *PyProject) IsProject() bool {
	return p.Root.Get("project").Exists() || p.Root.Get("tool", "poetry").Exists()
}
