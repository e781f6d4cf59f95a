package security

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// setting is a name that a tracked file gives a value.
type setting struct {
	file  *repo.File
	name  string
	value string       // as the file writes it; decoded where a manifest holds base64
	at    finding.Span // the value
	owner string       // who is given it, for messages: "the service api", "Secret app"
	kind  source
	envs  []compose.Env // what the file serves
}

type source int

const (
	fromCompose source = iota
	fromBuildArgs
	fromContainer // the environment of a Kubernetes container
	fromObject    // a Kubernetes Secret or ConfigMap
	fromConfig    // a settings file of any other kind
)

// deployed says whether people other than the developers meet the value.
func (v *setting) deployed() bool {
	return slices.ContainsFunc(v.envs, compose.Env.Deployed)
}

// of says whose the setting is: "JWT_SECRET of the service api".
func (v *setting) of() string {
	if v.owner == "" {
		return v.name
	}
	return v.name + " of " + v.owner
}

// place identifies where the value stands.
func (v *setting) place() compose.Place { return compose.Place{Path: v.file.Path, Span: v.at} }

// masked is the value's location, with the value hidden as it is written: in a
// manifest no name on the line says that it is a secret.
func (v *setting) masked() finding.Location {
	at := v.file.At(v.at)
	if text, _, ok := fallback(v.value); ok {
		return hide(at, text)
	}
	if strings.Contains(v.value, "://") {
		return at // its password is hidden already
	}
	raw, _, _ := strings.Cut(strings.Trim(v.file.Text(v.at), `"'`), "\n")
	return hide(hide(at, v.value), raw)
}

// settings lists what the project's compose files, manifests and settings files
// say, those of tests left out, by path and place.
func settings(s *repo.Snapshot) []*setting {
	return repo.Shared(s, "security settings", func() []*setting { return readSettings(s) })
}

func readSettings(s *repo.Snapshot) []*setting {
	out := composeSettings(s)
	out = append(out, kubeSettings(s)...)
	for _, f := range s.Production() {
		if isSettingsFile(f) {
			out = append(out, fileSettings(f)...)
		}
	}
	slices.SortStableFunc(out, func(a, b *setting) int {
		if c := strings.Compare(a.file.Path, b.file.Path); c != 0 {
			return c
		}
		return a.at.Start - b.at.Start
	})
	return out
}

// composeSettings joins the projects: a value that several of them use, or
// several services through an anchor, is one setting. What a project overrides
// does not serve it.
func composeSettings(s *repo.Snapshot) []*setting {
	var out []*setting
	known := map[compose.Place]*setting{}
	for _, project := range s.ComposeProjects() {
		if project.Env == compose.Test {
			continue
		}
		for _, service := range project.Services() {
			add := func(v compose.EnvVar, kind source) {
				at := compose.Place{Path: v.Path, Span: v.Span}
				file := s.File(v.Path)
				if !v.HasValue || file == nil {
					return
				}
				if known[at] == nil {
					known[at] = &setting{file: file, name: v.Name, value: v.Value, at: v.Span, owner: "the service " + service.Name, kind: kind}
					out = append(out, known[at])
				}
				if one := known[at]; !slices.Contains(one.envs, project.Env) {
					one.envs = append(one.envs, project.Env)
				}
			}
			for _, v := range service.Environment {
				add(v, fromCompose)
			}
			for _, v := range service.Build.Args {
				add(v, fromBuildArgs)
			}
		}
	}
	return out
}

// kubeSettings are the literal values of containers, Secrets and ConfigMaps.
func kubeSettings(s *repo.Snapshot) []*setting {
	var out []*setting
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		base := setting{file: o.File, owner: strings.TrimSpace(o.Kind + " " + o.Name), envs: []compose.Env{pathEnv(o.Path)}}
		for _, container := range o.Containers() {
			for _, item := range container.Get("env").Items() {
				if v := item.Get("value"); v.IsScalar() && !v.IsNull() {
					one := base
					one.kind, one.name, one.value, one.at = fromContainer, item.Get("name").Str(), v.Str(), v.Resolve().Span
					out = append(out, &one)
				}
			}
		}
		if o.APIVersion != "v1" || o.Kind != "Secret" && o.Kind != "ConfigMap" {
			continue
		}
		for _, section := range []string{"stringData", "data"} {
			for _, e := range o.Node.Get(section).Entries() {
				if !e.Value.IsScalar() || e.Value.IsNull() {
					continue
				}
				one := base
				one.kind, one.name, one.value, one.at = fromObject, e.Name(), e.Value.Str(), e.Value.Resolve().Span
				if o.Kind == "Secret" && section == "data" {
					one.value = decoded(one.value)
				}
				out = append(out, &one)
			}
		}
	}
	return out
}

// decoded is what base64 stands for, or the text itself.
func decoded(text string) string {
	plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || !utf8.Valid(plain) {
		return text
	}
	return strings.TrimRight(string(plain), "\r\n")
}

// shown is a value as a message may show it.
func shown(value string) string { return finding.Mask(value) }

// isLiteral says whether a value stands for itself and opens something.
func isLiteral(value string) bool {
	return !secret.Reference(value) && !secret.Placeholder(value) && !encrypted(value) && !flag(value)
}

// encrypted says whether a value is of use only to who holds a key: sops,
// dotenvx, ansible-vault, sealed values.
func encrypted(value string) bool {
	for _, prefix := range []string{"ENC[", "ENC(", "encrypted:", "$ANSIBLE_VAULT", "AgA", "AgB", "vault:v"} {
		if strings.HasPrefix(value, prefix) && (len(prefix) > 3 || len(value) > 100) {
			return true
		}
	}
	return false
}

// flag says whether a value only switches something or counts.
func flag(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "yes", "no", "on", "off", "enabled", "disabled", "required", "optional", "auto", "default":
		return true
	}
	return false
}

// fallback is the literal that a value becomes when its variable is not set:
// "postgres" in ${POSTGRES_PASSWORD:-postgres}. ok is false for any other value.
func fallback(value string) (text, variable string, ok bool) {
	refs := compose.Interpolations(value)
	if len(refs) != 1 || refs[0].Span.Start != 0 || refs[0].Span.End != len(value) {
		return "", "", false
	}
	if op := refs[0].Op; op != ":-" && op != "-" {
		return "", "", false
	}
	return refs[0].Arg, refs[0].Name, refs[0].Arg != "" && !strings.Contains(refs[0].Arg, "$")
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
