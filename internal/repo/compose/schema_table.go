package compose

// specification is what the Compose specification says a file may hold: keys,
// types and words, section by section.
var specification = &shape{kinds: mapping, what: "a compose file", keys: map[string]*shape{
	"version":  str,
	"name":     str,
	"include":  listOf(union(str, record("an include", "path", strOrList, "env_file", strOrList, "project_directory", str).shut())),
	"services": named(service),
	"networks": free(network),
	"volumes":  named(volume),
	"secrets":  named(secret),
	"configs":  named(config),
	"models":   free(record("a model", "name", str, "model", str, "context_size", whole, "runtime_flags", texts).needs("model")),
}}

// What many keys take.
var (
	str       = &shape{kinds: text}
	whole     = &shape{kinds: integer}
	flagOrStr = &shape{kinds: text | boolean}
	flag      = &shape{kinds: text | boolean, format: boolFormat}
	count     = &shape{kinds: text | integer, format: intFormat}
	amount    = &shape{kinds: text | number, format: floatFormat}
	numOrStr  = &shape{kinds: text | number}
	size      = &shape{kinds: text | number, format: sizeFormat}
	duration  = &shape{kinds: text, format: durationFormat}
	texts     = listOf(str)
	strOrList = union(str, texts)
	pairs     = union(texts, &shape{kinds: mapping, values: &shape{kinds: text | number | boolean | null}})
	options   = &shape{kinds: mapping, values: &shape{kinds: text | number}}
	command   = &shape{kinds: text | null | list, items: str}
	hook      = record("a hook", "command", command, "user", str, "privileged", flag, "working_dir", str, "environment", pairs).needs("command")
	fileRefs  = listOf(union(str, record("a reference", "source", str, "target", str, "uid", str, "gid", str, "mode", numOrStr)))
	ulimits   = &shape{kinds: mapping, values: union(count, record("a limit", "soft", count, "hard", count).needs("soft", "hard"))}
	hosts     = union(texts, &shape{kinds: mapping, values: strOrList})
	envFiles  = union(str, listOf(union(str, record("an env file", "path", str, "format", str, "required", flag).shut().needs("path"))))
	gpuOrder  = record("a device", "capabilities", texts, "count", &shape{kinds: text | integer}, "device_ids", texts, "driver", str, "options", pairs)
	external  = union(flag, &shape{kinds: mapping, what: "external", keys: map[string]*shape{"name": str}})
)

