//go:build unix

package safety

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drydock/internal/repo"
	"drydock/internal/report"
)

const deep = 100_000 // brackets: more than any stack or memory takes without a bound

var long = flag.Bool("long", false, "audit every shape in a process of its own and measure its memory")

// shape is a file that has ended other programs, or might.
type shape struct {
	name, file, content string
	reason              string // the report gives for not reading it; "" when it may be read
}

// shapes makes them: 200 MB that the processes of the tests need not hold.
func shapes() []shape {
	return []shape{
		{"yaml brackets", "compose.yml", "services:\n  a:\n    image: x\n    environment: " + strings.Repeat("[", deep), "does not parse"},
		{"yaml maps", ".github/workflows/ci.yml", "on: push\njobs:\n  a: " + strings.Repeat("{a: ", deep), "does not parse"},
		{"yaml indentation", "compose.yml", stairs(5000), ""},
		{"yaml dashes", "k8s/a.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  " + strings.Repeat("- ", deep) + "a\n", ""},
		{"yaml aliases", "compose.yml", bomb(), ""},
		{"yaml self alias", "compose.yml", "services:\n  a: &a\n    image: x\n    <<: *a\n    environment: *a\n", ""},
		{"yaml duplicate keys", "compose.yml", "services:\n  a:\n    image: x\n    image: y\n  a:\n    image: z\n", ""},
		{"yaml documents", "k8s/all.yaml", strings.Repeat("---\napiVersion: v1\nkind: Pod\n", 50_000), ""},
		{"yaml anchors", "compose.yml", "services:\n" + numbered(20_000, "  s%d: &a%[1]d\n    image: x\n    <<: *a0\n"), ""},
		{"json arrays", "package.json", strings.Repeat("[", 1_000_000), "does not parse"},
		{"json objects", "package.json", strings.Repeat(`{"a":`, 1_000_000), "does not parse"},
		{"json lock", "package-lock.json", `{"dependencies":` + strings.Repeat(`{"a":{"dependencies":`, deep), "does not parse"},
		{"json keys", "package.json", `{"dependencies":{` + strings.TrimSuffix(numbered(200_000, `"a%d":"1",`), ",") + `}}`, ""},
		{"tsconfig of itself", "tsconfig.json", `{"extends":"./tsconfig.json","compilerOptions":{"paths":{"*":["*"]}}}`, ""},
		{"toml inline tables", "pyproject.toml", "x = " + strings.Repeat("{a=", 9000), "does not parse"},
		{"toml arrays", "pyproject.toml", "x = " + strings.Repeat("[", deep), "does not parse"},
		{"toml keys", "pyproject.toml", "[" + strings.Repeat("a.", deep) + "a]\nx = 1\n", ""},
		{"tsx parentheses", "src/a.tsx", "const a = " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep), ""},
		{"tsx elements", "src/a.tsx", "const a = " + strings.Repeat("<a>", deep), ""},
		{"ts templates", "src/a.ts", "const a = " + strings.Repeat("`${", deep/2), ""},
		{"ts arrows", "src/a.ts", "const a = " + strings.Repeat("() => ", deep) + "1", ""},
		{"ts calls", "src/a.ts", "import x from 'express'\nconst a = " + strings.Repeat("x(", deep), ""},
		{"ts unclosed quotes", "src/a.ts", strings.Repeat("'\n\"\n", deep), ""},
		{"ts types", "src/a.ts", "const a: " + strings.Repeat("A<", deep) + "B", ""},
		{"python parentheses", "app/a.py", "a = " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep), ""},
		{"python indentation", "app/a.py", stairs2(2000), ""},
		{"python strings", "app/a.py", "import os\nos.getenv('A', f'" + strings.Repeat("{f\"", deep) + "')", ""},
		{"python calls", "app/a.py", "import os\nx = " + strings.Repeat("os.getenv(", deep), ""},
		{"python operators", "app/a.py", "import os\nSECRET = os.getenv('A') " + strings.Repeat("or 'x' ", deep), ""},
		{"nginx blocks", "nginx.conf", strings.Repeat("server {", deep), "does not parse"},
		{"prisma blocks", "prisma/schema.prisma", strings.Repeat("model A {", deep), ""},
		{"prisma attributes", "prisma/schema.prisma", "model A {\n  id Int @default(" + strings.Repeat("(", deep) + "\n}\n", ""},
		{"shell words", "Dockerfile", "FROM a\nRUN " + strings.Repeat("sh -c '", 10_000) + "\n", ""},
		{"shell substitutions", "Dockerfile", "FROM a\nRUN " + strings.Repeat("$(", deep) + "\n", ""},
		{"shell escapes", "Dockerfile", "FROM a\nRUN sh -c \"" + strings.Repeat(`sh -c \"`, 1000) + "\n", ""},
		{"dockerfile stages", "Dockerfile", numbered(5000, "FROM a AS s%d\nRUN x\n"), ""},
		{"compose variables", "compose.yml", "services:\n  a:\n    image: " + strings.Repeat("${A:-", deep) + "\n", ""},
		{"dockerfile variables", "Dockerfile", "ARG A\nFROM " + strings.Repeat("${A:-", deep) + "\n", ""},
		{"requirements of itself", "requirements.txt", "-r requirements.txt\n-c requirements.txt\n", ""},
		{"requirements", "requirements.txt", strings.Repeat("a[", deep) + "\n" + strings.Repeat("a==1 \\\n", deep), ""},
		{"env quotes", ".env.production", "A=\"" + strings.Repeat("\\\"\n", deep), ""},
		{"gitlab extends", ".gitlab-ci.yml", "a: {extends: b, script: [x]}\nb: {extends: a, script: [x]}\nc: {extends: c, script: [!reference [c, script]]}\n", ""},
		{"jenkins blocks", "Jenkinsfile", "pipeline " + strings.Repeat("{", deep), ""},
		{"package script calls", "package.json", `{"scripts":{"a":"npm run b && npm run b","b":"npm run a && npm run a"}}`, ""},
		{"alembic loop", "alembic/versions/a.py", "revision = \"a\"\ndown_revision = \"a\"\n", ""},
		{"ini", "alembic.ini", "[alembic]\nscript_location = %(a)s\na = %(b)s\nb = %(a)s\n" + strings.Repeat("[", deep), ""},
		{"one long line", "src/line.js", strings.Repeat("x", 50_000_000), "larger than 16 MiB"},
		{"one long readable line", "src/line.js", strings.Repeat("a=process.env.B||\"c\";", 15<<20/21), ""},
		{"one long dockerfile", "Dockerfile", "FROM " + strings.Repeat("a", 10_000_000) + "\n", ""},
		{"one long yaml line", "compose.yml", "services:\n  a:\n    image: " + strings.Repeat("a", 10_000_000) + "\n", ""},
		{"one long json line", "package.json", `{"name":"` + strings.Repeat("a", 10_000_000) + `"}`, ""},
		{"many short lines", "src/a.py", strings.Repeat("\n", 15<<20), ""},
		{"many findings", "app/a.py", "import os\n" + strings.Repeat("JWT_SECRET = os.getenv('JWT_SECRET', 'change-me-now')\n", 20_000), ""},
		{"nul", "app/a.py", "import os\x00\x00\nos.getenv(\"JWT_SECRET\",\"abc\")", ""},
		{"not utf-8", "app/a.py", strings.Repeat("\xff\xfe\xfa import x\n", 1000), ""},
		{"utf-16", "package.json", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00", "does not parse"},
		{"utf-16 yaml", "compose.yml", "\xff\xfes\x00e\x00r\x00v\x00i\x00c\x00e\x00s\x00:\x00\n\x00", ""},
		{"surrogates", "package.json", `{"name":"\ud800\udc00\ud800"}`, ""},
		{"ignore chains", ".gitignore", strings.Repeat(strings.Repeat("**/a/", 12)+"b\n", 2000), ""},
		{"ignore stars", ".gitignore", strings.Repeat(strings.Repeat("*a", 30)+"b\n", 2000), ""},
		{"muting stars", "drydock.yaml", "ignore:\n  - check: testing/none\n    path: \"" + strings.Repeat("**/a*/", 40) + "b\"\n    reason: x\n", ""},
		{"excluding stars", "drydock.yaml", "exclude:\n  - \"" + strings.Repeat("**/a*/", 40) + "b\"\n", ""},
	}
}

