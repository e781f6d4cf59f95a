package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/jslex"
)

// directories adds to the graph the files that a script loads by reading their
// directory: @fastify/autoload, require of what readdirSync lists.
func (r *jsResolver) directories(g *Graph) {
	for _, src := range r.s.SourcesMentioning("readdirSync", "readdir", "requireDirectory", "autoload", "AutoLoad", "Autoload", "fastifyAutoload", "globSync", "requireAll") {
		if src.Lang == Python {
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			call := &js.Calls[i]
			dir, ok := readDirectory(js, call)
			if !ok {
				continue
			}
			if dir = path.Join(src.Dir(), dir); dir == "." || strings.HasPrefix(dir, "..") {
				continue
			}
			r.globbed(g, src.File, "./"+wayTo(src.Dir(), dir)+"/**", call.Span)
		}
	}
}

// readDirectory is the directory, relative to the file, that a call loads.
func readDirectory(js *jslex.File, call *jslex.Call) (string, bool) {
	if len(call.Args) == 0 {
		return "", false
	}
	at := call.Args[0]
	switch name := lastPart(call.Callee); name {
	case "readdirSync", "readdir", "requireDirectory", "requireAll":
	case "register":
		if len(call.Args) < 2 || !strings.Contains(strings.ToLower(at.Ident+at.Callee), "autoload") {
			return "", false
		}
		p, ok := call.Args[1].Prop("dir")
		if !ok {
			return "", false
		}
		at = p.Value
	default:
		return "", false
	}
	dir, ok := configPath(js, at, 0)
	rooted := at.Ident == "__dirname" || strings.Contains(at.Text(), "__dirname") || strings.Contains(at.Text(), "import.meta")
	if !rooted && at.Ident != "" {
		if v, known := js.Variable(at.Ident); known {
			rooted = strings.Contains(v.Text(), "__dirname") || strings.Contains(v.Text(), "import.meta")
		}
	}
	return dir, ok && rooted
}

// wayTo is the way from one directory of the project to another below or
// beside it.
func wayTo(from, to string) string {
	if below, ok := under(from, to); ok || from == "." {
		if from == "." {
			return to
		}
		return below
	}
	up := ""
	for from != "." {
		from, up = path.Dir(from), up+"../"
		if below, ok := under(from, to); ok || from == "." {
			if from == "." {
				below = to
			}
			return up + below
		}
	}
	return up + to
}
