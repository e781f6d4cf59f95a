package repo

import "strings"

// nearHops is how many imports away from where a router is made it is still used.
const nearHops = 4

// near are the files that the given ones are imported by, over a few files at most,
// and these themselves: what can know a name that they declare.
func (g *Graph) near(files map[*File]bool) map[*File]bool {
	out := map[*File]bool{}
	var edge []*File
	for f := range files {
		out[f] = true
		edge = append(edge, f)
	}
	for range nearHops {
		var next []*File
		for _, f := range edge {
			for _, i := range g.importers[f] {
				if !out[i.From] {
					out[i.From] = true
					next = append(next, i.From)
				}
			}
		}
		edge = next
	}
	return out
}

// Near are the files that use a package that fits, and those that lead to one of
// them over a few imports: what can know a name that is made with the package.
func (g *Graph) Near(fits func(External) bool) map[*File]bool {
	using := map[*File]bool{}
	for f, list := range g.external {
		for _, e := range list {
			if !e.Type && fits(e) {
				using[f] = true
			}
		}
	}
	return g.near(using)
}

// importsFrom says whether the file imports a module whose name fits.
func (s *Source) importsFrom(fits func(module string) bool) bool {
	for _, l := range s.facts().links {
		if !l.typeOnly && fits(l.module) {
			return true
		}
	}
	return false
}

func importsBelow(prefix string) func(string) bool {
	return func(module string) bool { return strings.HasPrefix(module, prefix) }
}
