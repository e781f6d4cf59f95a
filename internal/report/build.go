package report

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/inert"
	"drydock/internal/repo"
	"drydock/internal/score"
)

// Meta is what a report says that the audit does not know.
type Meta struct {
	Name         string // of the project; the root's last element by default
	Root         string // absolute path
	Version      string // of drydock
	Generated    time.Time
	TargetScore  float64
	Engineers    int
	HoursPerWeek float64          // of each engineer
	MinSeverity  finding.Severity // findings below it are counted, not listed
	Notes        []Skip           // what configuration left out: checks turned off, files excluded
	Applied      []Applied
}

// Build makes the model of a finished audit. It reads the files that the
// figures need; one that cannot be read makes the report incomplete.
func Build(res *audit.Result, meta Meta) *Model {
	m := &Model{
		Schema: Schema, Tool: Tool{"drydock", meta.Version}, Generated: meta.Generated.UTC().Truncate(time.Second),
		DurationMS: res.Duration.Milliseconds(), Score: *res.Score, Categories: res.Score.Categories,
		Findings: []finding.Finding{}, Services: []Service{}, Steps: []Step{}, Critical: []CriticalFile{},
		Skipped: slices.Clone(meta.Notes), Errors: slices.Clone(res.Errors),
		MinSeverity: meta.MinSeverity, Applied: meta.Applied, Checks: map[string]Check{},
		Team: Team{max(1, meta.Engineers), meta.HoursPerWeek},
	}
	m.Project = Project{Name: cmp.Or(meta.Name, path.Base(meta.Root)), Root: meta.Root, Technologies: []Technology{}}
	m.Stats.Languages = []Language{}
	m.part("the state of git", func() { m.Project.VCS = checkedOut(res.Repo) })
	m.part("technologies", func() { m.Project.Technologies = builtOf(res.Repo) })
	m.part("figures", func() { m.Stats = figures(res.Repo.Stats()) })
	m.part("services", func() { m.Services = services(res.Repo) })
	m.Stats.Services = len(m.Services)
	m.list(res)
	m.plan(res, meta)
	m.Critical = criticalFiles(m.Findings)
	m.limits(res)
	return m
}

// part makes one part of the report. A view of the project that panics is an
// error of the audit, as it is for the checks that ask for it.
func (m *Model) part(what string, build func()) {
	defer func() {
		if recover() != nil {
			m.Errors = append(m.Errors, audit.Error{Path: ".", Message: what + " could not be found out: a parser crashed"})
			m.Score.Incomplete, m.Score.ReadyNow = true, false
		}
	}()
	build()
}

func checkedOut(s *repo.Snapshot) *VCS {
	v := s.VCS()
	if v == nil {
		return nil
	}
	return &VCS{Commit: v.Commit, Branch: v.Branch, Dirty: s.Dirty()}
}

func builtOf(s *repo.Snapshot) []Technology {
	out := []Technology{}
	for _, t := range s.Technologies() {
		out = append(out, Technology{t.ID, t.Name, t.Version, fmt.Sprintf("%s:%d", t.At.Path, t.At.Line)})
	}
	return out
}

func figures(s *repo.Stats) Stats {
	out := Stats{
		Files: s.Files, CodeFiles: s.CodeFiles, Lines: Lines(s.Lines), Languages: []Language{}, Manifests: s.Manifests, DocsFiles: s.DocsFiles,
		Todos: s.Todos, ConsoleLogs: s.ConsoleLogs, Mocks: s.Mocks, Tests: Tests{s.TestFiles, s.TestRatio}, Estimate: estimate(s.Code),
	}
	for _, l := range s.Languages {
		out.Languages = append(out.Languages, Language{string(l.Name), l.Files, l.Code})
	}
	return out
}

// estimate is COCOMO's organic model with the wage and overhead that scc uses.
func estimate(lines int) Estimate {
	const monthlyWage, overhead = 56286 / 12, 2.4 // whole dollars, as scc has it
	if lines == 0 {
		return Estimate{}
	}
	effort := 2.4 * math.Pow(float64(lines)/1000, 1.05) // person-months
	return Estimate{
		Months: math.Round(100*2.5*math.Pow(effort, 0.38)) / 100,
		Cost:   math.Round(effort * monthlyWage * overhead),
	}
}

// list takes over the findings, with no list in them left nil.
func (m *Model) list(res *audit.Result) {
	m.suppressed = map[string][]muted{}
	for _, f := range res.Findings {
		if s := f.Suppressed; s != nil {
			m.suppressed[s.By] = append(m.suppressed[s.By], muted{f.Check, f.Locations[0].Path, s.Reason})
		}
		if f.Severity < m.MinSeverity {
			m.Hidden++
			continue
		}
		if f.Locations == nil {
			f.Locations = []finding.Location{}
		}
		if f.References == nil {
			f.References = []string{}
		}
		if f.Peers == nil {
			f.Peers = []finding.Peer{}
		}
		m.Findings = append(m.Findings, f)
	}
	for _, o := range res.Outcomes {
		m.Checks[o.Doc.ID] = Check{o.Doc.Title, o.Doc.Why, o.Doc.How}
	}
}

