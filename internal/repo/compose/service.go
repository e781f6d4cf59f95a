package compose

import (
	"strconv"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// Runtime is what a service says about its container besides what most say.
type Runtime struct {
	Platform   Text
	PullPolicy Text
	Hostname   Text
	StopSignal Text
	OCIRuntime Text // runtime
	Cgroup     Text
	UTS        Text
	ShmSize    Text
	MemSwap    Text // memswap_limit
	OOMKillOff Flag // oom_kill_disable
	Reserved   Text // mem_reservation
	TTY        Flag
	StdinOpen  Flag
	APISocket  Flag // use_api_socket: it is given the engine's

	Devices       []Text // of a long entry the source
	DeviceRules   []Text // device_cgroup_rules
	GPUs          Place
	GroupAdd      []Text
	VolumesFrom   []Text
	ExtraHosts    []Text
	ExternalLinks []Text
	DNS           []Text
	Sysctls       []Pair
	Annotations   []Pair
	Ulimits       []Ulimit
	LabelFiles    []Text
	Models        []Text
	Provider      Text // its type: something else than a container provides the service

	Watch     []Watch
	PostStart []Hook
	PreStop   []Hook
}

// BuildDetails is what a build says besides its context, file, target and
// arguments.
type BuildDetails struct {
	Inline    Text // dockerfile_inline
	Network   Text
	Contexts  []Pair // additional_contexts
	CacheFrom []Text
	Platforms []Text
	Secrets   []Text
	SSH       []Text
	Labels    []Pair
	Tags      []Text
	NoCache   Flag
	Pull      Flag
	Elevated  Flag // privileged
}

// FileRef is a secret or config that is mounted into a container.
type FileRef struct {
	Place
	Source string
	Target string // "" for the usual place
	Mode   string // "" when not written
}

// Attachment is a service's part in a network.
type Attachment struct {
	Text    // the network's name
	Aliases []Text
	IPv4    Text
	IPv6    Text
}

// Ulimit is a limit of the kernel; Soft and Hard are the same when one number is
// written.
type Ulimit struct {
	Place
	Name       string
	Soft, Hard string
}

// Watch is one rule of develop.watch.
type Watch struct {
	Place
	Path   Text
	Action Text
	Target Text
	Ignore []Text
}

// Hook is a command of post_start or pre_stop.
type Hook struct {
	Place
	Command    Command
	User       Text
	Privileged Flag
}

// runtime reads what most services do not say.
func (r reader) runtime(n *yamldoc.Node) Runtime {
	return Runtime{
		Platform:      r.text(n.Get("platform")),
		PullPolicy:    r.text(n.Get("pull_policy")),
		Hostname:      r.text(n.Get("hostname")),
		StopSignal:    r.text(n.Get("stop_signal")),
		OCIRuntime:    r.text(n.Get("runtime")),
		Cgroup:        r.text(n.Get("cgroup")),
		UTS:           r.text(n.Get("uts")),
		ShmSize:       r.text(n.Get("shm_size")),
		MemSwap:       r.text(n.Get("memswap_limit")),
		OOMKillOff:    r.flag(n.Get("oom_kill_disable")),
		Reserved:      r.text(n.Get("mem_reservation")),
		TTY:           r.flag(n.Get("tty")),
		StdinOpen:     r.flag(n.Get("stdin_open")),
		APISocket:     r.flag(n.Get("use_api_socket")),
		Devices:       r.texts(n.Get("devices")),
		DeviceRules:   r.texts(n.Get("device_cgroup_rules")),
		GPUs:          r.entry(n, "gpus"),
		GroupAdd:      r.texts(n.Get("group_add")),
		VolumesFrom:   r.texts(n.Get("volumes_from")),
		ExtraHosts:    r.texts(n.Get("extra_hosts")),
		ExternalLinks: r.texts(n.Get("external_links")),
		DNS:           r.texts(n.Get("dns")),
		Sysctls:       r.pairs(n.Get("sysctls")),
		Annotations:   r.pairs(n.Get("annotations")),
		Ulimits:       r.ulimits(n.Get("ulimits")),
		LabelFiles:    r.texts(n.Get("label_file")),
		Models:        r.texts(n.Get("models")),
		Provider:      r.text(n.Get("provider", "type")),
		Watch:         r.watches(n.Get("develop", "watch")),
		PostStart:     r.hooks(n.Get("post_start")),
		PreStop:       r.hooks(n.Get("pre_stop")),
	}
}

func (r reader) buildDetails(n *yamldoc.Node) BuildDetails {
	return BuildDetails{
		Inline:    r.text(n.Get("dockerfile_inline")),
		Network:   r.text(n.Get("network")),
		Contexts:  r.pairs(n.Get("additional_contexts")),
		CacheFrom: r.texts(n.Get("cache_from")),
		Platforms: r.texts(n.Get("platforms")),
		Secrets:   r.texts(n.Get("secrets")),
		SSH:       r.texts(n.Get("ssh")),
		Labels:    r.pairs(n.Get("labels")),
		Tags:      r.texts(n.Get("tags")),
		NoCache:   r.flag(n.Get("no_cache")),
		Pull:      r.flag(n.Get("pull")),
		Elevated:  r.flag(n.Get("privileged")),
	}
}

func (r reader) fileRefs(n *yamldoc.Node) []FileRef {
	var out []FileRef
	for _, item := range n.Items() {
		if t := r.text(item); t.Set() {
			out = append(out, FileRef{Place: t.Place, Source: t.Value})
		} else if source := r.text(item.Get("source")); source.Set() {
			out = append(out, FileRef{r.at(item.Resolve().Span), source.Value, item.Get("target").Str(), item.Get("mode").Str()})
		}
	}
	return out
}

func (r reader) attachments(n *yamldoc.Node) []Attachment {
	var out []Attachment
	if !n.IsMapping() {
		for _, t := range r.texts(n) {
			out = append(out, Attachment{Text: t})
		}
		return out
	}
	for _, e := range n.Entries() {
		out = append(out, Attachment{
			Text:    Text{r.at(e.KeySpan()), e.Name()},
			Aliases: r.texts(e.Value.Get("aliases")),
			IPv4:    r.text(e.Value.Get("ipv4_address")),
			IPv6:    r.text(e.Value.Get("ipv6_address")),
		})
	}
	return out
}

func (r reader) ulimits(n *yamldoc.Node) []Ulimit {
	var out []Ulimit
	for _, e := range n.Entries() {
		u := Ulimit{Place: r.at(e.Span()), Name: e.Name(), Soft: e.Value.Str(), Hard: e.Value.Str()}
		if e.Value.IsMapping() {
			u.Soft, u.Hard = e.Value.Get("soft").Str(), e.Value.Get("hard").Str()
		}
		out = append(out, u)
	}
	return out
}

func (r reader) watches(n *yamldoc.Node) []Watch {
	var out []Watch
	for _, item := range n.Items() {
		out = append(out, Watch{r.at(item.Resolve().Span), r.text(item.Get("path")), r.text(item.Get("action")), r.text(item.Get("target")), r.texts(item.Get("ignore"))})
	}
	return out
}

func (r reader) hooks(n *yamldoc.Node) []Hook {
	var out []Hook
	for _, item := range n.Items() {
		out = append(out, Hook{r.at(item.Resolve().Span), r.command(item.Get("command")), r.text(item.Get("user")), r.flag(item.Get("privileged"))})
	}
	return out
}

// ContainerRange is the port of the container, or the first and last of a range;
// ok is false when a variable decides.
func (p Port) ContainerRange() (lo, hi int, ok bool) { return portRange(p.Container) }

// HostRange is the published port of the host, or the first and last of a range;
// ok is false when none is fixed or a variable without a default decides.
func (p Port) HostRange() (lo, hi int, ok bool) { return portRange(Default(p.Host)) }

// Loopback says whether only the host itself reaches the published port. A
// variable counts as what its default is.
func (p Port) Loopback() bool {
	ip := Default(p.HostIP)
	return strings.HasPrefix(ip, "127.") || ip == "::1" || ip == "localhost"
}

// AllInterfaces says whether every interface of the host listens; false when a
// variable without a default decides.
func (p Port) AllInterfaces() bool {
	ip := Default(p.HostIP)
	return ip == "" && !strings.Contains(p.HostIP, "$") || ip == "0.0.0.0" || ip == "::"
}

// Default is a text with each variable replaced by its default, or by nothing when
// it has none.
func Default(s string) string {
	text, _ := Substitute(s, func(string) (string, bool) { return "", false })
	return text
}

// Count is how many containers of the service run: 1 when it does not say; ok is
// false when a variable without a default decides.
func (d Deploy) Count() (n int, ok bool) {
	if !d.Replicas.Set() {
		return 1, true
	}
	n, err := strconv.Atoi(Default(d.Replicas.Value))
	return n, err == nil
}
