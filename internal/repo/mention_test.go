package repo

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMentionsMissesNoWord(t *testing.T) {
	const text = "import { a_b } from './x-y'; process.env.SECRET_KEY = `é$1` /* TODO */ verylongidentifierthatgoeson1234"
	s := open(t, NewMem(map[string]MemFile{"a.ts": {Data: []byte(text)}, "b.bin": {Data: []byte("import\x00import")}, "c.md": {}}))
	f := s.File("a.ts")
	for _, w := range []string{"import", "a_b", "x-y", "process.env", "SECRET_KEY", "é$1", "TODO", "verylongidentifierthatgoeson1234", "nowhere import"} {
		if got := f.Mentions(w); got != !strings.HasPrefix(w, "nowhere") {
			t.Errorf("Mentions(%q) = %v", w, got)
		}
	}
	for _, name := range []string{"b.bin", "c.md"} {
		if s.File(name).Mentions("import", "") {
			t.Errorf("%s mentions something", name)
		}
	}
}

// TestFewWrongAnswers holds what looking away early is worth: of words that a file
// does not hold, hardly any seem to be there.
func TestFewWrongAnswers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, 3+random.IntN(12))
		for i := range b {
			b[i] = byte('a' + random.IntN(26))
		}
		return string(b)
	}
	for _, size := range []int{10, 100, 1000, 5000} {
		held := map[string]bool{}
		var text strings.Builder
		for range size {
			w := word()
			held[w] = true
			text.WriteString(w + " ")
		}
		var c wordCollector
		set := c.collect([]byte(text.String()))
		wrong, asked := 0, 0
		for w := range held {
			if !mentions(set, w) {
				t.Fatalf("%d words: %q is missed", size, w)
			}
		}
		for range 20_000 {
			if w := word(); !held[w] {
				asked++
				if mentions(set, w) {
					wrong++
				}
			}
		}
		if wrong*100 > asked {
			t.Errorf("%d words: %d of %d answers are wrong", size, wrong, asked)
		}
	}
}
