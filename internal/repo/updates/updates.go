// Package updates reads what Dependabot and Renovate are told: what they keep up to
// date, where, and how often.
package updates

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jsconfig"
	"drydock/internal/repo/yamldoc"
)

// maxUpdates bounds the entries of one file; more are left out.
const maxUpdates = 2_000

// Text is a scalar and where it stands; the zero Text is one that is not written.
type Text struct {
	Value string
	Span  finding.Span
}

// Dependabot is a dependabot.yml.
type Dependabot struct {
	Version string
	Updates []Update
}

// Update is one entry of updates.
type Update struct {
	Ecosystem   Text   // npm, pip, docker, github-actions and so on
	Directories []Text // as written: /, /api, /apps/*
	Interval    Text   // daily, weekly and so on
	Limit       Text   // of open pull requests; 0 leaves security updates alone
	Groups      []string
	Ignored     []string // dependencies that are ignored whole
	Branch      Text     // target-branch; security updates do not use the entry then
	Span        finding.Span
}

// ReadDependabot reads a dependabot.yml.
func ReadDependabot(root *yamldoc.Node) *Dependabot {
	d := &Dependabot{Version: root.Get("version").Str()}
	for _, n := range root.Get("updates").Items() {
		if len(d.Updates) >= maxUpdates {
			break
		}
		u := Update{
			Ecosystem: text(n.Get("package-ecosystem")), Interval: text(n.Get("schedule", "interval")), Limit: text(n.Get("open-pull-requests-limit")),
			Branch: text(n.Get("target-branch")), Span: n.Resolve().Span,
		}
		if group := n.Get("multi-ecosystem-group").Str(); group != "" && u.Interval.Value == "" {
			u.Interval = text(root.Get("multi-ecosystem-groups", group, "schedule", "interval"))
		}
		if t := text(n.Get("directory")); t.Value != "" {
			u.Directories = append(u.Directories, t)
		}
		for _, dir := range n.Get("directories").Items() {
			u.Directories = append(u.Directories, text(dir))
		}
		for _, g := range n.Get("groups").Entries() {
			u.Groups = append(u.Groups, g.Name())
		}
		for _, i := range n.Get("ignore").Items() {
			if !i.Get("versions").Exists() && !i.Get("update-types").Exists() {
				u.Ignored = append(u.Ignored, i.Get("dependency-name").Str())
			}
		}
		d.Updates = append(d.Updates, u)
	}
	return d
}

func text(n *yamldoc.Node) Text {
	if !n.IsScalar() || n.IsNull() {
		return Text{}
	}
	return Text{n.Str(), n.Resolve().Span}
}

// Covers is the first entry for an ecosystem and a directory relative to the root;
// ok is false when there is none. An entry that opens no pull requests is one too:
// see Update.Limit.
func (d *Dependabot) Covers(ecosystem, dir string) (u Update, ok bool) {
	dir = path.Join("/", dir)
	for _, u := range d.Updates {
		if u.Ecosystem.Value != ecosystem {
			continue
		}
		if ecosystem == "github-actions" && dir == "/.github/workflows" {
			dir = "/"
		}
		for _, at := range u.Directories {
			if under(path.Join("/", at.Value), dir) {
				return u, true
			}
		}
	}
	return Update{}, false
}

// under says whether a pattern of directories means dir: * is any part of one name,
// ** any number of names.
func under(pattern, dir string) bool {
	if head, ok := strings.CutSuffix(pattern, "**"); ok {
		head = strings.TrimSuffix(head, "/")
		return dir == head || strings.HasPrefix(dir, head+"/") || head == ""
	}
	match, err := path.Match(pattern, dir)
	return err == nil && match
}

// Renovate is a configuration of Renovate.
type Renovate struct {
	Extends     []Text // presets
	Disabled    bool
	Managers    []string // the only ones, when any are named
	IncludePath []string
	IgnorePath  []string
	Schedule    []string
	Rules       int // packageRules
	Automerge   bool
}

// ReadRenovate reads a configuration of Renovate, nil when it is no object.
func ReadRenovate(root *jsconfig.Value) *Renovate {
	if root == nil || root.Kind != jsconfig.Object {
		return nil
	}
	r := &Renovate{Disabled: root.Get("enabled").False(), Rules: len(root.Get("packageRules").List()), Automerge: root.Get("automerge").True()}
	for _, e := range root.Get("extends").List() {
		if e.Kind == jsconfig.String {
			r.Extends = append(r.Extends, Text{e.Text, e.Span})
		}
	}
	r.Managers, _ = root.Get("enabledManagers").Strings()
	r.IncludePath, _ = root.Get("includePaths").Strings()
	r.IgnorePath, _ = root.Get("ignorePaths").Strings()
	r.Schedule, _ = root.Get("schedule").Strings()
	return r
}
