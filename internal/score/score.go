// Package score turns what the checks said into numbers a person can follow.
//
// A check that fails takes a share of what is left of its category: the weight
// of its worst failing subject times the share of its subjects that fail, all of
// the weight when that one is critical. The first critical check takes the category
// to 69 at once. Taking from what is left, rather than from 100, keeps three
// promises: no score falls below zero, mending anything always shows, and no order
// of mending is better paid than another. Nothing to look at costs nothing.
// Everything here is pure.
package score

import (
	"math"
	"slices"
	"sort"

	"drydock/internal/finding"
)

// Result is one check's subjects, as far as they count: suppressed and
// undecided ones are left out.
type Result struct {
	Check    string
	Category string
	Weighs   finding.Severity   // the severity the check weighs
	Failing  []finding.Severity // severity of each open problem
	Held     int                // subjects that hold
}

func (r *Result) applies() bool { return len(r.Failing)+r.Held > 0 }

// weight is the share of what is left that a failing check of this severity
// takes from its category.
func weight(s finding.Severity) float64 {
	switch s {
	case finding.Critical:
		return 0.10
	case finding.High:
		return 0.08
	case finding.Medium:
		return 0.04
	case finding.Low:
		return 0.015
	}
	return 0
}

// What a critical problem leaves while it is open: a category with one is not a
// C, a project with one is not a B.
const (
	firstCritical = 0.69 // the share of its category that the first one leaves
	projectCap    = 79   // points
)

// loss is the share of what is left that the check takes, 0 to 1.
func (r *Result) loss() float64 {
	if len(r.Failing) == 0 {
		return 0
	}
	worst := slices.Max(r.Failing)
	if worst == finding.Critical {
		return weight(worst)
	}
	return weight(worst) * float64(len(r.Failing)) / float64(len(r.Failing)+r.Held)
}

func (r *Result) critical() bool { return slices.Contains(r.Failing, finding.Critical) }

// Deduction is what one check costs its category, in points of 100.
type Deduction struct {
	Check  string  `json:"check"`
	Points float64 `json:"points"`
}

// Category is the score of one category.
type Category struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Applicable bool        `json:"applicable"`
	Score      float64     `json:"score"` // 0 to 100, one decimal
	Grade      string      `json:"grade"`
	Status     string      `json:"status"`
	Counts     Counts      `json:"counts"`
	Deductions []Deduction `json:"deductions"` // largest first; they add up to 100 − Score
}

// Counts are the open problems by severity, and the strengths.
type Counts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Strength int `json:"strength"`
}

func (c *Counts) add(s finding.Severity) {
	switch s {
	case finding.Critical:
		c.Critical++
	case finding.High:
		c.High++
	case finding.Medium:
		c.Medium++
	default:
		c.Low++
	}
}

// Problems is the number of open problems.
func (c Counts) Problems() int { return c.Critical + c.High + c.Medium + c.Low }

// Score is the project's.
type Score struct {
	Overall    float64    `json:"overall"` // 0 to 100, one decimal
	Grade      string     `json:"grade"`
	Status     string     `json:"status"`
	ReadyNow   bool       `json:"ready_now"`
	Incomplete bool       `json:"incomplete"`
	Categories []Category `json:"-"` // in the order of finding.Categories
}

// Total counts over all categories.
func (s *Score) Total() (c Counts) {
	for _, cat := range s.Categories {
		c.Critical += cat.Counts.Critical
		c.High += cat.Counts.High
		c.Medium += cat.Counts.Medium
		c.Low += cat.Counts.Low
		c.Strength += cat.Counts.Strength
	}
	return c
}

// Weights are the categories' shares in the overall score; a missing one is 1.
type Weights map[string]float64

func (w Weights) of(id string) float64 {
	if v, ok := w[id]; ok {
		return v
	}
	return 1
}

// readyScore is the overall score from which a project without an open critical
// problem may go out: grade B.
const readyScore = 80

