// Package grafana reads Grafana's dashboards and what provisions it.
package grafana

import (
	"errors"
	"fmt"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/yamldoc"
)

// Limits on what is read.
const (
	MaxBytes  = 8 << 20 // bytes of one dashboard
	maxPanels = 2_000   // panels of one dashboard; more are left out
)

// Dashboard is one dashboard.
type Dashboard struct {
	Title  Text
	UID    string
	Panels []Panel // those of rows among them, rows themselves left out
}

// Panel is one panel.
type Panel struct {
	Title      string
	Type       string
	Datasource string // uid, name or variable; "" for the default
	Exprs      []Text // queries of PromQL, LogQL and the like
	Span       finding.Span
}

// Text is a string and where it stands.
type Text struct {
	Value string
	Span  finding.Span
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// ParseDashboard reads a dashboard as Grafana exports it, or inside the member
// "dashboard". It is nil, without an error, when the document is none.
func ParseDashboard(src []byte) (*Dashboard, error) {
	if len(src) > MaxBytes {
		return nil, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	root, err := manifest.ParseJSON(src)
	if err != nil {
		var e *manifest.Error
		if errors.As(err, &e) {
			err = &Error{e.Line, e.Msg}
		}
		return nil, err
	}
	if inner := root.Get("dashboard"); inner.Get("panels") != nil {
		root = inner
	}
	panels, rows := root.Get("panels"), root.Get("rows")
	if panels == nil && rows == nil || root.Get("title") == nil || root.Get("schemaVersion") == nil && root.Get("templating") == nil && root.Get("annotations") == nil && root.Get("time") == nil {
		return nil, nil
	}
	d := &Dashboard{Title: text(root.Get("title")), UID: root.Get("uid").Str()}
	d.add(panels)
	if rows != nil {
		for _, row := range rows.Items {
			d.add(row.Get("panels"))
		}
	}
	return d, nil
}

func text(v *manifest.Value) Text {
	if v == nil || v.Kind != manifest.String {
		return Text{}
	}
	return Text{v.Text, v.Span}
}

func (d *Dashboard) add(panels *manifest.Value) {
	if panels == nil {
		return
	}
	for _, p := range panels.Items {
		if len(d.Panels) >= maxPanels {
			return
		}
		if p.Get("type").Str() == "row" {
			if inner := p.Get("panels"); inner != nil {
				for _, q := range inner.Items {
					if len(d.Panels) < maxPanels && q.Get("type").Str() != "row" {
						d.Panels = append(d.Panels, panel(q))
					}
				}
			}
			continue
		}
		d.Panels = append(d.Panels, panel(p))
	}
}

func panel(v *manifest.Value) Panel {
	p := Panel{Title: v.Get("title").Str(), Type: v.Get("type").Str(), Datasource: datasource(v.Get("datasource")), Span: v.Span}
	targets := v.Get("targets")
	if targets == nil {
		return p
	}
	for _, t := range targets.Items {
		for _, key := range []string{"expr", "query", "rawSql", "target"} {
			if q := text(t.Get(key)); q.Value != "" {
				p.Exprs = append(p.Exprs, q)
				break
			}
		}
		if p.Datasource == "" {
			p.Datasource = datasource(t.Get("datasource"))
		}
	}
	return p
}

func datasource(v *manifest.Value) string {
	if s := v.Str(); s != "" {
		return s
	}
	if uid := v.Get("uid").Str(); uid != "" {
		return uid
	}
	return v.Get("type").Str()
}

// Provisioning is one file that provisions Grafana.
type Provisioning struct {
	Datasources   []Datasource
	Providers     []Provider // of dashboards
	ContactPoints []ContactPoint
	Policies      []Text // receivers that notification policies name
	AlertRules    int
}

// Datasource is one provisioned data source.
type Datasource struct {
	Name    string
	Type    string
	URL     Text
	Default bool
	Span    finding.Span
}

// Provider is where Grafana takes dashboards from.
type Provider struct {
	Name string
	Type string // "file" when not written
	Path Text
	Span finding.Span
}

// ContactPoint is one receiver of Grafana's own alerts.
type ContactPoint struct {
	Name  string
	Kinds []string // of its receivers: slack, email and so on
	Span  finding.Span
}

// ReadProvisioning reads a provisioning file; nil when the document is none.
func ReadProvisioning(root *yamldoc.Node) *Provisioning {
	if !root.Get("apiVersion").Exists() || root.Get("kind").Exists() {
		return nil
	}
	p := &Provisioning{}
	for _, n := range root.Get("datasources").Items() {
		on, _ := n.Get("isDefault").Bool()
		p.Datasources = append(p.Datasources, Datasource{n.Get("name").Str(), n.Get("type").Str(), node(n.Get("url")), on, n.Resolve().Span})
	}
	for _, n := range root.Get("providers").Items() {
		kind := n.Get("type").Str()
		if kind == "" {
			kind = "file"
		}
		p.Providers = append(p.Providers, Provider{n.Get("name").Str(), kind, node(n.Get("options", "path")), n.Resolve().Span})
	}
	for _, n := range root.Get("contactPoints").Items() {
		c := ContactPoint{Name: n.Get("name").Str(), Span: n.Resolve().Span}
		for _, r := range n.Get("receivers").Items() {
			c.Kinds = append(c.Kinds, r.Get("type").Str())
		}
		p.ContactPoints = append(p.ContactPoints, c)
	}
	for _, n := range root.Get("policies").Items() {
		if t := node(n.Get("receiver")); t.Value != "" {
			p.Policies = append(p.Policies, t)
		}
	}
	for _, g := range root.Get("groups").Items() {
		if g.Get("folder").Exists() {
			p.AlertRules += len(g.Get("rules").Items())
		}
	}
	if len(p.Datasources)+len(p.Providers)+len(p.ContactPoints)+len(p.Policies)+p.AlertRules == 0 {
		return nil
	}
	return p
}

func node(n *yamldoc.Node) Text {
	if !n.IsScalar() || n.IsNull() {
		return Text{}
	}
	return Text{n.Str(), n.Resolve().Span}
}
