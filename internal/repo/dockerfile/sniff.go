package dockerfile

import (
	"path"
	"strings"
)

// Sniff says whether a file is a Dockerfile by its name: Dockerfile, Containerfile,
// Dockerfile.prod, web.Dockerfile. Templates, ignore files and sources that only
// share the name are not.
func Sniff(file string) bool {
	base := strings.ToLower(path.Base(file))
	for _, name := range []string{"dockerfile", "containerfile"} {
		if base == name || strings.HasSuffix(base, "."+name) || strings.HasSuffix(base, "-"+name) {
			return true
		}
		if rest, ok := strings.CutPrefix(base, name); ok && strings.ContainsAny(rest[:1], ".-_") {
			return !notDockerfile[path.Ext(base)]
		}
	}
	return false
}

// notDockerfile are extensions of files that are named after a Dockerfile but are
// something else.
var notDockerfile = map[string]bool{
	".dockerignore": true, ".containerignore": true, ".md": true, ".txt": true, ".rst": true, ".adoc": true, ".j2": true, ".jinja": true,
	".jinja2": true, ".tmpl": true, ".tpl": true, ".template": true, ".erb": true, ".mustache": true, ".hbs": true, ".in": true,
	".orig": true, ".bak": true, ".old": true, ".swp": true, ".sh": true, ".go": true, ".ts": true, ".js": true, ".py": true,
	".rb": true, ".rs": true, ".java": true, ".cs": true, ".php": true, ".json": true, ".yml": true, ".yaml": true, ".toml": true,
	".xml": true, ".html": true, ".png": true, ".svg": true, ".lock": true, ".log": true, ".ps1": true,
}
