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
	"drydock/internal/repo/everyview"
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
		{"hcl brackets", "main.tf", "x = " + strings.Repeat("[", 70_000), "does not parse"},
		{"hcl templates", "main.tf", "x = " + strings.Repeat("\"${", 50_000), "does not parse"},
		{"hcl blocks", "main.tf", strings.Repeat("a {\n", deep), "does not parse"},
		{"hcl operators", "main.tf", "locals {\n  x = " + strings.Repeat("1 + ", deep) + "1\n}\n", ""},
		{"hcl conditions", "main.tf", "locals {\n  x = " + strings.Repeat("a ? b : ", deep) + "c\n}\n", ""},
		{"hcl locals", "main.tf", "locals {\n" + numbered(5000, "  a%d = local.a%[1]d\n") + "}\nvariable \"x\" { default = local.a0 }\n", ""},
		{"terraform modules", "main.tf", "module \"a\" { source = \"./\" }\nmodule \"b\" { source = \"../\" }\n", ""},
		{"makefile variables", "Makefile", numbered(3000, "A%d = $(A%[1]d) $(A%[1]d)\n") + "all:\n\t" + strings.Repeat("$(A1", deep) + "\n", ""},
		{"makefile doubling", "Makefile", doubling("A%d := $(A%d)$(A%[2]d)\n") + "all:\n\techo $(A60)\n", ""},
		{"makefile of itself", "Makefile", "include Makefile\nall: all\n\t$(MAKE) all\n", ""},
		{"sql parentheses", "migrations/001_a.sql", "SELECT " + strings.Repeat("(", deep), ""},
		{"sql comments", "migrations/001_a.sql", strings.Repeat("/*", deep), ""},
		{"sql dollars", "migrations/001_a.sql", strings.Repeat("$a$ $b$ ", deep), ""},
		{"markdown links", "README.md", strings.Repeat("[", deep) + strings.Repeat("](", deep), ""},
		{"markdown emphasis", "README.md", strings.Repeat("*_`", deep), ""},
		{"markdown quotes", "README.md", strings.Repeat("> ", deep) + "x\n" + strings.Repeat("- ", deep) + "x\n", ""},
		{"markdown fences", "README.md", strings.Repeat("```sh\n$ a\n", 50_000), ""},
		{"go brackets", "main.go", "package main\nvar a = " + strings.Repeat("(", deep), ""},
		{"go calls", "main.go", "package main\nimport \"os\"\nvar a = " + strings.Repeat("os.Getenv(", deep), ""},
		{"go types", "main.go", "package main\nvar a " + strings.Repeat("[]map[string]", deep) + "int\n", ""},
		{"go functions", "main.go", "package main\nfunc main() " + strings.Repeat("{ func() ", deep), ""},
		{"go modules", "go.mod", "module a\nreplace a => ./\n" + numbered(50_000, "require a%d v1\n"), ""},
		{"go work of itself", "go.work", "use .\nuse ./.\nuse ..\n", ""},
		{"xml depth", "pom.xml", strings.Repeat("<a>", deep), "does not parse"},
		{"xml entities", "pom.xml", "<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>", ""},
		{"gradle strings", "build.gradle", strings.Repeat("implementation 'a:b:", deep), ""},
		{"gemfile blocks", "Gemfile", strings.Repeat("group :test do\n", deep), ""},
		{"cargo tables", "Cargo.toml", "[" + strings.Repeat("a.", 9000) + "a]\n", ""},
		{"kustomization of itself", "kustomization.yaml", "resources: [., ./, ../]\ncomponents: [.]\n", ""},
		{"kubernetes selectors", "k8s/a.yaml", numbered(3000, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {selector: {a: b}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%[1]d, labels: {a: b}}\n"), ""},
		{"helm templates", "chart/templates/a.yaml", "apiVersion: v1\nkind: Pod\nspec: {{ " + strings.Repeat("(", deep) + " }}\n" + strings.Repeat("{{ if x }}\n", 20_000), ""},
		{"compose includes", "compose.yml", "include: [compose.yml, ./compose.yml]\nservices:\n  a:\n    extends: {service: a, file: compose.yml}\n", ""},
		{"workflow expressions", ".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    if: ${{ " + strings.Repeat("!(", 50_000) + " }}\n    steps: [{run: x}]\n", ""},
		{"workflow of itself", ".github/workflows/ci.yml", "on: [workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/ci.yml\n  b: {needs: [b], uses: ./.github/workflows/ci.yml}\n", ""},
		{"dockerignore stars", ".dockerignore", strings.Repeat(strings.Repeat("**/a*/", 20)+"b\n", 500), ""},
		{"taskfile of itself", "Taskfile.yml", "version: 3\ntasks:\n  a: {cmds: [{task: a}], deps: [a]}\nincludes: {b: Taskfile.yml}\n", ""},
		{"workspace stars", "package.json", `{"workspaces":["` + strings.Repeat("**/a*/", 40) + `b"]}`, ""},
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

// doubling defines names of which each is twice the one before.
func doubling(format string) string {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, format, i+1, i)
	}
	return b.String()
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
	res := auditing(t, tree)
	everyview.Ask(res.Repo) // what no check asks for must end too
	m := report.Build(res, report.Meta{Root: dir, TargetScore: 90})
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
