package report

import (
	"regexp"
	"strings"
	"testing"
)

// unescape undoes backslash escapes the way CommonMark does.
var escaped = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

func TestProseShowsAndDoesNothing(t *testing.T) {
	for _, s := range []string{
		"<img onerror=x>", "a`b`c", "[x](javascript:y)", "![x](y)", "*a* _b_ ~~c~~", "# h", "a|b", "&amp;", "https://e.com/x", "www.e.com", "a@b.c", `back\slash`, "$math$",
	} {
		got := prose(s)
		if back := escaped.ReplaceAllString(got, "$1"); back != s {
			t.Errorf("%q is shown as %q", s, back)
		}
		for _, active := range []string{"<", "`", "[", "](", "*", "_", "~~", "#", "&", "://", "$"} {
			at := strings.Index(got, active)
			for at > 0 && strings.HasSuffix(got[:at], `\`) {
				next := strings.Index(got[at+1:], active)
				if next < 0 {
					at = -1
					break
				}
				at += 1 + next
			}
			if at >= 0 {
				t.Errorf("prose(%q) = %q leaves %q active", s, got, active)
			}
		}
	}
}

func TestCodeSpansCannotBeLeft(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "`plain`", "a`b": "``a`b``", "`a": "`` `a ``", "a``b`": "``` a``b` ```", "": "` `", "x\ny": "`x\\ny`",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestTableCellsKeepTheirPipes(t *testing.T) {
	d := &markdown{}
	d.row(code("a|b"), prose("c|d"))
	if got, want := d.b.String(), "| `a\\|b` | c\\|d |\n"; got != want {
		t.Errorf("row is %q, want %q", got, want)
	}
}
