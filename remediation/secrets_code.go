package remediation

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// codeDefault is a settings read with a literal to fall back to.
type codeDefault struct {
	file  *repo.File
	name  string
	value string
	edit  patch.Edit // the read without its fallback
}

// codeDefault finds the settings read at a location whose fallback can be taken
// away by an edit that is no guess; nil when there is none.
func (m *secretMove) codeDefault(at finding.Location) *codeDefault {
	src := m.s.Source(at.Path)
	if src == nil {
		return nil
	}
	line := func(span finding.Span) bool {
		from, _ := src.Position(span.Start)
		to, _ := src.Position(span.End)
		return from <= at.Line && at.Line <= to
	}
	if py := src.Py(); py != nil {
		for _, r := range py.EnvReads {
			if r.Default == nil || !r.Default.IsLiteral || !line(finding.Span{Start: r.Span.Start, End: max(r.Span.End, r.Default.Span.End)}) {
				continue
			}
			if edit, ok := pythonRequired(src.File, r.Span, r.Default.Span, r.Name); ok {
				return &codeDefault{src.File, r.Name, r.Default.Literal, edit}
			}
		}
		return nil
	}
	for _, r := range src.JS().EnvReads {
		if r.Default == nil || !r.Default.IsLiteral || r.Meta || !line(finding.Span{Start: r.Span.Start, End: r.Default.Span.End}) || r.Default.Span.Start < r.Span.End {
			continue
		}
		refusal := fmt.Sprintf(`(() => { throw new Error("%s is not set"); })()`, r.Name)
		return &codeDefault{src.File, r.Name, r.Default.Literal, patch.Replace(r.Default.Span, refusal)}
	}
	return nil
}

// pythonRequired turns os.getenv("X", "literal") into os.environ["X"], which
// fails at once when X is not set.
func pythonRequired(f *repo.File, read, fallback finding.Span, name string) (patch.Edit, bool) {
	whole := finding.Span{Start: read.Start, End: max(read.End, fallback.End)}
	text := f.Text(whole)
	for _, reader := range []string{"os.getenv(", "os.environ.get("} {
		if strings.HasPrefix(text, reader) {
			return patch.Replace(whole, fmt.Sprintf("os.environ[%q]", name)), true
		}
	}
	if strings.HasPrefix(text, "environ.get(") {
		return patch.Replace(whole, fmt.Sprintf("environ[%q]", name)), true
	}
	return patch.Edit{}, false
}

// takeCode removes the fallback and makes sure that every service which runs the
// code is given the variable.
func (m *secretMove) takeCode(d *codeDefault) error {
	m.edit(d.file.Path, d.edit)
	m.code = append(m.code, d.file.Path)
	given := false
	for _, f := range m.s.ComposeFiles() {
		if f.Role != repo.Production || f.Spec == nil {
			continue
		}
		for _, svc := range f.Spec.Services {
			dir := repo.ContextDir(svc)
			if dir == "" || (dir != "." && !strings.HasPrefix(d.file.Path, dir+"/")) || !m.runsLanguage(svc, d.file) {
				continue
			}
			given = true
			if m.supplied(f, svc, d) {
				continue
			}
			if err := m.supply(f, svc, d); err != nil {
				return err
			}
		}
	}
	if !given && m.variable(envFileFor(m.packageDir(d.file)), d.name, "app", d.value) == nil {
		return fmt.Errorf("%s: %s has too many different values: move it by hand", d.file.Path, d.name)
	}
	return nil
}

// packageDir is the directory that the code's settings are kept in: the nearest
// one with a manifest, else the root.
func (m *secretMove) packageDir(f *repo.File) string {
	for dir := f.Dir(); dir != "."; dir = path.Dir(dir) {
		for _, name := range []string{"pyproject.toml", "requirements.txt", "package.json", "Pipfile", "setup.py"} {
			if m.s.File(path.Join(dir, name)) != nil {
				return dir
			}
		}
	}
	return "."
}

// runsLanguage says whether an image built for the service may run the file: a
// service built from the root for another language does not.
func (m *secretMove) runsLanguage(svc *compose.Service, f *repo.File) bool {
	switch m.s.RoleOfSpec(svc) {
	case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RoleProxy, repo.RolePool, repo.RoleBackup:
		return false
	case repo.RoleWeb:
		return f.Lang != repo.Python
	}
	return true
}

// supplied says whether a service is given the variable already: by its
// environment or by an env file that names it.
func (m *secretMove) supplied(f *repo.ComposeFile, svc *compose.Service, d *codeDefault) bool {
	for _, v := range svc.Environment {
		if v.Name == d.name {
			return true
		}
	}
	for _, e := range svc.EnvFiles {
		if _, ok := m.defined(path.Join(f.Dir(), e.File), d.name); ok {
			return true
		}
		if path.Join(f.Dir(), e.File) == envFileFor(f.Dir()) {
			return m.variable(envFileFor(f.Dir()), d.name, svc.Name, m.valueFor(f, d)) != nil
		}
	}
	return false
}

// supply adds NAME: ${NAME:?…} to the service's environment.
func (m *secretMove) supply(f *repo.ComposeFile, svc *compose.Service, d *codeDefault) error {
	moved := m.variable(envFileFor(f.Dir()), d.name, svc.Name, m.valueFor(f, d))
	if moved == nil {
		return fmt.Errorf("%s: %s has too many different values: move it by hand", f.Path, d.name)
	}
	reference := fmt.Sprintf("${%s:?set %s in .env}", moved.name, moved.name)
	env := svc.Node.Get("environment").Resolve() // several services may share one by an alias
	if !env.Exists() {
		indent := strings.Repeat(" ", svc.Node.Indent())
		unit := strings.Repeat(" ", patch.YAMLUnit(f.Bytes()))
		edit, err := patch.YAMLAppend(f.Bytes(), svc.Node.Span, indent, fmt.Sprintf("environment:\n%s%s: %s", unit, d.name, patch.QuoteYAML(reference)))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		m.edit(f.Path, edit)
		return nil
	}
	indent := strings.Repeat(" ", env.Indent())
	if !env.IsMapping() {
		last := svc.Environment[len(svc.Environment)-1]
		m.edit(f.Path, patch.InsertAfter(f.Bytes(), last.Entry.Span.End, indent+"- "+patch.QuoteYAML(d.name+"="+reference)))
		return nil
	}
	edit, err := patch.YAMLAppend(f.Bytes(), env.Span, indent, fmt.Sprintf("%s: %s", d.name, patch.QuoteYAML(reference)))
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	m.edit(f.Path, edit)
	return nil
}

// valueFor is what the variable is worth for the services of a file: what a
// compose literal of that name gives it, else the fallback in the code.
func (m *secretMove) valueFor(f *repo.ComposeFile, d *codeDefault) string {
	for _, other := range m.s.ComposeFiles() {
		if other.Spec == nil || other.Dir() != f.Dir() {
			continue
		}
		for _, svc := range other.Spec.Services {
			for _, v := range svc.Environment {
				if v.Name == d.name && v.HasValue && literalSecret(v.Value) {
					return strings.ReplaceAll(v.Value, "$$", "$")
				}
			}
		}
	}
	return d.value
}
