//go:build unix

package e2e

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyFiles make a scan last long enough to act within it.
const manyFiles = 600

// The first screen is there before anything is read, and scores come in while
// the rest is being read.
func TestScoresStreamIn(t *testing.T) {
	t.Parallel()
	p := acme(t)
	p.grow(manyFiles)
	s := start(t, p, 120, 36)
	s.audited()
	frames := s.history()

	first := slices.IndexFunc(frames, func(f *frame) bool { return f.has("Readiness") })
	if first < 0 {
		t.Fatal("no frame has the dashboard")
	}
	if f := frames[first]; !f.has("scanning 0/") || f.has("needs attention") || score(f) >= 0 {
		t.Errorf("the first frame is not from before the scan:\n%s", f.text())
	}
	streamed := 0
	for _, f := range frames[first:] {
		if f.has("scanning") && f.has("so far") {
			streamed++
		}
	}
	if streamed < 2 {
		t.Errorf("%d of %d frames show scores while the scan runs, want some", streamed, len(frames))
	}
	s.quit()
}

// history is every frame so far, oldest first.
func (s *session) history() []*frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.screen.seen)
}

// A window that is dragged about while the program scans shows in the end what it
// would have shown from the beginning.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	p := acme(t)
	p.grow(manyFiles)
	s := start(t, p, 160, 45)
	s.waitFor("scanning")
	for cols, rows := 160, 45; cols > 40; cols, rows = cols-8, max(10, rows-2) {
		s.size(cols, rows)
	}
	s.size(40, 10)
	s.size(30, 8)
	s.waitFor("drydock needs at least", "here are 30 x 8")
	for cols, rows := 40, 10; cols < 160; cols, rows = cols+8, min(45, rows+3) {
		s.size(cols, rows)
	}
	s.size(160, 45)
	s.audited()
	complete := func(f *frame) bool { return score(f) >= 0 && f.has(" of code") }
	stormed := s.wait("the figures", complete)
	s.quit()

	calm := start(t, p, 160, 45)
	want := calm.wait("the figures", complete)
	if settled(stormed) != settled(want) {
		t.Errorf("after the storm:\n%s\nwithout one:\n%s", settled(stormed), settled(want))
	}
	calm.quit()
}

// However the program is ended in the middle of a scan, the terminal is as it
// was and the project too.
func TestEndedWhileScanning(t *testing.T) {
	for name, leave := range map[string]func(*session){
		"ctrl+c": func(s *session) { s.press("ctrl+c") },
		"INT":    func(s *session) { s.signal(os.Interrupt) },
		"TERM":   func(s *session) { s.signal(syscall.SIGTERM) },
		"HUP":    func(s *session) { s.signal(syscall.SIGHUP) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acme(t)
			p.grow(manyFiles)
			was := p.tree()
			s := start(t, p, 80, 24)
			s.waitFor("scanning")
			leave(s)
			if code := s.end(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			for _, f := range s.history() {
				if score(f) >= 0 {
					t.Fatal("the scan was over")
				}
			}
			p.same(was)
		})
	}
}

// When the terminal goes away the program goes too, and leaves the project alone.
func TestTerminalGoesAway(t *testing.T) {
	t.Parallel()
	p := acme(t)
	p.grow(manyFiles)
	was := p.tree()
	s := start(t, p, 80, 24)
	s.waitFor("scanning")
	s.master.Close()
	select {
	case <-s.exited:
	case <-time.After(deadline):
		t.Error("the program goes on without a terminal")
	}
	p.same(was)
}

// Without colours nothing is coloured, and everything is still said.
func TestNoColour(t *testing.T) {
	t.Parallel()
	plain, colourful := acme(t), acme(t)
	for _, c := range []struct {
		p    *project
		env  string
		none bool
	}{{plain, "NO_COLOR=yes", true}, {colourful, "NO_COLOR=", false}} {
		s := start(t, c.p, 120, 36, c.env)
		s.audited()
		s.open("security/inline-secret")
		s.waitFor("Evidence")
		s.press("f")
		s.waitFor("Questions")
		s.quit()
		if n := s.screen.colours; (n == 0) != c.none {
			t.Errorf("%s: %d sequences set a colour", c.env, n)
		}
	}
}

// Where the locale is not UTF-8 every glyph is ASCII.
func TestOtherLocales(t *testing.T) {
	for name, env := range map[string]string{"C": "LANG=C", "latin1": "LC_ALL=en_US.ISO-8859-1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acme(t)
			s := start(t, p, 120, 36, env)
			s.audited()
			s.golden("120x36/ascii")
			s.open("security/inline-secret")
			s.waitFor("Evidence")
			s.press("f")
			s.waitFor("Questions")
			s.answer()
			s.proven()
			s.press("?")
			s.waitFor("Everywhere")
			s.press("esc")
			s.proven()
			s.press("x")
			s.waitFor("Preview", "bytes")
			s.quit()
			if got := beyondASCII.FindAllString(s.raw.String(), -1); got != nil {
				t.Errorf("not ASCII: %q", strings.Join(slices.Compact(slices.Sorted(slices.Values(got))), ""))
			}
		})
	}
}

var beyondASCII = regexp.MustCompile(`[^\x00-\x7f]`)
