package system

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// EventDriven tells systems whose services speak through a broker that is deployed.
var EventDriven = check.PerProject(check.Doc{
	ID:         "system/event-driven",
	Title:      "Services speak through events",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A service that is down gets its messages later, and a new one can listen without a change in those that send.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "Services speak through events",
	References: []string{"https://microservices.io/patterns/data/event-driven-architecture.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for i := range brokers {
		b := &brokers[i]
		if b.name == "Redis" || b.name == "Memcached" {
			continue // caches as often as not
		}
		use, ok := usedBroker(s, b)
		if !ok {
			continue
		}
		if at, deployed := deployedBroker(s, b); deployed {
			p.Holds(use.From.At(use.Span), "%s sends or takes events through %s, which %s deploys", use.From.Path, b.name, at.Path)
		}
	}
})
