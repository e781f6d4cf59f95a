package compose

import (
	"path"
	"strings"

	"drydock/internal/repo/shell"
)

// Env says which environment a project is for.
type Env int

// The environments. A Base project carries no sign of any: it is what gets
// deployed unless another file is.
const (
	Base Env = iota
	Dev
	Test
	Staging
	Prod
)

var envNames = [...]string{"base", "development", "test", "staging", "production"}

// String is the environment's name in messages.
func (e Env) String() string { return envNames[e] }

// Deployed says whether people other than the developers meet what runs in it.
func (e Env) Deployed() bool { return e == Base || e == Staging || e == Prod }

// envWord is the environment that a word of a file or folder name stands for.
func envWord(word string) (Env, bool) {
	switch word {
	case "prod", "production", "prd", "live", "release", "deploy":
		return Prod, true
	case "staging", "stage", "stg", "preprod", "uat", "qa", "preview":
		return Staging, true
	case "dev", "develop", "development", "devcontainer", "worktree", "gitpod", "vscode", "local", "debug", "watch":
		return Dev, true
	case "test", "tests", "testing", "ci", "e2e", "integration", "cypress", "playwright", "mock", "mocks":
		return Test, true
	}
	return Base, false
}

// nameOf takes a file's name apart: the environment it names, whether it is the
// override file that compose reads by itself, and what else it says ("gpu",
// "monitoring").
func nameOf(file string) (env Env, override bool, variant string) {
	stem, _ := yamlStem(file)
	var rest []string
	for _, w := range words(stem) {
		e, ok := envWord(w)
		switch {
		case ok && env == Base:
			env = e
		case w == "override":
			override = true
		case w == "docker" || w == "compose" || w == "stack" || w == "podman":
		default:
			rest = append(rest, w)
		}
	}
	return env, override, strings.Join(rest, "-")
}

// dirEnv is the environment that the nearest folder with such a name stands for.
func dirEnv(dir string) (Env, string) {
	for ; dir != "." && dir != "/" && dir != ""; dir = path.Dir(dir) {
		for _, w := range words(strings.ToLower(path.Base(dir))) {
			if e, ok := envWord(w); ok && w != "deploy" && w != "preview" && w != "release" {
				return e, dir
			}
		}
	}
	return Base, ""
}

// EnvOf is the environment that a file is for by its name, else by its folder's, and
// what else its name says. The words of plain say nothing: "env" of an env file.
func EnvOf(file string, plain ...string) (env Env, variant string) {
	var rest []string
	for _, w := range words(strings.ToLower(path.Base(file))) {
		e, ok := envWord(w)
		switch {
		case ok && env == Base:
			env = e
		case !ok && !contains(plain, w):
			rest = append(rest, w)
		}
	}
	if env == Base {
		env, _ = dirEnv(path.Dir(file))
	}
	return env, strings.Join(rest, "-")
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
}

// DevSign is the first thing in the service that only development does: its
// command reloads on change, it mounts the source it is built from, or its
// environment says so. ok is false when there is none.
func (s *Service) DevSign() (at Place, what string, ok bool) {
	for _, c := range []Command{s.Entrypoint, s.Command} {
		if IsDevCommand(c.Words) {
			return c.Place, "runs " + c.Text, true
		}
	}
	for _, v := range s.Environment {
		switch v.Name {
		case "NODE_ENV", "FLASK_ENV", "APP_ENV", "RAILS_ENV", "ASPNETCORE_ENVIRONMENT", "ENVIRONMENT":
			if e, known := envWord(strings.ToLower(v.Value)); known && e == Dev {
				return v.Entry, "sets " + v.Name + " to " + v.Value, true
			}
		}
	}
	for _, m := range s.Volumes {
		if s.mountsSource(m) {
			return m.Place, "mounts its source " + m.Source, true
		}
	}
	return Place{}, "", false
}

// mountsSource says whether a mount puts the folder the image is built from, or
// one inside it, over what was built. A folder that is mounted where settings or
// data belong, or that cannot be written to, is none of that.
func (s *Service) mountsSource(m Mount) bool {
	if m.Type != Bind || m.ReadOnly || !strings.HasPrefix(m.Source, ".") || !s.Build.Set() {
		return false
	}
	for _, dir := range []string{"/etc/", "/usr/share/", "/usr/local/etc/", "/var/lib/", "/var/log/", "/data/", "/config/", "/conf/", "/docker-entrypoint", "/run/", "/certs/", "/backup"} {
		if strings.HasPrefix(m.Target+"/", dir) {
			return false
		}
	}
	source, context := path.Clean(m.Source), path.Clean(s.Build.Context.Value)
	if source == context {
		return true
	}
	if context != "." && !strings.HasPrefix(source, context+"/") {
		return false
	}
	switch path.Base(source) {
	case "src", "app", "lib", "pages", "components", "backend", "frontend", "server", "client", "api", "web":
		return path.Ext(source) == ""
	}
	return false
}

// IsDevCommand says whether a command starts something that reloads on change or
// serves for development only.
func IsDevCommand(words []string) bool {
	for _, c := range commandsIn(words) {
		if isDev(c) {
			return true
		}
	}
	return false
}

// commandsIn are the simple commands a command line runs, looking into sh -c.
func commandsIn(words []string) [][]string {
	for i, w := range words {
		base := path.Base(w)
		if (base == "sh" || base == "bash" || base == "ash") && i+2 < len(words) && strings.HasPrefix(words[i+1], "-") && strings.HasSuffix(words[i+1], "c") {
			var out [][]string
			for _, c := range shell.Commands(words[i+2]) {
				out = append(out, c.Words)
			}
			return out
		}
	}
	var out [][]string
	start := 0
	for i, w := range words {
		if w == "&&" || w == ";" || w == "||" {
			out = append(out, words[start:i])
			start = i + 1
		}
	}
	return append(out, words[start:])
}

func isDev(c []string) bool {
	if len(c) > 0 && c[0] == "exec" {
		c = c[1:]
	}
	for i, w := range c {
		next := ""
		if i+1 < len(c) {
			next = c[i+1]
		}
		switch path.Base(w) {
		case "--reload", "--watch", "nodemon", "ts-node-dev", "watchmedo", "runserver", "air":
			return true
		case "npm", "yarn", "pnpm", "bun":
			script := next
			if script == "run" && i+2 < len(c) {
				script = c[i+2]
			}
			if script == "dev" || script == "start:dev" || script == "develop" || strings.HasPrefix(script, "dev:") || strings.HasSuffix(script, "watch") {
				return true
			}
		case "next", "astro", "nuxt", "nuxi", "remix", "fastapi":
			if next == "dev" {
				return true
			}
		case "vite":
			return next != "preview" && next != "build"
		case "flask":
			return next == "run" && contains(c, "--debug")
		}
	}
	return false
}

func contains(words []string, want string) bool {
	for _, w := range words {
		if w == want {
			return true
		}
	}
	return false
}
