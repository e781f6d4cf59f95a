package compose

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

func (r reader) ports(n *yamldoc.Node) []Port {
	var out []Port
	for _, item := range n.Items() {
		if item.IsMapping() {
			out = append(out, Port{
				Place:     r.at(item.Resolve().Span),
				HostIP:    item.Get("host_ip").Str(),
				Host:      item.Get("published").Str(),
				Container: item.Get("target").Str(),
				Protocol:  item.Get("protocol").Str(),
				Mode:      item.Get("mode").Str(),
			})
		} else if t := r.text(item); t.Set() {
			p := shortPort(t.Value)
			p.Place = t.Place
			out = append(out, p)
		}
	}
	return out
}

// shortPort reads [[address:]host:]container[/protocol].
func shortPort(s string) Port {
	var p Port
	if parts := cutOutside(s, '/'); len(parts) == 2 {
		s, p.Protocol = parts[0], parts[1]
	}
	parts := cutOutside(s, ':')
	last := len(parts) - 1
	p.Container = parts[last]
	if last > 0 {
		p.Host = parts[last-1]
	}
	if last > 1 {
		p.HostIP = strings.Trim(strings.Join(parts[:last-1], ":"), "[]")
	}
	return p
}

func (r reader) mounts(n *yamldoc.Node) []Mount {
	var out []Mount
	for _, item := range n.Items() {
		if item.IsMapping() {
			readOnly, _ := item.Get("read_only").Bool()
			m := Mount{
				Place:    r.at(item.Resolve().Span),
				Type:     item.Get("type").Str(),
				Source:   item.Get("source").Str(),
				Target:   item.Get("target").Str(),
				ReadOnly: readOnly,
				Size:     r.text(item.Get("tmpfs", "size")),
				Node:     item.Resolve(),
			}
			if create, says := item.Get("bind", "create_host_path").Bool(); says {
				m.NoCreate = !create
			}
			if m.Source == "" {
				m.Source = item.Get("src").Str()
			}
			if m.Type == "" {
				m.Type = sourceType(m.Source)
			}
			out = append(out, m)
		} else if t := r.text(item); t.Set() {
			m := shortMount(t.Value)
			m.Place = t.Place
			out = append(out, m)
		}
	}
	return out
}

func (r reader) tmpfs(n *yamldoc.Node) []Mount {
	var out []Mount
	for _, t := range r.texts(n) {
		target, _, _ := strings.Cut(t.Value, ":")
		out = append(out, Mount{Place: t.Place, Type: Tmpfs, Target: target})
	}
	return out
}

// shortMount reads [source:]target[:mode].
func shortMount(s string) Mount {
	parts := cutOutside(s, ':')
	if len(parts) > 1 && len(parts[0]) == 1 && strings.HasPrefix(parts[1], `\`) {
		parts = append([]string{parts[0] + ":" + parts[1]}, parts[2:]...) // C:\data
	}
	if len(parts) == 1 {
		return Mount{Type: Volume, Target: parts[0]}
	}
	m := Mount{Type: sourceType(parts[0]), Source: parts[0], Target: parts[1]}
	if len(parts) > 2 {
		m.Options = strings.Split(parts[2], ",")
		for _, option := range m.Options {
			m.ReadOnly = m.ReadOnly || option == "ro"
		}
	}
	return m
}

// sourceType says whether a mount's source is a path or the name of a volume. A
// variable counts as what its default is.
func sourceType(source string) string {
	if refs := Interpolations(source); len(refs) > 0 && refs[0].Span.Start == 0 {
		rest := source[refs[0].Span.End:]
		if strings.HasPrefix(rest, "/") {
			return Bind
		}
		source = refs[0].Arg + rest
	}
	if source != "" && (strings.ContainsAny(source[:1], "./~") || strings.ContainsAny(source, `/\`)) {
		return Bind
	}
	return Volume
}

// cutOutside splits at every sep that is neither in ${…} nor in […].
func cutOutside(s string, sep byte) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '{' || s[i] == '[':
			depth++
		case (s[i] == '}' || s[i] == ']') && depth > 0:
			depth--
		case s[i] == sep && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