func (m *Model) plan(res *audit.Result, meta Meta) {
	m.Steps = score.Recommend(res.Results, res.Weights, res.Work(m.MinSeverity))
	if m.Steps == nil {
		m.Steps = []Step{}
	}
	m.Roadmap = score.PlanWeeks(res.Score.Overall, meta.TargetScore, meta.HoursPerWeek*float64(m.Team.Engineers), m.Steps)
}

const maxCritical = 10 // files that are listed as critical

// criticalFiles are those with a critical or high finding, the worst first.
func criticalFiles(findings []finding.Finding) []CriticalFile {
	type tally struct{ by [finding.Critical + 1]int }
	files := map[string]*tally{}
	for i := range findings {
		f := &findings[i]
		if !f.Open() || f.Locations[0].Path == "." {
			continue
		}
		t := files[f.Locations[0].Path]
		if t == nil {
			t = &tally{}
			files[f.Locations[0].Path] = t
		}
		t.by[f.Severity]++
	}
	out := []CriticalFile{}
	for name, t := range files {
		if t.by[finding.Critical]+t.by[finding.High] == 0 {
			continue
		}
		c := CriticalFile{Path: name}
		var note []string
		for s := finding.Critical; s >= finding.Low; s-- {
			if n := t.by[s]; n > 0 {
				c.Findings += n
				c.Worst = max(c.Worst, s)
				note = append(note, fmt.Sprintf("%d %s", n, s))
			}
		}
		c.Note = strings.Join(note, ", ")
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b CriticalFile) int {
		x, y := files[a.Path], files[b.Path]
		return cmp.Or(cmp.Compare(y.by[finding.Critical], x.by[finding.Critical]), cmp.Compare(y.by[finding.High], x.by[finding.High]),
			cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.Path, b.Path))
	})
	return out[:min(len(out), maxCritical)]
}

// limits takes over what was skipped, what failed and what stays open.
func (m *Model) limits(res *audit.Result) {
	said := map[repo.Skip]bool{}
	for _, s := range res.Skipped {
		said[s] = true
		m.Skipped = append(m.Skipped, Skip{s.Path, s.Reason, s.Incomplete})
	}
	for _, p := range res.Repo.ParseErrors() { // of views that only the report has asked for
		if s := audit.Unparsed(p); !said[s] {
			m.Skipped = append(m.Skipped, Skip{s.Path, s.Reason, s.Incomplete})
		}
	}
	if m.Hidden > 0 {
		m.Skipped = append(m.Skipped, Skip{Path: ".", Reason: fmt.Sprintf("%s below %s not listed", plural(m.Hidden, "finding"), m.MinSeverity)})
	}
	known := map[string]bool{}
	for _, e := range m.Errors {
		known[e.Path] = true
	}
	for _, f := range res.Repo.Files() {
		if err := f.ReadErr(); err != nil && !known[f.Path] && f.Size <= repo.MaxFileSize {
			m.Errors = append(m.Errors, audit.Error{Path: f.Path, Message: audit.Unreadable(err)})
			m.Score.Incomplete, m.Score.ReadyNow = true, false
		}
	}
	slices.SortStableFunc(m.Skipped, func(a, b Skip) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(m.Errors, func(a, b audit.Error) int {
		return cmp.Or(strings.Compare(a.Check, b.Check), strings.Compare(a.Path, b.Path))
	})
	if m.Skipped == nil {
		m.Skipped = []Skip{}
	}
	if m.Errors == nil {
		m.Errors = []audit.Error{}
	}
	for _, o := range res.Open {
		m.Undecided = append(m.Undecided, Undecided{o.Check, o.At, o.Message})
	}
}

// Incomplete says whether something that a sound audit needs was not seen.
func (m *Model) Incomplete() bool { return m.Score.Incomplete }

// WhyIncomplete is the first thing that was not seen, as one sentence.
func (m *Model) WhyIncomplete() string {
	if len(m.Errors) > 0 {
		e := m.Errors[0]
		return inert.Line(cmp.Or(e.Path, e.Check) + " " + e.Message)
	}
	for _, s := range m.Skipped {
		if s.incomplete {
			return inert.Line(s.Path) + ": " + inert.Line(s.Reason)
		}
	}
	return "the report says what was skipped"
}

// AtLeast counts the open problems of a severity or worse.
func (m *Model) AtLeast(s finding.Severity) int {
	c := m.Score.Total()
	n := c.Critical
	for _, more := range []struct {
		s finding.Severity
		n int
	}{{finding.High, c.High}, {finding.Medium, c.Medium}, {finding.Low, c.Low}} {
		if s <= more.s {
			n += more.n
		}
	}
	return n
}
