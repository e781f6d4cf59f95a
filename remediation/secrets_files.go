package remediation

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/patch"
)

// files plans the env files, the ignore rule and the template's keys.
func (m *secretMove) files() error {
	byFile := map[string][]*movedVar{}
	var order []string
	for _, v := range m.sorted() {
		if byFile[v.envFile] == nil {
			order = append(order, v.envFile)
		}
		byFile[v.envFile] = append(byFile[v.envFile], v)
	}
	for _, envFile := range order {
		if err := m.envFile(envFile, byFile[envFile]); err != nil {
			return err
		}
		if err := m.template(path.Dir(envFile), byFile[envFile]); err != nil {
			return err
		}
	}
	return m.ignore(order)
}

// envFile plans the ignored file that takes the values.
func (m *secretMove) envFile(name string, vars []*movedVar) error {
	if f := m.s.File(name); f != nil && f.Tracked && m.s.VCS() != nil {
		return fmt.Errorf("%s is tracked by git, so a secret in it would be published: untrack it first (git rm --cached %s)", name, name)
	}
	var content []byte
	exists := m.s.Exists(name)
	if exists {
		var err error
		if content, err = m.s.Tree().ReadFile(name); err != nil {
			return fmt.Errorf("%s: cannot be read: %w", name, err)
		}
	}
	before := content
	for _, v := range vars {
		value := v.value
		if m.rotate {
			var err error
			if value, err = GenerateSecret(32); err != nil {
				return err
			}
		}
		edit, err := patch.EnvSet(content, v.name, value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if content, err = patch.Apply(content, []patch.Edit{edit}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	change := patch.Change{Path: name, Secret: true, Note: "readable by you alone, ignored by git"}
	if exists {
		change.Edits, change.Mode = patch.Between(before, content), 0o600
	} else {
		change.Op, change.Content, change.Mode = patch.Create, content, 0o600
	}
	m.extra = append(m.extra, change)
	return nil
}

// templates are the names an env template goes by, the usual one first.
var templates = []string{".env.example", ".env.sample", ".env.template", "env.example", "env.sample", ".env.dist"}

// template adds the keys, without values, to the template beside the env file;
// without one it makes .env.example.
func (m *secretMove) template(dir string, vars []*movedVar) error {
	name := path.Join(dir, templates[0])
	var content []byte
	found := false
	for _, t := range templates {
		if f := m.s.File(path.Join(dir, t)); f != nil {
			name, content, found = f.Path, f.Bytes(), true
			break
		}
	}
	var missing []string
	for _, v := range vars {
		if _, has := patch.EnvValue(content, v.name); !has {
			missing = append(missing, v.name+"=")
		}
	}
	switch {
	case len(missing) == 0:
	case found:
		edit := patch.AppendLines(content, strings.Join(missing, "\n"))
		m.extra = append(m.extra, patch.Change{Path: name, Edits: []patch.Edit{edit}, Note: "names the new variables"})
	default:
		text := "# Copy to .env and fill in. Compose refuses to start while one of these is missing.\n" + strings.Join(missing, "\n") + "\n"
		m.extra = append(m.extra, patch.Change{Path: name, Op: patch.Create, Content: []byte(text), Mode: 0o644, Note: "names the new variables"})
	}
	return nil
}

// ignore makes git ignore the env files, in the same set that writes them.
func (m *secretMove) ignore(envFiles []string) error {
	const name = ".gitignore"
	var content []byte
	exists := m.s.Exists(name)
	if exists {
		var err error
		if content, err = m.s.Tree().ReadFile(name); err != nil {
			return fmt.Errorf("%s: cannot be read: %w", name, err)
		}
	}
	after := content
	for _, f := range envFiles {
		if m.s.Ignored(f) {
			continue
		}
		edit, needed := patch.AddIgnore(after, "/"+f)
		if !needed {
			continue
		}
		var err error
		if after, err = patch.Apply(after, []patch.Edit{edit}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	switch {
	case string(after) == string(content):
	case exists:
		m.extra = append(m.extra, patch.Change{Path: name, Edits: patch.Between(content, after), Note: "keeps the env file out of git"})
	default:
		m.extra = append(m.extra, patch.Change{Path: name, Op: patch.Create, Content: after, Mode: 0o644, Note: "keeps the env file out of git"})
	}
	return nil
}
