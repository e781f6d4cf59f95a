package remediation

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// generateSecrets moves literal secrets from compose files and settings into an
// env file that git ignores. Moving keeps every value, and so the system's
// behaviour; replacing the values is a second choice that says what it breaks.
var generateSecrets = &Remedy{
	Fix:       *finding.GenerateSecrets(),
	Summary:   "Moves secret literals to an ignored env file readable by you alone; the files name a variable that must be set.",
	Closes:    []string{"security/inline-secret", "security/default-db-credentials", "backend/insecure-secret-default"},
	Questions: secretQuestions,
	Plan:      planSecrets,
}

// The questions' keys.
const (
	askSecrets = "secrets"
	askValues  = "values"
)

// The answers to askValues.
const (
	keepValues   = "move"
	rotateValues = "rotate"
)

func secretQuestions(c Case) ([]Question, error) {
	which := Question{Key: askSecrets, Label: "Which secrets to move", Kind: ChooseMany}
	b := newSecretMove(c.Repo, "")
	for _, f := range c.Findings {
		at := f.Locations[0]
		o := Option{Value: fmt.Sprintf("%s:%d", at.Path, at.Line), Label: fmt.Sprintf("%s:%d", at.Path, at.Line), Detail: at.Snippet}
		if slices.ContainsFunc(which.Options, func(x Option) bool { return x.Value == o.Value }) {
			continue
		}
		if !b.movable(f) {
			o.Disabled = "no compose variable and no settings default: move it by hand"
		} else {
			which.Default = append(which.Default, o.Value)
		}
		which.Options = append(which.Options, o)
	}
	if len(which.Default) == 0 {
		return nil, errors.New("none of these secrets stands in a compose variable or a settings default: move them by hand")
	}
	return []Question{which, {
		Key: askValues, Label: "What to do with the values", Kind: ChooseOne, Default: []string{keepValues},
		Help: "A value that was committed stays in git's history: moving it is the first step, replacing it the second.",
		Options: []Option{
			{Value: keepValues, Label: "move them as they are", Detail: "nothing changes for the running system; replace them soon"},
			{Value: rotateValues, Label: "replace them by generated ones", Detail: "sessions end; an initialised database volume keeps the old password until ALTER ROLE"},
		},
	}}, nil
}

func planSecrets(_ context.Context, c Case) (*Plan, error) {
	m := newSecretMove(c.Repo, c.Answers.One(askValues, keepValues))
	plan := &Plan{}
	for _, f := range c.Findings {
		at := f.Locations[0]
		if !c.Answers.Has(askSecrets, fmt.Sprintf("%s:%d", at.Path, at.Line)) {
			continue
		}
		if err := m.take(f); err != nil {
			return nil, err
		}
		plan.Closes = append(plan.Closes, f.Fingerprint)
	}
	if len(m.vars) == 0 {
		return nil, errors.New("no secret was chosen")
	}
	if err := m.files(); err != nil {
		return nil, err
	}
	plan.Set.Changes = m.changes()
	plan.Effect, plan.Left = m.effects()
	return plan, nil
}

// secretMove collects what moving the chosen secrets changes.
type secretMove struct {
	s      *repo.Snapshot
	rotate bool
	edits  map[string][]patch.Edit // by file
	vars   map[string]*movedVar    // by env file and name
	extra  []patch.Change          // env files, ignore file, templates
	code   []string                // files that now refuse to start without their variable
}

// movedVar is one variable of an env file.
type movedVar struct {
	envFile  string
	name     string
	value    string // what the literal was
	database bool   // a database's password

}

func newSecretMove(s *repo.Snapshot, values string) *secretMove {
	return &secretMove{s: s, rotate: values == rotateValues, edits: map[string][]patch.Edit{}, vars: map[string]*movedVar{}}
}

// movable says whether the finding stands where a variable can take its place.
func (m *secretMove) movable(f finding.Finding) bool {
	at := f.Locations[0]
	return m.composeVar(at) != nil || m.codeDefault(at) != nil
}

