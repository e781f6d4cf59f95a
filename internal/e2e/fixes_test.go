//go:build unix

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each guided fix, from its finding to written files and back.
func TestGuidedFixes(t *testing.T) {
	for _, fix := range []struct {
		name, check string
		applied     func(t *testing.T, p *project)
	}{
		{"move-secrets", "security/inline-secret", func(t *testing.T, p *project) {
			if mode := p.mode(".env"); mode != 0o600 {
				t.Errorf(".env has mode %v, want 0600", mode)
			}
			if text := p.read("docker-compose.yml"); !strings.Contains(text, "${JWT_SECRET_KEY:?") {
				t.Errorf("docker-compose.yml does not ask for the variable:\n%s", text)
			}
		}},
		{"add-worker", "containers/compose-worker-missing-in-prod", func(t *testing.T, p *project) {
			if text := p.read("docker-compose.prod.yml"); !strings.Contains(text, "\n  worker:\n") {
				t.Errorf("docker-compose.prod.yml has no worker:\n%s", text)
			}
		}},
		{"delete-backup-pages", "frontend/backup-pages", func(t *testing.T, p *project) {
			for _, gone := range []string{"frontend/app/(dashboard)/campaigns/page-old.tsx", "frontend/app/(auth)/login/page-broken.tsx"} {
				if p.mode(gone) != 0 {
					t.Errorf("%s is still there", gone)
				}
			}
			if p.mode("frontend/app/(dashboard)/campaigns/page.tsx") == 0 {
				t.Error("the live page is gone")
			}
		}},
	} {
		t.Run(fix.name, func(t *testing.T) {
			t.Parallel()
			p := acme(t)
			unpacked := p.tree()
			s := start(t, p, 120, 36)
			s.audited()
			before := s.score()
			s.open(fix.check)
			s.press("f")
			s.waitFor("Questions")
			s.golden("120x36/" + fix.name + "-questions")
			s.answer()
			s.proven()
			s.golden("120x36/" + fix.name)
			p.same(unpacked)

			s.press("a")
			s.wait("a better score", func(f *frame) bool { return score(f) > before })
			fix.applied(t, p)
			s.press("z")
			s.wait("the score as before", func(f *frame) bool { return score(f) == before })
			p.same(unpacked)
			s.quit()
		})
	}
}

// Who may not write is told so before anything is asked, and can still look.
func TestReadOnlyTreeSaysSoFirst(t *testing.T) {
	t.Parallel()
	p := acme(t)
	p.protect()
	unpacked := p.tree()
	s := start(t, p, 120, 36)
	s.audited()
	s.open("security/inline-secret")
	s.waitFor("(f fix)")
	s.press("f")
	if f := s.waitFor("nothing can be written"); f.has("Questions") {
		t.Errorf("it asked all the same:\n%s", f.text())
	}
	s.press("z")
	s.waitFor("undo: nothing can be written")
	s.quit()
	p.same(unpacked)
}

// protect takes the right to write the project from the program. Root has every
// right, so the program then runs as nobody.
func (p *project) protect() {
	p.t.Helper()
	if os.Geteuid() == 0 {
		p.as = nobody
		if err := os.Chown(p.home, nobody, nobody); err != nil {
			p.t.Fatal(err)
		}
		for dir := filepath.Dir(p.dir); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				p.t.Fatal(err)
			}
		}
		return
	}
	p.chmodDirs(0o555)
	p.t.Cleanup(func() { p.chmodDirs(0o755) }) // so that it can be removed
}

const nobody = 65534

func (p *project) chmodDirs(mode fs.FileMode) {
	p.t.Helper()
	err := filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(name, mode)
	})
	if err != nil {
		p.t.Error(err)
	}
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// mode is a file's mode, 0 when it is not there.
func (p *project) mode(name string) fs.FileMode {
	info, err := os.Lstat(filepath.Join(p.dir, name))
	if err != nil {
		return 0
	}
	return info.Mode()
}
