//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The main job, at three sizes of terminal.
func TestWalk(t *testing.T) {
	for _, size := range [][2]int{{160, 45}, {80, 24}, {40, 10}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			walk(t, size[0], size[1])
		})
	}
}

func walk(t *testing.T, cols, rows int) {
	p := acme(t)
	unpacked := p.tree()
	s := start(t, p, cols, rows)
	golden := func(name string) { s.golden(fmt.Sprintf("%dx%d/%s", cols, rows, name)) }

	s.audited()
	golden("dashboard")
	before := s.score()

	s.open("security/inline-secret")
	s.waitFor("docker-compose.yml", "39")
	golden("finding")

	s.press("f")
	s.waitFor("Questions")
	golden("questions")
	s.answer()
	s.proven()
	golden("fix")
	p.same(unpacked)

	s.press("a")
	s.wait("a better score", func(f *frame) bool { return score(f) > before })
	golden("applied")
	if mode := p.mode(".env"); mode != 0o600 {
		t.Errorf(".env has mode %v, want 0600", mode)
	}

	s.press("z")
	s.wait("the score as before", func(f *frame) bool { return score(f) == before })
	golden("undone")
	p.same(unpacked)

	s.press("x")
	s.waitFor("Format")
	golden("export")
	s.press("w")
	s.waitFor("wrote ")
	if files, err := filepath.Glob(filepath.Join(p.work, "drydock-acme.*")); err != nil || len(files) != 1 {
		t.Errorf("exported: %v, %v", files, err)
	}
	p.same(unpacked)
	s.quit()
}

var scored = regexp.MustCompile(`score (\d+(?:\.\d)?) [A-F]$`)

// score is the score that a settled screen shows in its header, -1 while there
// is none.
func score(f *frame) float64 {
	m := scored.FindStringSubmatch(f.lines[0])
	if m == nil {
		return -1
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *session) score() float64 { return score(s.now()) }

// audited waits until the audit is through.
func (s *session) audited() {
	s.t.Helper()
	s.wait("the audit to end", func(f *frame) bool { return score(f) >= 0 })
}

// open goes to the first finding of a check.
func (s *session) open(check string) {
	s.t.Helper()
	s.press("2")
	s.waitFor("Findings")
	s.press("/", "check:"+check, "enter", "enter")
}

var asking = regexp.MustCompile(`Questions.* (\d+) of \d+`)

// answer takes the proposed answer to every question.
func (s *session) answer() {
	s.t.Helper()
	for at := 1; ; at++ {
		open := s.wait("the next question", func(f *frame) bool {
			m := asking.FindStringSubmatch(f.text())
			return m == nil && !f.has("Questions") || m != nil && m[1] == strconv.Itoa(at)
		})
		if !open.has("Questions") {
			return
		}
		s.press("enter")
	}
}

// proven waits until the plan has been proven.
func (s *session) proven() {
	s.t.Helper()
	s.wait("the proof", func(f *frame) bool {
		footer := f.lines[len(f.lines)-1]
		return strings.Contains(footer, "a apply") && !strings.Contains(footer, "(a apply)")
	})
}
