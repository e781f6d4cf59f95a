package security

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// pathEnv is the environment that a settings file's name or folder stands for;
// Base when it says none.
func pathEnv(name string) compose.Env {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	for _, w := range slices.Backward(words) {
		switch w {
		case "dev", "development", "devcontainer", "worktree", "gitpod", "local", "localhost", "kind", "minikube":
			return compose.Dev
		case "test", "tests", "testing", "mock", "ci", "e2e":
			return compose.Test
		case "staging", "stage":
			return compose.Staging
		case "prod", "production":
			return compose.Prod
		}
	}
	return compose.Base
}

// toolFiles are read by tools; what they call a token is none of ours.
var toolFiles = map[string]bool{
	"package.json": true, "package-lock.json": true, "pnpm-lock.yaml": true, "pnpm-workspace.yaml": true, "Cargo.toml": true,
	"Pipfile": true, "mkdocs.yml": true, "lerna.json": true, "setup.cfg": true, "tox.ini": true, "pytest.ini": true,
	"mypy.ini": true, "renovate.json": true, "Chart.yaml": true, "pubspec.yaml": true, "codecov.yml": true, "buf.yaml": true,
}

// textDirs hold words for people, schemas and data, not settings.
var textDirs = []string{"locales", "locale", "i18n", "lang", "langs", "languages", "translations", "messages", "schemas", "openapi", ".github", ".gitlab", ".circleci", ".vscode", ".idea", "crds"}

// isSettingsFile says whether a file holds settings that a program reads and no
// other part of the audit reads as something more precise.
func isSettingsFile(f *repo.File) bool {
	base := strings.ToLower(f.Name())
	if toolFiles[f.Name()] || strings.Contains(base, "lock") || strings.HasPrefix(base, ".") || isTemplateName(base) || pathEnv(f.Path) == compose.Test {
		return false
	}
	for dir := range strings.SplitSeq(f.Dir(), "/") {
		if slices.Contains(textDirs, dir) {
			return false
		}
	}
	switch path.Ext(base) {
	case ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".tfvars":
	case ".json":
		if !strings.HasPrefix(base, "appsettings") && !strings.HasPrefix(base, "config") && !strings.HasPrefix(base, "settings") && !strings.HasPrefix(base, "secrets") && path.Base(f.Dir()) != "config" {
			return false
		}
	default:
		return false
	}
	return f.Size > 0 && f.Size < 1<<20 && !f.Binary()
}

// isTemplateName says whether a file shows how another one is written.
func isTemplateName(base string) bool {
	words := strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return strings.ContainsRune("._-", r) })
	for _, w := range words {
		switch w {
		case "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "defaults", "skeleton", "j2", "erb":
			return true
		}
	}
	return false
}

// fileSettings reads a settings file in its format.
func fileSettings(f *repo.File) []*setting {
	if f.Lang == repo.YAML {
		return yamlSettings(f)
	}
	var out []*setting
	assignments(f.Bytes(), path.Ext(f.Path), func(name, value string, at finding.Span) {
		out = append(out, &setting{file: f, name: name, value: value, at: at, kind: fromConfig, envs: []compose.Env{pathEnv(f.Path)}})
	})
	return out
}

// maxSettings is the size above which a YAML file is data, in bytes.
const maxSettings = 1 << 20

// describesAPI says whether a YAML file is an API description, by a line of its
// own: those are long, and parsing one takes a while.
func describesAPI(f *repo.File) bool {
	if !f.Mentions("openapi", "swagger", "asyncapi") {
		return false
	}
	for line := range bytes.Lines(f.Bytes()) {
		for _, key := range []string{"openapi:", "swagger:", "asyncapi:"} {
			if bytes.HasPrefix(line, []byte(key)) {
				return true
			}
		}
	}
	return false
}

