package patch

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"drydock/internal/finding"
)

// spanOf is where part stands in text; it must stand there once.
func spanOf(t *testing.T, text, part string) finding.Span {
	t.Helper()
	i := strings.Index(text, part)
	if i < 0 || strings.Contains(text[i+1:], part) {
		t.Fatalf("%q is not once in %q", part, text)
	}
	return finding.Span{Start: i, End: i + len(part)}
}

func TestJSONRemoveTakesTheCommaAndTheLine(t *testing.T) {
	for name, c := range map[string]struct{ before, member, want string }{
		"inline first":  {`{"a": 1, "b": 2}`, `"a": 1`, `{"b": 2}`},
		"inline last":   {`{"a": 1, "b": 2}`, `"b": 2`, `{"a": 1}`},
		"only":          {`{"a": 1}`, `"a": 1`, `{}`},
		"item":          {`["x", "y", "z"]`, `"y"`, `["x", "z"]`},
		"line":          {"{\n  \"a\": 1,\n  \"b\": 2\n}\n", `"a": 1`, "{\n  \"b\": 2\n}\n"},
		"last line":     {"{\r\n\t\"a\": 1,\r\n\t\"b\": [\r\n\t]\r\n}", "\"b\": [\r\n\t]", "{\r\n\t\"a\": 1\r\n}"},
		"comment stays": {"{\n  \"a\": 1, // keep, me\n  // \"x\": 0,\n  \"b\": 2 // goes\n}\n", `"b": 2`, "{\n  \"a\": 1 // keep, me\n  // \"x\": 0,\n}\n"},
		"trailing":      {"{\n  \"a\": 1,\n  \"b\": 2,\n}\n", `"b": 2`, "{\n  \"a\": 1,\n}\n"},
		"comma in text": {`{"a": ",}", "b": 2}`, `"b": 2`, `{"a": ",}"}`},
		"closing brace": {"{\n  \"a\": 1,\n  \"b\": 2 }", `"b": 2`, "{\n  \"a\": 1\n }"},
	} {
		edits, err := JSONRemove([]byte(c.before), spanOf(t, c.before, c.member))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := Apply([]byte(c.before), edits); err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, want %q (%v)", name, got, c.want, err)
		}
	}
	for _, part := range []string{`"a"`, `1`, `"b": 2}`, `{"a": 1, "b": 2}`} {
		const text = `{"a": 1, "b": 2}`
		if edits, err := JSONRemove([]byte(text), spanOf(t, text, part)); err == nil {
			t.Errorf("removing %s gives %v, want an error", part, edits)
		}
	}
}

func TestJSONInsertGoesLast(t *testing.T) {
	for name, c := range map[string]struct{ before, want string }{
		"empty":       {`{}`, `{"k": true}`},
		"empty lines": {"{\n}\n", "{\n  \"k\": true\n}\n"},
		"inline":      {`{"a": 1}`, `{"a": 1, "k": true}`},
		"lines":       {"{\r\n\t\"a\": {\r\n\t}\r\n}\r\n", "{\r\n\t\"a\": {\r\n\t},\r\n\t\"k\": true\r\n}\r\n"},
		"trailing":    {"{\n    \"a\": 1,\n}", "{\n    \"a\": 1,\n    \"k\": true,\n}"},
		"comment":     {"{\n  \"a\": 1 // why\n  // end\n}", "{\n  \"a\": 1, // why\n  \"k\": true\n  // end\n}"},
	} {
		text := []byte(c.before)
		edits, err := JSONInsert(text, finding.Span{End: len(text)}, "k", "true")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := Apply(text, edits); err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, want %q (%v)", name, got, c.want, err)
		}
	}
}

// member is a member of an object and where it stands.
type member struct {
	key  string
	raw  json.RawMessage
	span finding.Span
}

func membersOf(t *rapid.T, text []byte) []member {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var out []member
	for dec.More() {
		start := int(dec.InputOffset())
		start += bytes.IndexByte(text[start:], '"')
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		m := member{key: key.(string)}
		if err := dec.Decode(&m.raw); err != nil {
			t.Fatal(err)
		}
		m.span = finding.Span{Start: start, End: int(dec.InputOffset())}
		out = append(out, m)
	}
	return out
}

func TestJSONEditsChangeOneMember(t *testing.T) {
	key := rapid.SampledFrom([]string{"a", "b,", "c}", `d"`, "e//", "f/*", "g\\", ""})
	leaf := rapid.SampledFrom([]any{1, "x", ",", "}", "]", "//", `\"`, true, nil, []any{}, []any{1, ","}, map[string]any{"y": map[string]any{}}})
	rapid.Check(t, func(t *rapid.T) {
		object := rapid.MapOf(key, leaf).Draw(t, "object")
		var text []byte
		switch rapid.IntRange(0, 2).Draw(t, "form") {
		case 0:
			text, _ = json.Marshal(object)
		case 1:
			text, _ = json.MarshalIndent(object, "", "  ")
		default:
			text, _ = json.MarshalIndent(object, "", "\t")
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		}
		edits, err := JSONInsert(text, finding.Span{End: len(text)}, "new", "[1]")
		if err != nil {
			t.Fatal(err)
		}
		more, err := Apply(text, edits)
		var got map[string]any
		if err != nil || json.Unmarshal(more, &got) != nil || len(got) != len(object)+1 || !cmp.Equal(got["new"], []any{1.0}) {
			t.Fatalf("%s inserted: %s, %v", text, more, err)
		}
		members := membersOf(t, more)
		i := rapid.IntRange(0, len(members)-1).Draw(t, "member")
		edits, err = JSONRemove(more, members[i].span)
		if err != nil {
			t.Fatal(err)
		}
		less, err := Apply(more, edits)
		if err != nil || !json.Valid(less) {
			t.Fatalf("%s removed from %s: %s, %v", members[i].key, more, less, err)
		}
		left := membersOf(t, less)
		want := append(members[:i:i], members[i+1:]...)
		same := func(a, b member) bool { return a.key == b.key && bytes.Equal(a.raw, b.raw) }
		if !slices.EqualFunc(left, want, same) {
			t.Fatalf("%s removed from %s: %s", members[i].key, more, less)
		}
		if members[i].key == "new" && !bytes.Equal(less, text) && len(object) > 0 {
			t.Fatalf("insert and remove left %q, want %q", less, text)
		}
	})
}

func TestJSONStringIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		var got string
		if err := json.Unmarshal([]byte(JSONString(value)), &got); err != nil || got != value {
			t.Fatalf("%q: %q, %v", value, got, err)
		}
	})
}
