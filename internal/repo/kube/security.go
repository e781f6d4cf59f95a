package kube

// Security is how a container is confined: the settings of its own
// securityContext, the pod's where it has none. Set is false for what neither
// says; the cluster or the image then decides.
type Security struct {
	Privileged      Setting // container only
	AllowEscalation Setting // container only
	ReadOnlyRoot    Setting // container only
	RunAsNonRoot    Setting
	RunAsUser       SettingNumber
	RunAsGroup      SettingNumber
	Seccomp         SettingText // seccompProfile.type
	AppArmor        SettingText // appArmorProfile.type
	Add             []Text      // capabilities.add
	Drop            []Text      // capabilities.drop
	Open            bool        // a template may set more that cannot be seen
	Guards          []Guard     // conditions of a template that the container's own context depends on
	Container       Value       // the container's securityContext
	Pod             Value       // the pod's
}

// Origin says whose setting counts.
type Origin string

// The origins.
const (
	Unset         Origin = ""
	FromContainer Origin = "container"
	FromPod       Origin = "pod"
)

// Setting is a boolean of a security context.
type Setting struct {
	Flag
	From Origin
}

// SettingNumber is a number of a security context.
type SettingNumber struct {
	Number
	From Origin
}

// SettingText is a text of a security context.
type SettingText struct {
	Text
	From Origin
}

func readSecurity(pod, container Value) Security {
	own := container.Get("securityContext")
	s := Security{Container: own, Pod: pod, Guards: own.GuardsWithin(container)}
	s.Open = own.Open() || pod.Open() || own.Text().Unknown || pod.Text().Unknown || own.Get("capabilities").Open()
	find := func(inherit bool, keys ...string) (Value, Origin) {
		if v := own.Get(keys...); v.Exists() && !v.IsNull() {
			return v, FromContainer
		}
		if v := pod.Get(keys...); inherit && v.Exists() && !v.IsNull() {
			return v, FromPod
		}
		return Value{}, Unset
	}
	flag := func(inherit bool, key string) Setting {
		v, from := find(inherit, key)
		return Setting{v.Flag(), from}
	}
	number := func(key string) SettingNumber {
		v, from := find(true, key)
		return SettingNumber{v.Number(), from}
	}
	text := func(keys ...string) SettingText {
		v, from := find(true, keys...)
		return SettingText{v.Text(), from}
	}
	s.Privileged, s.AllowEscalation = flag(false, "privileged"), flag(false, "allowPrivilegeEscalation")
	s.ReadOnlyRoot, s.RunAsNonRoot = flag(false, "readOnlyRootFilesystem"), flag(true, "runAsNonRoot")
	s.RunAsUser, s.RunAsGroup = number("runAsUser"), number("runAsGroup")
	s.Seccomp, s.AppArmor = text("seccompProfile", "type"), text("appArmorProfile", "type")
	s.Add, s.Drop = own.Get("capabilities", "add").Texts(), own.Get("capabilities", "drop").Texts()
	return s
}

// Drops says whether the container gives up the capability, by name or with ALL.
func (s Security) Drops(capability string) bool {
	for _, t := range s.Drop {
		if !t.Unknown && (t.Value == capability || t.Value == "ALL" || t.Value == "all") {
			return true
		}
	}
	return false
}

// MayBeRoot says whether the container can run as root: No when it must not or
// names another user, Yes when it names root, Maybe when the image or a template
// decides.
func (s Security) MayBeRoot() Truth {
	switch {
	case s.RunAsNonRoot.Is(true):
		return No
	case s.RunAsUser.Set && !s.RunAsUser.Unknown:
		return truth(s.RunAsUser.Value == 0)
	}
	return Maybe
}
