package containers

import (
	"slices"
	"strings"
)

// manager is a package manager of a system, and how it is used in a build.
type manager struct {
	refresh []string // the verbs that only fetch lists
	install []string
	upgrade []string
	clean   []string // what leaves nothing behind: verbs, and paths given to rm
	yes     []string // options that answer its questions
}

var managers = map[string]*manager{
	"apt-get": {
		refresh: []string{"update"}, install: []string{"install", "build-dep"}, upgrade: []string{"upgrade", "dist-upgrade", "full-upgrade"},
		clean: []string{"/var/lib/apt/lists"}, yes: []string{"-y", "--yes", "--assume-yes", "-qq", "-q=2", "--quiet=2"},
	},
	"apk": {
		refresh: []string{"update"}, install: []string{"add"}, upgrade: []string{"upgrade"},
		clean: []string{"/var/cache/apk", "cache clean", "/etc/apk/cache"},
	},
	"yum": {
		refresh: []string{"makecache", "check-update"}, install: []string{"install", "groupinstall", "localinstall", "reinstall"}, upgrade: []string{"update", "upgrade"},
		clean: []string{"clean all", "/var/cache/yum", "/var/cache/dnf"}, yes: []string{"-y", "--assumeyes", "--yes"},
	},
	"zypper": {
		refresh: []string{"refresh", "ref"}, install: []string{"install", "in", "remove", "rm", "patch"}, upgrade: []string{"update", "up", "dist-upgrade", "dup"},
		clean: []string{"clean", "cc", "/var/cache/zypp"}, yes: []string{"-y", "--no-confirm", "-n", "--non-interactive"},
	},
	"pacman": {
		install: []string{"-S"}, upgrade: []string{"-Syu", "-Su", "-Syyu"}, refresh: []string{"-Sy", "-Syy"}, clean: []string{"-Scc", "-Sc", "/var/cache/pacman"}, yes: []string{"--noconfirm"},
	},
}

// managerOf is the manager that a step calls; nil for any other program.
func managerOf(c step) *manager {
	switch c.tool {
	case "apt", "apt-get", "aptitude":
		return managers["apt-get"]
	case "yum", "dnf", "microdnf", "tdnf", "dnf5":
		return managers["yum"]
	case "pacman":
		return managers["pacman"]
	case "apk", "zypper":
		return managers[c.tool]
	}
	return nil
}

// does says whether a step has one of the verbs.
func (m *manager) does(c step, verbs []string) bool {
	if c.tool == "pacman" {
		return slices.ContainsFunc(c.args, func(a string) bool { return slices.Contains(verbs, a) })
	}
	verb := c.verb()
	for k, a := range c.args { // the value of an option is not the verb: -t bookworm
		if slices.Contains(verbs, a) && (a == verb || k > 0 && strings.HasPrefix(c.args[0], "-")) {
			return true
		}
	}
	return false
}

// cleans says whether a step takes away what the manager left behind.
func (m *manager) cleans(c step) bool {
	line := strings.Join(c.args, " ")
	return slices.ContainsFunc(m.clean, func(what string) bool {
		if strings.HasPrefix(what, "/") {
			return c.tool == "rm" && strings.Contains(line, what)
		}
		if strings.HasPrefix(what, "-") {
			return c.tool == "pacman" && c.has(what)
		}
		return managerOf(c) == m && (line == what || strings.HasPrefix(line, what+" ") || strings.HasSuffix(line, " "+what) || strings.Contains(" "+line+" ", " "+what+" "))
	})
}

// answers says whether a step asks nobody.
func (m *manager) answers(c step) bool {
	if len(m.yes) == 0 || c.short("y") && c.tool != "pacman" && c.tool != "apk" {
		return true
	}
	return c.has(m.yes...) || c.tool == "zypper" && c.short("n")
}
