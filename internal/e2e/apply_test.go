//go:build unix

package e2e

import (
	"maps"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whenever the program is told to end while it writes a fix, the fix is written
// whole or not at all, and can be taken back.
func TestEndedWhileApplying(t *testing.T) {
	fixed := acme(t)
	fixed.run("fix", "--fix", "generate-secrets", "--apply")
	all := fixed.files()
	for name, leave := range map[string]func(*session){
		"ctrl+c": func(s *session) {
			s.press("a" + named["ctrl+c"])
			_, err := s.waitUntil(time.Now().Add(deadline), func(f *frame) bool { return f.has("✓ written") })
			if err == nil { // it had to be written first
				s.press("ctrl+c")
			}
		},
		"TERM": func(s *session) { s.press("a"); s.signal(syscall.SIGTERM) },
		"HUP":  func(s *session) { s.press("a"); s.signal(syscall.SIGHUP) },
		"TERM while writing": func(s *session) {
			s.press("a")
			s.wait("the fix to be written", func(f *frame) bool { return f.has("writ") })
			s.signal(syscall.SIGTERM)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acme(t)
			unpacked := p.files()
			s := start(t, p, 80, 24)
			s.audited()
			s.open("security/inline-secret")
			s.press("f")
			s.waitFor("Questions")
			s.answer()
			s.proven()
			leave(s)
			if code := s.end(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			switch is := p.files(); {
			case maps.Equal(is, all):
				p.run("undo")
				if !maps.Equal(p.files(), unpacked) {
					t.Error("undo does not bring everything back")
				}
			case !maps.Equal(is, unpacked):
				t.Error("half of it was written")
			}
		})
	}
}

// Two programs on one project do not get in each other's way: what one plans
// from files that the other has changed is not written.
func TestTwoOnOneProject(t *testing.T) {
	t.Parallel()
	p := acme(t)
	unpacked := p.tree()
	one, two := start(t, p, 120, 36), start(t, p, 120, 36)
	for _, s := range []*session{one, two} {
		s.audited()
		s.open("security/inline-secret")
		s.press("f")
		s.waitFor("Questions")
		s.answer()
		s.proven()
	}
	before := one.score()
	one.press("a")
	one.wait("a better score", func(f *frame) bool { return score(f) > before })
	applied := p.tree()

	two.press("a")
	two.waitFor("nothing was written")
	p.same(applied)
	two.press("r")
	two.wait("the other's score", func(f *frame) bool { return score(f) == one.score() })
	two.press("z")
	two.wait("the score as before", func(f *frame) bool { return score(f) == before })
	p.same(unpacked)
	one.quit()
	two.quit()
}

// files is the tree without git's own bookkeeping, which holds times.
func (p *project) files() map[string]string {
	p.t.Helper()
	out := p.tree()
	maps.DeleteFunc(out, func(name, _ string) bool { return name == ".git" || strings.HasPrefix(name, ".git/") })
	return out
}

// run runs a command of the program on the project.
func (p *project) run(args ...string) {
	p.t.Helper()
	cmd := exec.Command(program, append(args, p.dir)...)
	cmd.Dir, cmd.Env = p.work, p.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("drydock %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
