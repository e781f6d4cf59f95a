package kube

import "strings"

// Ref is what an object says about another one by name.
type Ref struct {
	Group     string // API group; "" for the core one
	AnyGroup  bool   // the reference does not say which group
	Kind      string
	Name      Text
	Namespace Text   // not Set: the object's own
	Key       Text   // of a ConfigMap or Secret
	Port      Text   // of a Service: number or name
	Optional  bool   // the object does without it
	Use       string // where it is said: "env", "volume", "scaleTargetRef", "backend", …
}

// Set says whether there is a reference at all.
func (r Ref) Set() bool { return r.Name.Set }

// Refs are the objects that o names: what its pods take their configuration from,
// what it scales, routes to, binds. Selectors are not among them: see Selects.
func (o *Object) Refs() []Ref {
	var out []Ref
	if w := o.Workload(); w != nil {
		out = append(out, w.Pod.refs()...)
		if o.Kind == "StatefulSet" {
			out = appendRef(out, "", "Service", o.Spec("serviceName"), "serviceName")
		}
	}
	switch {
	case o.Kind == "HorizontalPodAutoscaler" || o.Kind == "ScaledObject":
		out = appendTarget(out, o.Spec("scaleTargetRef"), "scaleTargetRef", o.Group() == "keda.sh")
	case o.Kind == "VerticalPodAutoscaler" || o.Is("flagger.app", "Canary"):
		out = appendTarget(out, o.Spec("targetRef"), "targetRef", false)
		out = appendTarget(out, o.Spec("autoscalerRef"), "autoscalerRef", false)
	case o.Is("networking.k8s.io", "Ingress") || o.Is("extensions", "Ingress"):
		out = append(out, o.ingressRefs()...)
	case o.Group() == "gateway.networking.k8s.io" && strings.HasSuffix(o.Kind, "Route"):
		out = append(out, o.gatewayRefs()...)
	case o.Is("rbac.authorization.k8s.io", "RoleBinding", "ClusterRoleBinding"):
		role := o.Value.Get("roleRef")
		out = append(out, Ref{Group: "rbac.authorization.k8s.io", Kind: role.Get("kind").Text().Value, Name: role.Get("name").Text(), Use: "roleRef"})
		for _, s := range o.Value.Get("subjects").Items() {
			if s.Get("kind").Text().Value == "ServiceAccount" {
				out = append(out, Ref{Kind: "ServiceAccount", Name: s.Get("name").Text(), Namespace: s.Get("namespace").Text(), Use: "subject"})
			}
		}
	case o.Is("route.openshift.io", "Route"):
		out = append(out, Ref{Kind: "Service", Name: o.Spec("to", "name").Text(), Use: "to"})
	case o.Is("traefik.io", "IngressRoute") || o.Is("traefik.containo.us", "IngressRoute"):
		for _, r := range o.Spec("routes").Items() {
			for _, s := range r.Get("services").Items() {
				if kind := s.Get("kind").Text(); !kind.Set || kind.Value == "Service" {
					out = append(out, Ref{Kind: "Service", Name: s.Get("name").Text(), Namespace: s.Get("namespace").Text(), Port: s.Get("port").Text(), Use: "backend"})
				}
			}
		}
	}
	return out
}

func appendRef(out []Ref, group, kind string, name Value, use string) []Ref {
	if !name.Exists() || name.IsNull() {
		return out
	}
	return append(out, Ref{Group: group, Kind: kind, Name: name.Text(), Use: use})
}

// appendTarget adds a reference of apiVersion, kind and name. KEDA's means a
// Deployment where it names no kind.
func appendTarget(out []Ref, v Value, use string, deployment bool) []Ref {
	if !v.Get("name").Exists() {
		return out
	}
	api, kind := v.Get("apiVersion").Text(), v.Get("kind").Text()
	r := Ref{Group: GroupOf(api.Value), AnyGroup: !api.Set || api.Unknown, Kind: kind.Value, Name: v.Get("name").Text(), Use: use}
	if !kind.Set && deployment {
		r.Kind, r.Group, r.AnyGroup = "Deployment", "apps", false
	}
	return append(out, r)
}

func (p Pod) refs() []Ref {
	var out []Ref
	if p.ServiceAccount.Set {
		out = append(out, Ref{Kind: "ServiceAccount", Name: p.ServiceAccount, Use: "serviceAccountName"})
	}
	for _, c := range p.Containers {
		for _, e := range c.Env {
			if e.From.Set() {
				out = append(out, e.From)
			}
		}
		for _, e := range c.EnvFrom {
			out = append(out, e.From)
		}
	}
	for _, v := range p.Volumes {
		out = v.appendRefs(out)
	}
	for _, s := range p.Value.Get("imagePullSecrets").Items() {
		out = appendRef(out, "", "Secret", s.Get("name"), "imagePullSecrets")
	}
	return out
}

func (v Volume) appendRefs(out []Ref) []Ref {
	add := func(kind string, name, from Value) {
		if name.Exists() {
			out = append(out, Ref{Kind: kind, Name: name.Text(), Optional: from.Get("optional").Flag().Is(true), Use: "volume"})
		}
	}
	switch v.Kind {
	case "configMap":
		add("ConfigMap", v.From.Get("name"), v.From)
	case "secret":
		add("Secret", v.From.Get("secretName"), v.From)
	case "persistentVolumeClaim":
		add("PersistentVolumeClaim", v.From.Get("claimName"), v.From)
	case "projected":
		for _, s := range v.From.Get("sources").Items() {
			add("ConfigMap", s.Get("configMap", "name"), s.Get("configMap"))
			add("Secret", s.Get("secret", "name"), s.Get("secret"))
		}
	}
	return out
}

func (o *Object) ingressRefs() []Ref {
	var out []Ref
	backend := func(v Value) {
		if s := v.Get("service"); s.Exists() {
			port := s.Get("port", "number").Text()
			if !port.Set {
				port = s.Get("port", "name").Text()
			}
			out = append(out, Ref{Kind: "Service", Name: s.Get("name").Text(), Port: port, Use: "backend"})
		} else if name := v.Get("serviceName"); name.Exists() {
			out = append(out, Ref{Kind: "Service", Name: name.Text(), Port: v.Get("servicePort").Text(), Use: "backend"})
		}
	}
	backend(o.Spec("defaultBackend"))
	backend(o.Spec("backend"))
	for _, rule := range o.Spec("rules").Items() {
		for _, p := range rule.Get("http", "paths").Items() {
			backend(p.Get("backend"))
		}
	}
	for _, t := range o.Spec("tls").Items() {
		out = appendRef(out, "", "Secret", t.Get("secretName"), "tls")
	}
	return out
}

func (o *Object) gatewayRefs() []Ref {
	var out []Ref
	for _, g := range o.Spec("parentRefs").Items() {
		if kind := g.Get("kind").Text(); !kind.Set || kind.Value == "Gateway" {
			out = append(out, Ref{Group: "gateway.networking.k8s.io", Kind: "Gateway", Name: g.Get("name").Text(), Namespace: g.Get("namespace").Text(), Use: "parentRef"})
		}
	}
	for _, rule := range o.Spec("rules").Items() {
		for _, b := range rule.Get("backendRefs").Items() {
			if kind := b.Get("kind").Text(); !kind.Set || kind.Value == "Service" {
				out = append(out, Ref{Kind: "Service", Name: b.Get("name").Text(), Namespace: b.Get("namespace").Text(), Port: b.Get("port").Text(), Use: "backend"})
			}
		}
	}
	return out
}
