//go:build unix

package safety

import (
	"strings"
	"testing"
)

// loud is what names and contents say to a terminal, an editor and a browser.
const loud = "\x1b]52;c;cm0gLXJm\x07\x1b[2J\x1b]8;;http://e\x07\u202enimda\u2066\u009b31m\x7f\u2028"

func TestNoByteOfTheProjectReachesTheTerminalRaw(t *testing.T) {
	dir := t.TempDir()
	name := "x" + loud + "\r\n"
	put(t, dir, "app/"+name+".py", "import os\nos.getenv(\"SECRET_KEY\", \"s"+loud+"ecretvalue123\")\n")
	put(t, dir, name+"/Dockerfile", "FROM node:22"+loud+"\nEXPOSE "+loud+"\nCMD [\"node\", \""+loud+"\"]\n")
	put(t, dir, name+"/docker-compose.yml", "name: \"a\\e[31m\"\nservices:\n  \"api\\e]52;c;eA==\\a\":\n    image: \"postgres:1\\e[31m\"\n    ports: [\"80\\e[31m:80\"]\n    environment:\n      JWT_SECRET: \"abc\u202edef12345\\r\\n\\e[2J\"\n")
	put(t, dir, "docker-compose.yml", "services:\n  a"+loud+"b:\n    image: x\n")
	put(t, dir, "package.json", `{"name": "a\u001b[31m", "dependencies": {"next\u001b[31m": "1\u009b31m", "left\u202epad": "1"}, "scripts": {"start": "node \u001b]0;x\u0007"}}`)
	put(t, dir, ".github/workflows/"+name+".yml", "name: a"+loud+"\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo '"+loud+"'\n")
	put(t, dir, "broken.toml", loud)
	put(t, dir, "pyproject.toml", "[project]\nname = \""+loud+"\n")
	put(t, dir, ".env"+name, "SECRET="+loud+"\n")
	put(t, dir, "src/page"+loud+".tsx", "export default 1")
	put(t, dir, "src/page"+loud+".backup.tsx", "export default 1")
	put(t, dir, ".git/HEAD", "ref: refs/heads/"+loud+"\n")
	link(t, dir, "/etc/"+loud, "link"+loud)
	fifo(t, dir, "pipe"+loud)
	a := look(t, dir)
	for format, text := range a.formats {
		quiet(t, format, text)
	}
	for _, args := range []string{"fix . --list", "fix . --dry-run --all-safe", "fix . --check no" + loud, "audit . --check x" + loud, "audit nowhere" + loud, "audit . --plain --quiet", "undo . --list"} {
		s := drydock(t, dir, strings.Split(args, " ")...)
		quiet(t, args, s.stdout)
		quiet(t, args+" errors", s.stderr)
	}
	put(t, dir, "drydock.yaml", "ex"+strings.ReplaceAll(loud, "\u2028", "")+": 1\n")
	s := drydock(t, dir, "audit", ".")
	quiet(t, "a broken configuration", s.stdout+s.stderr)
}

// quiet fails when text holds something that a terminal would obey.
func quiet(t *testing.T, where, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && (r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd) {
			t.Errorf("%s: %q at byte %d: %q", where, r, i, text[max(0, i-60):min(len(text), i+20)])
			return
		}
	}
}
