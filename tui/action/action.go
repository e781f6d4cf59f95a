// Package action is the one list of what a person can do in the terminal UI:
// the footer, the help, the palette, docs/keys.md and the user's keymap all read
// it.
package action

import "charm.land/bubbles/v2/key"

// Scope says where an action's keys count.
type Scope string

// The scopes. Global, Move and Item count beside each of the screens' own.
const (
	Global    Scope = "everywhere"
	Move      Scope = "moving"
	Item      Scope = "on a finding"
	Overview  Scope = "overview"
	Findings  Scope = "findings"
	Finding   Scope = "finding"
	Questions Scope = "questions of a fix"
	Diff      Scope = "fix"
	Plan      Scope = "plan"
	Services  Scope = "services"
	History   Scope = "history"
	Export    Scope = "export"
)

// Scopes lists the scopes in the order documentation shows them.
func Scopes() []Scope {
	return []Scope{Global, Move, Item, Overview, Findings, Finding, Questions, Diff, Plan, Services, History, Export}
}

// shared scopes count on every screen.
var shared = map[Scope]bool{Global: true, Move: true, Item: true}

// ID names an action in the keymap of drydock.yaml.
type ID string

// Action is one thing to do.
type Action struct {
	ID     ID
	Keys   key.Binding // as Bubble Tea names them; its help has the first one and the label
	Help   string      // one sentence
	Scope  Scope
	Footer bool // worth a place in the footer
}

// Label is what the action is called in the footer: one or two words.
func (a Action) Label() string { return a.Keys.Help().Desc }

// bind makes the binding of keys, of which the first is shown beside the label.
func bind(label string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(Shown(keys[0]), label))
}

// The actions.
const (
	Quit      ID = "quit"
	Help      ID = "help"
	Palette   ID = "palette"
	Themes    ID = "theme"
	Mouse     ID = "mouse"
	Log       ID = "log"
	Rescan    ID = "rescan"
	Undo      ID = "undo"
	Redo      ID = "redo"
	Filter    ID = "filter"
	Unfilter  ID = "filter.clear"
	Zoom      ID = "zoom"
	Unzoom    ID = "zoom.out"
	FocusNext ID = "focus.next"
	FocusPrev ID = "focus.previous"
	Back      ID = "back"
	Suspend   ID = "suspend"

	GoOverview ID = "go.overview"
	GoFindings ID = "go.findings"
	GoPlan     ID = "go.plan"
	GoServices ID = "go.services"
	GoHistory  ID = "go.history"
	GoExport   ID = "go.export"

	Up       ID = "move.up"
	Down     ID = "move.down"
	PageUp   ID = "move.page-up"
	PageDown ID = "move.page-down"
	Top      ID = "move.top"
	Bottom   ID = "move.bottom"

	Open   ID = "open"
	Fix    ID = "fix"
	Editor ID = "editor"
	Copy   ID = "copy"

	TabPrev ID = "findings.tab-previous"
	TabNext ID = "findings.tab-next"
	Sort    ID = "findings.sort"

	PlacePrev   ID = "finding.place-previous"
	PlaceNext   ID = "finding.place-next"
	FindingPrev ID = "finding.previous"
	FindingNext ID = "finding.next"

	Answer     ID = "questions.answer"
	AnswerMark ID = "questions.mark"

	Apply    ID = "fix.apply"
	Confirm  ID = "fix.confirm"
	LeaveOut ID = "fix.leave-out"
	HunkPrev ID = "fix.hunk-previous"
	HunkNext ID = "fix.hunk-next"
	Layout   ID = "fix.layout"
	Widen    ID = "fix.widen"
	Ask      ID = "fix.questions"

	PlanMark ID = "plan.mark"
	PlanOpen ID = "plan.open"
	PlanFix  ID = "plan.fix"

	ExportWrite ID = "export.write"
	ExportPath  ID = "export.path"
	ExportCopy  ID = "export.copy"
)

