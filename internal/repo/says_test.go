package repo

import (
	"context"
	"testing"
)

// TestSays holds that only code and strings count, and only whole words.
func TestSays(t *testing.T) {
	s, err := Open(context.Background(), NewMem(map[string]MemFile{
		"a.ts":  {Data: []byte("// comment\nconst code = \"text here\"; codes(`tail`);\n")},
		"b.py":  {Data: []byte("# comment\ncode = 'text.here'\n")},
		"c.sql": {Data: []byte("select code from t; -- comment\n")},
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, word string
		want       bool
	}{
		{"a.ts", "comment", false}, {"a.ts", "code", true}, {"a.ts", "here", true}, {"a.ts", "tail", true}, {"a.ts", "her", false}, {"a.ts", "absent", false},
		{"a.ts", "", false}, {"b.py", "comment", false}, {"b.py", "here", true}, {"b.py", "cod", false}, {"c.sql", "code", true}, {"c.sql", "cod", false},
	} {
		if got := s.File(c.file).Says(c.word); got != c.want {
			t.Errorf("%s says %q: %v, want %v", c.file, c.word, got, c.want)
		}
	}
}
