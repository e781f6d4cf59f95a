package helm

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Chart is what a Chart.yaml says.
type Chart struct {
	Name         Entry
	Version      Entry
	AppVersion   Entry
	KubeVersion  Entry
	Type         string // application, library
	Deprecated   bool
	Dependencies []Dependency
	Root         *yamldoc.Node
}

// Entry is a text with its place.
type Entry struct {
	Value string
	Span  finding.Span
}

// Dependency is a chart that a chart brings along.
type Dependency struct {
	Name       Entry
	Alias      string
	Version    Entry
	Repository Entry
	Condition  string // the path in the values that switches it
	Span       finding.Span
}

// Key is the key of the dependency's values.
func (d Dependency) Key() string {
	if d.Alias != "" {
		return d.Alias
	}
	return d.Name.Value
}

// ParseChart reads a Chart.yaml. The error is a *yamldoc.Error. A file without a
// name is no chart, and nil without an error.
func ParseChart(src []byte) (*Chart, error) {
	docs, err := yamldoc.Parse(src)
	if len(docs) == 0 || docs[0].Root.Get("name").Str() == "" {
		return nil, err
	}
	root := docs[0].Root
	c := &Chart{
		Name: entry(root.Get("name")), Version: entry(root.Get("version")), AppVersion: entry(root.Get("appVersion")),
		KubeVersion: entry(root.Get("kubeVersion")), Type: root.Get("type").Str(), Root: root,
	}
	c.Deprecated, _ = root.Get("deprecated").Bool()
	c.Depend(root)
	return c, err
}

// Depend adds the dependencies that root lists: a Chart.yaml, or the
// requirements.yaml of charts of the first version.
func (c *Chart) Depend(root *yamldoc.Node) {
	for _, n := range root.Get("dependencies").Items() {
		c.Dependencies = append(c.Dependencies, Dependency{
			Name: entry(n.Get("name")), Alias: n.Get("alias").Str(), Version: entry(n.Get("version")), Repository: entry(n.Get("repository")),
			Condition: n.Get("condition").Str(), Span: n.Span,
		})
	}
}

func entry(n *yamldoc.Node) Entry {
	if r := n.Resolve(); r != nil {
		return Entry{r.Str(), r.Span}
	}
	return Entry{}
}
