package compose

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// NamedLike says whether the file's name alone makes it a compose file:
// docker-compose*.yml, compose*.yaml, *.compose.yml, docker-stack*.yml.
func NamedLike(file string) bool {
	stem, ok := yamlStem(file)
	if !ok {
		return false
	}
	for _, prefix := range []string{"docker-compose", "compose", "docker-stack", "podman-compose"} {
		if rest, ok := strings.CutPrefix(stem, prefix); ok && (rest == "" || strings.ContainsAny(rest[:1], ".-_")) {
			return true
		}
	}
	return strings.HasSuffix(stem, ".compose") || strings.HasSuffix(stem, "-compose") || strings.HasSuffix(stem, ".docker-compose")
}

// Sniff says whether the file is a compose file. A file that is named like one is
// taken as one even when it is empty or broken, unless its root says that it is
// something else. Any other YAML file must declare services the way compose
// does, and nothing that compose does not know.
func Sniff(file string, src []byte) bool {
	stem, ok := yamlStem(file)
	if !ok || strings.HasSuffix(stem, ".gitlab-ci") {
		return false
	}
	named := NamedLike(file)
	if !named && !hasTopLevelServices(src) {
		return false
	}
	docs, err := yamldoc.Parse(src)
	if len(docs) == 0 || docs[0].Root == nil {
		return named
	}
	if err != nil && !named {
		return false
	}
	root := docs[0].Root
	if !root.IsMapping() || root.Get("apiVersion").Exists() && root.Get("kind").Exists() {
		return false
	}
	known := 0
	for _, e := range root.Entries() {
		if topLevelKeys[e.Name()] {
			known++
		} else if !named && !strings.HasPrefix(e.Name(), "x-") && !e.Value.IsMapping() {
			return false
		}
	}
	if named {
		return known > 0
	}
	return declaresServices(root.Get("services"))
}

// declaresServices says whether the mapping's values are services: each a mapping
// of keys that services have, at least one of them with an image or a build.
func declaresServices(n *yamldoc.Node) bool {
	runnable := false
	for _, e := range n.Entries() {
		if !e.Value.IsMapping() {
			return false
		}
		for _, key := range e.Value.Entries() {
			if !serviceKeys[key.Name()] && !strings.HasPrefix(key.Name(), "x-") {
				return false
			}
		}
		runnable = runnable || e.Value.Get("image").IsScalar() || !e.Value.Get("build").IsNull()
	}
	return runnable
}

// hasTopLevelServices looks for a line that begins with services:, so that most
// files are never parsed.
func hasTopLevelServices(src []byte) bool {
	for _, key := range [][]byte{[]byte("services:"), []byte(`"services":`), []byte(`'services':`)} {
		for rest, at := src, 0; ; {
			i := bytes.Index(rest, key)
			if i < 0 {
				break
			}
			at += i
			if at == 0 || src[at-1] == '\n' || bytes.Equal(src[:at], []byte("\xef\xbb\xbf")) {
				return true
			}
			at += len(key)
			rest = src[at:]
		}
	}
	return false
}

// yamlStem is the base name without .yml or .yaml, in lower case.
func yamlStem(file string) (stem string, ok bool) {
	base := strings.ToLower(path.Base(file))
	for _, ext := range []string{".yml", ".yaml"} {
		if s, ok := strings.CutSuffix(base, ext); ok && s != "" {
			return s, true
		}
	}
	return "", false
}

var topLevelKeys = set("name version services volumes networks secrets configs include models")

var serviceKeys = set(`annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs
	container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset
	credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts
	entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image
	init ipc isolation label_file labels links log_driver log_opt logging mac_address mem_limit mem_reservation
	mem_swappiness memswap_limit models net network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform
	ports post_start pre_stop privileged profiles provider pull_policy read_only restart runtime scale secrets
	security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits
	use_api_socket user userns_mode uts volume_driver volumes volumes_from working_dir`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
