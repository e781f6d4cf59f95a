package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"drydock/internal/inert"
	"drydock/tui/action"
)

// carry carries out what a pane asked for.
func (a *App) carry(in intent) tea.Cmd {
	switch in := in.(type) {
	case nil:
		return nil
	case several:
		var cmds []tea.Cmd
		for _, one := range in {
			cmds = append(cmds, a.carry(one))
		}
		return tea.Batch(cmds...)
	case tea.Cmd:
		return in
	case show:
		return a.push(in.screen)
	case goBack:
		return a.pop()
	case openItem:
		if s := a.top(); s.shows != nil && s.shows(in.fingerprint) {
			s.focus = 0
			a.place()
			return nil
		}
		return a.push(a.findingScreen(in.fingerprint, a.siblings()))
	case openList:
		return a.push(a.findingsScreen(in.category))
	case chosen:
		if choose := a.top().choose; choose != nil {
			return a.carry(choose(in.fingerprint))
		}
	case openFix:
		return a.push(a.fixScreen(in.plans))
	case say:
		a.tell(note{text: in.text})
	case warn:
		a.tell(note{text: in.text, bad: true})
	case overlaid:
		a.overlays = append(a.overlays, in.overlay)
	case perform:
		return a.do(in.id)
	case rearranged:
		a.place()
	case setFilter:
		return a.filter(in.text)
	case setTheme:
		a.look.name = in.name
		a.restyle()
	case copied:
		a.tell(note{text: "copied " + in.what})
		return tea.SetClipboard(in.content)
	case edit:
		return a.editor(in)
	case request:
		return a.request(in)
	case write:
		return a.write(in)
	default:
		panic(fmt.Sprintf("tui: an intent that nothing carries out: %T", in))
	}
	return nil
}

// siblings are the findings of the list in front, to walk through.
func (a *App) siblings() []string {
	switch p := a.top().panes[0].(type) {
	case *findingsPane:
		return p.fingerprints()
	}
	var out []string
	for i := range a.pic.findings {
		if a.pic.findings[i].Open() {
			out = append(out, a.pic.findings[i].Fingerprint)
		}
	}
	return out
}

// tell shows a note and keeps it in the log.
func (a *App) tell(n note) {
	n.text = inert.Line(n.text)
	a.note = n
	a.log = append(a.log, entry{a.o.now(), n})
}

// request runs work aside; its answer comes back as a reply. What the box waited
// for is given up.
func (a *App) request(r request) tea.Cmd {
	r.box.drop()
	a.requests++
	id := a.requests
	ctx, cancel := context.WithCancel(a.ctx)
	r.box.id, r.box.cancel = id, cancel
	return func() tea.Msg {
		defer cancel()
		return reply{id, r, guarded(ctx, r.work)}
	}
}

// guarded runs work; a panic in it becomes an error, so that the terminal is
// never left as the panic found it.
func guarded(ctx context.Context, work func(context.Context) any) (v any) {
	defer func() {
		if r := recover(); r != nil {
			v = fmt.Errorf("this went wrong inside drydock: %v", r)
		}
	}()
	return work(ctx)
}

// global carries out the actions that belong to no pane.
func (a *App) global(id action.ID) tea.Cmd {
	switch id {
	case action.Quit:
		return a.quit()
	case action.Suspend:
		return tea.Suspend
	case action.Back:
		return a.back()
	case action.FocusNext, action.FocusPrev:
		step := 1
		if id == action.FocusPrev {
			step = -1
		}
		a.top().cycle(step)
		a.place()
	case action.Zoom, action.Unzoom:
		a.top().zoomed = id == action.Zoom
		a.place()
	case action.GoOverview:
		return a.open(nil)
	case action.GoFindings:
		return a.open(a.findingsScreen(""))
	case action.GoPlan:
		return a.open(a.planScreen())
	case action.GoServices:
		return a.open(a.servicesScreen())
	case action.GoHistory:
		return a.open(a.historyScreen())
	case action.GoExport:
		return a.open(a.exportScreen())
	case action.Rescan:
		return a.startScan()
	case action.Undo, action.Redo:
		return a.turnBack(id)
	case action.Filter:
		return a.openFilter()
	case action.Unfilter:
		return a.filter("")
	case action.Mouse:
		a.noMouse = !a.noMouse
		if a.noMouse {
			return a.carry(say{"the terminal has the mouse; " + a.keys.Key(action.Mouse) + " takes it back"})
		}
		return a.carry(say{"drydock has the mouse"})
	default:
		return a.carry(a.overlayFor(id))
	}
	return nil
}

// disabled says why an action that is everywhere cannot be taken now.
func (a *App) disabled(id action.ID) string {
	switch id {
	case action.Quit, action.Undo, action.Redo, action.Rescan:
		if a.busy != "" {
			return a.busy + "; a moment"
		}
	}
	switch id {
	case action.Rescan:
		if a.pic.scanning {
			return "an audit is under way"
		}
	case action.GoPlan, action.GoExport:
		if a.pic.result == nil {
			return "when the audit is through"
		}
		if id == action.GoExport && (a.o.Export == nil || len(a.o.Formats) == 0) {
			return "this session has no reports"
		}
	case action.Undo:
		return a.cannotTurn(false)
	case action.Redo:
		return a.cannotTurn(true)
	case action.Unfilter:
		if a.pic.filter.text == "" {
			return "no filter is set"
		}
	case action.Back:
		if len(a.stack) == 1 && !a.top().zoomed {
			return "this is the first screen; " + a.keys.Key(action.Quit) + " quits"
		}
	}
	return ""
}

// back leaves what is in front, one step at a time.
func (a *App) back() tea.Cmd {
	s := a.top()
	if s.zoomed {
		s.zoomed = false
		a.place()
		return nil
	}
	if s.esc != nil {
		if in, handled := s.esc(); handled {
			return a.carry(in)
		}
	}
	return a.pop()
}

func (a *App) quit() tea.Cmd { return tea.Quit }
