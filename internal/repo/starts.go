package repo

import (
	"slices"
	"strings"
)

var (
	pythonStarters = []string{"uvicorn", "gunicorn", "hypercorn", "flask", "fastapi", "celery", "rq", "poetry", "uv", "alembic"}
	scriptStarters = []string{"node", "npm", "yarn", "pnpm", "nest", "npx", "bun", "next", "pm2", "pm2-runtime", "tsx", "ts-node"}
)

// StartsOnly says whether what is deployed from a directory starts Python alone, or
// JavaScript alone: a program in the other of the two that lies there, too, has been
// left behind.
func (s *Snapshot) StartsOnly(dir string, python bool) bool {
	mine, other := false, false
	for _, c := range s.Commands() {
		if c.Source != FromDockerfile && c.Source != FromCompose && c.Source != FromProcfile || len(c.Words) == 0 || c.Dir != dir && c.File.Dir() != dir {
			continue
		}
		name := c.Name()
		isPython := strings.HasPrefix(name, "python") || slices.Contains(pythonStarters, name)
		isScript := slices.Contains(scriptStarters, name)
		mine = mine || python && isPython || !python && isScript
		other = other || python && isScript || !python && isPython
	}
	return mine && !other
}