// stairs nest a mapping by indentation.
func stairs(n int) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		fmt.Fprintf(&b, "%s a:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// stairs2 nest Python blocks.
func stairs2(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sif x:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// bomb is a mapping that its aliases would blow up to a billion items.
func bomb() string {
	var b strings.Builder
	b.WriteString("x-a: &a [x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c < 'l'; c++ {
		fmt.Fprintf(&b, "x-%c: &%[1]c [%s]\n", c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	return b.String() + "services:\n  w: {image: x, environment: *k, command: *k, ports: *k, volumes: *k}\n"
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestEveryShapeEndsWithinBounds(t *testing.T) {
	below := strings.Repeat("a/", 30) + "f.py"
	for _, s := range shapes() {
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, s.file, s.content)
			put(t, dir, below, "x = 1\n") // something for patterns to walk
			audit := inside
			if *long || s.file == "drydock.yaml" {
				audit = look
			}
			a := audit(t, dir)
			if !json.Valid([]byte(a.formats["json"])) {
				t.Error("the report is no JSON")
			}
			if s.reason != "" {
				a.skips(t, filepath.Base(s.file), s.reason)
			}
		})
	}
}

// inside is look without a process: what cannot be recovered from ends the tests.
func inside(t *testing.T, dir string) audited {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	m := report.Build(auditing(t, tree), report.Meta{Root: dir, TargetScore: 90})
	a := audited{formats: map[string]string{}}
	for _, format := range report.Formats() {
		var b bytes.Buffer
		if err := report.Write(&b, format, m, report.Options{}); err != nil {
			t.Fatal(err)
		}
		a.formats[format] = b.String()
	}
	return a
}

func TestSpecialFilesDoNotStopAnAudit(t *testing.T) {
	for name, make := range map[string]func(*testing.T, string){
		"compose": func(t *testing.T, dir string) { fifo(t, dir, "compose.yml") },
		"ignore":  func(t *testing.T, dir string) { fifo(t, dir, ".gitignore"); fifo(t, dir, "sub/.gitignore") },
		"git":     func(t *testing.T, dir string) { fifo(t, dir, ".git") },
		"config": func(t *testing.T, dir string) {
			fifo(t, dir, "drydock.yaml.d")
			fifo(t, dir, ".env")
			fifo(t, dir, "Dockerfile")
		},
		"zero": func(t *testing.T, dir string) {
			link(t, dir, "/dev/zero", ".env")
			link(t, dir, "/dev/zero", "compose.yml")
		},
		"loop": func(t *testing.T, dir string) {
			link(t, dir, "loop", "loop")
			link(t, dir, "..", "sub/up")
			link(t, dir, ".", "here")
		},
		"sparse": func(t *testing.T, dir string) { sparse(t, dir, "big.py", 20<<30) },
		"depth":  func(t *testing.T, dir string) { put(t, dir, strings.Repeat("d/", 200)+"a.py", "x = 1\n") },
		"closed": func(t *testing.T, dir string) {
			put(t, dir, "closed/a.py", "x = 1\n")
			put(t, dir, "b.py", "x = 1\n")
			if err := os.Chmod(filepath.Join(dir, "closed"), 0); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Chmod(filepath.Join(dir, "closed"), 0o755) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "main.py", "print(1)\n")
			make(t, dir)
			a := look(t, dir)
			if !json.Valid([]byte(a.formats["json"])) {
				t.Error("the report is no JSON")
			}
			switch name {
			case "compose", "git":
				a.skips(t, map[string]string{"compose": "compose.yml", "git": ".git"}[name], map[string]string{"compose": "named pipe", "git": "not a directory"}[name])
			case "sparse":
				a.skips(t, "big.py", "larger than 16 MiB")
			case "depth":
				a.skips(t, "d/d", "deeper than 64 directories")
			case "zero":
				a.skips(t, ".env", "link out of the project")
			}
		})
	}
}

