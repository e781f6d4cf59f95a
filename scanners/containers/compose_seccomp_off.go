package containers

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ComposeSeccompOff finds services whose system calls nobody filters.
var ComposeSeccompOff = check.PerProject(check.Doc{
	ID:         "containers/compose-seccomp-off",
	Title:      "Seccomp or AppArmor switched off",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "The default profiles block the system calls and files that most escapes from containers go through. Unconfined, a single flaw of the kernel is within reach.",
	How:        "Remove the option. If one system call is missing, give the service a profile of its own that allows that call.",
	References: []string{"https://docs.docker.com/engine/security/seccomp/", "https://docs.docker.com/engine/security/apparmor/"},
	Peers:      []finding.Peer{check.Broader("kics", "default_seccomp_profile_disabled")},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		for _, o := range v.SecurityOpt {
			option := strings.ReplaceAll(strings.ToLower(o.Value), "=", ":")
			option = strings.ReplaceAll(option, " ", "")
			what := ""
			switch {
			case strings.HasSuffix(option, "seccomp:unconfined"):
				what = "seccomp"
			case strings.HasSuffix(option, "apparmor:unconfined"):
				what = "AppArmor"
			case option == "label:disable":
				what = "SELinux"
			case option == "systempaths:unconfined":
				what = "the mask over /proc and /sys"
			default:
				continue
			}
			p.Report(s.Place(o.Path, o.Span), "the service %s runs without %s", v.Name, what).Keyed("%s %s", v.Name, what)
		}
	}
})
