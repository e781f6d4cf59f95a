package repo

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// BackupPage is a copy of a page or component that was kept beside it.
type BackupPage struct {
	*File
	Original  *File    // the live file it lies beside
	Importers []Import // uses by files that are no backup copies themselves
	Route     string   // under which the framework serves it; "" when it does not
}

// Unused says whether both proofs hold: nobody imports it, and it is not routed.
func (b *BackupPage) Unused() bool { return len(b.Importers) == 0 && b.Route == "" }

// uiPackages make a package a user interface.
var uiPackages = []string{"next", "react", "react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact", "nuxt", "astro", "@remix-run/react"}

var (
	// A mark at the end of a name that says "copy": page-backup, page_old, page 2.
	backupMark = regexp.MustCompile(`(?i)^(.+?)(?:[-_.](?:backup|bak|old|orig|original|broken|copy|deprecated|legacy|unused|disabled|problematic|temp|tmp|wip|test|backup\d*|old\d*)(?:[-_.][a-z0-9]+)*|[ ]\(?\d\)?|[ ]copy(?:[ ]\d)?)$`)
	// A file name that ends after its extension: page.tsx.bak, page.problematic.
	backupTail = regexp.MustCompile(`(?i)^(.+?)(?:\.(?:tsx|jsx|ts|js|vue|svelte))?\.(?:bak|backup|old|orig|save|problematic|broken|disabled|copy|tmp|unused)\d?$`)
	// Next.js looks at page.tsx alone: what only starts like it is a variant.
	pageVariant = regexp.MustCompile(`^(page|layout|route)[-_ ].+$`)
)

var pageExts = set(".tsx", ".jsx", ".ts", ".js", ".vue", ".svelte", ".mdx")

// BackupPages lists the backup copies in the project's user interfaces, by path.
func (s *Snapshot) BackupPages() []BackupPage {
	return view(s, "backup pages", func() []BackupPage {
		var out []BackupPage
		copies := map[*File]bool{}
		for _, f := range s.files {
			if f.Role != Production {
				continue
			}
			if original := s.originalOf(f); original != nil && s.inUI(f) && !s.globbed(f) {
				out = append(out, BackupPage{File: f, Original: original})
				copies[f] = true
			}
		}
		g := s.Graph()
		for i := range out {
			b := &out[i]
			for _, use := range g.Importers(b.File) {
				if !copies[use.From] {
					b.Importers = append(b.Importers, use)
				}
			}
			if route, ok := NextRoute(s, b.File); ok {
				b.Route = route
			}
		}
		return out
	})
}

// originalOf is the file that f is a copy of: its name without the mark, beside
// it. Without that file a mark is only a word.
func (s *Snapshot) originalOf(f *File) *File {
	stem, ext, _ := cutExt(f.Name())
	beside := func(stem string) *File {
		for e := range pageExts {
			if o := s.File(path.Join(f.Dir(), stem+e)); o != nil && o != f {
				return o
			}
		}
		return nil
	}
	if m := backupTail.FindStringSubmatch(f.Name()); m != nil {
		return beside(m[1])
	}
	if !pageExts[ext] {
		return nil
	}
	if m := pageVariant.FindStringSubmatch(stem); m != nil && s.inApp(f) {
		return beside(m[1])
	}
	if m := backupMark.FindStringSubmatch(stem); m != nil {
		return beside(m[1])
	}
	return nil
}

func (s *Snapshot) inApp(f *File) bool {
	for _, app := range s.NextApps() {
		if _, in := under(app.App, f.Path); in {
			return true
		}
	}
	return false
}

// inUI says whether the nearest package is a user interface.
func (s *Snapshot) inUI(f *File) bool {
	ui, _ := nearest(f.Dir(), func(dir string) (bool, bool) {
		for _, p := range s.Packages() {
			if p.Dir() == dir {
				return p.DependsOn(uiPackages...), true
			}
		}
		return false, false
	})
	return ui
}

// globbed says whether a pattern import may take in the file: then no one can
// tell from a name that nobody imports it.
func (s *Snapshot) globbed(f *File) bool {
	return slices.ContainsFunc(s.globs(), func(dir string) bool { return dir == "." || inside(dir, f.Path) })
}

// globs are the directories below which pattern imports take in files.
func (s *Snapshot) globs() []string {
	return view(s, "globs", func() []string {
		var out []string
		for _, src := range s.SourcesMentioning("import.meta.glob", "import.meta.globEager", "require.context") {
			js := src.JS()
			if js == nil {
				continue
			}
			for _, c := range js.Calls {
				if c.Callee != "import.meta.glob" && c.Callee != "import.meta.globEager" && c.Callee != "require.context" || len(c.Args) == 0 {
					continue
				}
				dir, _, _ := strings.Cut(c.Args[0].Literal, "*")
				base := path.Join(src.Dir(), dir)
				if strings.HasPrefix(dir, "/") {
					base = strings.Trim(dir, "/")
				}
				out = append(out, strings.Clone(base))
			}
		}
		return out
	})
}
