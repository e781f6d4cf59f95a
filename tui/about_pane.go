package tui

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// aboutPane says what a finding means and what to do.
type aboutPane struct {
	text
	pic     *picture
	finding *finding.Finding
	gone    bool // the last audit no longer has it
}

func (p *aboutPane) Name() string           { return "About" }
func (p *aboutPane) Scopes() []action.Scope { return []action.Scope{action.Finding, action.Item} }
func (p *aboutPane) Actions() []offer       { return itemActions(p.pic, p.finding)[1:] }

func (p *aboutPane) see(pic *picture, f *finding.Finding, gone bool) {
	if p.finding == nil || f == nil || p.finding.Fingerprint != f.Fingerprint {
		p.top = 0
	}
	p.pic, p.finding, p.gone = pic, f, gone
	p.touch()
}

func (p *aboutPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return nil, true
	}
	if p.finding == nil || id == action.Open {
		return nil, false
	}
	return itemDo(p.pic, p.finding, id)
}

func (p *aboutPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: k.Line().Title("About"), Focused: p.focused}
		if p.finding == nil {
			return frame.Render(k, p.rect, []string{k.Line().Muted("no finding is selected").Fit(in.W)})
		}
		lines := p.window(p.lines(k, in.W), in.W, in.H)
		frame.Scroll = p.part()
		return frame.Render(k, p.rect, lines)
	})
}

func (p *aboutPane) lines(k *paint.Kit, width int) []*paint.Line {
	f := p.finding
	var out []*paint.Line
	if p.gone {
		out = append(out, k.Line().Add(k.Good, k.Yes+" closed: the last audit no longer has it"), k.Line())
	}
	out = append(out, prose(k, k.Title, f.Title, width)...)
	out = append(out, p.kind(k), k.Line())
	if f.Message != "" && f.Message != f.Title {
		out = append(out, prose(k, k.Text, f.Message, width)...)
		out = append(out, k.Line())
	}
	if f.Suppressed != nil {
		out = append(out, labelled(k, "Muted", "by "+f.Suppressed.By+": "+f.Suppressed.Reason, width)...)
	}
	if doc := p.pic.docs[f.Check]; doc != nil && f.Verdict != finding.Strength {
		out = append(out, labelled(k, "Why", doc.Why, width)...)
		out = append(out, labelled(k, "How", doc.How, width)...)
		out = append(out, p.patch(k, width)...)
		out = append(out, labelled(k, "Effort", points(f.Hours)+" h by hand", width)...)
	}
	out = append(out, p.places(k, width)...)
	if len(f.Peers) > 0 {
		out = append(out, labelled(k, "Like", peers(f), width)...)
	}
	for i, ref := range f.References {
		label := "See"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(k, label, hostOf(ref), width)...)
	}
	return append(out, labelled(k, "Check", f.Check, width)...)
}

// kind is severity, confidence and category in words.
func (p *aboutPane) kind(k *paint.Kit) *paint.Line {
	f := p.finding
	mark, style := k.Mark(f)
	word := f.Severity.String()
	if f.Verdict == finding.Strength {
		word = "strength"
	}
	return k.Line().Add(style, mark+" "+word).Muted(" " + k.Dot + " " + string(f.Confidence) + " " + k.Dot + " " + finding.CategoryTitle(f.Category))
}

// patch says whether a fix is at hand, and why not.
func (p *aboutPane) patch(k *paint.Kit, width int) []*paint.Line {
	f := p.finding
	if f.Fix == nil {
		return labelled(k, "Fix", "no patch; mend it by hand", width)
	}
	text := f.Fix.Title
	if f.Fix.Guided {
		text += " (asks first)"
	}
	if _, why := p.pic.fixFor(f); why != "" {
		text += ": " + why
	}
	lines := labelled(k, "Fix", text, width)
	if offer := p.pic.offers[f.Fix.ID]; offer.Summary != "" {
		lines = append(lines, labelled(k, "", offer.Summary, width)...)
	}
	return lines
}

func (p *aboutPane) places(k *paint.Kit, width int) []*paint.Line {
	var out []*paint.Line
	const most = 8
	for i, l := range p.finding.Locations {
		label := ""
		if i == 0 {
			label = "Where"
		}
		if i == most {
			return append(out, labelled(k, "", fmt.Sprintf("and %d more", len(p.finding.Locations)-most), width)...)
		}
		out = append(out, labelled(k, label, placeOf(l), width)...)
	}
	return out
}

func peers(f *finding.Finding) string {
	var parts []string
	for _, peer := range f.Peers {
		part := peer.Tool + " " + peer.Rule
		if peer.Relation != finding.Same {
			part += " (" + string(peer.Relation) + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// docsOf is the checks' declarations by id.
func docsOf(checks []*check.Check) map[string]*check.Doc {
	docs := make(map[string]*check.Doc, len(checks))
	for _, c := range checks {
		docs[c.ID] = &c.Doc
	}
	return docs
}
