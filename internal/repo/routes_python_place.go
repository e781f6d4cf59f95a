package repo

// place is where a router ends up.
type place struct {
	prefix      string
	deps        []string
	middlewares []string
	mounted     bool
}

// place follows the first mount of each router up to an application.
func (r *pyRouter) place(depth int) place {
	if r.app && len(r.mounts) == 0 {
		return place{prefix: r.prefix, deps: r.deps, middlewares: r.middlewares, mounted: true}
	}
	own := place{prefix: r.prefix, deps: r.deps, middlewares: r.middlewares, mounted: r.app || r.param}
	if len(r.mounts) == 0 || depth > maxHops {
		return own
	}
	m := r.mounts[0]
	if m.parent == nil { // a parameter of a function that sets up the application
		return place{joinRoute(m.prefix, r.prefix), append(append([]string{}, m.deps...), r.deps...), nil, true}
	}
	up := m.parent.place(depth + 1)
	return place{
		prefix:      joinRoute(up.prefix, m.prefix, r.prefix),
		deps:        append(append(append([]string{}, up.deps...), m.deps...), r.deps...),
		middlewares: append(append([]string{}, up.middlewares...), r.middlewares...),
		mounted:     up.mounted,
	}
}
