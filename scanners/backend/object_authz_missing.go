package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/schema"
)

// ObjectAuthzMissing finds handlers that hand out or change a record by its id,
// whoever it belongs to.
var ObjectAuthzMissing = check.PerProject(check.Doc{
	ID:         "backend/object-authz-missing",
	Title:      "Records of others by their id",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Whoever is signed in counts ids up and reads or changes what belongs to others; it is the hole that is found most often in APIs.",
	How:        "Put the owner into the condition: where id is this and owner is the caller; answer 404 for the rest. Better in one function that every handler gets its record from.",
	Holds:      "Records are chosen with their owner",
	References: []string{
		"https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
		"https://cwe.mitre.org/data/definitions/639.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	owned := ownedModels(s)
	if len(owned) == 0 {
		return
	}
	for _, a := range apis(s) {
		var open, kept []repo.Route
		name := ""
		for _, route := range a.work() {
			if !byID(route.Path) || !authenticates(&route) || route.HandlerFile == nil {
				continue
			}
			model, ok := chosenByID(s, &route, owned)
			if !ok {
				continue
			}
			switch {
			case r.any(&route, func(n string) bool { return namesOwner(n, owned[model]) }), checksRole(r, &route):
				kept = append(kept, route)
			default:
				open = append(open, route)
				if name == "" {
					name = model + "." + owned[model]
				}
			}
		}
		switch {
		case len(open) > 0:
			p.Report(open[0].At(), "%d of %d handlers choose a record by its id and never look at whose it is (%s): %s", len(open), len(open)+len(kept), name, strings.Join(sampleNames(open), ", ")).
				Keyed("owners of %s", a.unit).With(places(open)[1:]...)
		case len(kept) > 0:
			p.Holds(kept[0].At(), "%d of %d handlers that choose a record by its id look at whose it is", len(kept), len(kept))
		}
	}
})

// byID says whether the last part of a path that is no verb is an id.
func byID(path string) bool {
	return strings.ContainsAny(path, "{:<[")
}

// ownedModels are the models that say whose a record is, with the column.
func ownedModels(s *repo.Snapshot) map[string]string {
	out := map[string]string{}
	for _, m := range s.Models() {
		if m.Role != repo.Production || m.Spec.Abstract || nameHas(m.Spec.Name, "user", "session", "token", "account") {
			continue
		}
		if i := slices.IndexFunc(m.Spec.Table.Columns, func(c *schema.Column) bool { return ownerColumn(c.Name) }); i >= 0 {
			out[m.Spec.Name] = m.Spec.Table.Columns[i].Name
		}
	}
	return out
}

func ownerColumn(name string) bool {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "")) {
	case "userid", "ownerid", "authorid", "createdby", "createdbyid", "creatorid", "owner", "tenantid", "accountid", "organizationid", "orgid", "workspaceid":
		return true
	}
	return false
}

// namesOwner says whether a name in the code is about whose a record is.
func namesOwner(name, column string) bool {
	low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	return low == strings.ToLower(strings.ReplaceAll(column, "_", "")) || ownerColumn(name) ||
		soundsLike("owner", "tenant", "belongsto", "workspace", "organization", "currentorg", "ensureaccess", "checkaccess", "canview", "canedit", "canaccess", "authorize", "permission", "forbidden", "isauthor")(name)
}

// chosenByID is the model of which the handler itself chooses one record by its
// id.
func chosenByID(s *repo.Snapshot, r *repo.Route, owned map[string]string) (string, bool) {
	src := s.Source(r.HandlerFile.Path)
	if src == nil {
		return "", false
	}
	tokens := (body{src, r.HandlerSpan}).tokens()
	at := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return tokens[i].text
	}
	for i, t := range tokens {
		if t.str {
			continue
		}
		model := t.text
		if _, ok := owned[model]; ok && src.Lang == repo.Python {
			switch {
			case at(i-1) == "(" && at(i-2) == "get" && at(i+1) == ",": // db.get(Model, id)
				return model, true
			case at(i+1) == "." && at(i+2) == "id" && at(i+3) == "==": // Model.id == id
				return model, true
			case at(i+1) == "." && at(i+2) == "query" && (at(i+4) == "get" || at(i+4) == "get_or_404"):
				return model, true
			}
		}
		if src.Lang != repo.Python && (at(i-2) == "prisma" || at(i-2) == "db") && at(i-1) == "." && at(i+1) == "." {
			for name := range owned {
				if strings.EqualFold(name, model) && (at(i+2) == "findUnique" || at(i+2) == "findFirst" || at(i+2) == "update" || at(i+2) == "delete" || at(i+2) == "findUniqueOrThrow") {
					return name, true
				}
			}
		}
	}
	return "", false
}