var service = record("a service",
	"annotations", pairs, "attach", flagOrStr, "blkio_config", blkio, "build", union(str, build), "cap_add", texts, "cap_drop", texts,
	"cgroup", oneOf("host", "private"), "cgroup_parent", str, "command", command, "configs", fileRefs, "container_name", str,
	"cpu_count", count, "cpu_percent", amount, "cpu_period", numOrStr, "cpu_quota", numOrStr, "cpu_rt_period", numOrStr,
	"cpu_rt_runtime", numOrStr, "cpu_shares", numOrStr, "cpus", amount, "cpuset", str,
	"credential_spec", record("a credential_spec", "config", str, "file", str, "registry", str),
	"depends_on", union(texts, &shape{kinds: mapping, values: record("a dependency",
		"condition", oneOf("service_started", "service_healthy", "service_completed_successfully"), "required", flag, "restart", flag).needs("condition")}),
	"deploy", deploy.orNull(), "develop", record("develop", "watch", listOf(watch)).orNull(), "device_cgroup_rules", texts,
	"devices", listOf(union(str, record("a device", "source", str, "target", str, "permissions", str).needs("source"))),
	"dns", strOrList, "dns_opt", texts, "dns_search", strOrList, "domainname", str, "entrypoint", command, "env_file", envFiles,
	"environment", pairs, "expose", listOf(numOrStr),
	"extends", union(str, record("extends", "service", str, "file", str).shut().needs("service")), "external_links", texts, "extra_hosts", hosts,
	"gpus", union(oneOf("all"), listOf(gpuOrder)), "group_add", listOf(numOrStr), "healthcheck", healthcheck, "hostname", str, "image", str,
	"init", flagOrStr, "ipc", str, "isolation", str, "label_file", strOrList, "labels", pairs, "links", texts,
	"logging", record("logging", "driver", str, "options", &shape{kinds: mapping, values: &shape{kinds: text | number | null}}),
	"mac_address", str, "mem_limit", size, "mem_reservation", size, "mem_swappiness", count, "memswap_limit", size,
	"models", union(texts, free(record("a model", "endpoint_var", str, "model_var", str))), "network_mode", str,
	"networks", union(texts, named(record("a network", "aliases", texts, "interface_name", str, "ipv4_address", str, "ipv6_address", str,
		"link_local_ips", texts, "mac_address", str, "driver_opts", options, "priority", numOrStr, "gw_priority", numOrStr).orNull())),
	"oom_kill_disable", flag, "oom_score_adj", count, "pid", union(str, &shape{kinds: null}), "pids_limit", numOrStr, "platform", str,
	"ports", listOf(union(&shape{kinds: text | number, format: portFormat}, record("a port", "name", str, "mode", oneOf("host", "ingress"), "host_ip", str,
		"target", count, "published", &shape{kinds: text | integer, format: rangeFormat}, "protocol", str, "app_protocol", str))),
	"post_start", listOf(hook), "pre_stop", listOf(hook), "privileged", flag, "profiles", texts,
	"provider", record("a provider", "type", str, "options", &shape{kinds: mapping}).needs("type"),
	"pull_policy", &shape{kinds: text, format: pullPolicyFormat}, "pull_refresh_after", str, "read_only", flag,
	"restart", &shape{kinds: text, format: restartFormat}, "runtime", str, "scale", count, "secrets", fileRefs, "security_opt", texts,
	"shm_size", size, "stdin_open", flag, "stop_grace_period", duration, "stop_signal", str, "storage_opt", &shape{kinds: mapping},
	"sysctls", pairs, "tmpfs", strOrList, "tty", flag, "ulimits", ulimits, "use_api_socket", &shape{kinds: boolean}, "user", str,
	"userns_mode", str, "uts", str, "volumes", listOf(union(str, mount)), "volumes_from", texts, "working_dir", str)

var build = record("build",
	"additional_contexts", pairs, "args", pairs, "cache_from", texts, "cache_to", texts, "context", str, "dockerfile", str,
	"dockerfile_inline", str, "entitlements", texts, "extra_hosts", hosts, "isolation", str, "labels", pairs, "network", str,
	"no_cache", flagOrStr, "platforms", texts, "privileged", flagOrStr, "provenance", flagOrStr, "pull", flagOrStr, "sbom", flagOrStr,
	"secrets", fileRefs, "shm_size", size, "ssh", pairs, "tags", texts, "target", str, "ulimits", ulimits)

var healthcheck = record("a healthcheck",
	"disable", flag, "interval", duration, "retries", &shape{kinds: text | number, format: intFormat}, "start_interval", duration, "start_period", duration,
	"test", &shape{kinds: text | list, items: str}, "timeout", duration)

var mount = record("a mount",
	"type", oneOf("bind", "volume", "tmpfs", "cluster", "npipe", "image"), "source", str, "target", str, "read_only", flag, "consistency", str,
	"bind", record("bind", "propagation", str, "create_host_path", flagOrStr, "recursive", oneOf("enabled", "disabled", "writable", "readonly"), "selinux", oneOf("z", "Z")),
	"volume", record("volume", "labels", pairs, "nocopy", flag, "subpath", str), "tmpfs", record("tmpfs", "size", size, "mode", numOrStr),
	"image", record("image", "subpath", str)).needs("type")

var rollout = record("a rollout",
	"parallelism", count, "delay", duration, "failure_action", oneOf("continue", "pause", "rollback"), "monitor", duration, "max_failure_ratio", amount,
	"order", oneOf("start-first", "stop-first"))

