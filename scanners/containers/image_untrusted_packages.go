package containers

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ImageUntrustedPackages finds packages that are installed without a look at who
// made them.
var ImageUntrustedPackages = check.PerProject(check.Doc{
	ID:         "containers/image-untrusted-packages",
	Title:      "Packages installed unverified",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The package manager is told to take what it gets. Whoever stands between the build and the mirror, or takes over the mirror, puts programs of their own into the image.",
	How:        "Remove the option and add the key that the packages are signed with (signed-by for apt, rpm --import, /etc/apk/keys). Fetch indexes over https.",
	Holds:      "Packages are verified",
	References: []string{"https://manpages.debian.org/bookworm/apt/apt-secure.8.en.html", "https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper", "https://slsa.dev/spec/v1.0/threats"},
	Peers: []finding.Peer{
		check.Broader("checkov", "RunAptGetAllowUnauthenticated"), check.Broader("checkov", "RunAptGetForceYes"), check.Broader("checkov", "RunYumNoGpgCheck"),
		check.Broader("checkov", "RunApkAllowUntrusted"), check.Broader("checkov", "RunRpmNoSignature"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			for _, c := range steps(stage) {
				if how := unverified(c); how != "" {
					p.Report(d.At(c.Span), "%s", how)
				}
			}
		}
	}
})

// unverified says how a command installs what nobody vouches for; "" when it does
// not.
func unverified(c step) string {
	said := func(names ...string) string {
		for _, name := range names {
			if c.option(name) {
				return c.tool + " takes packages without a valid signature (" + name + ")"
			}
		}
		return ""
	}
	switch c.tool {
	case "apt", "apt-get", "aptitude":
		for _, a := range c.args {
			if a == "APT::Get::AllowUnauthenticated=true" || a == "APT::Get::AllowUnauthenticated=1" || a == "Acquire::AllowInsecureRepositories=true" {
				return c.tool + " takes packages without a valid signature (" + a + ")"
			}
		}
		return said("--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories")
	case "apk":
		return said("--allow-untrusted")
	case "yum", "dnf", "tdnf", "microdnf", "zypper":
		for _, a := range c.args {
			if setting := strings.TrimPrefix(a, "--setopt="); strings.HasSuffix(setting, "gpgcheck=0") || strings.HasSuffix(setting, "gpgcheck=false") {
				return c.tool + " takes packages without a valid signature (" + a + ")"
			}
		}
		return said("--nogpgcheck", "--no-gpg-checks", "--no-gpgcheck", "--allow-unsigned-rpm")
	case "rpm":
		return said("--nosignature", "--nodigest", "--noverify", "--nofiledigest")
	case "pip", "pip3", "uv":
		return plainIndex(c, "--index-url", "-i", "--extra-index-url", "--find-links", "--default-index", "--index")
	case "npm", "yarn", "pnpm":
		if address := plainIndex(c, "--registry"); address != "" {
			return address
		}
		if c.has("config") && c.has("set") && c.has("registry") && len(c.args) > 0 && isPlainHTTP(c.args[len(c.args)-1]) {
			return c.tool + " fetches packages over plain http"
		}
	case "gem":
		if c.verb() == "sources" {
			return plainIndex(c, "-a", "--add")
		}
		return plainIndex(c, "--source", "-s")
	case "add-apt-repository":
		return ""
	case "echo", "printf":
		for _, a := range c.args {
			if strings.Contains(a, "trusted=yes") && strings.Contains(a, "deb ") {
				return "an apt source is trusted whatever signs it (trusted=yes)"
			}
		}
	}
	return ""
}

// plainIndex says whether one of the options names an address of plain http.
func plainIndex(c step, options ...string) string {
	for i, a := range c.args {
		name, value, joined := strings.Cut(a, "=")
		for _, option := range options {
			if name != option {
				continue
			}
			if !joined && i+1 < len(c.args) {
				value = c.args[i+1]
			}
			if isPlainHTTP(value) {
				return c.tool + " fetches packages over plain http"
			}
		}
	}
	return ""
}

func isPlainHTTP(address string) bool {
	return strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "http://localhost") && !strings.HasPrefix(address, "http://127.")
}
