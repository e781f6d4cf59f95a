package patch

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func applyOne(t interface{ Fatal(...any) }, content string, e Edit) string {
	got, err := Apply([]byte(content), []Edit{e})
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestInsertedLinesTakeTheEndingOfTheirPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someText().Draw(t, "before")
		offset := rapid.IntRange(0, len(before)).Draw(t, "offset")
		e := InsertAfter(before, offset, "new\nlines")
		after := applyOne(t, string(before), e)
		if bytes.HasSuffix(before, []byte("\n")) != strings.HasSuffix(after, "\n") && len(before) > 0 && !onlyBOM(before) {
			t.Fatalf("%q and %q do not end alike", before, after)
		}
		lines := splitLines([]byte(after))
		i := strings.Count(after[:e.Span.Start+1], "\n")
		if i > 0 && e.New[0] != 'n' && strings.HasPrefix(after[e.Span.Start:], "\r") {
			i++ // the new text starts with the ending of the line before it
		}
		first, last := strings.TrimPrefix(lines[i].Text, bom), lines[i+1].Text
		if strings.TrimSuffix(first, "\r") != "new" || strings.TrimSuffix(last, "\r") != "lines" {
			t.Fatalf("lines %d of %q are %q and %q", i, after, first, last)
		}
		if crlf := EOL(before, e.Span.Start) == "\r\n"; crlf != strings.HasSuffix(first, "\r") {
			t.Fatalf("%q does not have the ending of its place", after)
		}
	})
}

func TestRemoveLinesUndoesInsert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := string(someText().Draw(t, "before"))
		if before == "" || before[len(before)-1] == '\r' {
			before += "x\n" // a lone CR at the end would become half of a CRLF
		}
		offset := rapid.IntRange(0, len(before)).Draw(t, "offset")
		after := applyOne(t, before, InsertAfter([]byte(before), offset, "NEW"))
		pos := strings.Index(after, "NEW")
		span := at(pos, pos+3, "").Span
		if got := applyOne(t, after, RemoveLines([]byte(after), span)); got != before {
			t.Fatalf("got %q, want %q", got, before)
		}
	})
}

func TestAddIgnoreSaysItOnce(t *testing.T) {
	for before, want := range map[string]string{
		"":                 ".env\n",
		"dist/\n":          "dist/\n.env\n",
		"dist/":            "dist/\n.env",
		"a\r\n":            "a\r\n.env\r\n",
		".env\n":           ".env\n",
		".env \r\nb":       ".env \r\nb",
		".env\n!.env\n":    ".env\n!.env\n.env\n",
		"\ufeff.env\n":     "\ufeff.env\n",
		"# .env\n.env.x\n": "# .env\n.env.x\n.env\n",
	} {
		got := before
		if e, ok := AddIgnore([]byte(before), ".env"); ok {
			got = applyOne(t, before, e)
		}
		if got != want {
			t.Errorf("%q became %q, want %q", before, got, want)
		}
		if _, again := AddIgnore([]byte(got), ".env"); again {
			t.Errorf("%q: a second time adds more", got)
		}
	}
}

func TestEnvSetChangesOneValue(t *testing.T) {
	for name, c := range map[string]struct{ before, want string }{
		"append":            {"A=1\n", "A=1\nKEY=v\n"},
		"append to nothing": {"", "KEY=v\n"},
		"no final newline":  {"A=1", "A=1\nKEY=v"},
		"set":               {"KEY=old\nA=1\n", "KEY=v\nA=1\n"},
		"empty":             {"KEY=\r\nA=1\r\n", "KEY=v\r\nA=1\r\n"},
		"export and note":   {" export KEY = 'o''d' # why\n", " export KEY = v'd' # why\n"},
		"bare with note":    {"KEY=a b # why\n", "KEY=v # why\n"},
		"only a note":       {"KEY= # why\n", "KEY= v # why\n"},
		"last one counts":   {"KEY=1\nKEY=2\n", "KEY=1\nKEY=v\n"},
		"commented":         {"#KEY=1\n", "#KEY=1\nKEY=v\n"},
		"longer name":       {"MY_KEY=1\nKEY2=1\n", "MY_KEY=1\nKEY2=1\nKEY=v\n"},
		"inside a value":    {"PEM=\"x\nKEY=1\n\"\nA=1\n", "PEM=\"x\nKEY=1\n\"\nA=1\nKEY=v\n"},
		"many lines":        {"KEY='a\nb' # why\nA=1\n", "KEY=v # why\nA=1\n"},
		"byte order mark":   {"\ufeffKEY=1\n", "\ufeffKEY=v\n"},
	} {
		e, err := EnvSet([]byte(c.before), "KEY", "v")
		if err != nil {
			t.Fatal(err)
		}
		if got := applyOne(t, c.before, e); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for _, key := range []string{"", "1A", "A B", "A=B", "A\nB"} {
		if _, err := EnvSet(nil, key, "v"); err == nil {
			t.Errorf("%q passes for a name", key)
		}
	}
}

// The table was run through compose-go 2 and dotenv 16, and held against the
// expressions of python-dotenv's parser.
func TestQuoteEnvUsesOnlyWhatAllReadersAgreeOn(t *testing.T) {
	for value, want := range map[string]string{
		"":               "",
		"abc-_./:@%+,=9": "abc-_./:@%+,=9",
		"a&b":            "'a&b'",
		"a b":            "'a b'",
		"pa$$word":       "'pa$$word'",
		"a#b":            "'a#b'",
		" x ":            "' x '",
		"line\nline":     "'line\nline'",
		`a\nb`:           `'a\nb'`,
		`say "x"`:        `'say "x"'`,
		"it's":           `"it's"`,
		"it's\nso #1":    "\"it's\nso #1\"",
		"`x`":            "'`x`'",
		"пароль":         "'пароль'",
	} {
		if got, err := QuoteEnv(value); err != nil || got != want {
			t.Errorf("QuoteEnv(%q) = %s, %v, want %s", value, got, err, want)
		}
	}
	for _, value := range []string{"it's $5", `it's "x"`, `it's \n`, `a\\b`, `a\`, "a${B}c", "a\x00", "a\rb"} {
		if got, err := QuoteEnv(value); err == nil {
			t.Errorf("QuoteEnv(%q) = %s, want an error: no form is read alike", value, got)
		} else if strings.Contains(err.Error(), value) {
			t.Errorf("the error shows the value: %v", err)
		}
	}
}

func TestEnvSetIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := awkward().Draw(t, "value")
		quoted, err := QuoteEnv(value)
		if err != nil {
			return
		}
		file := "A='x'\nKEY=old # why\nB=2\n"
		e, err := EnvSet([]byte(file), "KEY", value)
		if err != nil {
			t.Fatal(err)
		}
		after := applyOne(t, file, e)
		span, ok := EnvValue([]byte(after), "KEY")
		if !ok || after[span.Start:span.End] != quoted {
			t.Fatalf("%q: the value is %q", after, after[span.Start:span.End])
		}
		if next, ok := EnvValue([]byte(after), "B"); !ok || after[next.Start:next.End] != "2" {
			t.Fatalf("%q: what follows is lost", after)
		}
	})
}
