package remediation

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// composeVar is a variable of a compose service, in the file that writes it.
type composeVar struct {
	file    *repo.ComposeFile
	service *compose.Service
	env     compose.EnvVar
}

// composeVar finds the compose variable that a location points at, nil when
// there is none or when it holds no literal.
func (m *secretMove) composeVar(at finding.Location) *composeVar {
	for _, f := range m.s.ComposeFiles() {
		if f.Path != at.Path || f.Spec == nil {
			continue
		}
		for _, svc := range f.Spec.Services {
			for _, list := range [][]compose.EnvVar{svc.Environment, svc.Build.Args} {
				for _, v := range list {
					if v.Path != f.Path || !v.HasValue {
						continue
					}
					from, _ := f.Position(v.Entry.Span.Start)
					to, _ := f.Position(v.Entry.Span.End)
					if from <= at.Line && at.Line <= to && literalSecret(v.Value) {
						return &composeVar{f, svc, v}
					}
				}
			}
		}
	}
	return nil
}

// literalSecret says whether a value holds something that can move: it is no
// reference, or a URL with a literal password.
func literalSecret(value string) bool {
	if _, ok := urlPassword(value); ok {
		return true
	}
	return value != "" && len(compose.Interpolations(value)) == 0 && !strings.Contains(value, "://")
}

// urlPassword is the span of the literal password in scheme://user:password@host.
func urlPassword(value string) (finding.Span, bool) {
	i := strings.Index(value, "://")
	if i < 0 {
		return finding.Span{}, false
	}
	start := i + 3
	end := start + strings.IndexAny(value[start:]+"/", "/?#")
	sign := strings.LastIndexByte(value[start:end], '@')
	if sign < 0 {
		return finding.Span{}, false
	}
	colon := strings.IndexByte(value[start:start+sign], ':')
	if colon < 0 {
		return finding.Span{}, false
	}
	span := finding.Span{Start: start + colon + 1, End: start + sign}
	password := value[span.Start:span.End]
	return span, password != "" && !secret.Reference(password)
}

// takeCompose replaces one literal by a reference, and with it every other use
// of the same value in the file: a database's password and the URLs that carry
// it must move together.
func (m *secretMove) takeCompose(v *composeVar) error {
	envFile := envFileFor(path.Dir(v.file.Path))
	value, wish := v.env.Value, v.env.Name
	if span, ok := urlPassword(value); ok {
		value = value[span.Start:span.End]
		wish = m.nameOfPassword(v, value)
	}
	value = strings.ReplaceAll(value, "$$", "$")
	moved := m.variable(envFile, wish, v.service.Name, value)
	if moved == nil {
		return fmt.Errorf("%s: %s has too many different values in the files of %s: move them by hand", v.file.Path, wish, path.Dir(v.file.Path))
	}
	moved.database = moved.database || databaseVar(wish) || v.service.Image.Set() && databaseVar(v.env.Name)
	if _, err := patch.QuoteEnv(value); err != nil {
		return fmt.Errorf("%s: %s: %w", v.file.Path, v.env.Name, err)
	}
	return m.replaceIn(v.file, moved)
}

// replaceIn points every use of the moved value in the file at its variable.
func (m *secretMove) replaceIn(f *repo.ComposeFile, moved *movedVar) error {
	for _, svc := range f.Spec.Services {
		for _, list := range [][]compose.EnvVar{svc.Environment, svc.Build.Args} {
			for _, v := range list {
				if v.Path != f.Path || !v.HasValue {
					continue
				}
				if err := m.replaceVar(f, v, moved); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (m *secretMove) replaceVar(f *repo.ComposeFile, v compose.EnvVar, moved *movedVar) error {
	reference := fmt.Sprintf("${%s:?set %s in .env}", moved.name, moved.name)
	value := v.Value
	if span, ok := urlPassword(value); ok && strings.ReplaceAll(value[span.Start:span.End], "$$", "$") == moved.value {
		// Inside a URL the message is left out: its blank would end the URL for readers.
		value = value[:span.Start] + "${" + moved.name + "}" + value[span.End:]
	} else if secret.Name(v.Name) && strings.ReplaceAll(value, "$$", "$") == moved.value {
		value = reference
	} else {
		return nil
	}
	return m.setScalar(f, v, value)
}

// setScalar writes the value of a mapping entry or of a list item NAME=value.
func (m *secretMove) setScalar(f *repo.ComposeFile, v compose.EnvVar, value string) error {
	span := v.Span
	if v.InList {
		span, value = v.Entry.Span, v.Name+"="+value
	}
	edit, err := patch.YAMLString(f.Bytes(), span, value)
	if err != nil {
		return fmt.Errorf("%s: %s: %w: change it by hand", f.Path, v.Name, err)
	}
	m.edit(f.Path, edit)
	return nil
}

// nameOfPassword is the variable that already names this password in the file,
// or one made from the URL's own name.
func (m *secretMove) nameOfPassword(v *composeVar, password string) string {
	for _, svc := range v.file.Spec.Services {
		for _, e := range svc.Environment {
			if e.HasValue && e.Value == password && secret.Name(e.Name) {
				return e.Name
			}
			for _, ref := range compose.Interpolations(e.Value) { // moved before
				if moved := m.vars[envFileFor(path.Dir(v.file.Path))+"\x00"+ref.Name]; moved != nil && moved.value == password {
					return moved.name
				}
			}
		}
	}
	base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(v.env.Name, "_URL"), "_URI"), "_DSN")
	return base + "_PASSWORD"
}

func databaseVar(name string) bool {
	for _, word := range []string{"POSTGRES", "MYSQL", "MARIADB", "MONGO", "PG", "DB", "DATABASE"} {
		if strings.HasPrefix(name, word) && strings.Contains(name, "PASS") {
			return true
		}
	}
	return false
}
