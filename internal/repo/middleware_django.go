package repo

import "slices"

// djangoApplications are the settings of each environment with their middlewares
// and apps: the modules that no other one takes everything from, each with what
// it takes from others.
func djangoApplications(s *Snapshot) []Application {
	all := map[*File]*DjangoSettings{}
	imported := map[*File]bool{}
	for _, d := range s.DjangoSettings() {
		all[d.File] = d
	}
	for _, d := range all {
		for _, f := range d.Imports {
			imported[f] = true
		}
	}
	var out []Application
	for _, d := range s.DjangoSettings() {
		if imported[d.File] {
			continue
		}
		middleware := inherited(all, d, func(d *DjangoSettings) []DjangoName { return d.Middleware }, 0)
		apps := inherited(all, d, func(d *DjangoSettings) []DjangoName { return d.Apps }, 0)
		if len(middleware) == 0 && len(apps) == 0 {
			continue
		}
		app := Application{Framework: "django", File: d.File, Env: d.Env}
		for _, n := range middleware {
			app.Middlewares = append(app.Middlewares, Middleware{Kind: PlainMiddleware, Name: n.Name, File: n.file, Span: n.Span})
		}
		for _, n := range apps {
			app.Middlewares = append(app.Middlewares, Middleware{Kind: InstalledApp, Name: n.Name, File: n.file, Span: n.Span})
		}
		out = append(out, app)
	}
	return out
}

type inheritedName struct {
	DjangoName
	file *File
}

// inherited is a list as a settings module leaves it: what it takes over, and what
// it sets or adds itself.
func inherited(all map[*File]*DjangoSettings, d *DjangoSettings, list func(*DjangoSettings) []DjangoName, depth int) []inheritedName {
	if d == nil || depth > maxHops {
		return nil
	}
	var out []inheritedName
	for _, f := range d.Imports {
		if above := inherited(all, all[f], list, depth+1); len(above) > 0 {
			out = above
		}
	}
	own := list(d)
	if slices.ContainsFunc(own, func(n DjangoName) bool { return n.Op == "=" }) && !rebuilt(d, own) {
		out = nil
	}
	for _, n := range own {
		out = append(out, inheritedName{n, d.File})
	}
	return out
}

// rebuilt says whether a list that is set anew takes in the one before it:
// INSTALLED_APPS = [*INSTALLED_APPS, "x"] is not read to its end.
func rebuilt(d *DjangoSettings, own []DjangoName) bool {
	name := "INSTALLED_APPS"
	for _, n := range d.Middleware {
		if len(own) > 0 && n == own[0] {
			name = "MIDDLEWARE"
		}
	}
	return len(d.Imports) > 0 && !d.Complete(name)
}
