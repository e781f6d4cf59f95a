package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/shell"
)

// ImageDevCommand finds images that start a development server.
var ImageDevCommand = check.PerProject(check.Doc{
	ID:         "containers/image-dev-command",
	Title:      "Image starts a development server",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Development servers compile on request, watch files, answer one request at a time and show stack traces and debuggers to whoever causes an error.",
	How:        "Build in the image and start what was built: next start, node dist/main.js, nginx over the built files, gunicorn or uvicorn without --reload.",
	Holds:      "Images start production servers",
	References: []string{"https://flask.palletsprojects.com/en/stable/deploying/", "https://www.uvicorn.org/deployment/", "https://nextjs.org/docs/app/getting-started/deploying", "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		starts := i.starts()
		if what, at, ok := devServer(s, i, starts); ok {
			p.Report(at, "the image starts a development server: %s", what).Keyed("%s", i.stage.Name)
			continue
		}
		for _, c := range starts {
			if server := productionServer(c); server != "" {
				p.Holds(i.At(c.Span), "the image starts %s", server)
				break
			}
		}
	}
})

// devServer is what a container starts that is only for development, directly or
// through a script of the project.
func devServer(s *repo.Snapshot, i image, starts []dockerfile.Command) (what string, at finding.Location, ok bool) {
	for _, c := range starts {
		for _, cmd := range c.Commands() {
			if isDevServer(cmd.Words) {
				return cmd.String(), i.At(c.Span), true
			}
		}
		for _, cmd := range s.Commands() {
			if cmd.Source != repo.FromDockerfile || cmd.File != i.File || cmd.Span != c.Span || cmd.Via != nil {
				continue
			}
			for _, reached := range s.Reached(cmd) {
				if isDevServer(reached.Words) {
					return cmd.String() + ", which runs " + reached.String(), i.At(c.Span), true
				}
			}
		}
	}
	return "", at, false
}

// isDevServer says whether a command serves for development only.
func isDevServer(words []string) bool {
	if len(words) == 0 {
		return false
	}
	if path.Base(words[0]) == "node" && slices.Contains(words, "--watch") || compose.IsDevCommand(words) {
		return path.Base(words[0]) != "air" || len(words) < 3
	}
	next := func(name, verb string) bool {
		k := slices.IndexFunc(words, func(w string) bool { return path.Base(w) == name })
		return k >= 0 && k < 3 && k+1 < len(words) && words[k+1] == verb
	}
	return next("react-scripts", "start") || next("ng", "serve") || next("webpack", "serve") || next("vue-cli-service", "serve") || next("flask", "run") ||
		next("artisan", "serve") || next("gatsby", "develop") || path.Base(words[0]) == "webpack-dev-server" ||
		path.Base(words[0]) == "php" && slices.Contains(words, "-S")
}

// productionServer names the server that a command starts, if it is known for one.
func productionServer(c dockerfile.Command) string {
	for _, cmd := range c.Commands() {
		for _, w := range cmd.Words {
			switch base := path.Base(w); base {
			case "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "nginx", "puma", "php-fpm", "apache2-foreground", "caddy":
				return base
			}
		}
		if isProgram(cmd) {
			return cmd.String()
		}
	}
	return ""
}

// isProgram says whether a command starts what was built: node dist/main.js, a
// binary of the image's own, java -jar.
func isProgram(cmd shell.Command) bool {
	name := cmd.Name()
	if len(cmd.Words) == 0 {
		return false
	}
	switch name {
	case "node", "bun", "deno":
		return len(cmd.Words) > 1 && strings.Contains(cmd.Words[len(cmd.Words)-1], ".")
	case "java":
		return slices.Contains(cmd.Words, "-jar")
	}
	return strings.HasPrefix(cmd.Words[0], "/") && path.Ext(name) == "" && len(cmd.Words) == 1
}
