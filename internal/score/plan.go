package score

import (
	"math"
	"slices"
	"sort"

	"drydock/internal/finding"
)

// Work is what mending one check's findings takes: the input of a plan.
type Work struct {
	Check        string
	Title        string
	Fingerprints []string
	Severity     finding.Severity // the worst of its open problems
	Hours        float64
	Fixable      bool
}

// Recommendation is one step of the plan.
type Recommendation struct {
	Rank     int      `json:"rank"` // from 1
	Priority string   `json:"priority"`
	Title    string   `json:"title"`
	Check    string   `json:"check"`
	Findings []string `json:"findings"` // fingerprints
	Hours    float64  `json:"effort_hours"`
	Gain     float64  `json:"score_gain"` // points of the overall score, after the steps before it
	Fixable  bool     `json:"fixable"`
}

// Recommend orders the work: critical before high before medium before low, and
// within one priority what brings most points an hour. The gains are those of
// walking down the list, so they add up; what the cap on a project with critical
// problems holds back is the gain of the last of them.
func Recommend(results []Result, weights Weights, work []Work) []Recommendation {
	start := Compute(results, weights, false)
	base, _ := start.mean(weights)
	after := func(results []Result) float64 {
		mean, _ := Compute(results, weights, false).mean(weights)
		return mean
	}
	alone := map[string]float64{}
	for _, w := range work {
		alone[w.Check] = after(Without(results, w.Check)) - base
	}
	work = slices.Clone(work)
	sort.SliceStable(work, func(i, j int) bool {
		a, b := work[i], work[j]
		if a.Severity != b.Severity {
			return a.Severity > b.Severity
		}
		if x, y := alone[a.Check]/max(a.Hours, 0.1), alone[b.Check]/max(b.Hours, 0.1); x != y {
			return x > y
		}
		return a.Check < b.Check
	})
	var out []Recommendation
	left, at := results, start.Overall
	held := 0.0 // by the cap
	if start.Total().Critical > 0 {
		held = max(0, base-projectCap)
	}
	for i, w := range work {
		left = Without(left, w.Check)
		last := w.Severity == finding.Critical && (i+1 == len(work) || work[i+1].Severity < finding.Critical)
		if last {
			held = 0
		}
		next := round(after(left) - held)
		priority := max(w.Severity, finding.Low).String()
		out = append(out, Recommendation{i + 1, priority, w.Title, w.Check, w.Fingerprints, w.Hours, round(next - at), w.Fixable})
		at = next
	}
	return out
}

// Without is the results as they would be with the checks' problems mended: a
// mended subject holds.
func Without(results []Result, checks ...string) []Result {
	out := slices.Clone(results)
	for i := range out {
		if slices.Contains(checks, out[i].Check) {
			out[i].Held += len(out[i].Failing)
			out[i].Failing = nil
		}
	}
	return out
}

// Roadmap is the way to the target score, in weeks of the team's hours.
type Roadmap struct {
	Target    float64 `json:"target"`
	Hours     float64 `json:"hours"`
	Weeks     []Week  `json:"weeks"`
	Projected float64 `json:"projected_score"`
}

// Week is one week's work.
type Week struct {
	N         int     `json:"n"`
	Title     string  `json:"title"`
	Hours     float64 `json:"hours"`
	Items     []int   `json:"items"` // ranks of recommendations
	Projected float64 `json:"projected_score"`
}

// PlanWeeks fills weeks of hoursPerWeek with the recommendations, in their
// order, until the overall score reaches target or they end. A step longer than
// a week ends in the week its last hour falls into.
func PlanWeeks(overall, target, hoursPerWeek float64, steps []Recommendation) Roadmap {
	r := Roadmap{Target: target, Weeks: []Week{}, Projected: overall}
	if hoursPerWeek <= 0 {
		hoursPerWeek = 40
	}
	reached := overall // what the gains add up to
	for i, step := range steps {
		if r.Projected >= target {
			break
		}
		r.Hours += step.Hours
		n := max(1, int(math.Ceil(round(r.Hours)/hoursPerWeek)))
		if len(r.Weeks) == 0 || r.Weeks[len(r.Weeks)-1].N != n {
			r.Weeks = append(r.Weeks, Week{N: n, Title: weekTitle(step.Priority)})
		}
		reached = round(reached + step.Gain)
		r.Projected = reached
		if i+1 < len(steps) && steps[i+1].Priority == finding.Critical.String() {
			r.Projected = min(reached, projectCap)
		}
		w := &r.Weeks[len(r.Weeks)-1]
		w.Hours = round(w.Hours + step.Hours)
		w.Items = append(w.Items, step.Rank)
		w.Projected = r.Projected
	}
	r.Hours = round(r.Hours)
	return r
}

func weekTitle(priority string) string {
	switch priority {
	case "critical":
		return "Unblock the release"
	case "high":
		return "Production essentials"
	case "medium":
		return "Quality and reliability"
	}
	return "Polish"
}
