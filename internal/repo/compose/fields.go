package compose

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/yamldoc"
)

func parseRef(raw string) imageref.Ref { return imageref.Parse(raw) }

// entry is the place of a whole key with its value.
func (r reader) entry(n *yamldoc.Node, key string) Place {
	e, ok := n.Entry(key)
	if !ok {
		return Place{}
	}
	return r.at(e.Block())
}

func (r reader) build(service *yamldoc.Node) Build {
	n := service.Get("build")
	if n.IsNull() {
		return Build{}
	}
	b := Build{Place: r.entry(service, "build")}
	if n.IsScalar() {
		b.Context = r.text(n)
		return b
	}
	b.Context = r.text(n.Get("context"))
	b.Dockerfile = r.text(n.Get("dockerfile"))
	b.Target = r.text(n.Get("target"))
	b.Args = r.variables(n.Get("args"))
	b.BuildDetails = r.buildDetails(n)
	if !b.Context.Set() {
		b.Context = Text{b.Place, "."}
	}
	return b
}

func (r reader) command(n *yamldoc.Node) Command {
	switch {
	case n.IsSequence():
		words := n.Strings()
		return Command{r.at(n.Resolve().Span), true, words, strings.Join(words, " ")}
	case n.IsNull() || !n.IsScalar() || n.Tag == resetTag:
		return Command{}
	}
	return Command{r.at(n.Resolve().Span), false, shell.Words(n.Str()), strings.TrimSpace(n.Str())}
}

// variables reads the list form, "NAME=value", and the mapping form.
func (r reader) variables(n *yamldoc.Node) []EnvVar {
	var out []EnvVar
	for _, item := range n.Items() {
		if !item.IsScalar() || item.IsNull() {
			continue
		}
		name, value, has := strings.Cut(item.Str(), "=")
		whole := item.Resolve()
		v := EnvVar{Name: strings.TrimSpace(name), Value: value, HasValue: has, InList: true}
		v.Key = r.at(whole.Within(0, len(name)))
		v.Entry = r.at(whole.Span)
		v.Place = r.at(finding.Span{Start: v.Key.Span.End, End: v.Key.Span.End})
		if has {
			v.Place = r.at(whole.Within(len(name)+1, len(item.Str())))
		}
		out = append(out, v)
	}
	for _, e := range n.Entries() {
		value := e.Value.Resolve()
		out = append(out, EnvVar{
			Place:    r.at(value.Span),
			Name:     e.Name(),
			Value:    e.Value.Str(),
			HasValue: !e.Value.IsNull(),
			Key:      r.at(e.KeySpan()),
			Entry:    r.at(e.Span()),
		})
	}
	return out
}

func (r reader) envFiles(n *yamldoc.Node) []EnvFile {
	var out []EnvFile
	add := func(item *yamldoc.Node) {
		path, required := item, true
		if item.IsMapping() {
			path = item.Get("path")
			if v, ok := item.Get("required").Bool(); ok {
				required = v
			}
		}
		if t := r.text(path); t.Set() {
			out = append(out, EnvFile{t.Place, t.Value, required})
		}
	}
	if n.IsSequence() {
		for _, item := range n.Items() {
			add(item)
		}
	} else if n.IsScalar() {
		add(n)
	}
	return out
}

func (r reader) healthcheck(service *yamldoc.Node) Healthcheck {
	n := service.Get("healthcheck")
	if n.IsNull() {
		return Healthcheck{}
	}
	h := Healthcheck{Place: r.entry(service, "healthcheck"), Present: true}
	test := n.Get("test")
	h.Test = test.Strings()
	h.IsList = test.IsSequence()
	if !test.IsNull() {
		h.TestAt = r.at(test.Resolve().Span)
	}
	command := h.Test
	if test.IsSequence() && len(h.Test) > 0 {
		command = h.Test[1:]
	}
	h.TestText = strings.TrimSpace(strings.Join(command, " "))
	h.Disabled = r.flag(n.Get("disable")).Value || len(h.Test) > 0 && h.Test[0] == "NONE"
	h.Interval = r.text(n.Get("interval"))
	h.Timeout = r.text(n.Get("timeout"))
	h.Retries = r.text(n.Get("retries"))
	h.Start = r.text(n.Get("start_period"))
	h.StartInterval = r.text(n.Get("start_interval"))
	return h
}

