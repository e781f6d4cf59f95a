package cli

import (
	"slices"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/remediation"
	"drydock/scanners"
)

// fixJob is one fix and the findings it is to close.
type fixJob struct {
	fix      string
	findings []string // fingerprints
}

// chooseFixes turns what the flags name into fixes at hand. A name that does
// not exist is a wrong request; one that has nothing open is nothing to do.
func (s *session) chooseFixes(res *audit.Result, r *fixRequest) ([]fixJob, error) {
	c := chooser{res: res, offers: remediation.Offers(res)}
	for _, id := range r.fixes {
		if err := c.byFix(id); err != nil {
			return nil, err
		}
	}
	for _, id := range r.checks {
		if err := c.byCheck(id); err != nil {
			return nil, err
		}
	}
	for _, fp := range r.findings {
		if err := c.byFinding(fp); err != nil {
			return nil, err
		}
	}
	if r.allSafe {
		for _, o := range c.offers {
			if o.Safety == finding.Safe && !o.Guided && o.Disabled == "" {
				c.add(o.ID, o.Findings...)
			}
		}
	}
	return c.jobs, nil
}

type chooser struct {
	res    *audit.Result
	offers []remediation.Offer
	jobs   []fixJob
}

func (c *chooser) add(fix string, findings ...string) {
	i := slices.IndexFunc(c.jobs, func(j fixJob) bool { return j.fix == fix })
	if i < 0 {
		i = len(c.jobs)
		c.jobs = append(c.jobs, fixJob{fix: fix})
	}
	for _, f := range findings {
		if !slices.Contains(c.jobs[i].findings, f) {
			c.jobs[i].findings = append(c.jobs[i].findings, f)
		}
	}
}

func (c *chooser) byFix(id string) error {
	i := slices.IndexFunc(c.offers, func(o remediation.Offer) bool { return o.ID == id })
	if i < 0 {
		if known := fixIDs(); !slices.Contains(known, id) {
			return unknown("fix", id, known)
		}
		return nil
	}
	if why := c.offers[i].Disabled; why != "" {
		return exit(exitFix, errDisabled{id, why})
	}
	c.add(id, c.offers[i].Findings...)
	return nil
}

func (c *chooser) byCheck(id string) error {
	var ids []string
	for _, one := range scanners.All() {
		ids = append(ids, one.ID)
	}
	if !slices.Contains(ids, id) {
		return unknown("check", id, ids)
	}
	for i := range c.res.Findings {
		if f := &c.res.Findings[i]; f.Check == id && f.Open() && f.Fix != nil {
			c.add(f.Fix.ID, f.Fingerprint)
		}
	}
	return nil
}

func (c *chooser) byFinding(fingerprint string) error {
	f := c.res.Finding(fingerprint)
	switch {
	case f == nil:
		return usage("no finding has the fingerprint %q: 'drydock audit --format json' lists them", fingerprint)
	case f.Open() && f.Fix != nil:
		c.add(f.Fix.ID, fingerprint)
	}
	return nil
}

// fixIDs are the fixes that drydock knows, at hand here or not.
func fixIDs() (ids []string) {
	for _, r := range remediation.Remedies() {
		ids = append(ids, r.ID)
	}
	for _, c := range scanners.All() {
		if c.Attaches != "" {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

type errDisabled struct{ fix, why string }

func (e errDisabled) Error() string { return e.fix + " cannot be applied: " + e.why }
