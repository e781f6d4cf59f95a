package kube

import "drydock/internal/repo/imageref"

// ContainerRole says when a container runs.
type ContainerRole string

// The roles. A Sidecar is an init container that keeps running.
const (
	Main      ContainerRole = "container"
	Init      ContainerRole = "init container"
	Sidecar   ContainerRole = "sidecar"
	Ephemeral ContainerRole = "ephemeral container"
)

// Container is one container of a pod.
type Container struct {
	Role    ContainerRole
	Name    Text
	Image   Image
	Command []Text // the image's entrypoint in its place; nil when not written
	Args    []Text
	Ports   []Port
	Env     []Env
	EnvFrom []EnvFrom
	Mounts  []Mount

	Liveness  Probe
	Readiness Probe
	Startup   Probe
	Resources Resources
	Security  Security // the pod's and the container's settings together
	Value     Value
}

// Image is a container's image.
type Image struct {
	Text
	Ref imageref.Ref // of what is known; a part that is unknown stays as written
}

// Port is a port that a container says it listens on.
type Port struct {
	Name     Text
	Number   Number
	HostPort Number
	Protocol Text
	Value    Value
}

// Env is a variable of a container.
type Env struct {
	Name  Text
	Value Text // Set only when the value is written here
	From  Ref  // the key of a ConfigMap or Secret that it comes from
	At    Place
	Other string // "fieldRef" or "resourceFieldRef" when it comes from the pod itself
}

// EnvFrom is a ConfigMap or Secret whose keys all become variables.
type EnvFrom struct {
	Prefix Text
	From   Ref
}

// Mount is a volume in a container.
type Mount struct {
	Name     Text // of the volume
	Path     Text
	SubPath  Text
	ReadOnly Flag
	Value    Value
}

// Probe is a liveness, readiness or startup probe.
type Probe struct {
	Set    bool   // written, if only for some values of a template
	Kind   string // httpGet, tcpSocket, grpc or exec; "" when it cannot be seen
	Path   Text   // of httpGet
	Port   Text   // a number or the name of one of the container's ports
	Exec   []Text
	Value  Value
	Guards []Guard // conditions of a template that it depends on
}

// Resources are what a container asks for and may not exceed.
type Resources struct {
	Set      bool // written, if only for some values of a template
	Requests []Quantity
	Limits   []Quantity
	Open     bool // a template may add to them
	Value    Value
	Guards   []Guard // conditions of a template that they depend on
}

// Quantity is an amount of one resource.
type Quantity struct {
	Resource string // cpu, memory, …
	Amount   Text
}

// Open says whether a template may add fields to the container that cannot be
// seen.
func (c Container) Open() bool { return c.Value.Open() }

// Guards are the conditions of a template that decide whether the pod has the
// container.
func (c Container) Guards(pod Pod) []Guard { return c.Value.GuardsWithin(pod.Template) }

// Request is the amount of a resource that the container asks for. What has only a
// limit asks for as much.
func (r Resources) Request(resource string) (Text, bool) {
	if t, ok := amount(r.Requests, resource); ok {
		return t, true
	}
	return amount(r.Limits, resource)
}

// Limit is the amount of a resource that the container may not exceed.
func (r Resources) Limit(resource string) (Text, bool) { return amount(r.Limits, resource) }

func amount(list []Quantity, resource string) (Text, bool) {
	for _, q := range list {
		if q.Resource == resource {
			return q.Amount, true
		}
	}
	return Text{}, false
}

func readContainer(v Value, role ContainerRole, pod Value) Container {
	if role == Init && v.Get("restartPolicy").Text().Value == "Always" {
		role = Sidecar
	}
	c := Container{
		Role: role, Name: v.Get("name").Text(), Command: v.Get("command").literals(), Args: v.Get("args").literals(),
		Liveness: readProbe(v, "livenessProbe"), Readiness: readProbe(v, "readinessProbe"), Startup: readProbe(v, "startupProbe"),
		Resources: readResources(v), Security: readSecurity(pod, v), Value: v,
	}
	c.Image.Text = v.Get("image").Text()
	c.Image.Ref = imageref.Parse(c.Image.String())
	for _, p := range v.Get("ports").Items() {
		c.Ports = append(c.Ports, Port{p.Get("name").Text(), p.Get("containerPort").Number(), p.Get("hostPort").Number(), p.Get("protocol").Text(), p})
	}
	for _, e := range v.Get("env").Items() {
		if e.IsMapping() {
			c.Env = append(c.Env, readEnv(e))
		}
	}
	for _, e := range v.Get("envFrom").Items() {
		from := EnvFrom{Prefix: e.Get("prefix").Text()}
		for _, kind := range []string{"ConfigMap", "Secret"} {
			if ref := e.Get(refKeys[kind]); ref.Exists() {
				from.From = Ref{Kind: kind, Name: ref.Get("name").Text(), Optional: ref.Get("optional").Flag().Is(true), Use: "envFrom"}
				c.EnvFrom = append(c.EnvFrom, from)
			}
		}
	}
	for _, m := range v.Get("volumeMounts").Items() {
		c.Mounts = append(c.Mounts, Mount{m.Get("name").Text(), m.Get("mountPath").Text(), m.Get("subPath").Text(), m.Get("readOnly").Flag(), m})
	}
	return c
}

var (
	refKeys    = map[string]string{"ConfigMap": "configMapRef", "Secret": "secretRef"}
	keyRefKeys = map[string]string{"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
)

func readEnv(v Value) Env {
	e := Env{Name: v.Get("name").Text(), At: v.At()}
	if value := v.Get("value"); value.Exists() {
		e.Value = value.literal()
	}
	from := v.Get("valueFrom")
	for _, kind := range []string{"ConfigMap", "Secret"} {
		if ref := from.Get(keyRefKeys[kind]); ref.Exists() {
			e.From = Ref{Kind: kind, Name: ref.Get("name").Text(), Key: ref.Get("key").Text(), Optional: ref.Get("optional").Flag().Is(true), Use: "env"}
		}
	}
	for _, key := range []string{"fieldRef", "resourceFieldRef"} {
		if from.Get(key).Exists() {
			e.Other = key
		}
	}
	return e
}

func readProbe(container Value, key string) Probe {
	v := container.Get(key)
	p := Probe{Set: v.Exists() && !v.IsNull(), Value: v, Guards: v.GuardsWithin(container)}
	for _, kind := range []string{"httpGet", "tcpSocket", "grpc", "exec"} {
		if how := v.Get(kind); how.Exists() {
			p.Kind, p.Path, p.Port, p.Exec = kind, how.Get("path").Text(), how.Get("port").Text(), how.Get("command").literals()
			break
		}
	}
	return p
}

func readResources(container Value) Resources {
	v := container.Get("resources")
	r := Resources{Set: v.Exists() && !v.IsNull(), Value: v, Guards: v.GuardsWithin(container)}
	r.Open = v.Open() || v.Get("requests").Open() || v.Get("limits").Open() || v.Text().Unknown
	r.Requests, r.Limits = quantities(v.Get("requests")), quantities(v.Get("limits"))
	return r
}

func quantities(v Value) []Quantity {
	var out []Quantity
	for _, f := range v.Fields() {
		if t := f.Value.Text(); t.Set && !f.Value.IsNull() {
			out = append(out, Quantity{f.Key.Value, t})
		}
	}
	return out
}
