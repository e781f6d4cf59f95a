package system

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/envfile"
	"drydock/internal/repo/secret"
)

// platformVariables are set by shells, runtimes and hosts: nobody writes them into
// an env file.
var platformVariables = []string{
	"PATH", "HOME", "USER", "USERNAME", "LOGNAME", "UID", "GID", "PWD", "SHELL", "TERM", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "EDITOR", "HOSTNAME", "HOST", "PORT", "CI", "DEBUG", "DISPLAY", "APPDATA", "LOCALAPPDATA",
	"NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "NEXT_RUNTIME", "NEXT_PHASE", "NEXT_DEPLOYMENT_ID", "TURBOPACK", "ANALYZE", "BASE_URL", "MODE", "DEV", "PROD", "SSR", "BABEL_ENV", "PUBLIC_URL", "JEST_WORKER_ID", "VITEST", "VITEST_WORKER_ID", "STORYBOOK",
	"PYTHONPATH", "PYTHONUNBUFFERED", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "SERVER_SOFTWARE", "WERKZEUG_RUN_MAIN", "RUN_MAIN",
	"GOPATH", "GOROOT", "GOOS", "GOARCH", "GODEBUG", "COMSPEC", "SYSTEMROOT", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "CONTEXT", "PULL_REQUEST", "DEPLOY_PRIME_URL", "REVIEW_ID", "PROMETHEUS_MULTIPROC_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "INSTANCE_ID", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "KUBECONFIG", "DYNO", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "SSH_AUTH_SOCK", "INVOCATION_ID", "NOTIFY_SOCKET",
}

var platformPrefixes = []string{
	"VERCEL", "NEXT_PUBLIC_VERCEL_", "NETLIFY", "RAILWAY_", "RENDER", "FLY_", "HEROKU_", "GITHUB_", "GITLAB_", "CI_", "RUNNER_", "KUBERNETES_", "COMPOSE_", "DOCKER_", "npm_", "XDG_", "AWS_LAMBDA_", "AWS_EXECUTION_", "K_", "GAE_", "CF_PAGES", "ECS_", "CODESPACE", "GITPOD_", "PYTEST_", "PLAYWRIGHT_", "CYPRESS_", "JENKINS_", "OTEL_", "DD_", "KOYEB_", "INTERNAL_", "BUILDKITE", "CIRCLE", "TRAVIS", "__",
}