// take plans the edits for one finding.
func (m *secretMove) take(f finding.Finding) error {
	for _, at := range f.Locations {
		switch {
		case m.composeVar(at) != nil:
			if err := m.takeCompose(m.composeVar(at)); err != nil {
				return err
			}
		case m.codeDefault(at) != nil:
			if err := m.takeCode(m.codeDefault(at)); err != nil {
				return err
			}
		}
	}
	return nil
}

// edit adds an edit once.
func (m *secretMove) edit(file string, e patch.Edit) {
	if !slices.ContainsFunc(m.edits[file], func(x patch.Edit) bool { return x.Span == e.Span && string(x.New) == string(e.New) }) {
		m.edits[file] = append(m.edits[file], e)
	}
}

// variable names the variable of envFile that stands for value: the wished name,
// or another when that one means something else already.
func (m *secretMove) variable(envFile, wish, owner, value string) *movedVar {
	for _, v := range m.vars {
		if v.envFile == envFile && v.name == wish && v.value == value {
			return v
		}
	}
	prefix := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(owner))
	names := []string{wish, prefix + "_" + wish}
	for i := 2; i < 10; i++ {
		names = append(names, fmt.Sprintf("%s_%s_%d", prefix, wish, i))
	}
	for _, name := range names {
		key := envFile + "\x00" + name
		if v := m.vars[key]; v != nil {
			if v.value == value {
				return v
			}
			continue
		}
		if has, defined := m.defined(envFile, name); defined && has != value {
			continue
		}
		v := &movedVar{envFile: envFile, name: name, value: value}
		m.vars[key] = v
		return v
	}
	return nil
}

// defined is the value that an env file on disk gives a name already.
func (m *secretMove) defined(envFile, name string) (string, bool) {
	data, err := m.s.Tree().ReadFile(envFile)
	if err != nil {
		return "", false
	}
	span, ok := patch.EnvValue(data, name)
	if !ok {
		return "", false
	}
	return strings.Trim(string(data[span.Start:span.End]), `"'`), true
}

// sorted are the moved variables by env file and name.
func (m *secretMove) sorted() []*movedVar {
	var out []*movedVar
	for _, v := range m.vars {
		out = append(out, v)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].envFile != out[j].envFile {
			return out[i].envFile < out[j].envFile
		}
		return out[i].name < out[j].name
	})
	return out
}

// changes are the edits of all files and the files around them, by path.
func (m *secretMove) changes() []patch.Change {
	out := slices.Clone(m.extra)
	for file, edits := range m.edits {
		out = append(out, patch.Change{Path: file, Edits: edits, Note: "names variables instead of secrets"})
	}
	return patch.Set{Changes: out}.Sorted().Changes
}

func (m *secretMove) effects() (effect, left []string) {
	var names, databases []string
	envFiles := map[string]bool{}
	for _, v := range m.sorted() {
		names = append(names, v.name)
		envFiles[v.envFile] = true
		if v.database {
			databases = append(databases, v.name)
		}
	}
	var where []string
	for f := range envFiles {
		where = append(where, f)
	}
	slices.Sort(where)
	effect = append(effect, fmt.Sprintf("compose refuses to start until %s are set; %s sets them here, so this checkout keeps working.", strings.Join(names, ", "), strings.Join(where, ", ")))
	if len(m.code) > 0 {
		slices.Sort(m.code)
		effect = append(effect, fmt.Sprintf("%s no longer starts with a built-in secret: outside compose the variable must be set, in tests too.", strings.Join(slices.Compact(m.code), ", ")))
	}
	if m.rotate {
		effect = append(effect, "New values: every signed session and token made with an old one ends.")
		if len(databases) > 0 {
			effect = append(effect, fmt.Sprintf("A database volume that exists keeps its old password: set the new one with ALTER ROLE before the next start (%s).", strings.Join(databases, ", ")))
		}
		left = append(left, "The old values are in git's history; they open nothing once every system uses the new ones.")
	} else {
		left = append(left, "Rotate: the same values are still in git's history. Replace them when sessions may end.")
	}
	left = append(left, fmt.Sprintf("Every other checkout and server needs its own %s.", strings.Join(where, ", ")))
	return effect, left
}

// envFileFor is the env file that compose reads for files in dir.
func envFileFor(dir string) string { return path.Join(dir, ".env") }