// Compute scores the results. incomplete says that a part of the audit is
// missing; the score then never says ready.
func Compute(results []Result, weights Weights, incomplete bool) *Score {
	byCategory := map[string][]Result{}
	for _, r := range results {
		byCategory[r.Category] = append(byCategory[r.Category], r)
	}
	s := &Score{Incomplete: incomplete}
	for _, c := range finding.Categories() {
		s.Categories = append(s.Categories, category(c, byCategory[c.ID]))
	}
	mean, ok := s.mean(weights)
	if !ok {
		s.Grade, s.Status = "-", "nothing to score"
		return s
	}
	critical := s.Total().Critical > 0
	s.Overall = mean
	if critical {
		s.Overall = min(s.Overall, projectCap)
	}
	s.Overall = round(s.Overall)
	s.Grade = grade(s.Overall)
	s.Status = status(s.Overall, critical)
	s.ReadyNow = !incomplete && !critical && s.Overall >= readyScore
	return s
}

// mean is the weighted mean of the categories that apply, before any cap; ok is
// false when none does.
func (s *Score) mean(weights Weights) (mean float64, ok bool) {
	sum, total := 0.0, 0.0
	for _, c := range s.Categories {
		if c.Applicable {
			sum += weights.of(c.ID) * c.Score
			total += weights.of(c.ID)
		}
	}
	if total == 0 {
		return 0, false
	}
	return sum / total, true
}

func category(c finding.Category, results []Result) Category {
	cat := Category{ID: c.ID, Title: c.Title, Grade: "-", Status: "not applicable", Deductions: []Deduction{}}
	criticals := 0
	for _, r := range results {
		if r.critical() {
			criticals++
		}
	}
	var logs []float64 // of what each result leaves
	sum := 0.0
	for _, r := range results {
		left := 0.0
		if r.applies() {
			cat.Applicable = cat.Applicable || r.Weighs != finding.Info // a mere strength makes no score
			for _, s := range r.Failing {
				cat.Counts.add(s)
			}
			if len(r.Failing) == 0 {
				cat.Counts.Strength++
			}
			left = r.leaves(criticals)
		}
		logs = append(logs, left)
		sum += left
	}
	if !cat.Applicable {
		return cat
	}
	cat.Score = round(100 * math.Exp(sum))
	for i, r := range results {
		if logs[i] != 0 {
			cat.Deductions = append(cat.Deductions, Deduction{r.Check, (100 - cat.Score) * logs[i] / sum})
		}
	}
	settle(cat.Deductions, 100-cat.Score)
	cat.Grade = grade(cat.Score)
	cat.Status = status(cat.Score, cat.Counts.Critical > 0)
	return cat
}

// leaves is the logarithm of the share that the check leaves of its category. The
// criticals share evenly what the first of them takes.
func (r *Result) leaves(criticals int) float64 {
	if !r.critical() {
		return math.Log1p(-r.loss())
	}
	n := float64(criticals)
	return (math.Log(firstCritical) + (n-1)*math.Log1p(-weight(finding.Critical))) / n
}

// settle sorts the deductions and rounds them to tenths so that they add up to
// total exactly; the largest takes what rounding leaves over.
func settle(ds []Deduction, total float64) {
	sort.SliceStable(ds, func(i, j int) bool {
		if ds[i].Points != ds[j].Points {
			return ds[i].Points > ds[j].Points
		}
		return ds[i].Check < ds[j].Check
	})
	sum := 0.0
	for i := range ds {
		ds[i].Points = round(ds[i].Points)
		sum += ds[i].Points
	}
	if len(ds) > 0 {
		ds[0].Points = round(ds[0].Points + total - sum)
	}
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// grade is the letter of a score: A from 90, B from 80, C from 70, D from 60.
func grade(v float64) string {
	switch {
	case v >= 90:
		return "A"
	case v >= 80:
		return "B"
	case v >= 70:
		return "C"
	case v >= 60:
		return "D"
	}
	return "F"
}

func status(v float64, critical bool) string {
	switch {
	case critical && v < 60, v < 50:
		return "critical issues"
	case critical, v < 80:
		return "needs attention"
	case v < 90:
		return "good"
	}
	return "ready"
}