var deploy = record("deploy",
	"mode", oneOf("replicated", "global", "replicated-job", "global-job"), "endpoint_mode", oneOf("vip", "dnsrr"), "replicas", count, "labels", pairs,
	"rollback_config", rollout, "update_config", rollout,
	"resources", record("resources",
		"limits", record("limits", "cpus", amount, "memory", textSize, "pids", count),
		"reservations", record("reservations", "cpus", amount, "memory", textSize, "devices", listOf(gpuOrder.copy().needs("capabilities")),
			"generic_resources", listOf(record("a resource", "discrete_resource_spec", record("a resource", "kind", str, "value", numOrStr))))),
	"restart_policy", record("a restart policy", "condition", oneOf("none", "no", "on-failure", "any", "always", "unless-stopped"), "delay", duration,
		"max_attempts", count, "window", duration),
	"placement", record("placement", "constraints", texts, "preferences", listOf(record("a preference", "spread", str)), "max_replicas_per_node", count))

var textSize = &shape{kinds: text, format: sizeFormat}

var watch = record("watch",
	"path", str, "action", oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"), "target", str, "ignore", strOrList, "include", strOrList,
	"exec", hook, "initial_sync", &shape{kinds: boolean}).needs("path", "action")

var (
	ioLimit = listOf(record("a limit", "path", str, "rate", &shape{kinds: text | integer}).shut())
	blkio   = record("blkio_config", "device_read_bps", ioLimit, "device_read_iops", ioLimit, "device_write_bps", ioLimit, "device_write_iops", ioLimit,
		"weight", count, "weight_device", listOf(record("a weight", "path", str, "weight", count).shut())).shut()
)

var network = record("a network",
	"name", str, "driver", str, "driver_opts", options, "external", external, "internal", flag, "attachable", flag, "enable_ipv4", flag, "enable_ipv6", flag,
	"labels", pairs, "ipam", record("ipam", "driver", str, "options", &shape{kinds: mapping, values: str}, "config", listOf(record("a subnet",
		"subnet", str, "ip_range", str, "gateway", str, "aux_addresses", &shape{kinds: mapping, values: str})))).orNull()

var volume = record("a volume", "name", str, "driver", str, "driver_opts", options, "external", external, "labels", pairs).orNull()

var secret = record("a secret",
	"name", str, "environment", str, "file", str, "external", external, "labels", pairs, "driver", str, "driver_opts", options, "template_driver", str)

var config = record("a config",
	"name", str, "content", str, "environment", str, "file", str, "external", external, "labels", pairs, "template_driver", str)

// record is a mapping with known keys: name, shape, name, shape, ….
func record(what string, pairs ...any) *shape {
	s := &shape{kinds: mapping, what: what, keys: map[string]*shape{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		s.keys[name], _ = pairs[i+1].(*shape)
	}
	return s
}

func (s *shape) copy() *shape {
	c := *s
	return &c
}

func (s *shape) shut() *shape {
	s.closed = true
	return s
}

func (s *shape) needs(keys ...string) *shape {
	s.required = keys
	return s
}

func (s *shape) orNull() *shape {
	s.kinds |= null
	return s
}

func listOf(items *shape) *shape { return &shape{kinds: list, items: items} }

func free(values *shape) *shape { return &shape{kinds: mapping, values: values} }

func named(values *shape) *shape { return &shape{kinds: mapping, values: values, name: isResourceName} }

func oneOf(words ...string) *shape { return &shape{kinds: text, words: words} }

// union takes what any of the shapes takes. No two of them may be mappings, nor
// lists, nor texts with a format.
func union(shapes ...*shape) *shape {
	out := &shape{}
	for _, s := range shapes {
		out.kinds |= s.kinds
		if s.kinds&mapping != 0 {
			out.what, out.keys, out.closed, out.values, out.name, out.required = s.what, s.keys, s.closed, s.values, s.name, s.required
		}
		if s.kinds&list != 0 {
			out.items = s.items
		}
		if s.format != nil {
			out.format = s.format
		}
		if s.words != nil {
			out.words = s.words
		}
	}
	return out
}

func isResourceName(s string) bool {
	if opaque(s) {
		return true
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return s != ""
}
