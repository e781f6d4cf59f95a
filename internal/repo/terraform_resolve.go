package repo

import (
	"strings"

	"drydock/internal/repo/terraform"
)

// maxTerraformSteps bounds the references that one value is followed through.
const maxTerraformSteps = 40

// Resolve follows references to variables, locals and outputs of the project's own
// modules to the value they have, as far as the project says; file is where that is
// written. ok is false when it cannot be told: without a default, when a file of
// variables or several callers may set it otherwise, when it is computed. A list or
// map is known as such; what it holds may have to be resolved in turn.
func (m *TerraformModule) Resolve(v *terraform.Value, in *File) (value *terraform.Value, file *File, ok bool) {
	r := terraformResolver{steps: maxTerraformSteps}
	at, ok := r.resolve(terraformAt{m, in, v})
	return at.value, at.file, ok
}

// Text is the text of a value with all that it is made of resolved: a literal, a
// reference, a template of these.
func (m *TerraformModule) Text(v *terraform.Value) (text string, ok bool) {
	r := terraformResolver{steps: maxTerraformSteps}
	return r.text(terraformAt{module: m, value: v})
}

// terraformAt is a value as a module sees it.
type terraformAt struct {
	module *TerraformModule
	file   *File
	value  *terraform.Value
}

type terraformResolver struct{ steps int }

// maxResolvedText bounds the text of one value, in bytes.
const maxResolvedText = 4096

func (r *terraformResolver) text(at terraformAt) (string, bool) {
	at, ok := r.resolve(at)
	switch {
	case !ok:
		return "", false
	case at.value.Literal() && at.value.Kind != terraform.Null:
		return at.value.Text, true
	case at.value.Kind != terraform.Template:
		return "", false
	}
	var b strings.Builder
	for _, part := range at.value.Items {
		text, ok := r.text(terraformAt{at.module, at.file, part})
		if !ok || b.Len()+len(text) > maxResolvedText {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), len(at.value.Items) > 0
}

func (r *terraformResolver) resolve(at terraformAt) (terraformAt, bool) {
	for at.value != nil {
		if r.steps--; r.steps < 0 {
			return at, false
		}
		switch at.value.Kind {
		case terraform.Null, terraform.String, terraform.Number, terraform.Bool, terraform.List, terraform.Map, terraform.Template:
			return at, true
		case terraform.Reference:
		default:
			return at, false
		}
		next, rest, ok := r.follow(at)
		if !ok {
			return at, false
		}
		if rest != "" { // a member of what it refers to
			if next, ok = r.resolve(next); !ok {
				return at, false
			}
			for _, name := range strings.Split(rest, ".") {
				next.value = next.value.Get(name)
			}
			if next.value == nil {
				return at, false
			}
		}
		at = next
	}
	return at, false
}

// follow makes one step; rest is the path below what was found.
func (r *terraformResolver) follow(at terraformAt) (next terraformAt, rest string, ok bool) {
	path := at.value.Text
	if strings.ContainsAny(path, "[]*") {
		return at, "", false
	}
	kind, name, _ := strings.Cut(path, ".")
	name, rest, _ = strings.Cut(name, ".")
	switch kind {
	case "local":
		l, ok := at.module.locals[name]
		return terraformAt{at.module, l.file, l.value}, rest, ok
	case "var":
		next, ok := r.variable(at.module, name)
		return next, rest, ok
	case "module":
		call, known := at.module.Block("module." + name)
		output, below, _ := strings.Cut(rest, ".")
		if !known || output == "" || call.Value("count") != nil || call.Value("for_each") != nil {
			return at, "", false
		}
		for _, c := range at.module.Calls {
			if c.Block == call.Block && c.Local != nil && len(c.Local.Callers) == 1 {
				b, ok := c.Local.Block("output." + output)
				if !ok {
					return at, "", false
				}
				return terraformAt{c.Local, b.File, b.Value("value")}, below, true
			}
		}
	}
	return at, "", false
}

// variable is the value that a variable has in whatever is applied.
func (r *terraformResolver) variable(m *TerraformModule, name string) (terraformAt, bool) {
	b, ok := m.Block("var." + name)
	if !ok {
		return terraformAt{}, false
	}
	found := terraformAt{m, b.File, b.Value("default")}
	if len(m.Callers) > 0 {
		var set *TerraformCall
		for _, c := range m.Callers {
			if c.Attribute(name) != nil {
				if len(m.Callers) > 1 {
					return found, false
				}
				set = c
			}
		}
		if set != nil {
			return terraformAt{set.From, set.File, set.Value(name)}, true
		}
		return found, found.value != nil
	}
	for _, f := range m.Inputs {
		v := f.Spec.Value(name)
		switch {
		case v == nil:
		case !terraform.Automatic(f.Path):
			return found, false // applied by some, not by others
		default:
			found = terraformAt{m, f.File, v}
		}
	}
	return found, found.value != nil
}
