package ini

import (
	"fmt"
	"strings"
	"testing"
)

const sample = "\ufeff# top\r\n[alembic]\r\nscript_location = alembic\r\nsqlalchemy.url: driver://u:p@h/d  \r\n; note\r\n[ops]\nList =\n    one\n  # two\n    three\nempty =\nflag"

func TestSettingsKnowTheirBytes(t *testing.T) {
	d, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ section, key, value, bytes string }{
		{"alembic", "script_location", "alembic", "alembic"},
		{"alembic", "sqlalchemy.url", "driver://u:p@h/d", "driver://u:p@h/d"},
		{"ops", "list", "one\nthree", "one\n  # two\n    three"},
		{"ops", "empty", "", ""},
		{"ops", "flag", "", ""},
	}
	for _, tt := range tests {
		k, ok := d.Key(tt.section, tt.key)
		if got := sample[k.ValueSpan.Start:k.ValueSpan.End]; !ok || k.Value() != tt.value || got != tt.bytes {
			t.Errorf("%s.%s = %q at %q", tt.section, tt.key, k.Value(), got)
		}
		if got := sample[k.NameSpan.Start:k.NameSpan.End]; !strings.EqualFold(got, tt.key) {
			t.Errorf("%s: name covers %q", tt.key, got)
		}
	}
	if s, ok := d.Section("ops"); !ok || sample[s.Span.Start:s.Span.End] != "[ops]" {
		t.Error("the section's header")
	}
	if _, ok := d.Key("ops", "absent"); ok {
		t.Error("absent is there")
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for src, want := range map[string]string{
		"\na = 1":       "line 2: a setting stands before the first section",
		"[a\n":          "line 1: the section's header is not closed",
		"[a]\n = 1":     "line 2: a setting has no name",
		"[a]\n\x00":     "line 2: not a text file",
		"[a]\nb\nc = 1": "<nil>",
	} {
		if _, err := Parse([]byte(src)); fmt.Sprint(err) != want {
			t.Errorf("Parse(%q) = %v, want %s", src, err, want)
		}
	}
}

func FuzzSpansStayInside(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("[a]\nb=\xff\n \n  c"))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse(src)
		if d == nil {
			if err == nil {
				t.Fatal("neither a document nor an error")
			}
			return
		}
		for _, s := range d.Sections {
			for _, k := range s.Keys {
				if k.Span.Start < 0 || k.Span.End > len(src) || k.ValueSpan.Start < k.NameSpan.End || k.ValueSpan.End < k.ValueSpan.Start || k.ValueSpan.End > len(src) {
					t.Fatalf("%+v of %d bytes", k, len(src))
				}
			}
		}
	})
}