func (r reader) dependencies(n *yamldoc.Node) []Dependency {
	var out []Dependency
	for _, item := range n.Items() {
		if t := r.text(item); t.Set() {
			out = append(out, Dependency{Place: t.Place, Service: t.Value})
		}
	}
	for _, e := range n.Entries() {
		required, says := e.Value.Get("required").Bool()
		restart, _ := e.Value.Get("restart").Bool()
		out = append(out, Dependency{r.at(e.Span()), e.Name(), e.Value.Get("condition").Str(), says && !required, restart})
	}
	return out
}

func (r reader) extends(service *yamldoc.Node) Extends {
	n := service.Get("extends")
	switch {
	case n.IsNull():
		return Extends{}
	case n.IsScalar():
		return Extends{r.entry(service, "extends"), "", n.Str()}
	}
	return Extends{r.entry(service, "extends"), n.Get("file").Str(), n.Get("service").Str()}
}

func (r reader) deploy(service *yamldoc.Node) Deploy {
	n := service.Get("deploy")
	d := Deploy{Replicas: r.text(service.Get("scale"))}
	if n.IsNull() {
		return d
	}
	d.Place = r.entry(service, "deploy")
	d.Mode = r.text(n.Get("mode"))
	if t := r.text(n.Get("replicas")); t.Set() {
		d.Replicas = t
	}
	if policy := n.Get("restart_policy"); !policy.IsNull() {
		d.RestartPolicy = r.text(policy.Get("condition"))
		if !d.RestartPolicy.Set() {
			d.RestartPolicy = Text{r.entry(n, "restart_policy"), "any"}
		}
		d.MaxAttempts = r.text(policy.Get("max_attempts"))
	}
	d.UpdateOrder = r.text(n.Get("update_config", "order"))
	d.OnFailure = r.text(n.Get("update_config", "failure_action"))
	reserved := n.Get("resources", "reservations")
	d.Reserved = Limits{Memory: r.text(reserved.Get("memory")), CPUs: r.text(reserved.Get("cpus"))}
	d.Constraints = r.texts(n.Get("placement", "constraints"))
	d.Labels = r.pairs(n.Get("labels"))
	return d
}

func (r reader) limits(service *yamldoc.Node) Limits {
	limits := service.Get("deploy", "resources", "limits")
	first := func(nodes ...*yamldoc.Node) Text {
		for _, n := range nodes {
			if t := r.text(n); t.Set() {
				return t
			}
		}
		return Text{}
	}
	return Limits{
		Memory: first(limits.Get("memory"), service.Get("mem_limit")),
		CPUs:   first(limits.Get("cpus"), service.Get("cpus"), service.Get("cpu_quota")),
		PIDs:   first(limits.Get("pids"), service.Get("pids_limit")),
	}
}

func (r reader) logging(service *yamldoc.Node) Logging {
	n := service.Get("logging")
	if n.IsNull() {
		return Logging{}
	}
	return Logging{r.entry(service, "logging"), r.text(n.Get("driver")), r.pairs(n.Get("options"))}
}

// pairs reads a mapping, or a list of "name=value".
func (r reader) pairs(n *yamldoc.Node) []Pair {
	var out []Pair
	for _, item := range n.Items() {
		if t := r.text(item); t.Set() {
			name, value, _ := strings.Cut(t.Value, "=")
			out = append(out, Pair{t.Place, name, value})
		}
	}
	for _, e := range n.Entries() {
		out = append(out, Pair{r.at(e.Span()), e.Name(), e.Value.Str()})
	}
	return out
}
