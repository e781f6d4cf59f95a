// Package traefik reads what Traefik is configured with, wherever it stands: labels
// of containers, flags, files. All of it is settings with dotted names.
package traefik

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Limits on what is read.
const (
	maxSettings = 10_000 // settings of one document; more are left out
	maxDepth    = 30     // nested mappings
)

// Setting is one setting.
type Setting struct {
	Name  string // lower case, without traefik.: http.routers.web.rule; of a list item name[0]
	Value string
	Span  finding.Span
}

// Router is one router of http.
type Router struct {
	Name        string
	Rule        string
	EntryPoints []string
	Service     string // "" for the container's own
	Middlewares []string
	TLS         bool
	Resolver    string // of certificates
	Span        finding.Span
}

// Label reads a label of a container; ok is false when it is none of Traefik's.
func Label(name, value string, span finding.Span) (Setting, bool) {
	name, ok := strings.CutPrefix(strings.ToLower(name), "traefik.")
	return Setting{name, value, span}, ok
}

// Flag reads a word of a command line, --name=value or --name.
func Flag(word string, span finding.Span) (Setting, bool) {
	name, ok := strings.CutPrefix(word, "--")
	if !ok {
		return Setting{}, false
	}
	name, value, has := strings.Cut(name, "=")
	if !has {
		value = "true"
	}
	return Setting{strings.ToLower(name), value, span}, true
}

// IsConfig says whether a document configures Traefik: its parts, or what they route.
func IsConfig(root *yamldoc.Node) bool {
	return root.Get("entryPoints").IsMapping() || root.Get("http", "routers").IsMapping() || root.Get("http", "middlewares").IsMapping() ||
		root.Get("certificatesResolvers").IsMapping() || root.Get("tls", "options").IsMapping() && root.Get("http").Exists()
}

// FromYAML reads a document.
func FromYAML(root *yamldoc.Node) []Setting {
	r := flattener{}
	r.add("", root, 0)
	return r.out
}

type flattener struct{ out []Setting }

func (r *flattener) add(name string, n *yamldoc.Node, depth int) {
	if n.Resolve() == nil || depth > maxDepth || len(r.out) >= maxSettings {
		return
	}
	switch {
	case n.IsMapping():
		for _, e := range n.Entries() {
			inner := strings.ToLower(e.Name())
			if name != "" {
				inner = name + "." + inner
			}
			if len(r.out) >= maxSettings {
				return
			}
			if e.Value.IsMapping() && len(e.Value.Entries()) == 0 || e.Value.IsNull() {
				r.out = append(r.out, Setting{inner, "true", e.Span()}) // tls: {}
				continue
			}
			r.add(inner, e.Value, depth+1)
		}
	case n.IsSequence():
		var list []string
		for _, item := range n.Items() {
			if item.IsScalar() {
				list = append(list, item.Str())
				continue
			}
			r.add(name+"[]", item, depth+1)
		}
		if len(list) > 0 && len(r.out) < maxSettings {
			r.out = append(r.out, Setting{name, strings.Join(list, ","), n.Resolve().Span})
		}
	default:
		r.out = append(r.out, Setting{name, n.Str(), n.Resolve().Span})
	}
}

// Get is the setting of that name, the last one; ok is false without one.
func Get(list []Setting, name string) (Setting, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Name == name {
			return list[i], true
		}
	}
	return Setting{}, false
}

// below visits the settings below a prefix: the name that follows it, and the rest.
func below(list []Setting, prefix string, visit func(name, rest string, s Setting)) {
	for _, s := range list {
		if tail, ok := strings.CutPrefix(s.Name, prefix); ok {
			name, rest, _ := strings.Cut(tail, ".")
			visit(name, rest, s)
		}
	}
}

// Routers are the routers of http, by name.
func Routers(list []Setting) []Router {
	byName := map[string]*Router{}
	var names []string
	below(list, "http.routers.", func(name, rest string, s Setting) {
		r := byName[name]
		if r == nil {
			r = &Router{Name: name, Span: s.Span}
			byName[name] = r
			names = append(names, name)
		}
		switch rest {
		case "rule":
			r.Rule, r.Span = s.Value, s.Span
		case "entrypoints":
			r.EntryPoints = split(s.Value)
		case "service":
			r.Service = s.Value
		case "middlewares":
			r.Middlewares = split(s.Value)
		case "tls":
			r.TLS = s.Value != "false"
		case "tls.certresolver":
			r.TLS, r.Resolver = true, s.Value
		default:
			r.TLS = r.TLS || strings.HasPrefix(rest, "tls.")
		}
	})
	slices.Sort(names)
	out := make([]Router, 0, len(names))
	for _, n := range names {
		out = append(out, *byName[n])
	}
	return out
}

func split(list string) []string {
	var out []string
	for _, w := range strings.Split(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Middlewares are the kinds of the middlewares of http, in lower case, by name:
// ratelimit, headers, redirectscheme and so on.
func Middlewares(list []Setting) map[string][]string {
	out := map[string][]string{}
	below(list, "http.middlewares.", func(name, rest string, _ Setting) {
		kind, _, _ := strings.Cut(rest, ".")
		if kind != "" && !slices.Contains(out[name], kind) {
			out[name] = append(out[name], kind)
		}
	})
	return out
}

// ToHTTPS is the setting that sends all requests of an entry point on to another with
// https; ok is false without one.
func ToHTTPS(list []Setting) (s Setting, ok bool) {
	below(list, "entrypoints.", func(_, rest string, in Setting) {
		if rest == "http.redirections.entrypoint.to" || rest == "http.redirections.entrypoint.scheme" && in.Value == "https" {
			s, ok = in, true
		}
	})
	return s, ok
}
