package system

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// GitignoreEnv finds projects whose ignore rules would let env files with real
// values into git.
var GitignoreEnv = check.PerProject(check.Doc{
	ID:         "system/gitignore-env",
	Title:      "Env files are not ignored",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "The next git add . puts passwords and keys into the history, where they stay after the file is deleted.",
	How:        "Ignore .env and .env.*, and make an exception for the template: !.env.example. Take what is tracked already out with git rm --cached.",
	Holds:      "Env files with real values are ignored",
	References: []string{"https://git-scm.com/docs/gitignore", "https://docs.github.com/en/get-started/git-basics/ignoring-files"},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	names := secretFiles(s)
	if len(names) == 0 {
		return
	}
	at := finding.Root()
	rules := s.File(".gitignore")
	if rules != nil {
		at = rules.Start()
	}
	var open []string
	for _, name := range names {
		if !s.Ignored(name) {
			open = append(open, name)
		}
	}
	if len(open) == 0 {
		if rules != nil {
			p.Holds(at, "git ignores %s", list(names))
		}
		return
	}
	found := p.Report(at, "git does not ignore %s", list(open)).Keyed("env files")
	found.WithPatch("Ignore env files", finding.Safe, ignoreEnv(s, rules, open))
})

// secretFiles are the env files in which this project's real values belong: those
// that a template is copied to, that a deployment reads, and those that are
// tracked blank and wait to be filled in.
func secretFiles(s *repo.Snapshot) (out []string) {
	add := func(name string) {
		if name = path.Clean(name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	real := map[string]bool{} // with values that git has on purpose
	for _, f := range s.EnvFiles() {
		if !f.Template && f.Tracked && slices.ContainsFunc(entryNames(f, false), func(k string) bool { return !f.Spec.Get(k).Blank() }) {
			real[f.Path] = true
		}
	}
	for _, t := range productionTemplates(s) {
		if t.Variant == "" && t.Env == compose.Base && looksSecretive(t) {
			local := path.Join(t.Dir(), ".env")
			if real[local] { // the framework's own way: .env holds defaults, .env.local the secrets
				local += ".local"
			}
			add(local)
		}
	}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() || isTemplateProject(s, project) {
			continue
		}
		for _, v := range project.Services() {
			for _, e := range v.EnvFiles {
				name := path.Join(path.Dir(e.Path), e.File)
				if f := s.File(name); !strings.ContainsAny(name, "$*") && !strings.HasPrefix(name, "..") && !real[name] && (f == nil || blank(s, f)) && isEnvFileName(name) {
					add(name)
				}
			}
		}
	}
	for _, f := range s.EnvFiles() {
		if !f.Template && f.Role == repo.Production && f.Tracked && !real[f.Path] && namesDeployment(f.Name()) && !documents(f) {
			add(f.Path)
		}
	}
	return out
}

// isEnvFileName leaves out files such as common.env.yml or config/app.conf.
func isEnvFileName(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "env.") || strings.HasSuffix(base, ".env")
}

func blank(s *repo.Snapshot, f *repo.File) bool {
	for _, e := range s.EnvFiles() {
		if e.File == f {
			return !slices.ContainsFunc(e.Spec.Entries, func(x *entry) bool { return !x.Blank() })
		}
	}
	return f.Blank()
}

// looksSecretive says whether what is copied from a template will hold anything
// of value: a template of ports and names does no harm.
func looksSecretive(f *repo.EnvFile) bool {
	return slices.ContainsFunc(keysOf(f), isSecretName)
}

// ignoreEnv adds a rule for each file, and exceptions for what is tracked.
func ignoreEnv(s *repo.Snapshot, rules *repo.File, open []string) patch.Set {
	title := "Ignore env files"
	lines := []string{"# real values stay out of git"}
	dots := false
	for _, name := range open {
		if strings.HasPrefix(path.Base(name), ".env") {
			dots = true
		} else {
			lines = append(lines, "/"+name)
		}
	}
	if dots {
		lines = append(lines, ".env", ".env.*")
		for _, f := range s.EnvFiles() {
			base := f.Name()
			if f.Tracked && strings.HasPrefix(base, ".env.") && !slices.Contains(lines, "!"+base) && !slices.Contains(open, f.Path) {
				lines = append(lines, "!"+base)
			}
		}
	}
	text := strings.Join(lines, "\n")
	if rules == nil {
		return patch.Set{Title: title, Changes: []patch.Change{{Path: ".gitignore", Op: patch.Create, Content: []byte(text + "\n"), Mode: 0o644, Note: "Keeps env files with real values out of git."}}}
	}
	content := rules.Bytes()
	return patch.Set{Title: title, Changes: []patch.Change{{
		Path: rules.Path, Base: patch.Sum(content), HasBase: true, Edits: []patch.Edit{patch.AppendLines(content, text)},
		Note: "Keeps env files with real values out of git.",
	}}}
}
