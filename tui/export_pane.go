package tui

import (
	"context"
	"fmt"
	"strings"

	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// exportPane lists the formats a report can be written in.
type exportPane struct {
	rows
	formats []string
	path    func(format string) string // where a format is written
	taken   string                     // path the person chose, "" is the default
	report  *rendered
}

// rendered is the report of one format.
type rendered struct {
	format string
	data   []byte
	lines  []string
	err    error
}

func (p *exportPane) Name() string           { return "Formats" }
func (p *exportPane) Scopes() []action.Scope { return []action.Scope{action.Export} }

func (p *exportPane) Actions() []offer {
	why := ""
	switch {
	case p.report == nil:
		why = "the report is being made"
	case p.report.err != nil:
		why = p.report.err.Error()
	}
	return []offer{{action.ExportWrite, why}, {action.ExportPath, ""}, {action.ExportCopy, why}}
}

func (p *exportPane) format() string { return p.formats[p.list.Cursor] }

// target is the path the report goes to.
func (p *exportPane) target() string {
	if p.taken != "" {
		return p.taken
	}
	return p.path(p.format())
}

func (p *exportPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.list.Resize(len(p.formats), max(1, p.rect.Inset().H-3), nil)
}

func (p *exportPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		p.taken = ""
		return chosen{}, true
	}
	switch id {
	case action.ExportPath:
		return overlaid{p.askPath()}, true
	case action.ExportCopy:
		return copied{"the " + p.format() + " report", string(p.report.data)}, true
	}
	return nil, false
}

func (p *exportPane) askPath() overlay {
	in := &prompt{label: "write to ", input: newField()}
	in.input.set(p.target())
	in.done = func(text string) intent {
		p.taken = strings.TrimSpace(text)
		p.touch()
		return nil
	}
	in.cancel = func() intent { return nil }
	return in
}

func (p *exportPane) Wheel(int) intent { return nil }

func (p *exportPane) Click(_, y int) intent {
	if ok, _ := p.at(y, p.rect.Inset().Y); ok {
		p.taken = ""
		return chosen{}
	}
	return nil
}

func (p *exportPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			base := themes.Style{}
			l := k.Line()
			if i == p.list.Cursor {
				base = k.Selected
				l.Accent(k.Cursor)
			} else {
				l.Space(1)
			}
			lines = append(lines, l.Space(1).Text(p.formats[i]).Render(in.W, base))
		}
		for len(lines) < in.H-2 {
			lines = append(lines, k.Line().Fit(in.W))
		}
		lines = append(lines, k.Line().Muted("to").Fit(in.W), k.Line().Space(2).Text(p.target()).Fit(in.W))
		return paint.Frame{Title: k.Line().Title("Format"), Focused: p.focused}.Render(k, p.rect, lines)
	})
}

// previewPane shows the report as it would be written.
type previewPane struct {
	text
	report *rendered
	offers func() []offer // what can be done with the report
}

func (p *previewPane) Name() string                   { return "Preview" }
func (p *previewPane) Scopes() []action.Scope         { return []action.Scope{action.Export} }
func (p *previewPane) Actions() []offer               { return p.offers() }
func (p *previewPane) Do(id action.ID) (intent, bool) { return nil, p.move(id) }

func (p *previewPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: k.Line().Title("Preview"), Focused: p.focused}
		switch {
		case p.report == nil:
			return frame.Render(k, p.rect, []string{k.Line().Muted("making the report").Fit(in.W)})
		case p.report.err != nil:
			return frame.Render(k, p.rect, []string{k.Line().Add(k.High, p.report.err.Error()).Fit(in.W)})
		}
		p.total, p.shown = len(p.report.lines), in.H
		p.top = max(0, min(p.top, p.total-p.shown))
		var lines []string
		for _, line := range p.report.lines[p.top:min(p.total, p.top+in.H)] {
			lines = append(lines, k.Line().Text(line).Fit(in.W))
		}
		frame.Scroll = p.part()
		frame.Right = k.Line().Muted(fmt.Sprintf("%s, %s bytes", count(p.total, "line"), thousands(len(p.report.data))))
		return frame.Render(k, p.rect, lines)
	})
}

// exportScreen shows the report and writes it.
func (a *App) exportScreen() *screen {
	list := &exportPane{formats: a.o.Formats, path: a.reportPath}
	preview := &previewPane{offers: list.Actions}
	var box mailbox
	set := func(r *rendered) {
		list.report, preview.report = r, r
		list.touch()
		preview.touch()
	}
	render := func() intent {
		format, res, export := list.format(), a.pic.result, a.o.Export
		list.report = nil // the preview keeps showing the last one
		list.touch()
		return ask(&box, func(context.Context) *rendered {
			data, err := export(format, res)
			return &rendered{format, data, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n"), err}
		}, func(r *rendered) intent {
			preview.top = 0
			set(r)
			return nil
		})
	}
	s := &screen{tab: action.GoExport, title: func() string { return "Export" }, panes: []pane{list, preview}}
	shown := (*picture)(nil)
	s.update = func(pic *picture) intent {
		if shown != nil && shown.result == pic.result {
			return nil
		}
		shown = pic
		return render()
	}
	s.choose = func(string) intent { return render() }
	s.close = box.drop
	s.do = func(id action.ID) (intent, bool) {
		if id == action.ExportWrite {
			return a.writeReport(&box, list.target(), list.report.data), true
		}
		return list.Do(id)
	}
	s.arrange = func(area paint.Rect, columns, focus int) []paint.Rect {
		if area.W < 60 {
			return only(2, focus, area)
		}
		left := min(32, area.W/3)
		return []paint.Rect{{X: area.X, Y: area.Y, W: left, H: area.H}, {X: area.X + left, Y: area.Y, W: area.W - left, H: area.H}}
	}
	return s
}

// saved is what the work on writing a report gives back.
type saved struct{ err error }

func (a *App) writeReport(box *mailbox, path string, data []byte) intent {
	writeFile := a.o.Write
	return ask(box, func(context.Context) saved { return saved{writeFile(path, data)} }, func(s saved) intent {
		if s.err != nil {
			return warn{"the report was not written: " + s.err.Error()}
		}
		return say{"wrote " + path}
	})
}

// reportPath is where a report is written unless the person says otherwise.
func (a *App) reportPath(format string) string {
	if a.o.Default != nil {
		return a.o.Default(format)
	}
	ext := map[string]string{"markdown": "md", "text": "txt", "sarif": "sarif.json", "junit": "junit.xml"}[format]
	if ext == "" {
		ext = format
	}
	return "drydock-report." + ext
}
