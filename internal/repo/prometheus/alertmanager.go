package prometheus

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Alertmanager is an alertmanager.yml.
type Alertmanager struct {
	Receivers []Receiver
	Routes    []Route // the root first, then those below it in order
	Inhibits  int     // inhibit_rules
}

// Receiver is one receiver.
type Receiver struct {
	Name         Text
	Integrations []Integration
	Span         finding.Span
}

// Integration is a way that a receiver tells somebody: an entry of slack_configs and
// the like.
type Integration struct {
	Kind    string // slack, email, webhook, pagerduty and so on
	Address Text   // where it goes, if the entry says; a secret, as often as not
	Span    finding.Span
}

// Route is one route.
type Route struct {
	Receiver Text // not written when it is that of the route above
	Matchers []string
	Depth    int // 0 for the root
	Span     finding.Span
}

// Silent says whether the receiver tells nobody.
func (r *Receiver) Silent() bool { return len(r.Integrations) == 0 }

// IsAlertmanager says whether a document is the configuration of Alertmanager.
func IsAlertmanager(root *yamldoc.Node) bool {
	return root.Get("receivers").IsSequence() && root.Get("route").IsMapping()
}

// ReadAlertmanager reads the configuration of Alertmanager, or the spec of an
// AlertmanagerConfig.
func ReadAlertmanager(root *yamldoc.Node) *Alertmanager {
	a := &Alertmanager{Inhibits: len(root.Get("inhibit_rules").Items()) + len(root.Get("inhibitRules").Items())}
	for _, n := range root.Get("receivers").Items() {
		r := Receiver{Name: textOf(n.Get("name")), Span: n.Span}
		for _, e := range n.Entries() {
			kind, ok := strings.CutSuffix(e.Name(), "_configs")
			if !ok {
				kind, ok = strings.CutSuffix(e.Name(), "Configs")
			}
			if !ok {
				continue
			}
			for _, item := range e.Value.Items() {
				r.Integrations = append(r.Integrations, Integration{kind, address(item), item.Resolve().Span})
			}
		}
		a.Receivers = append(a.Receivers, r)
	}
	a.routes(root.Get("route"))
	return a
}

// addresses are the keys that say where an integration goes.
var addresses = []string{"to", "url", "webhook_url", "api_url", "channel", "service_key", "routing_key", "api_key", "url_file", "api_url_file", "webhook_url_file", "room_id", "user_key", "bot_token", "chat_id", "topic_arn"}

func address(n *yamldoc.Node) Text {
	for _, key := range addresses {
		if t := textOf(n.Get(key)); t.Exists() {
			return t
		}
	}
	return Text{}
}

// routes lists a tree of routes, in order, without calling itself.
func (a *Alertmanager) routes(root *yamldoc.Node) {
	type place struct {
		n     *yamldoc.Node
		depth int
	}
	stack := []place{{root, 0}}
	for len(stack) > 0 && len(a.Routes) < maxRoutes {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !at.n.IsMapping() {
			continue
		}
		r := Route{Receiver: textOf(at.n.Get("receiver")), Depth: at.depth, Span: at.n.Resolve().Span}
		for _, key := range []string{"matchers", "match", "match_re"} {
			m := at.n.Get(key)
			r.Matchers = append(r.Matchers, m.Strings()...)
			for _, e := range m.Entries() {
				r.Matchers = append(r.Matchers, e.Name()+"="+e.Value.Str())
			}
		}
		a.Routes = append(a.Routes, r)
		inner := at.n.Get("routes").Items()
		for i := len(inner) - 1; i >= 0; i-- {
			stack = append(stack, place{inner[i], at.depth + 1})
		}
	}
}

// Receiver is the receiver of that name; nil without one.
func (a *Alertmanager) Receiver(name string) *Receiver {
	for i := range a.Receivers {
		if a.Receivers[i].Name.Value == name {
			return &a.Receivers[i]
		}
	}
	return nil
}

// Undefined are the receivers that routes name and that are not there.
func (a *Alertmanager) Undefined() []Text {
	var out []Text
	for _, r := range a.Routes {
		if r.Receiver.Exists() && a.Receiver(r.Receiver.Value) == nil {
			out = append(out, r.Receiver)
		}
	}
	return out
}

// Reached are the receivers that a route leads to, in order, each once.
func (a *Alertmanager) Reached() []*Receiver {
	var out []*Receiver
	for i := range a.Receivers {
		for _, r := range a.Routes {
			if r.Receiver.Value == a.Receivers[i].Name.Value && r.Receiver.Exists() {
				out = append(out, &a.Receivers[i])
				break
			}
		}
	}
	return out
}

// Tells says whether any alert reaches a receiver that tells somebody.
func (a *Alertmanager) Tells() bool {
	for _, r := range a.Reached() {
		if !r.Silent() {
			return true
		}
	}
	return false
}
