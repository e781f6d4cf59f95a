package tui

import (
	"context"
	"fmt"
	"strconv"

	"drydock/internal/finding"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// evidencePane shows the place that proves a finding.
type evidencePane struct {
	text
	pic     *picture
	excerpt *excerpts
	finding *finding.Finding
	place   int // index of the finding's location that is shown
	shows   *excerpt
	loading bool
	framed  bool // the window was put around the place
}

func (p *evidencePane) Name() string { return "Evidence" }

func (p *evidencePane) Scopes() []action.Scope {
	return []action.Scope{action.Finding, action.Item}
}

func (p *evidencePane) Actions() []offer {
	single := ""
	if p.finding == nil || len(p.finding.Locations) < 2 {
		single = "the finding has one place"
	}
	return append(itemActions(p.pic, p.finding)[1:], offer{action.PlaceNext, single}, offer{action.PlacePrev, single})
}

// see shows a finding; the same finding in a newer picture keeps its window.
func (p *evidencePane) see(pic *picture, f *finding.Finding) intent {
	same := p.finding != nil && f != nil && p.finding.Fingerprint == f.Fingerprint
	p.pic, p.finding = pic, f
	p.touch()
	if f == nil {
		p.box.drop()
		p.shows = nil
		return nil
	}
	if !same {
		p.place, p.framed = 0, false
	}
	p.place = min(p.place, len(f.Locations)-1)
	return p.load()
}

// load asks for the excerpt; the old one stays until the new one is there.
func (p *evidencePane) load() intent {
	at := p.at()
	file := p.pic.source(at.Path)
	if file == nil {
		p.box.drop()
		p.shows = &excerpt{path: at.Path, why: "about the project as a whole"}
		if at.Path != "." {
			p.shows.why = "not a file of the project"
		}
		p.touch()
		return nil
	}
	p.loading = true
	cache := p.excerpt
	return ask(&p.box, func(ctx context.Context) *excerpt { return cache.of(ctx, file, at.Line) }, func(x *excerpt) intent {
		p.loading = false
		if x != nil {
			p.shows = x
			p.frame()
		}
		p.touch()
		return nil
	})
}

func (p *evidencePane) at() finding.Location { return p.finding.Locations[p.place] }

// frame puts the place in the upper part of the window, once.
func (p *evidencePane) frame() {
	height := p.rect.Inset().H - 1
	if p.framed || height < 1 || p.shows == nil {
		return
	}
	p.framed = true
	p.top = max(0, p.at().Line-p.shows.first-height/3)
}

func (p *evidencePane) Layout(r paint.Rect) {
	resized := r.H != p.rect.H
	p.text.Layout(r)
	if resized && p.finding != nil && p.shows != nil {
		p.framed = false
		p.frame()
	}
}

func (p *evidencePane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return nil, true
	}
	if p.finding == nil {
		return nil, false
	}
	n := len(p.finding.Locations)
	switch id {
	case action.PlaceNext:
		return p.turn((p.place + 1) % n), true
	case action.PlacePrev:
		return p.turn((p.place + n - 1) % n), true
	case action.Editor:
		return edit{p.at().Path, p.at().Line}, true
	case action.Copy:
		return overlaid{copyMenu(p.finding, p.at())}, true
	case action.Open:
		return nil, false
	}
	return itemDo(p.pic, p.finding, id)
}

func (p *evidencePane) turn(place int) intent {
	p.place, p.framed = place, false
	p.touch()
	return p.load()
}

func (p *evidencePane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: k.Line().Title("Evidence"), Focused: p.focused}
		if p.finding == nil {
			return frame.Render(k, p.rect, []string{k.Line().Muted("no finding is selected").Fit(in.W)})
		}
		at := p.at()
		if n := len(p.finding.Locations); n > 1 {
			frame.Right = k.Line().Muted(fmt.Sprintf("%d of %d", p.place+1, n))
		}
		lines := []string{k.Line().Accent(placeAt(at.Path, at.Line)).Fit(in.W)}
		switch {
		case p.shows == nil:
			lines = append(lines, k.Line().Muted("reading").Fit(in.W))
		case p.shows.why != "":
			lines = append(lines, k.Line().Muted(p.shows.why).Fit(in.W))
		default:
			lines = append(lines, p.window(p.code(k, in.W), in.W, in.H-1)...)
			frame.Scroll = p.part()
		}
		return frame.Render(k, p.rect, lines)
	})
}

// code is the excerpt with line numbers; the place's lines carry a mark, and are
// shown whole where the others are cut.
func (p *evidencePane) code(k *paint.Kit, width int) []*paint.Line {
	at := p.at()
	x := p.shows
	digits := len(strconv.Itoa(x.first + len(x.lines)))
	mine := x.path == at.Path
	out := make([]*paint.Line, 0, len(x.lines))
	for i, tokens := range x.lines {
		n := x.first + i
		l := k.Line()
		hit := mine && n >= at.Line && n <= max(at.Line, at.EndLine) && p.finding.Fingerprint != ""
		if hit {
			l.Add(k.Accent, k.Cursor+" ")
		} else {
			l.Space(2)
		}
		number := k.Muted
		if hit {
			number = k.Title
		}
		l.Add(number, fmt.Sprintf("%*d", digits, n)).Add(k.Faint, " "+k.Border.Left+" ")
		indent := l.Width()
		for _, t := range tokens {
			style := t.kind.style(k)
			style.Bold = style.Bold || hit
			if hit {
				for l.Width()+paint.Width(t.text) > width && width > indent+20 && len(out) < len(x.lines)+maxWrapped {
					head, rest := paint.Cut(t.text, width-l.Width())
					out = append(out, l.Add(style, head))
					l = k.Line().Space(indent-2).Add(k.Faint, k.Border.Left+" ")
					t.text = rest
				}
			}
			l.Add(style, t.text)
		}
		out = append(out, l)
	}
	return out
}

// maxWrapped is how many rows the marked lines may take beyond their own.
const maxWrapped = 12

func placeAt(path string, line int) string {
	if path == "." {
		return "the project"
	}
	return path + ":" + strconv.Itoa(line)
}
