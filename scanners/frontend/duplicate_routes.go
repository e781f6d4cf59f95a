package frontend

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// DuplicateRoutes finds pages that are served beside the one that counts, and that
// nothing leads to.
var DuplicateRoutes = check.PerProject(check.Doc{
	ID:         "frontend/duplicate-routes",
	Title:      "Variants of a page are all served",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Each variant is built, served and indexed by search engines; mends go into the wrong one, and the forgotten one keeps its old defects.",
	How:        "Decide which one counts, take over what it lacks, delete the others, and redirect their addresses where somebody may have kept them.",
	References: []string{
		"https://nextjs.org/docs/app/getting-started/layouts-and-pages",
		"https://nextjs.org/docs/app/api-reference/config/next-config-js/redirects",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	byApp := map[string][]repo.Page{}
	var apps []string
	for _, page := range s.Pages() {
		dir := s.UnitDir(page.File)
		if page.Path == "/" || strings.ContainsAny(page.Path, "[$:*{") || strings.HasPrefix(page.Path, "/_") {
			continue
		}
		if byApp[dir] == nil {
			apps = append(apps, dir)
		}
		byApp[dir] = append(byApp[dir], page)
	}
	for _, dir := range apps {
		judgePages(p, s, byApp[dir])
	}
})

// variantWords mark a page as another try at one that is there.
var variantWords = map[string]bool{
	"beautiful": true, "full": true, "old": true, "new": true, "classic": true, "original": true, "v2": true, "v3": true, "backup": true, "copy": true, "simple": true, "elegant": true,
	"legacy": true, "test": true, "tmp": true, "temp": true, "alt": true, "alternative": true, "draft": true, "final": true, "fixed": true, "broken": true, "better": true, "improved": true,
	"enhanced": true, "clean": true, "modern": true, "redesign": true, "experimental": true, "wip": true, "bak": true, "deprecated": true, "2": true, "3": true, "working": true, "minimal": true,
}

// core is a path without the words that mark variants in its last part.
func core(route string) (name string, variant bool) {
	var kept []string
	parts := strings.FieldsFunc(path.Base(route), func(r rune) bool { return r == '-' || r == '_' })
	for _, part := range parts {
		if variantWords[strings.ToLower(part)] {
			variant = true
		} else {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return route, false
	}
	return path.Join(path.Dir(route), strings.Join(kept, "-")), variant
}

func judgePages(p *check.Pass, s *repo.Snapshot, pages []repo.Page) {
	named := map[string][]repo.Page{}
	for _, page := range pages {
		name, _ := core(page.Path)
		named[name] = append(named[name], page)
	}
	var shapes map[string]map[uint64]bool
	for _, page := range pages {
		name, variant := core(page.Path)
		var twin *repo.Page
		why := ""
		if variant {
			for i := range named[name] {
				if other := &named[name][i]; other.Path != page.Path && (twin == nil || len(other.Path) < len(twin.Path)) {
					twin, why = other, "by its name"
				}
			}
			if twin != nil && twin.Path != name && page.Path < twin.Path {
				continue // none of them has the plain name: the first one counts
			}
		}
		if (twin == nil || why == "") && len(pages) > 300 {
			continue
		}
		if linked(s, page) {
			continue
		}
		if twin == nil {
			if shapes == nil {
				shapes = shapesOf(s, pages)
			}
			if twin = alike(page, pages, shapes); twin == nil {
				continue
			}
			if !linked(s, *twin) {
				continue // addresses are put together in a way that is not seen
			}
			why = "by what is in it"
		}
		p.Report(page.File.Start(), "%s is, %s, a variant of %s: both are served, and nothing links to it", page.Path, why, twin.Path).
			With(twin.File.Start()).Keyed("%s", page.Path)
	}
}

// linked says whether code, configuration or content names the page's address.
func linked(s *repo.Snapshot, page repo.Page) bool {
	route := page.Path
	for _, f := range s.Files() {
		if f == page.File || f.Role != repo.Production && f.Role != repo.Test || f.Size > 1<<20 || !f.Mentions(strings.TrimPrefix(route, "/")) {
			continue
		}
		data := f.Bytes()
		switch f.Lang {
		case repo.TypeScript, repo.JavaScript:
			for _, t := range jslex.Lex(data) {
				switch t.Kind {
				case jslex.String, jslex.Template, jslex.TemplateHead, jslex.JSXString:
					if leads(strings.Trim(string(data[t.Span.Start:t.Span.End]), "\"'`${"), route) {
						return true
					}
				}
			}
		case repo.JSON, repo.YAML, "Vue", "Svelte", repo.Markdown, "HTML", "":
			for _, quote := range []string{`"`, "'", "`", ")", " ", "\n"} {
				if bytes.Contains(data, []byte(route+quote)) {
					return true
				}
			}
		}
	}
	return false
}

// leads says whether an address is that of the route or below it.
func leads(text, route string) bool {
	if i := strings.Index(text, "://"); i >= 0 {
		_, text, _ = strings.Cut(text[i+3:], "/")
		text = "/" + text
	}
	rest, ok := strings.CutPrefix(text, route)
	if !ok {
		rest, ok = strings.CutPrefix(text, strings.TrimPrefix(route, "/"))
	}
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?' || rest[0] == '#')
}

// shingle is how many tokens in a row are compared.
const shingle = 5

// shapesOf are, by path, the runs of tokens in each page's file.
func shapesOf(s *repo.Snapshot, pages []repo.Page) map[string]map[uint64]bool {
	out := map[string]map[uint64]bool{}
	for _, page := range pages {
		data := page.File.Bytes()
		var texts [][]byte
		for _, t := range jslex.Lex(data) {
			if t.Kind != jslex.Comment {
				texts = append(texts, data[t.Span.Start:t.Span.End])
			}
		}
		if len(texts) < 200 || len(texts) > 20000 {
			continue // little code is alike by itself
		}
		set := map[uint64]bool{}
		for i := 0; i+shingle <= len(texts); i++ {
			h := uint64(14695981039346656037)
			for _, text := range texts[i : i+shingle] {
				for _, c := range text {
					h = (h ^ uint64(c)) * 1099511628211
				}
				h = (h ^ 0xff) * 1099511628211
			}
			set[h] = true
		}
		out[page.Path] = set
	}
	return out
}

// alike is the page whose code is mostly the same, the nearest first.
func alike(page repo.Page, pages []repo.Page, shapes map[string]map[uint64]bool) *repo.Page {
	mine := shapes[page.Path]
	if mine == nil {
		return nil
	}
	order := slices.Clone(pages)
	slices.SortStableFunc(order, func(a, b repo.Page) int { return len(a.Path) - len(b.Path) })
	for i := range order {
		other := shapes[order[i].Path]
		if order[i].Path == page.Path || other == nil {
			continue
		}
		same := 0
		for h := range mine {
			if other[h] {
				same++
			}
		}
		if 10*same >= 6*(len(mine)+len(other)-same) {
			return &order[i]
		}
	}
	return nil
}
