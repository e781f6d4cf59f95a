package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/score"
)

// layer is what one file says.
type layer struct {
	values     map[string]any // by key: string or []string
	weights    score.Weights
	off        map[string]bool // true turns a check off, false sets only its severity
	severities map[string]finding.Severity
	keymap     map[string][]string
	ignore     []audit.Ignore
	expired    []Expired
	attest     []audit.Attestation
	lapsed     []Expired // attestations
}

// file reads one configuration file.
type file struct {
	name    string // as messages show it
	project bool   // it came with the project
	known   Known
	today   time.Time
	layer
}

const maxDepth = 16 // of nested brackets; nothing here nests deeper than 3

// parse reads the file's text. Every error names file and line.
func (f *file) parse(data []byte) error {
	f.values, f.weights, f.keymap = map[string]any{}, score.Weights{}, map[string][]string{}
	f.off, f.severities = map[string]bool{}, map[string]finding.Severity{}
	if tooDeep(data) {
		return fmt.Errorf("%s:1: nested too deeply to be a configuration", f.name)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return f.syntax(err)
	}
	if doc.Kind == 0 {
		return nil // empty, or comments alone
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil
	}
	return f.entries(root, "", f.entry)
}

// syntax turns "yaml: line 3: text" into "file:3: text".
func (f *file) syntax(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if n, tail, found := strings.Cut(rest, ": "); found {
			if v, err := strconv.Atoi(n); err == nil {
				line, text = v, tail
			}
		}
	}
	return fmt.Errorf("%s:%d: is not YAML: %s", f.name, line, text)
}

