package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// FrontendEnvLocalMissing finds frontends whose public variables no env file names.
var FrontendEnvLocalMissing = check.PerProject(check.Doc{
	ID:         "system/frontend-env-local-missing",
	Title:      "Frontend has no env file",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Public variables are built into the bundle. Without a file beside the frontend that names them, a build takes undefined or a fallback meant for one machine, and environments cannot be switched.",
	How:        "Track a .env.example in the frontend's folder with each variable it reads, and copy it to .env.local.",
	Holds:      "Frontends have an env file or template for their public variables",
	References: []string{"https://nextjs.org/docs/app/guides/environment-variables", "https://vite.dev/guide/env-and-mode"},
}, func(p *check.Pass, s *repo.Snapshot) {
	type use struct {
		names []string
		reads []*repo.EnvRead
	}
	uses := map[string]*use{}
	var dirs []string
	reads := s.EnvReads()
	for i := range reads {
		r := &reads[i]
		if !repo.PublicEnv(r.Name) || isPlatform(r.Name) || r.File.Role != repo.Production || r.File.Lang == repo.Python || r.HasDefault && !isLocalAddress(r.Default) || !s.Runs(r.File) {
			continue
		}
		u := s.UnitOf(r.File)
		if u == nil {
			continue
		}
		if uses[u.Dir] == nil {
			uses[u.Dir] = &use{}
			dirs = append(dirs, u.Dir)
		}
		if v := uses[u.Dir]; !slices.Contains(v.names, r.Name) {
			v.names = append(v.names, r.Name)
			v.reads = append(v.reads, r)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		v := uses[dir]
		pkg := packageAt(s, dir)
		if pkg == nil || !isWebApp(pkg) || readsEnvElsewhere(s, pkg) {
			continue
		}
		if f := frontendEnvFile(s, dir); f != nil {
			p.Holds(f.Start(), "%s names the variables of %s", f.Path, dirName(dir))
			continue
		}
		if hasLocalEnv(s, dir) {
			continue
		}
		var also []finding.Location
		for _, r := range v.reads[1:] {
			also = append(also, r.At())
		}
		p.Report(v.reads[0].At(), "%s reads %s and has neither .env.local nor a template", dirName(dir), list(v.names)).With(also...).Keyed("%s", dir)
	}
})

// isLocalAddress says whether a default holds on one machine only.
func isLocalAddress(value string) bool {
	return strings.Contains(value, "localhost") || strings.Contains(value, "127.0.0.1")
}

func packageAt(s *repo.Snapshot, dir string) *repo.Package {
	for _, p := range s.Packages() {
		if p.Dir() == dir {
			return p
		}
	}
	return nil
}

// isWebApp says whether a package is built for browsers by a tool that reads env
// files, rather than a library for such.
func isWebApp(p *repo.Package) bool {
	return slices.ContainsFunc(p.Scripts, func(e manifest.Entry) bool {
		for _, tool := range []string{"next build", "next start", "next dev", "vite", "react-scripts", "nuxt", "gatsby", "vue-cli-service", "expo start", "astro"} {
			if e.Value == tool || strings.HasPrefix(e.Value, tool+" ") || strings.Contains(e.Value, " "+tool) {
				return !p.Published()
			}
		}
		return false
	})
}

// readsEnvElsewhere says whether a script or configuration makes the tool read
// env files of another folder.
func readsEnvElsewhere(s *repo.Snapshot, p *repo.Package) bool {
	for _, script := range p.Scripts {
		if strings.Contains(script.Value, "dotenv") || strings.Contains(script.Value, "env-cmd") || strings.Contains(script.Value, "--env-file") {
			return true
		}
	}
	for _, f := range s.Under(p.Dir()) {
		if f.Dir() == p.Dir() && strings.Contains(f.Name(), ".config.") && f.Says("envDir", "loadEnvConfig", "dotenv", "dotenvx") {
			return true
		}
	}
	return false
}

func frontendEnvFile(s *repo.Snapshot, dir string) *repo.EnvFile {
	for _, f := range s.EnvFiles() {
		if f.Dir() == dir && (f.Template || !f.Spec.Empty()) {
			return f
		}
	}
	return nil
}

// hasLocalEnv says whether this machine has an env file that git does not.
func hasLocalEnv(s *repo.Snapshot, dir string) bool {
	for _, name := range []string{".env", ".env.local", ".env.development", ".env.development.local", ".env.production"} {
		if s.Exists(strings.TrimPrefix(dir+"/"+name, "./")) {
			return true
		}
	}
	return false
}
