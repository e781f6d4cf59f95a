package tui

import (
	"fmt"

	"drydock/tui/action"
	"drydock/tui/paint"
)

// projectPane shows the project's figures and what the audit left out.
type projectPane struct {
	text
	pic *picture
}

func (p *projectPane) Name() string { return "Project" }

func (p *projectPane) show(pic *picture) {
	p.pic = pic
	p.touch()
}

func (p *projectPane) Do(id action.ID) (intent, bool) { return nil, p.move(id) }

func (p *projectPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		lines := p.window(p.lines(k, in.W), in.W, in.H)
		return paint.Frame{Title: k.Line().Title("Project"), Focused: p.focused, Scroll: p.part()}.Render(k, p.rect, lines)
	})
}

func (p *projectPane) lines(k *paint.Kit, width int) []*paint.Line {
	fact := func(label, text string) []*paint.Line { return labelled(k, label, text, width) }
	var out []*paint.Line
	res := p.pic.result
	if s := p.pic.stats; s != nil {
		out = append(out, fact("Files", fmt.Sprintf("%s, %s of code, %s", thousands(s.Files), thousands(s.CodeFiles), count(s.Manifests, "manifest")))...)
		out = append(out, fact("Lines", fmt.Sprintf("%s of code, %s of comment", thousands(s.Lines.Code), thousands(s.Lines.Comment)))...)
		out = append(out, fact("In", p.languages())...)
		out = append(out, fact("Tests", fmt.Sprintf("%s, %s for each file of code", count(s.TestFiles, "file"), ratio(s.TestRatio)))...)
	} else if n := p.pic.progress.Files; n > 0 {
		out = append(out, fact("Files", thousands(n))...)
	}
	if res == nil {
		if len(p.pic.progress.Current) > 0 {
			out = append(out, fact("Now", p.pic.progress.Current[0])...)
		}
		return out
	}
	out = append(out, fact("Checks", fmt.Sprintf("%d in %s", len(res.Outcomes), seconds(p.pic.took)))...)
	muted := 0
	for i := range res.Findings {
		if res.Findings[i].Suppressed != nil {
			muted++
		}
	}
	out = append(out, fact("Limits", fmt.Sprintf("%s, %d undecided, %d muted, %s", count(len(res.Errors), "error"), len(res.Open), muted, count(len(res.Skipped), "skipped path")))...)
	for _, e := range res.Errors {
		out = append(out, prose(k, k.High, join(e.Check, e.Path)+": "+e.Message, width)...)
	}
	for _, s := range res.Skipped {
		out = append(out, prose(k, k.Muted, s.Path+": "+s.Reason, width)...)
	}
	for _, o := range res.Open {
		out = append(out, prose(k, k.Muted, o.Check+" "+placeOf(o.At)+": "+o.Message, width)...)
	}
	return out
}

// join is the parts that are not empty.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

func ratio(v float64) string { return fmt.Sprintf("%.2f", v) }

// languages are the three with most code, with their shares.
func (p *projectPane) languages() string {
	sum := 0
	for _, l := range p.pic.stats.Languages {
		sum += l.Code
	}
	if sum == 0 {
		return "no code"
	}
	s := ""
	for i, l := range p.pic.stats.Languages {
		if i == 3 {
			break
		}
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%s %d%%", l.Name, (100*l.Code+sum/2)/sum)
	}
	return s
}