func tooDeep(data []byte) bool {
	depth := 0
	for _, b := range data {
		switch b {
		case '[', '{':
			if depth++; depth > maxDepth {
				return true
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}

func (f *file) errorAt(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.name, n.Line, fmt.Sprintf(format, args...))
}

// entries walks a mapping and hands on each key once.
func (f *file) entries(n *yaml.Node, at string, each func(name string, k, v *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		what := "the file"
		if at != "" {
			what = at
		}
		return f.errorAt(n, "%s must be a mapping of names to values", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || v.Kind == yaml.AliasNode {
			return f.errorAt(k, "anchors, aliases and keys that are no words are not understood here")
		}
		if seen[k.Value] {
			return f.errorAt(k, "%q is there twice", k.Value)
		}
		seen[k.Value] = true
		name := k.Value
		if at != "" {
			name = at + "." + k.Value
		}
		if err := each(name, k, v); err != nil {
			return err
		}
	}
	return nil
}

var sections = []string{"weights", "checks", "ignore", "attest", "keymap"}

// entry reads one key at the top or in team and report.
func (f *file) entry(name string, k, v *yaml.Node) error {
	switch name {
	case "team", "report":
		return f.entries(v, name, f.entry)
	case "weights":
		return f.entries(v, "", f.weight)
	case "checks":
		return f.entries(v, "", f.check)
	case "keymap":
		return f.entries(v, "", f.binding)
	case "ignore":
		return f.rules(v)
	case "attest":
		return f.attestations(v)
	}
	all := keys()
	i := slices.IndexFunc(all, func(k *key) bool { return k.name == name })
	if i < 0 {
		names := slices.Clone(sections)
		for _, k := range all {
			names = append(names, k.name)
		}
		return f.errorAt(k, "unknown key: %s", unknown(name, names))
	}
	if all[i].personal && f.project {
		return f.errorAt(k, "%s decides what is written on your machine: set it by flag, variable or in your own configuration", name)
	}
	if all[i].inside && f.project && !filepath.IsLocal(v.Value) {
		return f.errorAt(v, "%s: a project's own configuration can name a file of the project alone: give its path from the project's root", name)
	}
	return f.value(all[i], k, v)
}

func (f *file) value(key *key, k, v *yaml.Node) error {
	var items []*yaml.Node
	switch {
	case key.kind == list && v.Kind == yaml.SequenceNode:
		items = v.Content
	case v.Kind == yaml.ScalarNode && v.Tag != "!!null":
		items = []*yaml.Node{v}
	default:
		return f.errorAt(k, "%s: needs a value", key.name)
	}
	values := []string{}
	for _, item := range items {
		if item.Kind != yaml.ScalarNode {
			return f.errorAt(item, "%s: a list of words is needed", key.name)
		}
		if err := key.check(item.Value, f.known); err != nil {
			return f.errorAt(item, "%s: %s", key.name, err)
		}
		values = append(values, item.Value)
	}
	if key.kind == list {
		f.values[key.name] = values
	} else {
		f.values[key.name] = values[0]
	}
	return nil
}

func (f *file) weight(name string, k, v *yaml.Node) error {
	if !slices.Contains(f.known.Categories, name) {
		return f.errorAt(k, "weights: category %s", unknown(name, f.known.Categories))
	}
	n, err := strconv.ParseFloat(v.Value, 64)
	if err != nil || !(n >= 0 && n <= 100) {
		return f.errorAt(v, "weights.%s: %q is not a number from 0 to 100", name, v.Value)
	}
	f.weights[name] = n
	return nil
}

func (f *file) check(name string, k, v *yaml.Node) error {
	if !slices.Contains(f.known.Checks, name) {
		return f.errorAt(k, "checks: %s", unknown(name, f.known.Checks))
	}
	if v.Value == "off" {
		f.off[name] = true
		return nil
	}
	s, err := finding.ParseSeverity(v.Value)
	if err != nil || s == finding.Info {
		return f.errorAt(v, "checks.%s: %q is neither off nor a severity: use off, low, medium, high or critical", name, v.Value)
	}
	f.off[name], f.severities[name] = false, s
	return nil
}

func (f *file) binding(name string, k, v *yaml.Node) error {
	if len(f.known.Actions) > 0 && !slices.Contains(f.known.Actions, name) {
		return f.errorAt(k, "keymap: action %s", unknown(name, f.known.Actions))
	}
	items := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		items = v.Content
	}
	for _, item := range items {
		if item.Kind != yaml.ScalarNode || item.Value == "" {
			return f.errorAt(v, "keymap.%s: needs a key or a list of keys", name)
		}
		f.keymap[name] = append(f.keymap[name], item.Value)
	}
	return nil
}

// rules reads the list of what is muted.
func (f *file) rules(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return f.errorAt(n, "ignore must be a list")
	}
	for _, item := range n.Content {
		var rule audit.Ignore
		var until time.Time
		err := f.entries(item, "", func(name string, k, v *yaml.Node) (err error) {
			switch name {
			case "fingerprint":
				rule.Fingerprint = v.Value
			case "check":
				rule.Check = v.Value
				if !slices.Contains(f.known.Checks, v.Value) {
					return f.errorAt(v, "ignore: check %s", unknown(v.Value, f.known.Checks))
				}
			case "path":
				rule.Path = v.Value
			case "reason":
				rule.Reason = strings.TrimSpace(v.Value)
			case "until":
				if until, err = time.Parse(time.DateOnly, v.Value); err != nil {
					return f.errorAt(v, "ignore: until %q is not a date: write it as 2026-12-31", v.Value)
				}
			default:
				return f.errorAt(k, "ignore: unknown key: %s", unknown(name, []string{"fingerprint", "check", "path", "reason", "until"}))
			}
			return nil
		})
		if err == nil {
			err = rulesError(rule)
			if err != nil {
				err = f.errorAt(item, "ignore: %s", err)
			}
		}
		if err != nil {
			return err
		}
		if !until.IsZero() && f.today.After(until.AddDate(0, 0, 1)) {
			f.expired = append(f.expired, Expired{fmt.Sprintf("%s:%d", f.name, item.Line), until, rule.Check + rule.Fingerprint})
			continue
		}
		f.ignore = append(f.ignore, rule)
	}
	return nil
}

func rulesError(r audit.Ignore) error {
	switch {
	case r.Reason == "":
		return errors.New("a reason is required: say why this may stay")
	case r.Fingerprint == "" && r.Check == "":
		return errors.New("name a fingerprint or a check")
	case r.Fingerprint != "" && (r.Check != "" || r.Path != ""):
		return errors.New("a fingerprint stands alone, without check and path")
	}
	return nil
}