func sparse(t *testing.T, dir, name string, size int64) {
	t.Helper()
	put(t, dir, name, "")
	if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
		t.Fatal(err)
	}
}

// A pack whose only object is a difference to itself, and one that claims to be
// larger than any memory.
func TestAHostilePackDoesNotStopAnAudit(t *testing.T) {
	for name, object := range map[string]func(id []byte) []byte{
		"difference to itself": func(id []byte) []byte {
			return slices.Concat([]byte{7<<4 | 4}, id, deflated([]byte{10, 10, 0x90, 10}))
		},
		"endless": func([]byte) []byte {
			return slices.Concat([]byte{0x80 | 1<<4 | 15, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, deflated(make([]byte, 64<<20)))
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			dir := t.TempDir()
			id := bytes.Repeat([]byte{0xab}, 20)
			pack := slices.Concat([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), object(id))
			sum := sha1.Sum(pack)
			pack = append(pack, sum[:]...)
			index := []byte("\xfftOc\x00\x00\x00\x02")
			for i := range 256 {
				n := byte(0)
				if i >= 0xab {
					n = 1
				}
				index = append(index, 0, 0, 0, n)
			}
			index = slices.Concat(index, id, []byte{0, 0, 0, 0}, []byte{0, 0, 0, 12}, sum[:])
			own := sha1.Sum(index)
			index = append(index, own[:]...)
			base := ".git/objects/pack/pack-" + hex.EncodeToString(sum[:])
			put(t, dir, base+".pack", string(pack))
			put(t, dir, base+".idx", string(index))
			put(t, dir, ".git/HEAD", hex.EncodeToString(id)+"\n")
			put(t, dir, ".git/objects/info/packs", "")
			put(t, dir, "main.py", "print(1)\n")
			look(t, dir)
		})
	}
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}
