package repo

import (
	"bytes"
	"errors"
	"strings"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/envfile"
)

// EnvFile is one env file of the project.
type EnvFile struct {
	*File
	Spec     *envfile.File
	Template bool        // shows how an env file is written, such as .env.example
	Env      compose.Env // what its name or folder says: .env.production; Base for nothing
	Variant  string      // what else its name says: "local" is not part of it, "api" of api.env is
	Unit     string      // the directory of the package that it is for, see Snapshot.UnitDir
}

// EnvRef is a variable that a value of an env file uses.
type EnvRef struct {
	compose.Ref // its span is that in the file
	Entry       *envfile.Entry
}

// Refs are the variables that the values of the file use. What stands in single
// quotes uses none.
func (f *EnvFile) Refs() []EnvRef {
	data := f.Bytes()
	var out []EnvRef
	for _, e := range f.Spec.Entries {
		inner := e.Inner()
		if e.Quote == '\'' || e.Quote == '`' || inner.End > len(data) || inner.Start > inner.End {
			continue
		}
		raw := data[inner.Start:inner.End]
		if bytes.IndexByte(raw, '$') < 0 {
			continue
		}
		for _, ref := range compose.Interpolations(strings.ReplaceAll(string(raw), `\$`, "$$")) {
			ref.Span.Start, ref.Span.End = ref.Span.Start+inner.Start, ref.Span.End+inner.Start
			out = append(out, EnvRef{ref, e})
		}
	}
	return out
}

// Known says whether the file itself sets the variable that one of its values uses.
func (f *EnvFile) Known(ref EnvRef) bool { return f.Spec.Get(ref.Name) != nil }

// EnvFiles lists the env files by path, templates among them; those of tests and
// examples keep their role.
func (s *Snapshot) EnvFiles() []*EnvFile {
	return view(s, "env files", func() []*EnvFile {
		var out []*EnvFile
		for _, f := range s.files {
			if f.Role.Foreign() || !envfile.Sniff(f.Path) {
				continue
			}
			spec, err := envfile.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *envfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
				continue
			}
			env, variant := compose.EnvOf(f.Path, "env", "dotenv", "variables", "example", "sample", "template", "dist", "default", "defaults")
			out = append(out, &EnvFile{f, spec, envfile.IsTemplate(f.Path), env, variant, s.UnitDir(f)})
		}
		return out
	})
}
