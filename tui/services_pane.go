package tui

import (
	"slices"

	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// serviceRow is one declared service.
type serviceRow struct {
	name, role, image, status, note string
	path                            string
	line                            int
	good                            bool
}

// serviceRows says of every part of the system where it would run.
func serviceRows(s *repo.Snapshot) []serviceRow {
	var out []serviceRow
	production := slices.ContainsFunc(s.Components(), (*repo.Component).InProduction)
	for _, c := range s.Components() {
		if d := c.Foremost(); d != nil {
			out = append(out, rowOf(c, d, production))
		}
	}
	return out
}

func rowOf(c *repo.Component, d *repo.Deployment, production bool) serviceRow {
	row := serviceRow{name: c.Name, role: string(c.Role), status: "configured", good: true, note: healthNote(d), image: d.File.Hide(d.Image.Raw)}
	switch {
	case d.Production() && c.In(compose.Dev) == nil && c.In(compose.Base) == nil:
		row.status = "production only"
	case !c.InProduction() && production:
		row.status, row.good = "not in production", false
	}
	if row.image == "" && d.Context != "" {
		row.image = "built from " + d.Context
	}
	at := d.At()
	row.path, row.line = at.Path, at.Line
	return row
}

// servicesPane is the table of services.
type servicesPane struct {
	rows
	pic *picture
}

func (p *servicesPane) Name() string           { return "Services" }
func (p *servicesPane) Scopes() []action.Scope { return []action.Scope{action.Services} }

func (p *servicesPane) Actions() []offer { return nil }

func (p *servicesPane) show(pic *picture) {
	p.pic = pic
	p.fit()
	p.touch()
}

func (p *servicesPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.fit()
}

func (p *servicesPane) fit() {
	p.list.Resize(len(p.pic.services), p.rect.Inset().H-p.heading(), nil)
}

// height is how many rows show every service.
func (p *servicesPane) height() int { return max(1, len(p.pic.services)) + 2 }

// heading is the rows that the columns' names take.
func (p *servicesPane) heading() int {
	if in := p.rect.Inset(); in.H >= 8 && in.W >= 70 {
		return 1
	}
	return 0
}

func (p *servicesPane) Do(id action.ID) (intent, bool) { return nil, p.move(id) }

func (p *servicesPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return nil
}

func (p *servicesPane) Click(_, y int) intent {
	p.at(y, p.rect.Inset().Y+p.heading())
	return nil
}

func (p *servicesPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		if p.heading() == 1 {
			lines = append(lines, p.row(k, serviceRow{name: "service", role: "role", image: "image", status: "declared", note: "health", path: "where"}, in.W, k.Muted).Fit(in.W))
		}
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			base := themes.Style{}
			if i == p.list.Cursor && p.focused {
				base = k.Selected
			}
			style := k.Text
			lines = append(lines, p.row(k, p.pic.services[i], in.W, style).Render(in.W, base))
		}
		if len(p.pic.services) == 0 {
			lines = append(lines, k.Line().Muted(p.none()).Fit(in.W))
		}
		frame := paint.Frame{Title: k.Line().Title("Services"), Focused: p.focused, Scroll: p.list.Part()}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *servicesPane) none() string {
	if p.pic.scanning {
		return "known when the audit is through"
	}
	return "the project declares no services"
}

func (p *servicesPane) row(k *paint.Kit, r serviceRow, width int, style themes.Style) *paint.Line {
	heading := r.line == 0
	l := k.Line()
	name := min(16, max(8, width/5))
	l.Cell(style, name, r.name).Space(1)
	if width >= 46 {
		l.Cell(k.Muted, 10, r.role).Space(1)
	}
	status := k.Text
	switch {
	case heading:
		status = k.Muted
	case !r.good:
		status = k.High
	}
	l.Cell(status, 17, r.status).Space(1)
	l.Cell(k.Muted, 14, r.note).Space(1)
	if width < 64 {
		return l
	}
	if width < 110 {
		return l.Muted(r.image)
	}
	l.Cell(k.Muted, min(40, width/4), r.image).Space(1)
	if heading {
		return l.Muted(r.path)
	}
	return l.Muted(placeAt(r.path, r.line))
}

func healthNote(d *repo.Deployment) string {
	switch {
	case d.Compose != nil && d.Compose.Spec.Healthcheck.Disabled:
		return "healthcheck off"
	case d.Health == nil:
		return "no healthcheck"
	case d.Health.From == "image":
		return "healthcheck of the image"
	}
	return d.Health.From
}
