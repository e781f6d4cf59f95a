package action

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// forbidden keys are what terminals send for others: Enter, Tab, Backspace, Esc.
var forbidden = map[string]string{"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+h": "backspace", "ctrl+[": "esc"}

// Keymap knows which key does what in which scope.
type Keymap struct {
	actions []Action
	byID    map[ID]*Action
	byKey   map[Scope]map[string]ID
}

// NewKeymap makes the keymap of the registry with the user's keys in place of
// the actions' own; override is by action id. It fails, naming both actions,
// when a key would mean two things in one place, for a key that a terminal
// cannot tell from another, and for an unknown action.
func NewKeymap(override map[string][]string) (*Keymap, error) {
	m := &Keymap{actions: All(), byID: map[ID]*Action{}, byKey: map[Scope]map[string]ID{}}
	for i := range m.actions {
		m.byID[m.actions[i].ID] = &m.actions[i]
	}
	ids := make([]string, 0, len(override))
	for id := range override {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		a := m.byID[ID(id)]
		if a == nil {
			return nil, fmt.Errorf("keymap: no action is called %q; docs/keys.md lists them", id)
		}
		if len(override[id]) == 0 {
			return nil, fmt.Errorf("keymap: %s has no key; give it one", id)
		}
		a.Keys = slices.Clone(override[id])
	}
	for i := range m.actions {
		if err := m.bind(&m.actions[i]); err != nil {
			return nil, err
		}
	}
	return m, m.shadows()
}

func (m *Keymap) bind(a *Action) error {
	keys := m.byKey[a.Scope]
	if keys == nil {
		keys = map[string]ID{}
		m.byKey[a.Scope] = keys
	}
	for _, key := range a.Keys {
		if is, bad := forbidden[strings.ToLower(key)]; bad {
			return fmt.Errorf("keymap: %s cannot use %s: terminals send it for %s", a.ID, key, is)
		}
		if key == "" {
			return fmt.Errorf("keymap: %s has an empty key", a.ID)
		}
		if other, taken := keys[key]; taken {
			return fmt.Errorf("keymap: %s is both %s and %s", key, other, a.ID)
		}
		keys[key] = a.ID
	}
	return nil
}

// shadows finds keys that mean one thing everywhere and another on a screen.
// Questions, Diff, Plan and Export list no findings: Item's keys are free there.
func (m *Keymap) shadows() error {
	for _, scope := range Scopes() {
		for _, below := range []Scope{Global, Move, Item} {
			if scope == below || (below == Item && !m.listsFindings(scope)) {
				continue
			}
			for _, key := range sortedKeys(m.byKey[scope]) {
				if other, taken := m.byKey[below][key]; taken {
					return fmt.Errorf("keymap: %s is %s on %s and %s in %s", key, m.byKey[scope][key], scope, other, below)
				}
			}
		}
	}
	return nil
}

func (m *Keymap) listsFindings(s Scope) bool {
	return s == Overview || s == Findings || s == Finding || shared[s]
}

func sortedKeys(keys map[string]ID) []string {
	out := make([]string, 0, len(keys))
	for k := range keys {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Action is the action with this id; it panics for an unknown one, which is a
// mistake in the program.
func (m *Keymap) Action(id ID) Action { return *m.byID[id] }

// Key is the key to show for an action.
func (m *Keymap) Key(id ID) string { return Shown(m.byID[id].Keys[0]) }

// Resolve is the action that key stands for where the scopes count; the first
// scope that knows the key decides. ok is false when none does.
func (m *Keymap) Resolve(key string, scopes ...Scope) (id ID, ok bool) {
	for _, s := range scopes {
		if id, ok = m.byKey[s][key]; ok {
			return id, true
		}
	}
	return "", false
}

// In lists the actions of a scope, in the registry's order.
func (m *Keymap) In(scope Scope) []Action {
	var out []Action
	for _, a := range m.actions {
		if a.Scope == scope {
			out = append(out, a)
		}
	}
	return out
}

// Shown is a key as hints write it.
func Shown(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}

// Markdown is docs/keys.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nGenerated from the registry in `tui/action` by `go generate ./tui/action`; do not edit.\n\n")
	b.WriteString("Every key can be changed under `keymap:` in `drydock.yaml`, by the action's name: `keymap: {fix.apply: [\"ctrl+s\"]}`.\n")
	for _, scope := range Scopes() {
		first := true
		for _, a := range All() {
			if a.Scope != scope {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n## %s\n\n| keys | action | what it does |\n| --- | --- | --- |\n", strings.ToUpper(string(scope[:1]))+string(scope[1:]))
				first = false
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", codes(a.Keys), a.ID, a.Help)
		}
	}
	return b.String()
}

func codes(keys []string) string {
	var out []string
	for _, k := range keys {
		out = append(out, "`"+strings.ReplaceAll(k, "|", `\|`)+"`")
	}
	return strings.Join(out, " ")
}
