package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/markdown"
)

// LinkState is what became of a document's link.
type LinkState int

// The states of links.
const (
	LinkUnknown  LinkState = iota // the files do not decide: routes of a site, templates, what a build makes
	LinkExternal                  // an address elsewhere; nobody asks it
	LinkFound
	LinkMissing  // no such file
	LinkNoAnchor // the file is there, the place in it is not
)

// LinkTarget is what a link leads to.
type LinkTarget struct {
	State   LinkState
	Path    string // in the project; "" when the link leads out of it
	File    *File  // nil for a directory and for what is not the project's
	Suggest string // of what is missing: the one file of the project with that name
}

// Follow says what a link of the document leads to, from the project's files
// alone. A link is missing only where a forge shows the document as it is written
// and the target names a file; what a site, a template or a build may make of it
// is unknown.
func (s *Snapshot) Follow(d *Doc, l markdown.Link) LinkTarget {
	target := l.Path()
	switch {
	case l.External():
		return LinkTarget{State: LinkExternal}
	case l.Target == "" || d.Kind == DocTemplate || strings.ContainsAny(l.Target, "{}<>$*|\n") || strings.Contains(l.Target, "...") || strings.HasPrefix(l.Target, "@") || strings.HasPrefix(l.Target, "~") || strings.HasPrefix(l.Target, "www."):
		return LinkTarget{}
	case target == "":
		return s.anchored(d, LinkTarget{LinkFound, d.Path, d.File, ""}, l)
	}
	if d.Format == markdown.ReStructuredText && l.Kind == markdown.Reference {
		return s.document(d, target)
	}
	name := path.Join(d.Dir(), target)
	if path.IsAbs(target) {
		name = path.Clean(strings.TrimLeft(target, "/"))
	}
	if name == ".." || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		return LinkTarget{}
	}
	if found, ok := s.found(name); ok {
		return s.anchored(d, LinkTarget{LinkFound, found, s.File(found), ""}, l)
	}
	if !s.decides(d, target, name) {
		return LinkTarget{Path: name}
	}
	return LinkTarget{State: LinkMissing, Path: name, Suggest: s.namesake(name)}
}

// found is the file or directory that a name stands for; sites let documents
// leave the extension away, or write that of the page.
func (s *Snapshot) found(name string) (string, bool) {
	if s.Exists(name) {
		return name, true
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ".html"), "/index")
	for _, end := range []string{".md", ".mdx", ".rst", ".adoc", "/index.md", "/index.mdx", "/README.md"} {
		if s.byPath[stem+end] != nil {
			return stem + end, true
		}
	}
	return "", false
}

// document resolves Sphinx's :doc: and :download:, whose root is the directory of
// conf.py.
func (s *Snapshot) document(d *Doc, target string) LinkTarget {
	dir := d.Dir()
	if rest, rooted := strings.CutPrefix(target, "/"); rooted {
		root, ok := nearest(dir, func(dir string) (string, bool) { return dir, s.byPath[path.Join(dir, "conf.py")] != nil })
		if !ok {
			return LinkTarget{}
		}
		dir, target = root, rest
	}
	name := path.Join(dir, target)
	if found, ok := s.found(name); ok {
		return LinkTarget{LinkFound, found, s.File(found), ""}
	}
	return LinkTarget{Path: name}
}

// anchored looks for the place that the link names in what it leads to.
func (s *Snapshot) anchored(from *Doc, to LinkTarget, l markdown.Link) LinkTarget {
	if l.Anchor == "" || to.File == nil {
		return to
	}
	d := s.Doc(to.Path)
	if d == nil || d.Format == "" || d.Size > markdown.MaxBytes {
		return to // a line of source, a place in a page
	}
	spec := d.Spec()
	if spec.Offers(l.Anchor) || lineAnchor(l.Anchor) {
		return to
	}
	// What other files or programs put into the page may hold the anchor.
	if d.Format != markdown.Markdown || s.siteOf(d) != noSite || s.siteOf(from) != noSite || len(spec.Front.Fields) > 0 {
		to.State = LinkUnknown
		return to
	}
	to.State = LinkNoAnchor
	return to
}

// lineAnchor says whether an anchor is one of lines: L10, L10-L20, L3C4.
func lineAnchor(anchor string) bool {
	return len(anchor) > 1 && anchor[0] == 'L' && '0' <= anchor[1] && anchor[1] <= '9'
}