// All lists every action, in the order documentation shows them.
func All() []Action {
	return []Action{
		{Open, bind("open", "enter", "l", "right"), "Open what the cursor is on.", Item, true},
		{Fix, bind("fix", "f"), "Plan the fix for this finding; nothing is written before you have seen the diff and its proof.", Item, true},
		{Editor, bind("editor", "e"), "Open the file at the line in your editor ($VISUAL, $EDITOR).", Item, false},
		{Copy, bind("copy", "y"), "Copy the place, the message, the check's id or the fingerprint.", Item, false},

		{TabNext, bind("next tab", "]"), "Risks, weaknesses, strengths, how the score comes about.", Findings, true},
		{TabPrev, bind("previous tab", "["), "The tab before.", Findings, false},
		{Sort, bind("sort", "s"), "Order by severity, by place, by hours, or by what has a fix.", Findings, true},

		{PlaceNext, bind("next place", "]"), "The finding's next place in the project.", Finding, true},
		{PlacePrev, bind("previous place", "["), "The finding's place before.", Finding, false},
		{FindingNext, bind("next", "n"), "The next finding of the list you came from.", Finding, true},
		{FindingPrev, bind("previous", "p"), "The finding before.", Finding, true},

		{Answer, bind("answer", "enter"), "Take this answer and go on.", Questions, true},
		{AnswerMark, bind("mark", "space"), "Mark or unmark a choice.", Questions, true},

		{Apply, bind("apply", "a"), "Write the change: all of it or nothing. Only a proven plan can be applied.", Diff, true},
		{Confirm, bind("review", "enter"), "Say once more what would be written, then ask.", Diff, false},
		{LeaveOut, bind("leave out", "space"), "Leave this hunk out, or take it in again; the rest is proven anew.", Diff, true},
		{HunkNext, bind("next hunk", "n", "]"), "Go to the next hunk.", Diff, true},
		{HunkPrev, bind("previous hunk", "p", "["), "Go to the hunk before.", Diff, false},
		{Layout, bind("side by side", "|"), "Show the diff side by side, or unified.", Diff, true},
		{Widen, bind("this or all", "w"), "Fix this finding alone, or all that this fix closes.", Diff, true},
		{Ask, bind("answers", "o"), "Change the answers the plan was made from.", Diff, false},

		{PlanOpen, bind("open", "o"), "Open the step's first finding.", Plan, false},
		{PlanMark, bind("mark", "space"), "Mark the step and see the score it would bring.", Plan, true},
		{PlanFix, bind("fix all marked", "a"), "Plan the fixes of the marked steps as one set, proven together.", Plan, true},

		{ExportWrite, bind("write", "w", "enter"), "Write the report to the path.", Export, true},
		{ExportPath, bind("path", "e"), "Change where the report is written.", Export, true},
		{ExportCopy, bind("copy", "y"), "Copy the report to the clipboard.", Export, true},

		{Filter, bind("filter", "/"), "Filter findings: words, sev:high, cat:docker, check:, path:, fixable:, and !word to exclude.", Global, true},
		{Unfilter, bind("clear filter", "c"), "Show all findings again.", Global, false},
		{GoPlan, bind("plan", "F", "3"), "What to mend first, what it brings, and when.", Global, true},
		{GoExport, bind("export", "x", "6"), "Preview the report and write it to a file.", Global, true},
		{Undo, bind("undo", "z"), "Take back the last applied fix, byte for byte.", Global, false},
		{Redo, bind("redo", "Z"), "Apply again what was undone last.", Global, false},
		{Rescan, bind("rescan", "r", "R"), "Audit the project again.", Global, false},
		{Back, bind("back", "esc", "h", "left"), "Go back one step; it never quits.", Global, true},
		{GoOverview, bind("overview", "1"), "Score, categories, top risks.", Global, false},
		{GoFindings, bind("findings", "2"), "All findings of all categories.", Global, false},
		{GoServices, bind("services", "4"), "What the project declares to run, and how it is looked after.", Global, false},
		{GoHistory, bind("history", "5"), "Fixes that were applied, and taken back.", Global, false},
		{FocusNext, bind("focus", "tab"), "Move the focus to the next pane.", Global, false},
		{FocusPrev, bind("focus back", "shift+tab"), "Move the focus to the pane before.", Global, false},
		{Zoom, bind("zoom", "+"), "Give the focused pane the whole screen.", Global, false},
		{Unzoom, bind("unzoom", "_"), "Show all panes again.", Global, false},
		{Palette, bind("commands", ":", "ctrl+p"), "Find an action by name.", Global, false},
		{Themes, bind("theme", "T"), "Choose a theme and see it at once.", Global, false},
		{Mouse, bind("mouse", "M"), "Take the mouse, or leave it to the terminal for selecting text.", Global, false},
		{Log, bind("log", "@"), "What was done in this session.", Global, false},
		{Help, bind("help", "?"), "Every key that counts here.", Global, true},
		{Suspend, bind("suspend", "ctrl+z"), "Go back to the shell for a while; fg returns.", Global, false},
		{Quit, bind("quit", "q", "ctrl+c"), "Leave drydock.", Global, false},

		{Down, bind("down", "j", "down"), "One row down.", Move, false},
		{Up, bind("up", "k", "up"), "One row up.", Move, false},
		{PageDown, bind("page down", "pgdown", "ctrl+d", "ctrl+f"), "One window down.", Move, false},
		{PageUp, bind("page up", "pgup", "ctrl+u", "ctrl+b"), "One window up.", Move, false},
		{Top, bind("top", "g", "home"), "The first row.", Move, false},
		{Bottom, bind("bottom", "G", "end"), "The last row.", Move, false},
	}
}
