package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"drydock/internal/finding"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// overlayFor is the overlay that an action opens, or nothing.
func (a *App) overlayFor(id action.ID) intent {
	switch id {
	case action.Help:
		return overlaid{a.help()}
	case action.Palette:
		return overlaid{a.palette()}
	case action.Themes:
		return overlaid{a.themeMenu()}
	case action.Log:
		return overlaid{a.logReader()}
	}
	return nil
}

// help lists every key that counts here, and why some do not count now.
func (a *App) help() overlay {
	scopes := a.scopes()
	why := map[action.ID]string{}
	for _, o := range a.offers() {
		why[o.ID] = o.Disabled
	}
	return &reader{title: "Keys", lines: func(k *paint.Kit, width int) []*paint.Line {
		var out []*paint.Line
		for _, scope := range scopes {
			if len(a.keys.In(scope)) == 0 {
				continue
			}
			if len(out) > 0 {
				out = append(out, k.Line())
			}
			out = append(out, k.Line().Title(strings.ToUpper(string(scope[:1]))+string(scope[1:])))
			for _, act := range a.keys.In(scope) {
				out = append(out, helpLines(k, act, why[act.ID], width)...)
			}
		}
		return append(out, k.Line(), k.Line().Title("Signs"), signs(k))
	}}
}

func helpLines(k *paint.Kit, act action.Action, disabled string, width int) []*paint.Line {
	var keys []string
	for _, key := range act.Keys.Keys() {
		keys = append(keys, action.Shown(key))
	}
	const column = 18
	text := act.Help
	if disabled != "" {
		text += " Not now: " + disabled + "."
	}
	if width < 50 {
		out := []*paint.Line{k.Line().Space(1).Add(k.Key, strings.Join(keys, " "))}
		for _, line := range paint.Wrap(text, width-3) {
			out = append(out, k.Line().Space(3).Text(line))
		}
		return out
	}
	var out []*paint.Line
	for i, line := range paint.Wrap(text, width-column-1) {
		l := k.Line().Space(1)
		if i == 0 {
			l.Cell(k.Key, column, strings.Join(keys, " "))
		} else {
			l.Space(column)
		}
		out = append(out, l.Text(line))
	}
	return out
}

// signs says what the glyphs stand for.
func signs(k *paint.Kit) *paint.Line {
	l := k.Line().Space(1)
	for s := finding.Critical; s >= finding.Low; s-- {
		l.Add(k.Severity(s), k.SeverityGlyph(s)).Muted(" " + s.String() + "  ")
	}
	return l.Add(k.Good, k.Strong).Muted(" strength  ").Accent(k.Fix).Muted(" a patch is at hand")
}

// palette lists what can be done here, by name.
func (a *App) palette() overlay {
	var choices []choice
	for _, o := range a.offers() {
		act := a.keys.Action(o.ID)
		if o.ID == action.Palette {
			continue
		}
		choices = append(choices, choice{name: act.Label(), detail: act.Help, key: a.keys.Key(o.ID), disabled: o.Disabled, take: perform{o.ID}})
	}
	return newMenu("Commands", choices)
}

// themeMenu shows a theme as soon as the cursor is on it.
func (a *App) themeMenu() overlay {
	before := a.look.name
	choices := []choice{{name: themes.Auto, detail: "by the terminal's background", take: setTheme{themes.Auto}}}
	at := 0
	for _, t := range themes.All() {
		if t.Name == before {
			at = len(choices)
		}
		choices = append(choices, choice{name: t.Name, detail: t.Title, take: setTheme{t.Name}})
	}
	m := newMenu("Theme", choices)
	if a.o.NoColor {
		for i := range m.choices {
			m.choices[i].disabled = "colours are off (NO_COLOR or --no-color)"
		}
	}
	m.list.Resize(len(choices), len(choices), nil)
	m.list.Set(at)
	m.over = func(c choice) intent { return setTheme{c.name} }
	m.cancel = setTheme{before}
	return m
}

// logReader shows what was said in this session.
func (a *App) logReader() overlay {
	return &reader{title: "Log of this session", end: true, lines: func(k *paint.Kit, width int) []*paint.Line {
		var out []*paint.Line
		for _, e := range a.log {
			mark, style := k.Dot, k.Text
			if e.bad {
				mark, style = k.SevHigh, k.High
			}
			for i, line := range paint.Wrap(e.text, width-11) {
				l := k.Line()
				if i == 0 {
					l.Muted(e.when.Format("15:04:05")).Space(1).Add(style, mark).Space(1)
				} else {
					l.Space(11)
				}
				out = append(out, l.Add(style, line))
			}
		}
		if len(out) == 0 {
			out = append(out, k.Line().Muted("nothing was done yet"))
		}
		return out
	}}
}

// copyMenu offers what can be copied of a finding.
func copyMenu(f *finding.Finding, at finding.Location) overlay {
	entry := func(name, content string) choice {
		return choice{name: name, detail: content, take: copied{name, content}}
	}
	return newMenu("Copy", []choice{
		entry("place", placeOf(at)), entry("message", f.Title+": "+f.Message), entry("check", f.Check), entry("fingerprint", f.Fingerprint),
	})
}

// openFilter asks for a filter and applies it while it is typed.
func (a *App) openFilter() tea.Cmd {
	var opened tea.Cmd
	if _, list := a.top().panes[0].(*findingsPane); !list {
		opened = a.push(a.findingsScreen(""))
	}
	before := a.pic.filter.text
	p := &prompt{label: "/ ", input: newField()}
	p.input.set(before)
	p.changed = func(text string) (intent, error) {
		_, err := parseQuery(text)
		return setFilter{text}, err
	}
	p.done = func(text string) intent {
		q, err := parseQuery(text)
		if err != nil {
			return several{setFilter{text}, warn{err.Error()}}
		}
		if q.empty() {
			return several{setFilter{""}, say{"no filter"}}
		}
		return several{setFilter{text}, say{fmt.Sprintf("filter %s; %s clears it", q.text, a.keys.Key(action.Unfilter))}}
	}
	p.cancel = func() intent { return setFilter{before} }
	return tea.Batch(opened, a.carry(overlaid{p}))
}

// filter sets the filter everywhere; a term that is wrong filters nothing.
func (a *App) filter(text string) tea.Cmd {
	q, _ := parseQuery(text)
	return a.present(a.pic.with(func(p *picture) { p.filter = q }))
}
