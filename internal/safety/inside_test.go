//go:build unix

package safety

import (
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// outside is what stands beside the project and no output may hold.
const outside = "beyond-the-root-4711"

func TestNothingOutsideTheProjectIsRead(t *testing.T) {
	for name, lay := range map[string]func(t *testing.T, dir, beyond string){
		"file":      func(t *testing.T, dir, beyond string) { link(t, dir, filepath.Join(beyond, ".env"), ".env") },
		"relative":  func(t *testing.T, dir, beyond string) { link(t, dir, "../beyond/.env", ".env") },
		"directory": func(t *testing.T, dir, beyond string) { link(t, dir, beyond, "app"); link(t, dir, "/", "rootlink") },
		"two links": func(t *testing.T, dir, beyond string) { link(t, dir, "b", "a"); link(t, dir, beyond, "b") },
		"config": func(t *testing.T, dir, beyond string) {
			link(t, dir, filepath.Join(beyond, "drydock.yaml"), "drydock.yaml")
		},
		"ignore": func(t *testing.T, dir, beyond string) {
			link(t, dir, filepath.Join(beyond, ".gitignore"), ".gitignore")
		},
		"compose": func(t *testing.T, dir, beyond string) {
			put(t, dir, "compose.yml", "include: [../beyond/compose.yml]\nservices:\n  a:\n    image: x\n    env_file: ../beyond/.env\n    build: ../beyond\n    extends: {file: ../beyond/compose.yml, service: a}\n")
		},
		"imports": func(t *testing.T, dir, beyond string) {
			put(t, dir, "src/a.ts", "import '../../beyond/a'\n")
			put(t, dir, "package.json", `{"main": "../beyond/a.ts", "scripts": {"a": "sh ../beyond/a.sh"}}`)
			put(t, dir, "tsconfig.json", `{"extends": "../beyond/tsconfig.json", "compilerOptions": {"baseUrl": "../beyond"}}`)
			put(t, dir, "requirements.txt", "-r ../beyond/requirements.txt\n")
			put(t, dir, "alembic.ini", "[alembic]\nscript_location = ../beyond\n")
			put(t, dir, "nginx.conf", "include "+beyond+"/nginx.conf;\n")
		},
		"git file": func(t *testing.T, dir, beyond string) { put(t, dir, ".git", "gitdir: "+beyond+"/.git\n") },
		"git link": func(t *testing.T, dir, beyond string) { link(t, dir, beyond+"/.git", ".git") },
		"git head": func(t *testing.T, dir, beyond string) {
			put(t, dir, ".git/HEAD", "ref: ../../beyond/.git/refs/heads/"+outside+"\n")
		},
		"git refs": func(t *testing.T, dir, beyond string) {
			put(t, dir, ".git/HEAD", "ref: refs/heads/main\n")
			link(t, dir, beyond+"/.git/refs", ".git/refs")
			link(t, dir, beyond+"/.git/index", ".git/index")
			link(t, dir, beyond+"/.git/objects", ".git/objects")
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			root := t.TempDir()
			dir, beyond := filepath.Join(root, "project"), filepath.Join(root, "beyond")
			put(t, beyond, ".env", "JWT_SECRET="+outside+"\n")
			put(t, beyond, "compose.yml", "services:\n  "+outside+":\n    image: "+outside+"\n")
			put(t, beyond, "drydock.yaml", outside+": 1\n")
			put(t, beyond, ".gitignore", "main.py\n")
			put(t, beyond, "Dockerfile", "FROM "+outside+"\n")
			put(t, beyond, "a.py", "import os\nos.getenv('JWT_SECRET', '"+outside+"')\n")
			put(t, beyond, "a.ts", "export const secret = '"+outside+"'\n")
			put(t, beyond, ".git/HEAD", "ref: refs/heads/"+outside+"\n")
			put(t, beyond, ".git/refs/heads/"+outside, strings.Repeat("a", 40)+"\n")
			put(t, beyond, ".git/refs/heads/main", strings.Repeat("b", 40)+"\n")
			put(t, dir, "main.py", "print(1)\n")
			lay(t, dir, beyond)
			times := stamps(t, beyond)
			if name == "config" { // refused rather than followed
				if s := drydock(t, dir, "audit", "."); s.code != 2 || strings.Contains(s.stderr, outside) {
					t.Errorf("exits with %d: %s", s.code, s.stderr)
				}
				return
			}
			a := look(t, dir)
			for format, text := range a.formats {
				text = strings.ReplaceAll(text, "refs/heads/"+outside, "") // the name that HEAD itself spells
				if strings.Contains(text, outside) && name != "git head" || strings.Contains(text, strings.Repeat("b", 40)) || strings.Contains(text, strings.Repeat("a", 40)) {
					t.Errorf("%s holds what stands outside the project", format)
				}
			}
			if !strings.Contains(a.formats["json"], "main.py") {
				t.Error("a rule from outside the project ignores main.py")
			}
			if after := stamps(t, beyond); after != times {
				t.Errorf("outside the project something was written:\n%s\nwas\n%s", after, times)
			}
		})
	}
}

