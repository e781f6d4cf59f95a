package security

import (
	"encoding/json"
	"strings"

	"drydock/internal/repo"
)

// advisoryFile is where a project keeps its copy of advisories.
const advisoryFile = "advisories.osv.json"

// advisories are what the project's copy says, by ecosystem and package.
type advisories struct {
	of    map[string][]*advisory
	count int
	date  string // of the newest record
}

type advisory struct {
	id, severity string
	versions     []string
	ranges       []versionRange
}

// versionRange is one stretch of versions, from introduced on.
type versionRange struct{ introduced, fixed, last string }

// osvRecord is a record as the OSV schema writes it, as far as it is read here.
type osvRecord struct {
	ID       string `json:"id"`
	Modified string `json:"modified"`
	Affected []struct {
		Package struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Ranges []struct {
			Type   string `json:"type"`
			Events []struct {
				Introduced   string `json:"introduced"`
				Fixed        string `json:"fixed"`
				LastAffected string `json:"last_affected"`
			} `json:"events"`
		} `json:"ranges"`
		Versions []string `json:"versions"`
	} `json:"affected"`
	Withdrawn string `json:"withdrawn"`
	Specific  struct {
		Severity string `json:"severity"`
	} `json:"database_specific"`
}

// readAdvisories reads the copy, nil where there is none that says anything.
func readAdvisories(s *repo.Snapshot) *advisories {
	f := s.File(advisoryFile)
	if f == nil {
		return nil
	}
	var records []osvRecord
	if json.Unmarshal(f.Bytes(), &records) != nil {
		return nil
	}
	book := &advisories{of: map[string][]*advisory{}}
	for _, r := range records {
		if r.Withdrawn != "" || r.ID == "" {
			continue
		}
		book.count++
		if day, _, _ := strings.Cut(r.Modified, "T"); day > book.date && len(day) == 10 {
			book.date = day
		}
		for _, affected := range r.Affected {
			a := &advisory{id: r.ID, severity: strings.ToUpper(r.Specific.Severity), versions: affected.Versions}
			for _, stretch := range affected.Ranges {
				if stretch.Type == "GIT" {
					continue
				}
				for _, e := range stretch.Events {
					switch {
					case e.Introduced != "":
						a.ranges = append(a.ranges, versionRange{introduced: e.Introduced})
					case len(a.ranges) > 0:
						at := &a.ranges[len(a.ranges)-1]
						at.fixed, at.last = e.Fixed, e.LastAffected
					}
				}
			}
			ecosystem, _, _ := strings.Cut(affected.Package.Ecosystem, ":")
			key := ecosystem + " " + affected.Package.Name
			if ecosystem == "PyPI" {
				key = ecosystem + " " + strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(affected.Package.Name))
			}
			book.of[key] = append(book.of[key], a)
		}
	}
	if book.count == 0 {
		return nil
	}
	if book.date == "" {
		book.date = "an unknown day"
	}
	return book
}
