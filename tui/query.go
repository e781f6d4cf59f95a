package tui

import (
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// query is a filter on findings: every term must hold.
type query struct {
	text  string
	terms []term
}

type term struct {
	not   bool
	facet string // "" looks for the value anywhere
	value string // lower case
}

// facets are the parts of a finding that a term can name.
var facets = []string{"sev", "cat", "check", "path", "fixable"}

// parseQuery reads "sev:high cat:docker path:compose !word". The error says what
// a facet accepts; the terms understood so far still filter.
func parseQuery(text string) (query, error) {
	q := query{text: strings.TrimSpace(text)}
	var wrong error
	for _, word := range strings.Fields(text) {
		t := term{value: strings.ToLower(word)}
		if rest, ok := strings.CutPrefix(t.value, "!"); ok {
			t.not, t.value = true, rest
		}
		if name, value, ok := strings.Cut(t.value, ":"); ok {
			t.facet, t.value = name, value
		}
		if t.facet == "" && t.value == "" {
			continue
		}
		if err := t.check(); err != nil {
			wrong = err
			continue
		}
		q.terms = append(q.terms, t)
	}
	return q, wrong
}

func (t *term) check() error {
	switch t.facet {
	case "", "cat", "check", "path":
		return nil
	case "fixable":
		switch t.value {
		case "", "yes", "no":
			return nil
		}
		return fmt.Errorf("fixable: takes yes, no or nothing")
	case "sev":
		for s := finding.Low; s <= finding.Critical; s++ {
			if t.value != "" && strings.HasPrefix(s.String(), strings.TrimRight(t.value, "+")) {
				return nil
			}
		}
		return fmt.Errorf("sev: takes critical, high, medium or low; high+ is high and worse")
	}
	return fmt.Errorf("%s: is no facet; the facets are %s", t.facet, strings.Join(facets, ", "))
}

func (q query) empty() bool { return len(q.terms) == 0 }

// matches says whether every term holds for f.
func (q query) matches(f *finding.Finding) bool {
	for _, t := range q.terms {
		if t.matches(f) == t.not {
			return false
		}
	}
	return true
}

func (t *term) matches(f *finding.Finding) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), t.value) }
	switch t.facet {
	case "sev":
		return t.severity(f.Severity)
	case "cat":
		return has(f.Category) || has(finding.CategoryTitle(f.Category))
	case "check":
		return has(f.Check)
	case "path":
		return t.path(f)
	case "fixable":
		return (f.Fix != nil) == (t.value != "no")
	}
	return has(f.Title) || has(f.Message) || has(f.Check) || t.path(f)
}

func (t *term) severity(s finding.Severity) bool {
	name, andWorse := strings.CutSuffix(t.value, "+")
	for at := finding.Critical; at >= finding.Low; at-- {
		if strings.HasPrefix(at.String(), name) {
			return s == at || andWorse && s > at
		}
	}
	return false
}

func (t *term) path(f *finding.Finding) bool {
	for _, l := range f.Locations {
		if strings.Contains(strings.ToLower(l.Path), t.value) {
			return true
		}
	}
	return false
}
