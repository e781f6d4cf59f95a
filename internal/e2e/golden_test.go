//go:build unix

package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected screens and the pictures in docs anew")

// changing is what differs from one run to the next.
var changing = []*regexp.Regexp{
	regexp.MustCompile(`\bmain [0-9a-f]{7}\b`),
	regexp.MustCompile(`\b\d\d:\d\d(:\d\d)?\b`),
	regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`),
	regexp.MustCompile(`\b[\d,]+ lines, [\d,]+ bytes`),
	regexp.MustCompile(`(checks?|Checks +\d+) in \d[^│┃|#\n]*`),
	regexp.MustCompile(`"(generated|duration_ms|root|commit)": [^│┃|#\n]*`),
	regexp.MustCompile(`scanning \d+/\d+.*`),
}

// settled is the frame as text, with waves for what changes: as many as there
// were columns, so that what stands around it stays in place.
func settled(f *frame) string {
	text := f.text() + "\n"
	for _, c := range changing {
		text = c.ReplaceAllStringFunc(text, func(s string) string {
			return strings.Repeat("~", utf8.RuneCountInString(s))
		})
	}
	return text
}

// golden waits until the screen is as it was recorded under the name.
func (s *session) golden(name string) {
	s.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		s.record(path)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	patience := deadline / 6
	if s.stale { // one is told of that; the others need not be waited for as long
		patience = deadline / 60
	}
	f, err := s.waitUntil(time.Now().Add(patience), func(f *frame) bool { return settled(f) == string(want) })
	if err != nil {
		s.stale = true
		s.t.Errorf("%s (-want +got); 'go test ./internal/e2e -update' records what is:\n%s", path,
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(settled(f), "\n")))
	}
}

// quiet is how long a screen stays as it is before it is recorded.
const quiet = 500 * time.Millisecond

func (s *session) record(path string) {
	s.t.Helper()
	f := s.now()
	for {
		next, err := s.waitUntil(time.Now().Add(quiet), func(n *frame) bool { return n != f })
		if err != nil {
			break
		}
		f = next
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(settled(f)), 0o644); err != nil {
		s.t.Fatal(err)
	}
}
