package envfile

import (
	"path"
	"strings"
)

// Sniff says whether a file is an env file by its name: .env, .env.production,
// prod.env, env.example. Sources such as env.py or .env.ts are not, nor encrypted
// files.
func Sniff(file string) bool {
	base := strings.ToLower(path.Base(file))
	if notEnv[path.Ext(base)] {
		return false
	}
	if base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasPrefix(base, ".env-") || strings.HasPrefix(base, ".env_") {
		return true
	}
	if strings.HasSuffix(base, ".env") {
		return true
	}
	for _, prefix := range []string{"env.", "env-", "env_", "dotenv."} {
		if rest, ok := strings.CutPrefix(base, prefix); ok {
			for _, w := range words(rest) {
				if !envNames[w] && !templateNames[w] {
					return false
				}
			}
			return rest != ""
		}
	}
	return false
}

// IsTemplate says whether an env file is one to copy from, by a word in its name:
// .env.example, sample.env, env.dist.
func IsTemplate(file string) bool {
	for _, w := range words(strings.ToLower(path.Base(file))) {
		if templateNames[w] {
			return true
		}
	}
	return false
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
}

var templateNames = set("example examples sample samples template templates tmpl tpl dist default defaults skeleton reference schema")

// envNames are the words an env file without a leading dot must be made of.
var envNames = set(`env prod production prd dev develop development staging stage stg test testing tests ci local docker compose
	qa uat preprod preview live backend frontend web api server client app worker db shared common base public`)

// notEnv are extensions of what is not an env file whatever else its name says.
var notEnv = func() map[string]bool {
	m := map[string]bool{}
	for ext := range set(`py pyi ts tsx js jsx mjs cjs mts cts go rs rb php java kt cs c h cpp swift dart ex exs lua pl vue svelte
		json yml yaml toml xml html css scss md mdx rst txt sh bash zsh fish ps1 bat cmd sql tf nix cfg ini lock log
		patch diff mako enc gpg pgp age asc sops bak orig swp zip gz`) {
		m["."+ext] = true
	}
	return m
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
