package patch

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"drydock/internal/finding"
)

// awkward draws values that break naive quoting.
func awkward() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"a", "yes", "null", "~", " ", "#", " #", ":", ": ", "'", `"`, `\`, "$", "${X}", "{", "]", ",", "\n", "\t",
		"\u0085", "\ufeff", "é", "😀", "1", "0x1", "1e3", ".5", "-", "- ", "? ", "&", "*", "!", "|", ">", "%", "@", "`", "=", "<<", "10s", "\x01"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 0, 5).Draw(t, "parts"), "")
	})
}

func TestYAMLStringIsReadBackAsThatString(t *testing.T) {
	forms := []string{"key: %\nnext: 1\n", "key: % # why\r\nnext: 1\r\n", "key: {a: %, b: 2}\n", "- [1, %]\n- 2"}
	olds := []string{"old", `"old"`, "'it''s'", "5432"}
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom(forms).Draw(t, "form")
		old := rapid.SampledFrom(olds).Draw(t, "old")
		value := awkward().Draw(t, "value")
		head, tail, _ := strings.Cut(form, "%")
		edit, err := YAMLString([]byte(head+old+tail), finding.Span{Start: len(head), End: len(head) + len(old)}, value)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Apply([]byte(head+old+tail), []Edit{edit})
		if err != nil {
			t.Fatal(err)
		}
		var want yaml.Node
		if err := yaml.Unmarshal([]byte(head+"MARK"+tail), &want); err != nil {
			t.Fatal(err)
		}
		var got yaml.Node
		if err := yaml.Unmarshal(after, &got); err != nil {
			t.Fatalf("%q: %v", after, err)
		}
		compareYAML(t, string(after), &got, &want, value)
	})
}

// compareYAML demands the same tree, with value as a string where want has MARK.
func compareYAML(t *rapid.T, text string, got, want *yaml.Node, value string) {
	if got.Kind != want.Kind || len(got.Content) != len(want.Content) {
		t.Fatalf("%q is another tree", text)
	}
	switch {
	case want.Value == "MARK":
		if got.Value != value || got.ShortTag() != "!!str" {
			t.Fatalf("%q: got %s %q, want the string %q", text, got.ShortTag(), got.Value, value)
		}
	case got.Value != want.Value:
		t.Fatalf("%q: got %q, want %q", text, got.Value, want.Value)
	}
	for i := range got.Content {
		compareYAML(t, text, got.Content[i], want.Content[i], value)
	}
}

func TestYAMLStringKeepsPlainWordsPlain(t *testing.T) {
	for _, word := range []string{"postgres:16-alpine", "unless-stopped", "30s", "1m30s", "512m", "/var/lib/x", "pg_isready -U app", "./data", "a=b"} {
		if got := QuoteYAML(word); got != word {
			t.Errorf("QuoteYAML(%q) = %s", word, got)
		}
	}
}

func TestQuoteYAMLQuotesWhatIsNotAString(t *testing.T) {
	for _, word := range []string{"", "yes", "True", "OFF", "null", "n", "~", "12", "1.5", "1e3", "0x1f", "12:30:45", "2024-01-02", ".5", "-", "<<", "=", "a: b", "a #b", "a:", " a", "${A}"} {
		var got yaml.Node
		if err := yaml.Unmarshal([]byte("k: "+QuoteYAML(word)), &got); err != nil {
			t.Fatal(err)
		}
		if v := got.Content[0].Content[1]; v.Value != word || v.Style == 0 {
			t.Errorf("QuoteYAML(%q) = %s", word, QuoteYAML(word))
		}
	}
}

func TestYAMLStringRefusesWhatIsNotAScalar(t *testing.T) {
	for _, old := range []string{"|\n  text", "*alias", "&anchor x", "[a]", "{a: b}", "!!str x", " ", ""} {
		if edit, err := YAMLString([]byte(old), finding.Span{End: len(old)}, "v"); err == nil {
			t.Errorf("%q: got %v", old, edit)
		}
	}
}