// isPlatform says whether a variable comes from what runs the program.
func isPlatform(name string) bool {
	return name == "" || strings.Contains(name, "DEBUG") || slices.Contains(platformVariables, name) ||
		slices.ContainsFunc(platformPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// needed is a variable that code which runs reads and has no value for, with its
// first place.
type needed struct {
	name string
	read *repo.EnvRead
	dir  string // of the package that reads it
}

// neededVariables lists the variables that running code reads without a default
// of its own, each once for every package, by package and name.
func neededVariables(s *repo.Snapshot) (out []needed) {
	reads := s.EnvReads()
	type key struct{ dir, name string }
	at := map[key]int{}
	fallback := map[string]bool{} // read with a default somewhere: the program can do without
	for i := range reads {
		if r := &reads[i]; r.HasDefault || (r.Settings || r.Schema) && r.Optional || canDoWithout(r) {
			fallback[r.Name] = true
		}
	}
	for i := range reads {
		r := &reads[i]
		if r.HasDefault || isPlatform(r.Name) || fallback[r.Name] || !isEnvName(r.Name) || r.File.Role != repo.Production || isSideTool(r.File.Path) || !s.Runs(r.File) {
			continue
		}
		k := key{s.UnitDir(r.File), r.Name}
		if _, known := at[k]; !known {
			at[k] = len(out)
			out = append(out, needed{r.Name, r, k.dir})
		}
	}
	slices.SortStableFunc(out, func(a, b needed) int {
		if c := strings.Compare(a.dir, b.dir); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return out
}

// canDoWithout says whether the code around a read shows that the variable may be
// missing: a fallback of any kind, or a question whether it is set.
func canDoWithout(r *repo.EnvRead) bool {
	data := r.File.Bytes()
	if r.Required || r.Span.End > len(data) {
		return false
	}
	before := strings.TrimRight(string(data[max(0, r.Span.Start-12):r.Span.Start]), " ")
	after := strings.TrimLeft(string(data[r.Span.End:min(len(data), r.Span.End+12)]), " \n\t")
	if r.File.Lang == repo.Python {
		if strings.Contains(r.File.Text(r.Span), ",") {
			return true
		}
		for _, w := range []string{"or ", "==", "!=", "is ", "in ", "and "} {
			if strings.HasPrefix(after, w) {
				return true
			}
		}
		return strings.HasSuffix(before, "if") || strings.HasSuffix(before, "not") || strings.HasSuffix(before, "bool(")
	}
	for _, w := range []string{"||", "??", "==", "!=", "?", "&&"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return strings.HasSuffix(before, "!") || strings.HasSuffix(before, "if (") || strings.HasSuffix(before, "if(") || strings.HasSuffix(before, "Boolean(") || strings.HasSuffix(before, "&&")
}

// isSideTool says whether a file is run by hand or by developers: a script, a
// migration.
func isSideTool(name string) bool {
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		switch part {
		case "scripts", "script", "tools", "migrations", "hack", "bin", ".storybook", "benchmarks", "loadtest":
			return true
		}
	}
	return false
}

// isEnvName says whether a name is written the way variables of the environment are.
func isEnvName(name string) bool {
	return strings.ToUpper(name) == name && strings.IndexFunc(name, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' }) < 0
}

// mentionedOutsideCode says whether a file that is neither code nor the given
// ones has the name: a page that documents it, a manifest, a playbook. Whoever
// sets up the project can find it there.
func mentionedOutsideCode(s *repo.Snapshot, name string, except ...string) bool {
	for _, f := range s.Files() {
		if f.Role.Foreign() || f.Role == repo.Test || slices.Contains(except, f.Path) || isCode(f) {
			continue
		}
		if says(f, name) {
			return true
		}
	}
	return false
}

// says says whether a file has one of the words: Mentions alone may err.
func says(f *repo.File, words ...string) bool {
	for _, w := range words {
		if f.Mentions(w) && bytes.Contains(f.Bytes(), []byte(w)) {
			return true
		}
	}
	return false
}

func isCode(f *repo.File) bool {
	switch f.Lang {
	case repo.TypeScript, repo.JavaScript, repo.Python, repo.Go:
		return true
	}
	switch path.Ext(f.Path) {
	case ".vue", ".svelte", ".astro", ".java", ".kt", ".rb", ".rs", ".php", ".cs", ".scala", ".ex", ".exs":
		return true
	}
	return false
}

// appendKeys adds blank keys to an env template, each below a comment that names
// who reads it.
func appendKeys(f *repo.File, keys []needed) patch.Set {
	var b strings.Builder
	last := ""
	for _, k := range keys {
		if by := k.read.File.Path; by != last {
			fmt.Fprintf(&b, "\n# read by %s\n", by)
			last = by
		}
		fmt.Fprintf(&b, "%s=\n", k.name)
	}
	content := f.Bytes()
	title := "Add the missing variables to " + f.Path
	return patch.Set{Title: title, Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(content), HasBase: true,
		Edits: []patch.Edit{patch.AppendLines(content, strings.TrimSuffix(b.String(), "\n"))},
		Note:  "Names what the code reads; the values stay blank.",
	}}}
}

// list names the first few of many.
func list(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], ", ") + " and " + fmt.Sprint(len(names)-6) + " more"
	}
	return strings.Join(names, ", ")
}

// within says whether dir is above name or is it.
func within(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

func places(list []needed) (out []finding.Location) {
	for _, n := range list {
		out = append(out, n.read.At())
	}
	return out
}

type entry = envfile.Entry

func isSecretName(name string) bool {
	return secret.Name(name) || strings.HasSuffix(name, "_DSN") || strings.HasSuffix(name, "DATABASE_URL")
}
