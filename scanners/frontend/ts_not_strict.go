package frontend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// TSNotStrict finds TypeScript whose compiler looks away.
var TSNotStrict = check.PerProject(check.Doc{
	ID:         "frontend/ts-not-strict",
	Title:      "TypeScript is not strict",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Without strict a value that may be null or of any type passes for a good one: the compiler is there and finds the least.",
	How:        "Set strict to true; where that is too much at once, set strictNullChecks and noImplicitAny first and mend what they report.",
	Holds:      "TypeScript is strict",
	References: []string{
		"https://www.typescriptlang.org/tsconfig/#strict",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	var off []finding.Location
	var dirs []string
	total := 0
	title := "Set strict"
	set, patchable := patch.Set{Title: title}, true
	for _, c := range s.TSConfigs() {
		if c.Role != repo.Production || c.Name() != "tsconfig.json" || strings.Contains(c.Path, "{{") || forShow(c.Dir()) || !compiles(s, c) {
			continue
		}
		value, in, known := s.Option(c, "strict")
		switch on, written := value.True(), value.Exists(); {
		case written && on:
			total++
			p.Holds(in.At(value.Span), "%s is strict", c.Path)
		case oneByOne(s, c):
			total++
			p.Holds(c.Start(), "%s turns the checks of strict on one by one", c.Path)
		case !written && !known:
			p.Unproven(c.Start(), "what %s extends is not part of the project", c.Path)
		case !written && s.Exists(path.Join(c.Dir(), "tsconfig.app.json")):
			// says nothing itself, as Vite's: the others do
		case !written && compilerMajor(s, c.Dir()) >= 6:
			p.Unproven(c.Start(), "strict is not set in %s: the compiler's own default counts", c.Path)
		default:
			total++
			at := c.Start()
			var edits []patch.Edit
			change := c
			if written {
				at, change = in.At(value.Span), in
				edits = []patch.Edit{patch.Replace(value.Span, "true")}
			} else if options := c.Root.Get("compilerOptions"); options.Exists() {
				edits, _ = patch.JSONInsert(c.Bytes(), options.Span, "strict", "true")
			}
			patchable = patchable && len(edits) > 0
			if patchable && !slices.ContainsFunc(set.Changes, func(ch patch.Change) bool { return ch.Path == change.File.Path }) {
				set.Changes = append(set.Changes, patch.Change{
					Path: change.File.Path, Base: patch.Sum(change.Bytes()), HasBase: true, Edits: edits, Note: "The compiler reports what it has overlooked so far: those errors have to be mended before a build passes",
				})
			}
			off, dirs = append(off, at), append(dirs, c.Dir())
		}
	}
	if len(off) > 0 {
		found := p.Report(off[0], "%d of %d configurations of TypeScript are not strict: %s", len(off), total, strings.Join(dirs[:min(len(dirs), 5)], ", ")).
			With(off[1:min(len(off), 12)]...).Keyed("strict")
		if patchable {
			found.WithPatch(title, finding.Review, set)
		}
	}
})

// oneByOne says whether a configuration sets the checks that matter most of those
// that strict stands for.
func oneByOne(s *repo.Snapshot, c *repo.TSConfig) bool {
	for _, name := range []string{"strictNullChecks", "noImplicitAny"} {
		if v, _, _ := s.Option(c, name); !v.True() {
			return false
		}
	}
	return true
}

// compiles says whether production code in TypeScript lies below the configuration,
// with none of its own nearer by, and the configuration does more than refer to others.
func compiles(s *repo.Snapshot, c *repo.TSConfig) bool {
	if len(c.References) > 0 && len(c.Include) == 0 && c.Option("strict") == nil {
		return false
	}
	nearer := map[string]bool{}
	for _, other := range s.TSConfigs() {
		if other != c && other.Dir() != c.Dir() {
			nearer[other.Dir()] = true
		}
	}
	for _, f := range s.Under(c.Dir()) {
		if f.Lang != repo.TypeScript || f.Role != repo.Production || strings.Contains(f.Name(), ".config.") || strings.HasSuffix(f.Name(), ".d.ts") {
			continue
		}
		own := true
		for dir := f.Dir(); dir != c.Dir() && dir != "."; dir = path.Dir(dir) {
			if nearer[dir] {
				own = false
				break
			}
		}
		if own {
			return true
		}
	}
	return false
}

// compilerMajor is the major version of TypeScript that a directory's package, or the
// one around it, asks for; 0 when it is not said.
func compilerMajor(s *repo.Snapshot, dir string) int {
	for _, pkg := range s.Packages() {
		if pkg.Dir() != dir && pkg.Dir() != "." {
			continue
		}
		if d, ok := pkg.Dependency("typescript"); ok {
			text := strings.TrimLeft(d.Spec, "^~>=v ")
			n := 0
			for _, r := range text {
				if r < '0' || r > '9' {
					break
				}
				n = 10*n + int(r-'0')
			}
			return n
		}
	}
	return 0
}
