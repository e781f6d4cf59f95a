package containers

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// ComposeNoNewPrivileges finds services whose processes may gain rights.
var ComposeNoNewPrivileges = check.PerProject(check.Doc{
	ID:         "containers/compose-no-new-privileges",
	Title:      "Processes may gain privileges",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "A program with the setuid bit in the image, such as su or mount, turns whoever takes over the service into root of the container again.",
	How:        "Write security_opt: [no-new-privileges:true], or set no-new-privileges in the engine's settings for every container. What calls sudo in a running container has to go without it.",
	Holds:      "Processes cannot gain privileges",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#security_opt", "https://docs.kernel.org/userspace-api/no_new_privs.html"},
	Peers:      []finding.Peer{check.Same("kics", "no_new_privileges_not_set"), check.Broader("kics", "security_opt_not_set")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		if endsByItself(s, v.project, v.Service) || v.Privileged.Value || v.Provider.Set() {
			continue
		}
		at, set := v.name(s), false
		for i, o := range v.SecurityOpt {
			option := strings.ReplaceAll(o.Value, "=", ":")
			switch {
			case option == "no-new-privileges" || option == "no-new-privileges:true":
				set = true
				p.Holds(s.Place(o.Path, o.Span), "the processes of %s cannot gain privileges", v.Name)
			case i == 0:
				at = s.Place(o.Path, o.Span)
			}
		}
		if set {
			continue
		}
		found := p.Report(at, "the processes of %s may gain privileges (no-new-privileges is not set)", v.Name).Keyed("%s", v.Name)
		f := s.File(v.Key.Path)
		if f == nil {
			continue
		}
		step := strings.Repeat(" ", patch.YAMLUnit(f.Bytes()))
		if f, edit, ok := addToService(s, v.Service, "security_opt", "security_opt:\n"+step+"- no-new-privileges:true"); ok {
			title := "Keep the processes of " + v.Name + " from gaining privileges"
			found.WithPatch(title, finding.Review, editsOf(f, title, "Programs with the setuid bit, such as sudo, stop working in it.", edit))
		}
	}
})