func TestYAMLInsertions(t *testing.T) {
	const compose = "services:\n  web:\n    image: a\n    # ports:\n    #  - 80\n  # db later\n\n  db:\n    image: b # pinned\n    # why\nvolumes:\n  x:\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	entry := func(part string) func(*testing.T, string) (Edit, error) {
		return func(t *testing.T, text string) (Edit, error) {
			span := spanOf(t, text, part)
			indent, ok := YAMLIndent([]byte(text), span.Start)
			if !ok {
				t.Errorf("no indentation for %q", part)
			}
			return YAMLInsertAfter([]byte(text), span, indent, "new:\n  - x"), nil
		}
	}
	mapping := func(part string) func(*testing.T, string) (Edit, error) {
		return func(t *testing.T, text string) (Edit, error) {
			span := spanOf(t, text, part)
			indent, _ := YAMLIndent([]byte(text), span.Start)
			return YAMLAppend([]byte(text), span, indent, "new: 1")
		}
	}
	services := compose[len("services:\n  "):strings.Index(compose, " # pinned")]
	for name, c := range map[string]struct {
		before string
		edit   func(*testing.T, string) (Edit, error)
		want   string
	}{
		"after an entry": {compose, entry("image: b"), strings.Replace(compose, "# pinned\n", "# pinned\n    new:\n      - x\n", 1)},
		"after a service, its comments stay": {compose, entry("web:\n    image: a"),
			strings.Replace(compose, "80\n", "80\n  new:\n    - x\n", 1)},
		"crlf":                {crlf(compose), entry("image: b"), crlf(strings.Replace(compose, "# pinned\n", "# pinned\n    new:\n      - x\n", 1))},
		"no final newline":    {"a:\n  b: 1", entry("b: 1"), "a:\n  b: 1\n  new:\n    - x"},
		"item of a sequence":  {"- name: a\n- name: b\n", entry("name: a"), "- name: a\n  new:\n    - x\n- name: b\n"},
		"byte order mark":     {"\ufeffa: 1\n", entry("a: 1"), "\ufeffa: 1\nnew:\n  - x\n"},
		"span owns newline":   {"a:\n  b: 1\nc: 2\n", entry("b: 1\n"), "a:\n  b: 1\n  new:\n    - x\nc: 2\n"},
		"service at the end":  {compose, mapping(services), strings.Replace(compose, "# why\n", "# why\n\n  new: 1\n", 1)},
		"no blanks, none new": {"s:\n  a: 1\n  b: 2\nt: 3\n", mapping("a: 1\n  b: 2"), "s:\n  a: 1\n  b: 2\n  new: 1\nt: 3\n"},
		"comment at the end":  {"s:\n  a: 1\n  # b: 2\nt: 3\n", mapping("a: 1"), "s:\n  a: 1\n  # b: 2\n  new: 1\nt: 3\n"},
		"flow":                {"a: {b: 1}\n", mapping("{b: 1}"), "a: {b: 1, new: 1}\n"},
		"flow spaced":         {"a: { b: 1 }\n", mapping("{ b: 1 }"), "a: { b: 1, new: 1 }\n"},
		"flow empty":          {"a: {}\n", mapping("{}"), "a: {new: 1}\n"},
		"below an empty key": {"services:\nvolumes:\n", func(t *testing.T, text string) (Edit, error) {
			return YAMLInsertBelow([]byte(text), spanOf(t, text, "services:"), "  ", "web: 1"), nil
		}, "services:\n  web: 1\nvolumes:\n"},
	} {
		edit, err := c.edit(t, c.before)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := Apply([]byte(c.before), []Edit{edit})
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got\n%q want\n%q (%v)", name, got, c.want, err)
		}
		var node yaml.Node
		if err := yaml.Unmarshal(got, &node); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok := YAMLIndent([]byte("a: {b: 1}"), 4); ok {
		t.Error("a key in flow style has an indentation")
	}
}

func TestYAMLUnitIsTheFilesOwn(t *testing.T) {
	for text, want := range map[string]int{"a:\n  b: 1\n": 2, "# x\na:\n\n    b: 1\n": 4, "a: 1\n": 2, "a:\n- b\nc:\n   d: 1": 3} {
		if got := YAMLUnit([]byte(text)); got != want {
			t.Errorf("YAMLUnit(%q) = %d, want %d", text, got, want)
		}
	}
}
