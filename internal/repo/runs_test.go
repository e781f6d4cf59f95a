package repo

import "testing"

func TestProgramsOfPythonHaveManifestsOfPython(t *testing.T) {
	s := open(t, archived(`
-- api/pyproject.toml --
[project]
name = "api"
-- api/app/package.json --
{"name": "styles"}
-- api/app/main.py --
import os
-- api/app/styles.ts --
export const a = 1
-- loose/a.py --
import os
`))
	for name, want := range map[string]string{"api/app/main.py": "api", "api/app/styles.ts": "api/app", "loose/a.py": "."} {
		if got := s.ProgramDir(s.File(name)); got != want {
			t.Errorf("%s belongs to %s, want %s", name, got, want)
		}
	}
}
