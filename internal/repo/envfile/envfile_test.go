package envfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

func TestEntriesKnowTheirBytes(t *testing.T) {
	tests := []struct{ name, src, key, value, text, line string }{
		{"plain", "A=b\n", "A", "b", "b", "A=b"},
		{"no final newline", "X=1\nA=b", "A", "b", "b", "A=b"},
		{"CRLF", "A=b\r\nB=c\r\n", "A", "b", "b", "A=b"},
		{"byte order mark", "\ufeffA=b\n", "A", "b", "b", "A=b"},
		{"export", "  export A=b\n", "A", "b", "b", "export A=b"},
		{"blanks", "A = b c  # d\n", "A", "b c", "b c", "A = b c"},
		{"hash in a value", "A=b#c\n", "A", "b#c", "b#c", "A=b#c"},
		{"value that starts with a hash", "A=#c\n", "A", "#c", "#c", "A=#c"},
		{"only a comment", "A= # c\n", "A", "", "", "A="},
		{"empty", "A=\nB=1\n", "A", "", "", "A="},
		{"bare", "A\n", "A", "", "", "A"},
		{"double quotes", `A="b\n\"c\" # d" # e`, "A", "b\n\"c\" # d", `"b\n\"c\" # d"`, `A="b\n\"c\" # d"`},
		{"single quotes", `A='b\n$c'`, "A", `b\n$c`, `'b\n$c'`, `A='b\n$c'`},
		{"several lines", "A=\"one\ntwo\"\nB=1\n", "A", "one\ntwo", "\"one\ntwo\"", "A=\"one\ntwo\""},
		{"unclosed", "A=\"one\nB=1\n", "A", "\"one", "\"one", "A=\"one"},
		{"apostrophe", "A='tis\nB=1\nC='x'\n", "A", "'tis", "'tis", "A='tis"},
		{"key in several lines", "A='-----BEGIN\nabc=\nAB==\n'", "A", "-----BEGIN\nabc=\nAB==\n", "'-----BEGIN\nabc=\nAB==\n'", "A='-----BEGIN\nabc=\nAB==\n'"},
		{"equals in a value", "A=b=c\n", "A", "b=c", "b=c", "A=b=c"},
		{"variable", "A=${B:-c}\n", "A", "${B:-c}", "${B:-c}", "A=${B:-c}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse(".env", []byte(tt.src))
			e := f.Get(tt.key)
			if err != nil || e == nil {
				t.Fatalf("%+v, %v", f, err)
			}
			cut := func(s finding.Span) string { return tt.src[s.Start:s.End] }
			if e.Value != tt.value || cut(e.Span) != tt.text || cut(e.Line) != tt.line || cut(e.KeySpan) != tt.key {
				t.Errorf("value %q at %q, key at %q, line %q", e.Value, cut(e.Span), cut(e.KeySpan), cut(e.Line))
			}
		})
	}
}

func TestTheLastValueCountsAndOtherLinesAreListed(t *testing.T) {
	src := "# c\n\nA=1\nnot an entry\n  # d\nA=2\n=x\nB\n"
	f, _ := Parse(".env", []byte(src))
	var unread []string
	for _, s := range f.Unread {
		unread = append(unread, src[s.Start:s.End])
	}
	got := fmt.Sprint(f.Get("A").Value, len(f.Entries), unread, f.Get("B").HasValue, f.Get("C") == nil)
	if got != "23 [not an entry =x] false true" {
		t.Error(got)
	}
	if f, _ := Parse(".env", []byte("# only\n\n")); !f.Empty() {
		t.Error("a file of comments is not empty")
	}
}

func TestWhatIsNotTextIsRefused(t *testing.T) {
	for src, line := range map[string]int{"A=1\nB=\x00": 2, "A=1\n\nB=\xff": 3, strings.Repeat("x", MaxBytes+1): 1} {
		_, err := Parse(".env", []byte(src))
		var e *Error
		if !errors.As(err, &e) || e.Line != line {
			t.Errorf("%.10q: %v, want line %d", src, err, line)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, name := range []string{".env", "a/.env.production", ".env.local", "prod.env", "env.example", "env.production", "env.production.example", ".env-sample", ".env.staging.local"} {
		if !Sniff(name) {
			t.Errorf("%s is not recognised", name)
		}
	}
	for _, name := range []string{"env.py", "env.ts", ".env.ts", "env.d.ts", "environment", ".envrc", "env.validation", ".env.gpg", ".env.patch", "env", "env.md", "alembic/env.py", "env.mako"} {
		if Sniff(name) {
			t.Errorf("%s is taken for an env file", name)
		}
	}
	for name, want := range map[string]bool{".env.example": true, "sample.env": true, "env.dist": true, ".env.template": true, ".env": false, ".env.production": false} {
		if IsTemplate(name) != want {
			t.Errorf("IsTemplate(%s) = %v", name, !want)
		}
	}
}

func FuzzSpansStayInside(f *testing.F) {
	for _, s := range []string{"A=b\r\n", "export A='x\ny' # z\nB", "A=\"\\", "=\n \t\n#", "\ufeffA=`", "A= \r\n", "export \n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse(".env", src)
		last := 0
		for _, e := range file.Entries {
			for _, s := range []finding.Span{e.Line, e.KeySpan, e.Span, e.Inner()} {
				if s.Start < last || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%+v of %d bytes", e, len(src))
				}
			}
			last = e.Line.End
		}
	})
}
