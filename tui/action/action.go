// Package action is the one list of what a person can do in the terminal UI:
// the footer, the help, the palette, docs/keys.md and the user's keymap all read
// it.
package action

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
	Keys   []string // as Bubble Tea names them; the first one is shown
	Label  string   // in the footer, one or two words
	Help   string   // one sentence
	Scope  Scope
	Footer bool // worth a place in the footer
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
		{Open, []string{"enter", "l", "right"}, "open", "Open what the cursor is on.", Item, true},
		{Fix, []string{"f"}, "fix", "Plan the fix for this finding; nothing is written before you have seen the diff and its proof.", Item, true},
		{Editor, []string{"e"}, "editor", "Open the file at the line in your editor ($VISUAL, $EDITOR).", Item, false},
		{Copy, []string{"y"}, "copy", "Copy the place, the message, the check's id or the fingerprint.", Item, false},

		{TabNext, []string{"]"}, "next tab", "Risks, weaknesses, strengths, how the score comes about.", Findings, true},
		{TabPrev, []string{"["}, "previous tab", "The tab before.", Findings, false},
		{Sort, []string{"s"}, "sort", "Order by severity, by place, by hours, or by what has a fix.", Findings, true},

		{PlaceNext, []string{"]"}, "next place", "The finding's next place in the project.", Finding, true},
		{PlacePrev, []string{"["}, "previous place", "The finding's place before.", Finding, false},
		{FindingNext, []string{"n"}, "next", "The next finding of the list you came from.", Finding, true},
		{FindingPrev, []string{"p"}, "previous", "The finding before.", Finding, true},

		{Answer, []string{"enter"}, "answer", "Take this answer and go on.", Questions, true},
		{AnswerMark, []string{"space"}, "mark", "Mark or unmark a choice.", Questions, true},

		{Apply, []string{"a"}, "apply", "Write the change: all of it or nothing. Only a proven plan can be applied.", Diff, true},
		{Confirm, []string{"enter"}, "review", "Say once more what would be written, then ask.", Diff, false},
		{LeaveOut, []string{"space"}, "leave out", "Leave this hunk out, or take it in again; the rest is proven anew.", Diff, true},
		{HunkNext, []string{"n", "]"}, "next hunk", "Go to the next hunk.", Diff, true},
		{HunkPrev, []string{"p", "["}, "previous hunk", "Go to the hunk before.", Diff, false},
		{Layout, []string{"|"}, "side by side", "Show the diff side by side, or unified.", Diff, true},
		{Widen, []string{"w"}, "this or all", "Fix this finding alone, or all that this fix closes.", Diff, true},
		{Ask, []string{"o"}, "answers", "Change the answers the plan was made from.", Diff, false},

		{PlanOpen, []string{"o"}, "open", "Open the step's first finding.", Plan, false},
		{PlanMark, []string{"space"}, "mark", "Mark the step and see the score it would bring.", Plan, true},
		{PlanFix, []string{"a"}, "fix all marked", "Plan the fixes of the marked steps as one set, proven together.", Plan, true},

		{ExportWrite, []string{"w", "enter"}, "write", "Write the report to the path.", Export, true},
		{ExportPath, []string{"e"}, "path", "Change where the report is written.", Export, true},
		{ExportCopy, []string{"y"}, "copy", "Copy the report to the clipboard.", Export, true},

		{Filter, []string{"/"}, "filter", "Filter findings: words, sev:high, cat:docker, check:, path:, fixable:, and !word to exclude.", Global, true},
		{Unfilter, []string{"c"}, "clear filter", "Show all findings again.", Global, false},
		{GoPlan, []string{"F", "3"}, "plan", "What to mend first, what it brings, and when.", Global, true},
		{GoExport, []string{"x", "6"}, "export", "Preview the report and write it to a file.", Global, true},
		{Undo, []string{"z"}, "undo", "Take back the last applied fix, byte for byte.", Global, false},
		{Redo, []string{"Z"}, "redo", "Apply again what was undone last.", Global, false},
		{Rescan, []string{"r", "R"}, "rescan", "Audit the project again.", Global, false},
		{Back, []string{"esc", "h", "left"}, "back", "Go back one step; it never quits.", Global, true},
		{GoOverview, []string{"1"}, "overview", "Score, categories, top risks.", Global, false},
		{GoFindings, []string{"2"}, "findings", "All findings of all categories.", Global, false},
		{GoServices, []string{"4"}, "services", "What the project declares to run, and how it is looked after.", Global, false},
		{GoHistory, []string{"5"}, "history", "Fixes that were applied, and taken back.", Global, false},
		{FocusNext, []string{"tab"}, "focus", "Move the focus to the next pane.", Global, false},
		{FocusPrev, []string{"shift+tab"}, "focus back", "Move the focus to the pane before.", Global, false},
		{Zoom, []string{"+"}, "zoom", "Give the focused pane the whole screen.", Global, false},
		{Unzoom, []string{"_"}, "unzoom", "Show all panes again.", Global, false},
		{Palette, []string{":", "ctrl+p"}, "commands", "Find an action by name.", Global, false},
		{Themes, []string{"T"}, "theme", "Choose a theme and see it at once.", Global, false},
		{Mouse, []string{"M"}, "mouse", "Take the mouse, or leave it to the terminal for selecting text.", Global, false},
		{Log, []string{"@"}, "log", "What was done in this session.", Global, false},
		{Help, []string{"?"}, "help", "Every key that counts here.", Global, true},
		{Suspend, []string{"ctrl+z"}, "suspend", "Go back to the shell for a while; fg returns.", Global, false},
		{Quit, []string{"q", "ctrl+c"}, "quit", "Leave drydock.", Global, false},

		{Down, []string{"j", "down"}, "down", "One row down.", Move, false},
		{Up, []string{"k", "up"}, "up", "One row up.", Move, false},
		{PageDown, []string{"pgdown", "ctrl+d", "ctrl+f"}, "page down", "One window down.", Move, false},
		{PageUp, []string{"pgup", "ctrl+u", "ctrl+b"}, "page up", "One window up.", Move, false},
		{Top, []string{"g", "home"}, "top", "The first row.", Move, false},
		{Bottom, []string{"G", "end"}, "bottom", "The last row.", Move, false},
	}
}