// stamps lists what stands below dir, with the times of the last change.
func stamps(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			b.WriteString(name + " " + info.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A repository's own configuration names programs to run, and its directory
// holds a program called git; both leave a mark when they are run.
func TestNothingOfTheProjectIsRun(t *testing.T) {
	dir := t.TempDir()
	mark := filepath.Join(t.TempDir(), "ran")
	script := "#!/bin/sh\necho ran > " + mark + "\n"
	for _, name := range []string{"git", "sh", "node", "python3", "docker", ".git/hooks/post-checkout", ".git/hooks/pre-commit", "run.sh"} {
		put(t, dir, name, script)
		if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := filepath.Join(dir, "run.sh")
	put(t, dir, ".git/HEAD", "ref: refs/heads/main\n")
	put(t, dir, ".git/config", "[core]\n\tfsmonitor = "+run+"\n\thooksPath = "+dir+"\n\tpager = "+run+"\n\tsshCommand = "+run+"\n[filter \"x\"]\n\tclean = "+run+"\n\tsmudge = "+run+"\n[diff]\n\texternal = "+run+"\n[alias]\n\tstatus = !"+run+"\n")
	put(t, dir, ".gitattributes", "* filter=x\n")
	put(t, dir, "package.json", `{"scripts": {"preinstall": "./run.sh", "prepare": "./run.sh"}}`)
	put(t, dir, "setup.py", "import os\nos.system('./run.sh')\n")
	put(t, dir, "next.config.js", "require('child_process').execSync('./run.sh')\n")
	look(t, dir)
	for _, args := range []string{"fix . --list", "fix . --dry-run --all-safe", "checks", "init ."} {
		drydock(t, dir, strings.Fields(args)...)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("something of the project was run")
	}
}

// starters are what can start a process, by who may import them: the person's own
// editor, and the programs that drydock is measured beside, which is no part of it.
var starters = map[string][]string{
	"os/exec": {"drydock/tui", "drydock/internal/bench/compare"},
	"plugin":  nil,
}

// No package of ours can start a process, but the one that opens the person's
// own editor. What other modules bring is named here, so that a new one is seen.
func TestNoPackageOfOursStartsProcesses(t *testing.T) {
	seen := false
	err := filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 {
				return fs.SkipDir
			}
			pkg, err := build.ImportDir(name, 0)
			if err != nil {
				return nil // no Go files here
			}
			for _, i := range pkg.Imports {
				who, starts := starters[i]
				if !starts {
					continue
				}
				rel, err := filepath.Rel(filepath.Join("..", ".."), name)
				if err != nil {
					return err
				}
				seen = true
				if own := "drydock/" + filepath.ToSlash(rel); !slices.Contains(who, own) {
					t.Errorf("%s imports %s", own, i)
				}
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, call := range []string{"os.Start" + "Process(", "syscall." + "Exec(", "syscall." + "ForkExec(", "unix." + "Exec(", "//go:" + "linkname"} {
			if strings.Contains(string(text), call) {
				t.Errorf("%s calls %s", name, call)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen {
		t.Error("the editor is not found: the test looks in the wrong place")
	}
	out, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{.ImportPath}} {{join .Imports ","}}{{end}}`, "drydock/scanners", "drydock/internal/report", "drydock/internal/audit").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for i := range strings.SplitSeq(imports, ",") {
			if i == "os/exec" && !brings[pkg] {
				t.Errorf("%s, which audits use, can start processes", pkg)
			}
		}
	}
}

// brings are the packages of other modules that could start processes; the
// audit calls nothing of them that does.
var brings = map[string]bool{
	"golang.org/x/sys/execabs":       true, // buildkit
	"github.com/rhysd/actionlint":    true, // for shellcheck and pyflakes, which are never asked for
	"github.com/mattn/go-shellwords": true, // actionlint; commands in its texts are not expanded
}
