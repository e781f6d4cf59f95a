//go:build unix

package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// nobody runs the program without the rights that root has over unreadable
// files; TestMain reads it.
const nobody = "DRYDOCK_TEST_UID"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"drydock": func() {
		if uid, err := strconv.Atoi(os.Getenv(nobody)); err == nil && os.Getuid() == 0 {
			if err := errors.Join(syscall.Setgid(uid), syscall.Setuid(uid)); err != nil {
				panic(err)
			}
		}
		os.Exit(Main(os.Args[1:]))
	}})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".config"))
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"mkfifo":   mkfifo,
			"asnobody": asNobody,
			"asme":     func(ts *testscript.TestScript, _ bool, _ []string) { ts.Setenv(nobody, "") },
			"tree":     tree,
		},
	})
}

// exits CODE COMMAND runs a command and demands its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func mkfifo(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		ts.Check(syscall.Mkfifo(ts.MkAbs(name), 0o644))
	}
}

// asNobody makes the following commands run without root's rights, in a
// working directory that they can reach.
func asNobody(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Setenv(nobody, "65534")
	for dir := ts.Getenv("WORK"); strings.HasPrefix(dir, os.TempDir()) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		ts.Check(err)
		ts.Check(os.Chmod(dir, info.Mode().Perm()|0o055))
	}
}

// tree OUT DIR writes every path below DIR with mode and content to OUT, so that
// two states can be compared.
func tree(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	root := ts.MkAbs(args[1])
	ts.Check(filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(strings.TrimPrefix(name, root) + " " + info.Mode().String() + "\n")
		if d.Type().IsRegular() {
			data, err := os.ReadFile(name)
			b.WriteString(strconv.Quote(string(data)) + "\n")
			return err
		}
		return nil
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}
