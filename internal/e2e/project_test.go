//go:build unix

package e2e

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/demo"
)

// project is the sample project on disk, with a home of its own.
type project struct {
	t    *testing.T
	dir  string // the project
	work string // where the program is started
	home string
	as   uint32 // whom the program runs as, 0 is as the tests do
}

// acme unpacks the sample project.
func acme(t *testing.T) *project {
	t.Helper()
	base := t.TempDir()
	p := &project{t: t, dir: filepath.Join(base, "acme"), work: filepath.Join(base, "work"), home: filepath.Join(base, "home")}
	for _, dir := range []string{p.dir, p.work, p.home} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := demo.Unpack(p.dir); err != nil {
		t.Fatal(err)
	}
	return p
}

// env is the environment of a person on a plain terminal of today.
func (p *project) env() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.home, "XDG_STATE_HOME=" + filepath.Join(p.home, "state"), "TMPDIR=" + filepath.Dir(p.home),
		"TERM=xterm-256color", "LANG=C.UTF-8",
	}
}

// grow adds many files, so that a scan takes long enough to be interrupted.
func (p *project) grow(files int) {
	p.t.Helper()
	for i := range files {
		dir := filepath.Join(p.dir, "backend", "app", "generated", fmt.Sprintf("part%d", i/50))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			p.t.Fatal(err)
		}
		text := "import os\nfrom fastapi import APIRouter\n\nrouter = APIRouter()\n"
		for j := range 60 {
			text += fmt.Sprintf("\n\n@router.get('/part%d/%d')\ndef part_%d(a, b):\n    return os.environ['PART_%d'] + str(a) + str(b)\n", i, j, j, j)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%d.py", i)), []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// tree is everything below the project's directory: modes and contents.
func (p *project) tree() map[string]string {
	p.t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(p.dir, name)
		if err != nil {
			return err
		}
		text := []byte{}
		if d.Type().IsRegular() {
			if text, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		out[rel] = info.Mode().String() + "\n" + string(text)
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// same fails when the project is not as it was.
func (p *project) same(was map[string]string) {
	p.t.Helper()
	if is := p.tree(); !maps.Equal(was, is) {
		p.t.Errorf("the project is not as it was (-was +is):\n%s", cmp.Diff(was, is))
	}
}
