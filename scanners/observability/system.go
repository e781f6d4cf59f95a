package observability

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// system is what the project itself runs for others.
type system struct {
	parts    []*repo.Component // its own, that keep running, as far as something deploys them
	routes   []*repo.Route     // that its servers answer
	apps     []*repo.Application
	at       finding.Location   // where production is declared, else where the server is made
	also     []finding.Location // the other parts
	compose  bool               // production, or what gets deployed, is declared for compose
	kube     bool
	platform bool // a Procfile says what a platform runs
	explicit bool // a file is for production by its name
}

// ours says whether a component is built from the project's code and keeps running.
func ours(c *repo.Component) bool {
	switch c.Role {
	case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RoleProxy, repo.RolePool, repo.RoleAdmin, repo.RoleMigration, repo.RoleBackup, repo.RoleScheduler:
		return false
	}
	if c.Unit != nil || c.Dockerfile != nil {
		return true
	}
	for _, d := range c.Deployments {
		if d.Context != "" {
			return true
		}
	}
	return false
}

// systemOf is the project's system; nil when it serves nobody, as a library or a
// tool does.
func systemOf(s *repo.Snapshot) *system {
	sys := &system{}
	routes := s.Routes()
	for i := range routes {
		if r := &routes[i]; r.Mounted && inProgram(s, r.File) && !aside(r.File.Path) {
			sys.routes = append(sys.routes, r)
		}
	}
	apps := s.Applications()
	for i := range apps {
		if a := &apps[i]; inProgram(s, a.File) && !aside(a.File.Path) {
			sys.apps = append(sys.apps, a)
		}
	}
	sys.leaveBehind(s)
	best := -1
	for _, c := range s.Components() {
		if !ours(c) {
			continue
		}
		counted := false
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(s, d) || aside(d.File.Path) {
				continue
			}
			if d.Means == repo.ByProcfile { // a platform watches what it runs
				sys.platform = true
				if len(sys.also) == 0 && best < 0 {
					sys.at = d.At()
				}
				continue
			}
			sys.compose = sys.compose || d.Means == repo.ByCompose
			sys.kube = sys.kube || d.Means == repo.ByKubernetes
			if !counted {
				counted = true
				sys.parts = append(sys.parts, c)
			}
			if rank := int(d.Env); rank > best {
				best, sys.at, sys.also = rank, d.At(), nil
			} else if rank == best && d.At() != sys.at {
				sys.also = append(sys.also, d.At())
			}
			sys.explicit = sys.explicit || d.Env.String() == "production"
		}
	}
	if len(sys.parts) == 0 && len(sys.routes) == 0 {
		return nil
	}
	if len(sys.parts) == 0 && !sys.platform && len(sys.apps) == 0 && len(sys.routes) < 3 {
		return nil // a tool that listens for a moment, such as for the answer to a sign-in
	}
	if len(sys.parts) == 0 && !sys.platform {
		sys.at = sys.serverAt(s)
	}
	if len(sys.also) > 9 {
		sys.also = sys.also[:9]
	}
	return sys
}

// leaveBehind drops the server that shares its directory with one in another
// language, when only that one is started.
func (sys *system) leaveBehind(s *repo.Snapshot) {
	all := slices.Clone(sys.apps)
	left := func(f *repo.File) bool {
		dir, python := s.UnitDir(f), f.Lang == repo.Python
		return slices.ContainsFunc(all, func(a *repo.Application) bool {
			return s.UnitDir(a.File) == dir && (a.File.Lang == repo.Python) != python && s.StartsOnly(dir, !python)
		})
	}
	sys.apps = slices.DeleteFunc(sys.apps, func(a *repo.Application) bool { return left(a.File) })
	sys.routes = slices.DeleteFunc(sys.routes, func(r *repo.Route) bool { return left(r.File) })
}

// inProgram says whether a file is part of one. In Go a program leads to it: a module
// without one is a library, whatever it can serve.
func inProgram(s *repo.Snapshot, f *repo.File) bool {
	if f.Lang != repo.Go {
		return s.Runs(f)
	}
	if _, live := s.Graph().Live(f); !live || f.Role != repo.Production {
		return false
	}
	module := s.GoMod(f)
	return slices.ContainsFunc(s.GoCommands(), func(c *repo.GoCommand) bool {
		return !c.SideTool && c.Main.Role == repo.Production && s.GoMod(c.Main) == module
	})
}

// aside says whether a file is of a template of projects, or of something to try out:
// production it is not.
func aside(path string) bool {
	for _, part := range strings.Split(path, "/") {
		switch part {
		case "playground", "playgrounds", "sandbox", "demo", "demos", "benchmarks", "hack", "_integration-test", "integration-test", "quickstart", "testing.go", "testutil", "testutils", "testhelper", "testserver":
			return true
		}
		if strings.Contains(part, "mock") || strings.Contains(part, "fake") || strings.Contains(part, "{{") || part != "." && part != ".." && strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// deployed says whether a file of the project says how it runs.
func (sys *system) deployed() bool { return sys.compose || sys.kube }

// serverAt is where the server is made, else its first route.
func (sys *system) serverAt(s *repo.Snapshot) finding.Location {
	count, unit := map[*repo.File]int{}, map[string]int{}
	for _, r := range sys.routes {
		count[r.File]++
		unit[s.UnitDir(r.File)]++
	}
	var server *repo.Application
	for _, a := range sys.apps {
		if backendFramework(a.Framework) && developing(a) == 0 && (server == nil || unit[s.UnitDir(a.File)] > unit[s.UnitDir(server.File)]) {
			server = a
		}
	}
	if server != nil {
		return server.File.At(server.Span)
	}
	var most *repo.Route
	for _, r := range sys.routes {
		if most == nil || count[r.File] > count[most.File] {
			most = r
		}
	}
	if most != nil {
		return most.At()
	}
	return sys.at
}

// backendFramework says whether a framework is one for servers of their own, rather
// than the server side of pages.
func backendFramework(name string) bool {
	switch name {
	case "next", "remix", "sveltekit", "nuxt", "astro":
		return false
	}
	return true
}

// servers are the applications of frameworks for servers.
func (sys *system) servers() (out []*repo.Application) {
	for _, a := range sys.apps {
		if backendFramework(a.Framework) {
			out = append(out, a)
		}
	}
	return out
}

// apis says whether the system answers requests with a server of its own.
func (sys *system) apis() bool {
	for _, r := range sys.routes {
		if backendFramework(r.Framework) {
			return true
		}
	}
	return false
}

// names lists the parts for a message.
func (sys *system) names() string {
	var out []string
	for _, c := range sys.parts {
		if !slices.Contains(out, c.Name) {
			out = append(out, c.Name)
		}
	}
	if len(out) > 4 {
		out = append(out[:4], "…")
	}
	return strings.Join(out, ", ")
}
