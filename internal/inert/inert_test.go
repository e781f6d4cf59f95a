package inert

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestHostileCharactersComeOutVisible(t *testing.T) {
	for _, c := range []struct{ name, in, line, text string }{
		{"plain", "src/app.py", "src/app.py", "src/app.py"},
		{"letters of any script", "Größe 日本語 مرحبا", "Größe 日本語 مرحبا", "Größe 日本語 مرحبا"},
		{"mask", "sup… (21 characters)", "sup… (21 characters)", "sup… (21 characters)"},
		{"escape sequence", "a\x1b[2Jb", `a\x1b[2Jb`, `a\x1b[2Jb`},
		{"clipboard", "\x1b]52;c;cm0gLXJm\x07", `\x1b]52;c;cm0gLXJm\x07`, `\x1b]52;c;cm0gLXJm\x07`},
		{"C1 as UTF-8", "a\u009b31mb", `a\x9b31mb`, `a\x9b31mb`},
		{"C1 as a byte", "a\x9b31mb", `a\x9b31mb`, `a\x9b31mb`},
		{"carriage return", "good\rbad", `good\rbad`, `good\rbad`},
		{"line ends", "a\r\nb\n", `a\r\nb\n`, "a\\r\nb\n"},
		{"backspace, bell, delete, NUL", "\b\a\x7f\x00", `\x08\x07\x7f\x00`, `\x08\x07\x7f\x00`},
		{"bidi override", "user\u202e nimda\u2066", `user\u202e nimda\u2066`, `user\u202e nimda\u2066`},
		{"bidi marks", "a\u200e\u200f\u061cb", `a\u200e\u200f\u061cb`, `a\u200e\u200f\u061cb`},
		{"zero width", "a\u200b\u200d\ufeffb", `a\u200b\u200d\ufeffb`, `a\u200b\u200d\ufeffb`},
		{"separators", "a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\x85d`, `a\u2028b\u2029c\x85d`},
		{"tags", "a\U000e0041", `a\U000e0041`, `a\U000e0041`},
		{"selectors", "a\ufe0f", `a\ufe0f`, `a\ufe0f`},
		{"letters that show nothing", "a\u3164b", `a\u3164b`, `a\u3164b`},
		{"undecodable", "a\xff\xc3", `a\xff\xc3`, `a\xff\xc3`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`, `\xed\xa0\x80`},
		{"tab", "a\tb\t\tc", "a   b       c", "a   b       c"},
		{"tab after a break", "ab\n\tc", `ab\n    c`, "ab\n    c"},
	} {
		if got := Line(c.in); got != c.line {
			t.Errorf("%s: Line(%q) = %q, want %q", c.name, c.in, got, c.line)
		}
		if got := Text(c.in); got != c.text {
			t.Errorf("%s: Text(%q) = %q, want %q", c.name, c.in, got, c.text)
		}
	}
}

func TestASCIIHoldsNothingElse(t *testing.T) {
	if got, want := ASCII("Größe… \x1b[m 日本"), `Gr??e.. \x1b[m ??`; got != want {
		t.Errorf("ASCII = %q, want %q", got, want)
	}
}

func FuzzNothingHarmfulSurvives(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[31m", "\u202e", "a\tb\r\n", "\xff\xfe", "e\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Line(s), strings.ReplaceAll(Text(s), "\n", "")} {
			if !utf8.ValidString(out) {
				t.Fatalf("%q is not UTF-8", out)
			}
			for _, r := range out {
				if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
					t.Fatalf("%q lets %U through", s, r)
				}
			}
		}
		if once := Line(s); Line(once) != once {
			t.Fatalf("Line is not stable on %q", s)
		}
		if out := ASCII(s); !plainASCII(out) {
			t.Fatalf("ASCII(%q) = %q", s, out)
		}
	})
}
