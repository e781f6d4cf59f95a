package score

import (
	"math"
	"slices"
	"testing"

	"drydock/internal/finding"
	"pgregory.net/rapid"
)

func anyResults(t *rapid.T) []Result {
	cats := finding.Categories()
	var out []Result
	for i := range rapid.IntRange(1, 30).Draw(t, "checks") {
		r := Result{
			Check:    string(rune('a'+i%26)) + string(rune('a'+i/26)),
			Category: cats[rapid.IntRange(0, 3).Draw(t, "category")].ID,
			Weighs:   finding.Severity(rapid.IntRange(0, 4).Draw(t, "weighs")),
			Held:     rapid.IntRange(0, 5).Draw(t, "held"),
		}
		for range rapid.IntRange(0, 6).Draw(t, "failing") {
			r.Failing = append(r.Failing, finding.Severity(rapid.IntRange(0, int(r.Weighs)).Draw(t, "severity")))
		}
		out = append(out, r)
	}
	return out
}

func TestClosingAFindingNeverLowersAnyScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := anyResults(t)
		var failing []int
		for i, r := range before {
			if len(r.Failing) > 0 {
				failing = append(failing, i)
			}
		}
		if len(failing) == 0 {
			return
		}
		i := rapid.SampledFrom(failing).Draw(t, "check")
		k := rapid.IntRange(0, len(before[i].Failing)-1).Draw(t, "finding")
		after := append([]Result(nil), before...)
		after[i].Failing = append(append([]finding.Severity(nil), before[i].Failing[:k]...), before[i].Failing[k+1:]...)
		mended := rapid.Bool().Draw(t, "mended") // else the subject itself is gone
		if mended {
			after[i].Held++
		}
		a, b := Compute(before, nil, false), Compute(after, nil, false)
		for n := range a.Categories {
			if was, is := a.Categories[n], b.Categories[n]; is.Applicable && is.Score < was.Score {
				t.Fatalf("%s fell from %v to %v", was.ID, was.Score, is.Score)
			}
		}
		if mended && b.Overall < a.Overall {
			t.Fatalf("overall fell from %v to %v", a.Overall, b.Overall)
		}
	})
}

func TestEveryPointLostIsListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, c := range Compute(anyResults(t), nil, false).Categories {
			if !c.Applicable {
				continue
			}
			sum := 0.0
			for _, d := range c.Deductions {
				sum += d.Points
			}
			if len(c.Deductions) > 0 && math.Abs(100-c.Score-sum) > 0.05 {
				t.Fatalf("%s: score %v, but the deductions add up to %v", c.ID, c.Score, sum)
			}
			if c.Score < 0 || c.Score > 100 {
				t.Fatalf("%s: score %v", c.ID, c.Score)
			}
			if c.Counts.Critical > 0 && c.Score > 69 {
				t.Fatalf("%s: %v with an open critical problem", c.ID, c.Score)
			}
		}
	})
}

func TestGainsOfThePlanAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := anyResults(t)
		var work []Work
		for _, r := range results {
			if len(r.Failing) > 0 {
				work = append(work, Work{Check: r.Check, Severity: slices.Max(r.Failing), Hours: 1})
			}
		}
		steps := Recommend(results, nil, work)
		at := Compute(results, nil, false).Overall
		for _, s := range steps {
			at += s.Gain
		}
		var checks []string
		for _, w := range work {
			checks = append(checks, w.Check)
		}
		if end := Compute(Without(results, checks...), nil, false).Overall; math.Abs(end-at) > 0.05 {
			t.Fatalf("walking the plan ends at %v, mending all at %v", at, end)
		}
	})
}

func TestNothingToLookAtCostsNothing(t *testing.T) {
	s := Compute([]Result{{Check: "a", Category: "docs", Weighs: finding.Low, Held: 1}, {Check: "b", Category: "ml"}}, nil, false)
	if s.Overall != 100 || s.Grade != "A" || !s.ReadyNow {
		t.Errorf("overall %v %s ready %v", s.Overall, s.Grade, s.ReadyNow)
	}
	if Compute(nil, nil, false).ReadyNow {
		t.Error("a project with nothing to score is not ready")
	}
}

func TestAMereStrengthMakesNoScore(t *testing.T) {
	probe := Result{Check: "docs/inventory", Category: "docs", Weighs: finding.Info, Held: 3}
	got := Compute([]Result{probe}, nil, false)
	if got.Categories[slices.IndexFunc(got.Categories, func(c Category) bool { return c.ID == "docs" })].Applicable {
		t.Error("a strength alone makes the category count")
	}
	if n := got.Total().Strength; n != 1 {
		t.Errorf("%d strengths, want the one", n)
	}
}

func TestIncompleteIsNeverReady(t *testing.T) {
	if Compute([]Result{{Check: "a", Category: "docs", Weighs: finding.Low, Held: 1}}, nil, true).ReadyNow {
		t.Error("incomplete and ready")
	}
}
