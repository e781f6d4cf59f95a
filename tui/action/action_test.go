package action

import (
	"os"
	"strings"
	"testing"
)

func TestDefaultKeysDoNotCollide(t *testing.T) {
	if _, err := NewKeymap(nil); err != nil {
		t.Fatal(err)
	}
}

func TestEveryActionSaysWhatItDoes(t *testing.T) {
	seen := map[ID]bool{}
	for _, a := range All() {
		if seen[a.ID] {
			t.Errorf("%s is declared twice", a.ID)
		}
		seen[a.ID] = true
		if len(a.Keys.Keys()) == 0 || a.Label() == "" || !strings.HasSuffix(a.Help, ".") || a.Scope == "" {
			t.Errorf("%s lacks a key, a label, a sentence or a scope", a.ID)
		}
	}
}

func TestKeymapRefusesWhatCannotWork(t *testing.T) {
	for name, override := range map[string]map[string][]string{
		"unknown action":            {"fly": {"f"}},
		"no key":                    {"quit": {}},
		"empty key":                 {"quit": {""}},
		"enter in disguise":         {"quit": {"ctrl+m"}},
		"tab in disguise":           {"quit": {"ctrl+i"}},
		"backspace in disguise":     {"quit": {"ctrl+h"}},
		"esc in disguise":           {"back": {"ctrl+["}},
		"a key twice":               {"quit": {"q", "q"}},
		"two global actions":        {"quit": {"?"}},
		"a screen's and everywhere": {"fix.apply": {"q"}},
		"a screen's and moving":     {"fix.apply": {"j"}},
	} {
		if _, err := NewKeymap(override); err == nil || !strings.HasPrefix(err.Error(), "keymap: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestOverrideReplacesTheKeys(t *testing.T) {
	m, err := NewKeymap(map[string][]string{"fix.apply": {"ctrl+s"}})
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := m.Resolve(pressed("ctrl+s"), Diff, Global); !ok || id != Apply {
		t.Errorf("ctrl+s is %q", id)
	}
	if id, ok := m.Resolve(pressed("a"), Diff, Global, Move); ok {
		t.Errorf("a is still %q", id)
	}
}

func TestKeysPageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != Markdown() {
		t.Error("docs/keys.md is stale: run go generate ./tui/action")
	}
}
