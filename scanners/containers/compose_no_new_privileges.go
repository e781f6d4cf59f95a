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
	none := lacking{s: s}
	held := map[string]int{}
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
				held[v.Key.Path]++
				p.Holds(s.Place(o.Path, o.Span), "the processes of %s cannot gain privileges", v.Name)
			case i == 0:
				at = s.Place(o.Path, o.Span)
			}
		}
		if !set {
			none.add(v, at)
		}
	}
	for i, problem := range none.report(p, held, "no-new-privileges", "does not set no-new-privileges", "do not set no-new-privileges") {
		if set, ok := privilegesPatch(s, none.files[i].services); ok {
			problem.WithPatch(set.Title, finding.Review, set)
		}
	}
})

// privilegesPatch sets the option for all services of one file; ok is false when
// one of them has to be changed by hand.
func privilegesPatch(s *repo.Snapshot, services []deployment) (set patch.Set, ok bool) {
	f := s.File(services[0].Key.Path)
	if f == nil {
		return set, false
	}
	block := "security_opt:\n" + strings.Repeat(" ", patch.YAMLUnit(f.Bytes())) + "- no-new-privileges:true"
	var edits []patch.Edit
	for _, v := range services {
		_, edit, ok := addToService(s, v.Service, "security_opt", block)
		if !ok {
			return set, false
		}
		edits = append(edits, edit)
	}
	title := "Keep the processes of " + named(services) + " from gaining privileges"
	return editsOf(f, title, "Programs with the setuid bit, such as sudo, stop working in them.", edits...), true
}
