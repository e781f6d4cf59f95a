// Package score turns what the checks said into numbers a person can follow.
//
// A check that fails takes a share of what is left of its category: the weight
// of its worst failing subject times the share of its subjects that fail, all of
// the weight when that one is critical. Taking from what is left, rather than from 100,
// keeps three promises at once: no score falls below zero, mending anything
// always shows, and no order of mending is better paid than another. Nothing to
// look at costs nothing. Everything here is pure.
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
		return 0.15
	case finding.High:
		return 0.08
	case finding.Medium:
		return 0.04
	case finding.Low:
		return 0.015
	}
	return 0
}

// Caps while a critical problem is open: a category with one is not a C, a
// project with one is not a B.
const (
	categoryCap = 69
	projectCap  = 79
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
	sum, total, critical := 0.0, 0.0, false
	for _, c := range finding.Categories() {
		cat := category(c, byCategory[c.ID])
		s.Categories = append(s.Categories, cat)
		if cat.Applicable {
			sum += weights.of(c.ID) * cat.Score
			total += weights.of(c.ID)
			critical = critical || cat.Counts.Critical > 0
		}
	}
	if total == 0 {
		s.Grade, s.Status = "-", "nothing to score"
		return s
	}
	s.Overall = sum / total
	if critical {
		s.Overall = min(s.Overall, projectCap)
	}
	s.Overall = round(s.Overall)
	s.Grade = grade(s.Overall)
	s.Status = status(s.Overall, critical)
	s.ReadyNow = !incomplete && !critical && s.Overall >= readyScore
	return s
}

func category(c finding.Category, results []Result) Category {
	cat := Category{ID: c.ID, Title: c.Title, Grade: "-", Status: "not applicable", Deductions: []Deduction{}}
	left, logs, criticalLogs := 1.0, 0.0, 0.0
	for _, r := range results {
		if !r.applies() {
			continue
		}
		cat.Applicable = true
		for _, s := range r.Failing {
			cat.Counts.add(s)
		}
		if len(r.Failing) == 0 {
			cat.Counts.Strength++
		}
		left *= 1 - r.loss()
		logs += math.Log1p(-r.loss())
		if r.critical() {
			criticalLogs += math.Log1p(-r.loss())
		}
	}
	if !cat.Applicable {
		return cat
	}
	cat.Score = 100 * left
	capped := 0.0 // what the cap takes on top, charged to the critical problems
	if cat.Counts.Critical > 0 && cat.Score > categoryCap {
		capped = cat.Score - categoryCap
		cat.Score = categoryCap
	}
	lost := 100 * (1 - left)
	cat.Score = round(cat.Score)
	for _, r := range results {
		if r.loss() == 0 {
			continue
		}
		d := Deduction{Check: r.Check, Points: lost * math.Log1p(-r.loss()) / logs}
		if r.critical() {
			d.Points += capped * math.Log1p(-r.loss()) / criticalLogs
		}
		cat.Deductions = append(cat.Deductions, d)
	}
	settle(cat.Deductions, 100-cat.Score)
	cat.Grade = grade(cat.Score)
	cat.Status = status(cat.Score, cat.Counts.Critical > 0)
	return cat
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
