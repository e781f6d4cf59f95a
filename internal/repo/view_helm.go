package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/helm"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

// HelmChart is one chart of the project.
type HelmChart struct {
	*File               // its Chart.yaml
	Spec   *helm.Chart  // what that says, with the dependencies of a requirements.yaml
	Values *File        // values.yaml; nil when there is none
	Env    *helm.Env    // what templates are evaluated with: the chart's own values, and what its parent sets
	Parent *HelmChart   // the chart that has it in its charts folder; nil at the top
	Subs   []*HelmChart // those in its charts folder
}

// HelmCharts lists the charts, by path; those of tests and examples keep their
// role. A chart in another one's charts folder is listed too.
func (s *Snapshot) HelmCharts() []*HelmChart {
	return view(s, "helm charts", func() []*HelmChart {
		var out []*HelmChart
		byDir := map[string]*HelmChart{}
		for _, f := range s.files {
			if f.Name() != "Chart.yaml" || !f.written() {
				continue
			}
			data := f.Bytes()
			spec, err := helm.ParseChart(data)
			if err != nil && !helm.Templated(data) {
				s.parseFailed(f, yamlLine(err), err)
			}
			if spec == nil {
				continue
			}
			c := &HelmChart{File: f, Spec: spec}
			if r := s.byPath[path.Join(c.Dir(), "requirements.yaml")]; r != nil && r.written() {
				if docs, _ := yamldoc.Parse(r.Bytes()); len(docs) > 0 {
					spec.Depend(docs[0].Root)
				}
			}
			byDir[c.Dir()] = c
			out = append(out, c)
		}
		for _, c := range out { // parents come before the charts in them
			if above := path.Dir(c.Dir()); path.Base(above) == "charts" {
				if c.Parent = byDir[path.Dir(above)]; c.Parent != nil {
					c.Parent.Subs = append(c.Parent.Subs, c)
				}
			}
			c.readValues(s)
		}
		for _, c := range out {
			c.define(s)
		}
		return out
	})
}

// readValues reads what the chart's templates are evaluated with.
func (c *HelmChart) readValues(s *Snapshot) {
	c.Env = &helm.Env{Name: c.Spec.Name.Value, Version: c.Spec.Version.Value, AppVersion: c.Spec.AppVersion.Value}
	for _, name := range []string{"values.yaml", "values.yml"} {
		f := s.byPath[path.Join(c.Dir(), name)]
		if f == nil || f.Err() != nil {
			continue
		}
		c.Values = f
		data := f.Bytes()
		docs, err := yamldoc.Parse(data)
		if len(docs) > 0 {
			c.Env.Values = kube.Read(&kube.Source{Path: f.Path}, docs[0].Root)
		}
		if err != nil && !helm.Templated(data) {
			s.parseFailed(f, yamlLine(err), err)
		}
		break
	}
	if c.Parent == nil {
		return
	}
	key := c.Spec.Name.Value
	for _, d := range c.Parent.Spec.Dependencies {
		if d.Name.Value == key {
			key = d.Key()
		}
	}
	c.Env.Values = c.Env.Values.Overlaid(c.Parent.Env.Values.Get(key))
	if global := c.Parent.Env.Values.Get("global"); global.Exists() {
		c.Env.Values = c.Env.Values.With(c.Env.Values.Get("global").Overlaid(global), "global")
	}
}

// define adds the chart's named templates to those of the chart it is installed
// with, which all of them share.
func (c *HelmChart) define(s *Snapshot) {
	top := c.Top()
	if top.Env.Library == nil {
		top.Env.Library = &helm.Library{}
	}
	c.Env.Library = top.Env.Library
	for _, f := range s.Under(path.Join(c.Dir(), "templates")) {
		if f.Size > maxSource {
			continue
		}
		if strings.HasPrefix(f.Name(), "_") {
			c.Env.Library.Define(f.Path, f.Bytes(), c.Env)
		}
		if f.Mentions("set") && f.Mentions("Values") && helm.RewritesValues(f.Bytes()) {
			c.Env.Rewritten = true
		}
	}
}

// Enabled says whether the chart is part of its parent with the parent's own
// values; Yes for a chart that has none.
func (c *HelmChart) Enabled() kube.Truth {
	if c.Parent == nil {
		return kube.Yes
	}
	for _, d := range c.Parent.Spec.Dependencies {
		if d.Name.Value != c.Spec.Name.Value || d.Condition == "" {
			continue
		}
		for _, condition := range strings.Split(d.Condition, ",") {
			if on := c.Parent.Env.Values.Get(strings.Split(strings.TrimSpace(condition), ".")...).Flag(); on.Set && !on.Unknown {
				if on.Value {
					return c.Parent.Enabled()
				}
				return kube.No
			}
		}
	}
	return c.Parent.Enabled()
}

// Top is the chart that is installed: the one that no other has in its folder.
func (c *HelmChart) Top() *HelmChart {
	for c.Parent != nil {
		c = c.Parent
	}
	return c
}

// chartOf is the chart whose folder the file lies in, nil when there is none;
// template says whether it is one of its templates.
func (s *Snapshot) chartOf(name string) (chart *HelmChart, template bool) {
	byDir := view(s, "helm charts by folder", func() map[string]*HelmChart {
		m := map[string]*HelmChart{}
		for _, c := range s.HelmCharts() {
			m[c.Dir()] = c
		}
		return m
	})
	if len(byDir) == 0 {
		return nil, false
	}
	for _, dir := range append(parents(name), ".") {
		if c := byDir[dir]; c != nil {
			inside := name
			if dir != "." {
				inside = name[len(dir)+1:]
			}
			return c, strings.HasPrefix(inside, "templates/")
		}
	}
	return nil, false
}
