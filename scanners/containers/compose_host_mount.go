package containers

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeHostMount finds mounts of directories that belong to the host's system.
var ComposeHostMount = check.PerProject(check.Doc{
	ID:         "containers/compose-host-mount",
	Title:      "System directory of the host mounted",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whoever takes over the service reads the host's keys and settings there, or writes a job or a program that the host then runs as root.",
	How:        "Mount a named volume, or the one file that is needed, read-only.",
	Holds:      "Services mount nothing of the host's system",
	References: []string{"https://docs.docker.com/engine/storage/bind-mounts/", "https://docs.docker.com/reference/compose-file/volumes/", "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"},
	Peers:      []finding.Peer{check.Same("kics", "volume_has_sensitive_host_directory")},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		found := false
		for _, m := range v.Volumes {
			source, known := s.Interpolated(m.Path, m.Source)
			if m.Type != compose.Bind || !known || v.isAgent() {
				continue
			}
			severity, what := hostDirectory(source)
			if what == "" && !m.ReadOnly && belowPrograms(source) {
				severity, what = finding.Medium, "where the host keeps its programs"
			}
			if what != "" {
				found = true
				p.Report(s.Place(m.Path, m.Span), "the service %s mounts %s of the host, %s", v.Name, path.Clean(source), what).As(severity).Keyed("%s %s", v.Name, path.Clean(source))
			}
		}
		if len(v.Volumes) > 0 && !found {
			p.Holds(s.Place(v.Volumes[0].Path, v.Volumes[0].Span), "the service %s mounts nothing of the host's system", v.Name)
		}
	}
	for _, project := range deployedProjects(s) {
		for _, f := range project.Layers() {
			for _, volume := range f.Volumes {
				judgeBoundVolume(p, s, f, volume)
			}
		}
	}
})

// judgeBoundVolume looks at a named volume that is a directory of the host after all.
func judgeBoundVolume(p *check.Pass, s *repo.Snapshot, f *compose.File, volume *compose.Resource) {
	options := volume.Node.Get("driver_opts")
	for _, key := range []string{"device", "mountpoint"} {
		node := options.Get(key)
		source, known := s.Interpolated(f.Path, node.Str())
		if !node.Exists() || !known || !strings.HasPrefix(source, "/") {
			continue
		}
		severity, what := hostDirectory(source)
		if what == "" && strings.HasPrefix(path.Clean(source), "/var/") {
			severity, what = finding.Low, "below the system's own directories"
		}
		if what != "" {
			p.Report(s.Place(f.Path, node.Span), "the volume %s is %s of the host, %s", volume.Name, path.Clean(source), what).
				As(severity).Keyed("volume %s", volume.Name)
		}
	}
}

// systemDirectories are directories of the host that are the system's, and what
// is in them.
var systemDirectories = map[string]string{
	"/": "its whole disk", "/etc": "its settings", "/root": "root's home", "/boot": "its kernel", "/proc": "its processes", "/sys": "its kernel's settings",
	"/dev": "its devices", "/usr": "its programs", "/bin": "its programs", "/sbin": "its programs", "/lib": "its libraries", "/lib64": "its libraries",
	"/run": "its sockets", "/var/run": "its sockets", "/var": "its state", "/var/lib": "its state", "/var/lib/docker": "every other container's files", "/home": "everybody's home",
	"/var/spool/cron": "its scheduled jobs", "/usr/bin": "its programs", "/usr/local/bin": "its programs", "/usr/lib": "its libraries", "/usr/sbin": "its programs",
}

// harmless are files and directories in them that tell no secret and that
// containers are often given to read.
var harmless = map[string]bool{
	"/etc/localtime": true, "/etc/timezone": true, "/etc/hostname": true, "/etc/machine-id": true, "/etc/os-release": true, "/etc/hosts": true, "/etc/resolv.conf": true,
	"/etc/ssl/certs": true, "/etc/pki": true, "/etc/ca-certificates": true, "/etc/letsencrypt": true, "/etc/ssl": true,
	"/dev/shm": true, "/dev/dri": true, "/dev/net/tun": true, "/dev/null": true, "/dev/fuse": true, "/run/dbus": true, "/run/udev": true, "/run/systemd": true,
}

// belowPrograms says whether a path of the host is one that it runs programs or
// loads modules from.
func belowPrograms(source string) bool {
	source = path.Clean(source)
	if strings.HasPrefix(source, "/usr/share/") || strings.HasPrefix(source, "/usr/local/share/") || strings.HasPrefix(source, "/usr/src/") {
		return false
	}
	for _, dir := range []string{"/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/"} {
		if strings.HasPrefix(source, dir) {
			return true
		}
	}
	return false
}

// hostDirectory says how bad it is to mount a path of the host, and what it is;
// what is "" when it is none of the system's.
func hostDirectory(source string) (severity finding.Severity, what string) {
	source = path.Clean(source)
	if what = systemDirectories[source]; what != "" {
		return finding.High, what
	}
	if harmless[source] {
		return 0, ""
	}
	for _, dir := range []string{"/etc", "/root", "/proc", "/sys", "/boot"} {
		if !strings.HasPrefix(source, dir+"/") {
			continue
		}
		for safe := range harmless {
			if strings.HasPrefix(source, safe+"/") {
				return 0, ""
			}
		}
		switch source {
		case "/etc/shadow", "/etc/passwd", "/etc/sudoers", "/etc/ssh", "/root/.ssh", "/etc/kubernetes":
			return finding.High, "in " + systemDirectories[dir]
		}
		if dir == "/etc" {
			return 0, "" // settings of a program: /etc/acme
		}
		return finding.Medium, "in " + systemDirectories[dir]
	}
	return 0, ""
}
