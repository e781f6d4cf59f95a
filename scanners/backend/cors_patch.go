package backend

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/patch"
	"drydock/internal/repo"
)

// corsPatch lists the methods of the routes and the headers that the code reads
// in place of wildcards. It is offered where every route of the file's
// application is known.
func corsPatch(s *repo.Snapshot, c *corsPolicy) (patch.Set, bool) {
	if c.methods.Len() == 0 && c.headers.Len() == 0 {
		return patch.Set{}, false
	}
	methods := map[string]bool{}
	for _, r := range s.Routes() {
		if r.Framework == "fastapi" && r.Mounted && s.UnitDir(r.File) == s.UnitDir(c.file) {
			if r.Method == "ANY" {
				return patch.Set{}, false
			}
			methods[r.Method] = r.Method != "WS" && r.Method != "OPTIONS"
		}
	}
	var edits []patch.Edit
	if c.anyMethod {
		list := quoted(methods)
		if list == "" {
			return patch.Set{}, false
		}
		edits = append(edits, patch.Replace(c.methods, "["+list+"]"))
	}
	if c.anyHeader {
		edits = append(edits, patch.Replace(c.headers, "["+quoted(headersRead(s, c))+"]"))
	}
	return patch.Set{Title: "List the methods and headers that are used", Changes: []patch.Change{{
		Path: c.file.Path, Base: patch.Sum(c.file.Bytes()), HasBase: true, Edits: edits,
		Note: "The methods are those of the routes, the headers those that the code reads; add what other clients send",
	}}}, true
}

// quoted is a sorted list of the names that are set, as Python writes it.
func quoted(names map[string]bool) string {
	var out []string
	for name, on := range names {
		if on {
			out = append(out, fmt.Sprintf("%q", name))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// headersRead are the request headers that the application's code reads.
func headersRead(s *repo.Snapshot, c *corsPolicy) map[string]bool {
	names := map[string]bool{"Content-Type": true}
	for _, src := range s.SourcesMentioning("HTTPBearer", "OAuth2PasswordBearer", "HTTPBasic", "OAuth2AuthorizationCodeBearer", "APIKeyHeader", "request.headers", "Header") {
		if src.Role != repo.Production || src.Py() == nil || s.UnitDir(src.File) != s.UnitDir(c.file) {
			continue
		}
		py := src.Py()
		for i := range py.Calls {
			call := &py.Calls[i]
			last := call.Callee[strings.LastIndexByte(call.Callee, '.')+1:]
			switch last {
			case "HTTPBearer", "OAuth2PasswordBearer", "HTTPBasic", "OAuth2AuthorizationCodeBearer":
				names["Authorization"] = true
			case "APIKeyHeader":
				if v, ok := call.Arg("name"); ok && v.IsLiteral {
					names[v.Literal] = true
				}
			case "get":
				if a, ok := call.At(0); ok && a.IsLiteral && strings.HasSuffix(call.Callee, "request.headers.get") {
					names[canonical(a.Literal)] = true
				}
			case "Header":
				if v, ok := call.Arg("alias"); ok && v.IsLiteral {
					names[v.Literal] = true
				}
			}
		}
		for i := range py.Defs {
			for _, p := range py.Defs[i].Params {
				header := strings.Contains(p.Annotation, "Header(") || strings.HasSuffix(p.Default.Callee, "Header")
				if header && !strings.Contains(p.Annotation+p.Default.Text(), "alias") {
					names[canonical(strings.ReplaceAll(p.Name, "_", "-"))] = true
				}
			}
		}
	}
	return names
}

// canonical writes a header the way it is listed: X-Request-Id.
func canonical(name string) string {
	parts := strings.Split(strings.ToLower(name), "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}