// yamlSettings are the scalars of a YAML file that is neither a compose file,
// nor a manifest, nor an API description.
func yamlSettings(f *repo.File) []*setting {
	if compose.Sniff(f.Path, f.Bytes()) {
		return nil
	}
	if f.Size > maxSettings || describesAPI(f) {
		return nil
	}
	docs, err := yamldoc.Parse(f.Bytes())
	if err != nil {
		return nil
	}
	var out []*setting
	for _, d := range docs {
		root := d.Root
		if root.Get("apiVersion").Exists() && root.Get("kind").Exists() || root.Get("openapi").Exists() || root.Get("swagger").Exists() || root.Get("asyncapi").Exists() || root.Get("jobs").Exists() || root.Get("stages").Exists() {
			continue
		}
		root.Walk(func(n *yamldoc.Node) bool {
			for _, e := range n.Own() {
				if e.Value.Kind == yamldoc.Scalar && !e.Value.IsNull() && !strings.HasPrefix(e.Value.Tag, "!v") {
					out = append(out, &setting{file: f, name: e.Name(), value: e.Value.Value, at: e.Value.Span, kind: fromConfig, envs: []compose.Env{pathEnv(f.Path)}})
				}
			}
			return true
		})
	}
	return out
}

// assignments reads "name = value" of ini, toml, properties and tfvars files and
// "name": "value" of JSON, comments left out, and passes on each name with its
// value and the value's place.
func assignments(src []byte, ext string, yield func(name, value string, at finding.Span)) {
	inText := false // between the marks of a text of several lines
	for start := 0; start < len(src); {
		end := len(src)
		if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n
		}
		line := src[start:end]
		marks := bytes.Count(line, []byte(`"""`)) + bytes.Count(line, []byte(`'''`))
		if !inText {
			if ext == ".json" {
				jsonPairs(line, start, yield)
			} else if name, value, at, ok := assignment(line, start); ok && marks == 0 {
				yield(name, value, at)
			}
		}
		if marks%2 == 1 {
			inText = !inText
		}
		start = end + 1
	}
}

// assignment reads one line that starts at base.
func assignment(line []byte, base int) (name, value string, at finding.Span, ok bool) {
	trimmed := bytes.TrimSpace(line)
	if len(trimmed) == 0 || bytes.IndexByte([]byte("#;![/"), trimmed[0]) >= 0 {
		return "", "", at, false
	}
	eq := bytes.IndexAny(line, "=:")
	if eq < 0 {
		return "", "", at, false
	}
	name = strings.Trim(strings.TrimSpace(string(line[:eq])), `"'`)
	if name == "" || strings.ContainsAny(name, " \t{}()<>") {
		return "", "", at, false
	}
	from, to := eq+1, len(line)
	for from < to && (line[from] == ' ' || line[from] == '\t') {
		from++
	}
	if from < to && (line[from] == '"' || line[from] == '\'') {
		n := bytes.IndexByte(line[from+1:], line[from])
		if n < 0 {
			return "", "", at, false
		}
		from, to = from+1, from+1+n
	} else {
		for _, comment := range []string{" #", " ;"} {
			if n := bytes.Index(line[from:to], []byte(comment)); n >= 0 {
				to = from + n
			}
		}
		to = from + len(bytes.TrimRight(line[from:to], " \t\r,"))
	}
	return name, string(line[from:to]), finding.Span{Start: base + from, End: base + to}, to > from
}

// jsonPairs finds the pairs of texts on one line of JSON.
func jsonPairs(line []byte, base int, yield func(name, value string, at finding.Span)) {
	var texts []finding.Span // the strings of the line, quotes left out
	for i := 0; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		j := i + 1
		for j < len(line) && line[j] != '"' {
			if line[j] == '\\' {
				j++
			}
			j++
		}
		if j >= len(line) {
			break
		}
		texts = append(texts, finding.Span{Start: i + 1, End: j})
		i = j
	}
	for i := 0; i+1 < len(texts); i++ {
		name, value := texts[i], texts[i+1]
		if string(bytes.TrimSpace(line[name.End+1:value.Start-1])) == ":" {
			yield(string(line[name.Start:name.End]), string(line[value.Start:value.End]), finding.Span{Start: base + value.Start, End: base + value.End})
		}
	}
}
