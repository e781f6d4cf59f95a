package action

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"charm.land/bubbles/v2/key"
)

// forbidden keys are what terminals send for others: Enter, Tab, Backspace, Esc.
var forbidden = map[string]string{"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+h": "backspace", "ctrl+[": "esc"}

// Keymap knows which key does what in which scope.
type Keymap struct {
	actions []Action
	byID    map[ID]*Action
}

// NewKeymap makes the keymap of the registry with the user's keys in place of
// the actions' own; override is by action id. It fails, naming both actions,
// when a key would mean two things in one place, for a key that a terminal
// cannot tell from another, and for an unknown action.
func NewKeymap(override map[string][]string) (*Keymap, error) {
	m := &Keymap{actions: All(), byID: map[ID]*Action{}}
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
		a.Keys = bind(a.Label(), slices.Clone(override[id])...)
	}
	for i := range m.actions {
		if err := m.check(&m.actions[i]); err != nil {
			return nil, err
		}
	}
	return m, m.shadows()
}

// check refuses keys that no terminal sends as such, and those that another
// action of the scope has.
func (m *Keymap) check(a *Action) error {
	for i, name := range a.Keys.Keys() {
		if is, bad := forbidden[strings.ToLower(name)]; bad {
			return fmt.Errorf("keymap: %s cannot use %s: terminals send it for %s", a.ID, name, is)
		}
		if name == "" {
			return fmt.Errorf("keymap: %s has an empty key", a.ID)
		}
		if slices.Contains(a.Keys.Keys()[:i], name) {
			return fmt.Errorf("keymap: %s has %s twice", a.ID, name)
		}
		if other, taken := m.Resolve(pressed(name), a.Scope); taken && other != a.ID {
			return fmt.Errorf("keymap: %s is both %s and %s", name, other, a.ID)
		}
	}
	return nil
}

// shadows finds keys that mean one thing everywhere and another on a screen.
// Questions, Diff, Plan and Export list no findings: Item's keys are free there.
func (m *Keymap) shadows() error {
	for _, a := range m.actions {
		for _, below := range []Scope{Global, Move, Item} {
			if a.Scope == below || (below == Item && !m.listsFindings(a.Scope)) {
				continue
			}
			for _, name := range a.Keys.Keys() {
				if other, taken := m.Resolve(pressed(name), below); taken {
					return fmt.Errorf("keymap: %s is %s on %s and %s in %s", name, a.ID, a.Scope, other, below)
				}
			}
		}
	}
	return nil
}

func (m *Keymap) listsFindings(s Scope) bool {
	return s == Overview || s == Findings || s == Finding || shared[s]
}

// Action is the action with this id; it panics for an unknown one, which is a
// mistake in the program.
func (m *Keymap) Action(id ID) Action { return *m.byID[id] }

// Key is the key to show for an action.
func (m *Keymap) Key(id ID) string { return m.byID[id].Keys.Help().Key }

// Resolve is the action that a key stands for where the scopes count; the first
// scope that knows the key decides. ok is false when none does.
func (m *Keymap) Resolve(k fmt.Stringer, scopes ...Scope) (id ID, ok bool) {
	for _, s := range scopes {
		for _, a := range m.actions {
			if a.Scope == s && key.Matches(k, a.Keys) {
				return a.ID, true
			}
		}
	}
	return "", false
}

// pressed is a key by its name.
type pressed string

func (p pressed) String() string { return string(p) }

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
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", codes(a.Keys.Keys()), a.ID, a.Help)
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
