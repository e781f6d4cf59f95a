package containers

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ComposeLimitsMissing finds services that may take the whole host.
var ComposeLimitsMissing = check.PerProject(check.Doc{
	ID:         "containers/compose-limits-missing",
	Title:      "Service without limits",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "One leak or one expensive request takes all memory of the host, and the kernel then kills whichever process it likes: often the database.",
	How:        "Measure what the service uses under load (docker stats), then write deploy.resources.limits with memory and cpus, or mem_limit and cpus, with room to spare.",
	Holds:      "Services have limits of memory and CPU",
	References: []string{"https://docs.docker.com/reference/compose-file/deploy/#resources", "https://docs.docker.com/engine/containers/resource_constraints/"},
	Peers:      []finding.Peer{check.Broader("kics", "memory_not_limited"), check.Broader("kics", "cpus_not_limited")},
}, func(p *check.Pass, s *repo.Snapshot) {
	none := lacking{s: s}
	held := map[string]int{}
	memory := map[string]bool{}
	for _, v := range deployedServices(s) {
		if endsByItself(s, v.project, v.Service) || v.Provider.Set() {
			continue
		}
		hasMemory, hasCPUs := v.Limits.Memory.Set(), v.Limits.CPUs.Set() || v.Node.Get("cpu_quota").Exists() || v.Node.Get("cpuset").Exists()
		if hasMemory && hasCPUs {
			held[v.Key.Path]++
			p.Holds(s.Place(v.Limits.Memory.Path, v.Limits.Memory.Span), "the service %s is limited to %s of memory", v.Name, v.Limits.Memory.Value)
			continue
		}
		at := v.name(s)
		if e, ok := v.Node.Get("deploy", "resources").Entry("limits"); ok && !e.Inherited {
			at = s.Place(v.Key.Path, e.Key.Span)
		}
		memory[v.Key.Path] = memory[v.Key.Path] || !hasMemory
		none.add(v, at)
	}
	for i, problem := range none.report(p, held, "limits", "has no limit of memory or CPU", "have no limit of memory or CPU") {
		if !memory[none.files[i].services[0].Key.Path] {
			problem.As(finding.Low)
			problem.Message += " (of CPU only)"
		}
	}
})
