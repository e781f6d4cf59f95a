package backend

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// roleCheck says whether a name is that of something that asks what somebody may
// do, rather than who it is.
var roleCheck = soundsLike("role", "permission", "isadmin", "adminonly", "requireadmin", "currentadmin", "superuser", "restrictto", "authorize", "policy", "scope", "hasperm", "caslability", "ability", "isstaff", "staffmember",
	"isowner", "abac", "rbac", "acl", "checkaccess", "canaccess", "grants", "allowedroles", "usertype", "ismoderator", "ismanager", "privilege", "entitle", "polic", "membership", "checkpermission", "isallowed", "adminuser", "adminguard", "moderator")

// checksRole says whether something around a route, or the handler and what it
// calls, asks what the caller may do.
func checksRole(r *reach, route *repo.Route) bool {
	for _, list := range [][]string{route.Decorators, route.Dependencies, route.Middlewares} {
		for _, name := range list {
			last := lastName(name)
			if roleCheck(last) && !soundsLike("rolespublic", "crossoriginopenerpolicy", "contentsecuritypolicy", "referrerpolicy", "permissionspolicy")(last) && last != "IsAuthenticated" {
				return true
			}
		}
	}
	return r.any(route, roleCheck)
}

// roleModel is where the project says which roles there are.
type roleModel struct {
	at    finding.Location
	name  string
	roles []string
	unit  string
}

// roleModels finds enumerations of roles, and role columns with choices.
func roleModels(s *repo.Snapshot) []roleModel {
	var out []roleModel
	for _, src := range s.RunningSources("Role", "UserRole", "Roles", "role", "ROLES", "UserType") {
		if triedOut(src.File) {
			continue
		}
		if src.Lang == repo.Python {
			if !mayEnumerate(src.Bytes()) {
				continue
			}
			py := src.Py()
			for i := range py.Defs {
				d := &py.Defs[i]
				if d.Kind != pylex.Class || !roleEnum(d.Name) || !slices.ContainsFunc(d.Bases, func(b string) bool { return soundsLike("enum", "choices")(lastName(b)) }) {
					continue
				}
				m := roleModel{at: src.At(d.NameSpan), name: d.Name, unit: s.ProgramDir(src.File)}
				for _, a := range py.Assigns {
					if a.Func == i && a.Value.Kind != pylex.ValueNone {
						m.roles = append(m.roles, lastName(a.Target))
					}
				}
				out = append(out, m)
			}
			continue
		}
		if !src.Mentions("enum") {
			continue
		}
		file := src.JS()
		if file == nil {
			continue
		}
		for _, e := range file.Exports {
			if e.Kind == "enum" && roleEnum(e.Name) {
				out = append(out, roleModel{at: src.At(e.Span), name: e.Name, unit: s.ProgramDir(src.File)})
			}
		}
	}
	for _, f := range s.PrismaSchemas() {
		if f.Role != repo.Production {
			continue
		}
		for i := range f.Spec.Enums {
			if e := f.Spec.Enums[i]; roleEnum(e.Name) {
				m := roleModel{at: f.At(e.NameSpan), name: e.Name, roles: e.Values, unit: s.UnitDir(f.File)}
				out = append(out, m)
			}
		}
	}
	return slices.DeleteFunc(out, func(m roleModel) bool { return len(m.roles) == 1 })
}

// mayEnumerate says whether a text of Python may name an enumeration as the base of
// a class: a look before parsing.
func mayEnumerate(text []byte) bool {
	return slices.ContainsFunc([]string{"num", "NUM", "hoices", "HOICES"}, func(part string) bool { return bytes.Contains(text, []byte(part)) })
}

func roleEnum(name string) bool {
	for _, end := range []string{"s", "Enum", "Type", "Name"} {
		name = strings.TrimSuffix(name, end)
	}
	switch name {
	case "Role", "UserRole", "AccountRole", "SystemRole", "AppRole", "AdminRole", "GlobalRole", "UserProjectRole", "EUserProjectRole", "MembershipRole":
		return true
	}
	for _, end := range []string{"UserRole", "MemberRole", "OrganizationRole", "OrganisationRole", "OrgRole", "TeamRole", "WorkspaceRole", "ProjectRole"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
