package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drydock/internal/demo"
)

// quiet is a shell whose output is kept.
func quiet() (*shell, *bytes.Buffer, *bytes.Buffer) {
	var out, err bytes.Buffer
	return &shell{in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" }}, &out, &err
}

func TestAnInterruptEndsEveryCommandAndChangesNothing(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	if err := demo.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{{"audit", dir, "-o", filepath.Join(dir, "out.txt")}, {"fix", dir, "--fix", "generate-secrets", "--apply"}, {dir}} {
		sh, out, errs := quiet()
		root := newRoot(sh)
		root.SetArgs(args)
		if got := code(sh, root.ExecuteContext(ctx)); got != exitInterrupt {
			t.Errorf("%v: exit %d, want %d (%s)", args[0], got, exitInterrupt, errs)
		}
		if out.Len() > 0 || !strings.HasSuffix(errs.String(), "drydock: interrupted\n") {
			t.Errorf("%v: prints %q and %q", args[0], out, errs)
		}
	}
	after, err := os.ReadFile(filepath.Join(dir, "docker-compose.yml"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the project changed (%v)", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.txt")); err == nil {
		t.Error("a report was written")
	}
}

func TestErrorsAreOneLineAndInert(t *testing.T) {
	sh, _, errs := quiet()
	code(sh, usage("first\nsecond \x1b[31m%s", "\r"))
	if got, want := errs.String(), "drydock: first; second \\x1b[31m\\r\n"; got != want {
		t.Errorf("prints %q, want %q", got, want)
	}
}

func TestExitCodes(t *testing.T) {
	for want, err := range map[int]error{
		0: nil, 1: exit(exitGate, errors.New("x")), 2: errors.New("of cobra"), 3: fmt.Errorf("wrapped: %w", exit(exitIncomplete, nil)),
		4: exit(exitFix, errors.New("x")), 130: exit(exitFix, fmt.Errorf("apply: %w", context.Canceled)),
	} {
		sh, _, _ := quiet()
		if got := code(sh, err); got != want {
			t.Errorf("%v: exit %d, want %d", err, got, want)
		}
	}
}

func TestLocale(t *testing.T) {
	for locale, want := range map[string]bool{"": true, "C": false, "POSIX": false, "C.UTF-8": true, "de_DE.utf8": true, "de_DE.ISO-8859-1": false, "en_US": true} {
		if got := utf8Locale(func(name string) string {
			if name == "LANG" {
				return locale
			}
			return ""
		}); got != want {
			t.Errorf("%q: %t", locale, got)
		}
	}
}

func TestEveryCommandAndFlagExplainsItself(t *testing.T) {
	sh, _, _ := quiet()
	root := newRoot(sh)
	for _, c := range append(root.Commands(), root) {
		if c.Short == "" || c.RunE == nil && !c.HasSubCommands() && c.Name() != "help" {
			t.Errorf("%s says nothing or does nothing", c.Name())
		}
	}
}

func TestWriteFileReplacesWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report")
	for _, text := range []string{"a longer first text", "short"} {
		if err := writeFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); string(got) != text || err != nil {
			t.Errorf("holds %q, %v", got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(dir, "taken"), nil); err == nil {
		t.Error("a directory was replaced")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".drydock-*")); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
