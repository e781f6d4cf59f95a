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
	for _, s := range []string{"A=b\r\n", "export A='x\ny' # z\nB", "A=\"\\", "=\n \t\n#", "\ufeffA=`", "A= \r\n", "export \n", "# A='b\nc'", "A: b # c", "A=1\nA=2"} {
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
			if c := e.Comment; c.Start < 0 || c.End < c.Start || c.End > len(src) {
				t.Fatalf("%+v of %d bytes", e, len(src))
			}
			last = e.Line.End
		}
		for _, e := range file.Commented {
			if e.Line.Start < 0 || e.Span.End < e.Span.Start || e.Line.End > len(src) {
				t.Fatalf("%+v of %d bytes", e, len(src))
			}
		}
		file.Duplicates()
	})
}

func TestCommentsDuplicatesAndColons(t *testing.T) {
	const src = "# PORT=3000 # the port\n#A=\n# see KEY = value\n# prose: like this\n# lower=x\nA=1 # one\nB: two\nprose: no\nA=\"2\" #two\nC='#no'\nA=3\n#  DB_URL=\"postgres://x\"\n"
	f, err := Parse(".env", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var commented, entries []string
	for _, e := range f.Commented {
		commented = append(commented, e.Key+"="+e.Value+"@"+src[e.Line.Start:e.Line.End])
	}
	for _, e := range f.Entries {
		entries = append(entries, fmt.Sprintf("%s=%s %v %s", e.Key, e.Value, e.Colon, src[e.Comment.Start:e.Comment.End]))
	}
	if got := strings.Join(commented, "|"); got != "PORT=3000@PORT=3000|A=@A=|DB_URL=postgres://x@DB_URL=\"postgres://x\"" {
		t.Errorf("commented %s", got)
	}
	if got := strings.Join(entries, "|"); got != "A=1 false # one|B=two true |A=2 false #two|C=#no false |A=3 false " {
		t.Errorf("entries %s", got)
	}
	if len(f.Unread) != 1 || src[f.Unread[0].Start:f.Unread[0].End] != "prose: no" {
		t.Errorf("unread %v", f.Unread)
	}
	dups := f.Duplicates()
	if len(dups) != 1 || dups[0].First.Value != "1" || dups[0].Last.Value != "3" {
		t.Errorf("duplicates %+v", dups)
	}
}
