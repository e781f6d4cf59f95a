package check

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"drydock/internal/repo"
	"golang.org/x/tools/txtar"
)

// Example is one project of a check's fixture: what the tests run is what the
// documentation shows.
type Example struct {
	Files []txtar.File
	Says  []string // what the check says when it is run on them

	promised bool     // the fixture says what it must say
	past     []string // of one that needs a history: what the tests see it say
}

// size is how much there is to read.
func (e *Example) size() (n int) {
	for _, f := range e.Files {
		n += len(f.Data)
	}
	return n
}

// WithFixtures gives the checks the fixtures that stand beside them, by name.
func WithFixtures(fixtures fs.FS, checks ...*Check) []*Check {
	for _, c := range checks {
		c.fixtures = fixtures
	}
	return checks
}

// Examples are the shortest project of the fixture that fails and the shortest
// that holds; nil without a fixture.
func (c *Check) Examples() (bad, good *Example) {
	if c.fixtures == nil {
		return nil, nil
	}
	data, err := fs.ReadFile(c.fixtures, "testdata/"+c.Name()+".txtar")
	if err != nil {
		return nil, nil
	}
	bad, good = shortest(data, "bad"), shortest(data, "good")
	for _, e := range []*Example{bad, good} {
		if e != nil {
			c.execute(e)
		}
	}
	return bad, good
}

// execute runs the check on the example, so that what is shown is what is so.
func (c *Check) execute(e *Example) {
	if e.past != nil {
		e.Says = e.past
		return
	}
	files := map[string]repo.MemFile{}
	for _, f := range e.Files {
		files[f.Name] = repo.MemFile{Data: f.Data}
	}
	s, err := repo.Open(context.Background(), repo.NewMem(files), nil)
	if err != nil {
		return
	}
	out := c.Run(context.Background(), s, nil)
	for _, p := range out.Problems {
		e.Says = append(e.Says, fmt.Sprintf("%s:%d %s: %s", p.At.Path, p.At.Line, p.Severity, p.Message))
	}
	for _, h := range out.Held {
		e.Says = append(e.Says, fmt.Sprintf("%s:%d holds: %s", h.At.Path, h.At.Line, h.Message))
	}
	if len(e.Says) == 0 {
		e.Says = []string{"nothing to report"}
	}
}

// shortest is the project of that kind with the least to read. Empty files say
// something only beside others, so a project of nothing but those is no example.
func shortest(fixture []byte, kind string) *Example {
	projects := map[string]*Example{}
	var order []string
	wants := map[*Example][]string{}
	for _, f := range txtar.Parse(fixture).Files {
		name, rest, ok := strings.Cut(f.Name, "/")
		if !ok || !strings.HasPrefix(name, kind) {
			continue
		}
		if projects[name] == nil {
			projects[name] = &Example{}
			order = append(order, name)
		}
		p := projects[name]
		switch {
		case rest == "want", rest == "holds":
			p.promised = true
			wants[p] = append(wants[p], strings.Split(strings.TrimSpace(string(f.Data)), "\n")...)
		case rest == "open", strings.HasPrefix(rest, "fixed/"):
		default:
			p.Files = append(p.Files, txtar.File{Name: rest, Data: f.Data})
		}
	}
	var best *Example
	for _, name := range order {
		p := projects[name]
		if slices.ContainsFunc(p.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "was/") }) {
			if p.past = wants[p]; p.past == nil {
				p.past = []string{"nothing to report"}
			}
		}
		telling := p.promised && p.size() > 0
		if best == nil || telling && (p.size() < best.size() || !best.promised) {
			best = p
		}
	}
	return best
}
