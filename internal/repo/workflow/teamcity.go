package workflow

import "drydock/internal/finding"

// teamcity finds the build types of a Kotlin file and the scripts, Maven goals
// and Gradle tasks that they run.
func (p *Pipeline) teamcity(src []byte) {
	g := groovy{src: src}
	job := -1
	for g.next() {
		if g.kind != groovyWord {
			continue
		}
		word, at := g.text, g.span
		switch word {
		case "BuildType":
			p.Jobs = append(p.Jobs, Job{IDSpan: at, Span: at})
			job = len(p.Jobs) - 1
		case "scriptContent", "goals", "tasks", "name":
			ahead := g
			if !ahead.next() || ahead.text != "=" || !ahead.next() || ahead.kind != groovyString || job < 0 {
				continue
			}
			j := &p.Jobs[job]
			if word == "name" {
				if j.ID == "" {
					j.ID, j.IDSpan = ahead.text, ahead.span
				}
				continue
			}
			s := Step{Run: ahead.text, RunSpan: ahead.span, Span: finding.Span{Start: at.Start, End: ahead.span.End}}
			switch word {
			case "goals":
				s.Run = "mvn " + s.Run
			case "tasks":
				s.Run = "gradle " + s.Run
			}
			j.Steps = append(j.Steps, s)
			j.Span.End = ahead.span.End
		case "vcs", "schedule":
			if job >= 0 {
				event := map[string]string{"vcs": "push", "schedule": "schedule"}[word]
				if _, known := p.On(event); !known {
					p.Triggers = append(p.Triggers, Trigger{Event: event, Span: at})
				}
			}
		}
	}
	kept := p.Jobs[:0]
	for _, j := range p.Jobs {
		if len(j.Steps) > 0 {
			kept = append(kept, j)
		}
	}
	p.Jobs = kept
}