// forgePages are what a forge serves below a repository beside its files.
var forgePages = set("issues", "pulls", "pull", "wiki", "releases", "actions", "discussions", "blob", "tree", "compare", "commit", "commits", "tags", "security", "projects", "stargazers", "network")

// decides says whether a name that is not there is missing for certain.
func (s *Snapshot) decides(d *Doc, target, name string) bool {
	first, _, _ := strings.Cut(name, "/")
	if s.Ignored(name) || builtDirs[first] || forgePages[first] || d.Format == markdown.MDX {
		return false
	}
	for _, part := range strings.Split(path.Dir(name), "/") {
		if builtDirs[part] || part == "node_modules" {
			return false
		}
	}
	ext := strings.ToLower(path.Ext(target))
	switch s.siteOf(d) {
	case pagesSite:
		return false
	case filesSite:
		return markdown.FormatOf(target) != "" && !path.IsAbs(target)
	}
	if len(d.Spec().Front.Fields) > 0 { // some site's
		return markdown.FormatOf(target) != "" && !path.IsAbs(target)
	}
	if path.IsAbs(target) || d.Format != markdown.Markdown {
		return ext != "" && ext != ".html"
	}
	return ext != ".html" && ext != ".htm" && ext != ".php"
}

// site is how a generator of sites resolves the links of a document.
type site int

const (
	noSite    site = iota
	filesSite      // from file to file; what has no extension is a route
	pagesSite      // from page to page: files do not decide
	appSite        // pagesSite for what lies where an application keeps its pages
)

// siteFiles are the files that configure generators, in lower case.
var siteFiles = map[string]site{
	"mkdocs.yml": filesSite, "mkdocs.yaml": filesSite, "docusaurus.config.js": filesSite, "docusaurus.config.ts": filesSite, "docusaurus.config.mjs": filesSite,
	"book.toml": filesSite, "rspress.config.ts": filesSite, ".pages": filesSite, "_category_.json": filesSite, "sidebars.js": filesSite,
	"hugo.toml": pagesSite, "hugo.yaml": pagesSite, "hugo.yml": pagesSite, "_config.yml": pagesSite, "mint.json": pagesSite, "docs.json": pagesSite,
	"antora.yml": pagesSite, "conf.py": pagesSite, "eleventy.config.js": pagesSite, ".eleventy.js": pagesSite, "_meta.json": pagesSite,
	"astro.config.mjs": appSite, "astro.config.ts": appSite, "next.config.js": appSite, "next.config.mjs": appSite, "next.config.ts": appSite,
	"gatsby-config.js": appSite, "gatsby-config.ts": appSite, "nuxt.config.ts": appSite, "svelte.config.js": appSite,
}

var pageDirs = set("content", "pages", "app", "src", "posts", "data", "blog")

// siteOf is the site that the document is part of. What a forge shows by its name,
// such as a README, is none of a site's pages.
func (s *Snapshot) siteOf(d *Doc) site {
	switch d.Kind {
	case DocReadme, DocContributing, DocChangelog, DocLicence, DocSecurity, DocConduct:
		return noSite
	}
	sites := view(s, "sites", func() map[string]site {
		m := map[string]site{}
		for _, f := range s.files {
			dir := f.Dir()
			switch path.Base(dir) {
			case ".vitepress", ".vuepress":
				m[path.Dir(dir)] = filesSite
				continue
			}
			if kind := siteFiles[strings.ToLower(f.Name())]; kind != noSite {
				m[dir] = max(kind, m[dir])
			}
		}
		return m
	})
	found, _ := nearest(d.Dir(), func(dir string) (site, bool) {
		kind := sites[dir]
		if kind == appSite {
			first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(d.Path, dir), "/"), "/")
			return pagesSite, pageDirs[first]
		}
		return kind, kind != noSite
	})
	return found
}

// namesake is the one file of the project that has the name of what is missing, or
// its path in other letters.
func (s *Snapshot) namesake(name string) string {
	byName := view(s, "files by name", func() map[string][]string {
		m := map[string][]string{}
		for _, f := range s.files {
			if !f.Role.Foreign() {
				key := strings.ToLower(f.Name())
				if len(m[key]) <= maxNamesakes {
					m[key] = append(m[key], f.Path)
				}
			}
		}
		return m
	})
	all := byName[strings.ToLower(path.Base(name))]
	if len(all) == 1 {
		return all[0]
	}
	if i := slices.IndexFunc(all, func(p string) bool { return strings.EqualFold(p, name) }); i >= 0 {
		return all[i]
	}
	return ""
}

const maxNamesakes = 20 // files of one name that are told apart
