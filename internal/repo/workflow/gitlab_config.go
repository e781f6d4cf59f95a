package workflow

import (
	"slices"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// gitlabConfig is what one pipeline of GitLab is made of: its file and those it
// includes. The first file is the one that is being read.
type gitlabConfig struct{ files []gitlabFile }

type gitlabFile struct {
	path string // "" for the file that is being read
	root *yamldoc.Node
}

// Part is one file of a pipeline of GitLab.
type Part struct {
	Path     string
	Pipeline *Pipeline
}

// JoinGitLab reads the files of one pipeline again, each knowing the others: jobs
// extend templates of other files, and defaults hold for all. The first is the
// pipeline's own file; the others are those it includes, in order, so that a
// later one overrides an earlier one. It returns the first error of each, by
// path.
func JoinGitLab(parts []Part) map[string]error {
	errs := map[string]error{}
	for i, part := range parts {
		p := part.Pipeline
		if !p.Root.IsMapping() {
			continue
		}
		c := gitlabConfig{files: []gitlabFile{{"", p.Root}}}
		for k := len(parts); k > 0; k-- {
			if other := parts[k%len(parts)]; k%len(parts) != i && other.Pipeline.Root.IsMapping() {
				c.files = append(c.files, gitlabFile{other.Path, other.Pipeline.Root})
			}
		}
		// A file that is included has no say over the pipeline's own.
		if i > 0 {
			slices.SortStableFunc(c.files[1:], func(a, b gitlabFile) int {
				if (a.path == parts[0].Path) != (b.path == parts[0].Path) && a.path == parts[0].Path {
					return -1
				}
				return 0
			})
		}
		included := p.Included[:0:0]
		for _, in := range p.Included {
			if in.Job == "" {
				included = append(included, in)
			}
		}
		p.Env, p.Stages, p.Jobs, p.rules, p.err, p.Included = nil, nil, nil, nil, nil, included
		p.gitlabJobs(p.Root, &c)
		p.finish()
		if p.err != nil {
			errs[part.Path] = p.err
		}
	}
	return errs
}

// entry is the job with the given name, of the nearest file.
func (c *gitlabConfig) entry(name string) (n *yamldoc.Node, path string) {
	for _, f := range c.files {
		if v := f.root.Get(name); v.IsMapping() {
			return v, f.path
		}
	}
	return nil, ""
}

// gitlabValue is a node and where it stands.
type gitlabValue struct {
	node *yamldoc.Node
	path string       // the file, "" for the one that is being read
	at   finding.Span // shown in place of the node's own span when it is in another file
}

func (v gitlabValue) Str() string        { return v.node.Str() }
func (v gitlabValue) Bool() (bool, bool) { return v.node.Bool() }

// span is where n, a part of the value, is shown.
func (v gitlabValue) span(n *yamldoc.Node) finding.Span {
	if v.path != "" {
		return v.at
	}
	return spanOf(n)
}

func (v gitlabValue) ref() Ref { return Ref{v.node.Str(), v.span(v.node)} }

func (v gitlabValue) refs() []Ref {
	out := refs(v.node)
	for i := range out {
		v.move(&out[i].Span)
	}
	return out
}

func (v gitlabValue) image() Ref {
	image := imageOf(v.node)
	v.move(&image.Span)
	return image
}

func (v gitlabValue) items() []gitlabValue {
	var out []gitlabValue
	for _, item := range v.node.Items() {
		out = append(out, gitlabValue{item, v.path, v.at})
	}
	return out
}

// move shows spans of another file at the place that takes them in.
func (v gitlabValue) move(spans ...*finding.Span) {
	if v.path == "" {
		return
	}
	for _, s := range spans {
		*s = v.at
	}
}

func (v gitlabValue) moveVars(list []Var) {
	if v.path == "" {
		return
	}
	for i := range list {
		list[i].node = nil
		v.move(&list[i].NameSpan, &list[i].ValueSpan, &list[i].Span)
	}
}

// gitlabChain is a job and what it extends, the nearest first.
type gitlabChain []gitlabFile

const maxBases = 50 // jobs that one job extends, directly or not

func (c *gitlabConfig) chain(n *yamldoc.Node) gitlabChain {
	out := gitlabChain{{"", n}}
	seen := map[*yamldoc.Node]bool{n.Resolve(): true}
	var add func(n *yamldoc.Node, depth int)
	add = func(n *yamldoc.Node, depth int) {
		names := n.Get("extends").Strings()
		for i := len(names) - 1; i >= 0 && depth < maxListDepth && len(out) < maxBases; i-- {
			base, path := c.entry(names[i])
			if base == nil || seen[base.Resolve()] {
				continue
			}
			seen[base.Resolve()] = true
			out = append(out, gitlabFile{path, base})
			add(base, depth+1)
		}
	}
	add(n, 0)
	return out
}

func (chain gitlabChain) get(key string, at finding.Span) gitlabValue {
	for _, link := range chain {
		if v := link.root.Get(key); v != nil {
			return gitlabValue{v, link.path, at}
		}
	}
	return gitlabValue{}
}

// vars joins the variables of the chain; the nearest wins.
func (chain gitlabChain) vars(key string, at finding.Span) []Var {
	var out []Var
	seen := map[string]bool{}
	for _, link := range chain {
		own := vars(link.root.Get(key))
		gitlabValue{nil, link.path, at}.moveVars(own)
		for _, v := range own {
			if !seen[v.Name] {
				seen[v.Name] = true
				out = append(out, v)
			}
		}
	}
	return out
}

// inherits says whether a job takes the key from the section: its inherit may
// say no, or list what it takes.
func (c *gitlabConfig) inherits(chain gitlabChain, section, key string) bool {
	v := chain.get("inherit", finding.Span{}).node.Get(section)
	if !v.Exists() {
		return true
	}
	if yes, ok := v.Bool(); ok {
		return yes
	}
	return slices.Contains(v.Strings(), key)
}

// global is what the default section or the top level says for all jobs.
func (c *gitlabConfig) global(key string, at finding.Span) gitlabValue {
	for _, f := range c.files {
		if v := f.root.Get("default", key); v != nil {
			return gitlabValue{v, f.path, at}
		}
	}
	for _, f := range c.files {
		if v := f.root.Get(key); v != nil && gitlabKeywords[key] {
			return gitlabValue{v, f.path, at}
		}
	}
	return gitlabValue{}
}

// reference resolves !reference [job, key, …]; nil when there is no such thing.
func (c *gitlabConfig) reference(v gitlabValue) gitlabValue {
	path := v.node.Strings()
	if len(path) < 2 {
		return gitlabValue{}
	}
	base, file := c.entry(path[0])
	at := v.at
	if v.path == "" {
		at = spanOf(v.node)
	}
	return gitlabValue{base.Get(path[1:]...), file, at}
}

func isReference(n *yamldoc.Node) bool {
	r := n.Resolve()
	return r != nil && r.Kind == yamldoc.Sequence && r.Tag == "!reference"
}

// steps makes a step of each line of a script, those that it refers to among
// them.
func (c *gitlabConfig) steps(v gitlabValue, name string) []Step {
	var out []Step
	visited := 0
	var add func(v gitlabValue, depth int)
	add = func(v gitlabValue, depth int) {
		if visited++; visited > 4*maxSteps || depth > maxListDepth {
			return
		}
		switch {
		case isReference(v.node):
			add(c.reference(v), depth+1)
		case v.node.IsScalar() && !v.node.IsNull():
			s := runStep(v.node, v.node, name)
			if v.path != "" {
				s.run, s.From = nil, v.path
				v.move(&s.RunSpan, &s.Span)
			}
			out = append(out, s)
		default:
			for _, item := range v.items() {
				if len(out) < maxSteps {
					add(item, depth+1)
				}
			}
		}
	}
	add(v, 0)
	return out
}
