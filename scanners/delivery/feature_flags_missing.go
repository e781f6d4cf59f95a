package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// FeatureFlagsMissing says whether a feature can be turned off without a
// deployment.
var FeatureFlagsMissing = check.PerProject(check.Doc{
	ID:         "delivery/feature-flags-missing",
	Title:      "No feature flags",
	Severity:   finding.Low,
	Confidence: finding.NotProven,
	Hours:      6,
	Why:        "A feature that turns out wrong is turned off by a deployment, with all else that was merged since. Unfinished work waits on branches that drift apart.",
	How:        "Read flags through OpenFeature or the SDK of a service (Unleash, Flagsmith, GrowthBook, LaunchDarkly), with a default in code, and remove a flag once its feature is in use by all.",
	Holds:      "Features can be turned off without a deployment",
	References: []string{"https://openfeature.dev/docs/reference/intro/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := flags(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	at, ok := operated(s)
	if !ok {
		return
	}
	// Where versions are deployed by hand and rarely, flags are not the next step.
	if list := deployments(s); len(list) > 0 && len(s.Routes()) > 0 && !published(s) {
		p.Report(list[0].At, "%s deploys to all users, and no feature can be turned off without another deployment", jobName(list[0].Job)).With(at).Keyed("none")
	} else {
		p.Unproven(at, "how a feature is turned off: no SDK or configuration of feature flags is in the project")
	}
})

// flagPackages are the SDKs of flag services, by a part of the package's name.
var flagPackages = []string{
	"openfeature", "launchdarkly", "unleash", "flagsmith", "growthbook", "configcat", "statsig", "flipt", "devcycle", "gofeatureflag", "go-feature-flag", "flipper", "waffle", "splitio", "@vercel/flags", "flagd", "happykit", "hypertune", "togglz", "ff4j", "pennant", "gargoyle", "flags-sdk", "posthog",
}

// flags finds an SDK that running code imports, or a service that is deployed.
func flags(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, src := range s.RunningSources(flagWords...) {
		for _, e := range s.Graph().External(src.File) {
			if slices.ContainsFunc(flagPackages, func(name string) bool { return name != "posthog" && strings.Contains(e.Package, name) }) {
				return src.Start(), src.Path + " reads flags with " + e.Package, true
			}
		}
	}
	for _, src := range s.GoSourcesMentioning(flagWords...) {
		if src.Role != repo.Production {
			continue
		}
		for _, e := range s.Graph().External(src.File) {
			if slices.ContainsFunc(flagPackages, func(name string) bool { return strings.Contains(e.Package, name) }) {
				return src.Start(), src.Path + " reads flags with " + e.Package, true
			}
		}
	}
	for _, c := range s.Components() {
		for _, d := range c.Deployments {
			switch d.Image.Base() {
			case "unleash-server", "flagsmith", "flipt", "growthbook", "flagd":
				if isLive(d) {
					return d.At(), "the flag service " + c.Name + " is deployed", true
				}
			}
		}
	}
	return finding.Location{}, "", false
}

// flagWords stand in the sources that import one of flagPackages.
var flagWords = []string{
	"openfeature", "launchdarkly", "ldclient", "unleash", "flagsmith", "growthbook", "configcat", "statsig", "flipt", "devcycle", "gofeatureflag", "flipper", "waffle", "splitio", "flags", "flagd", "hypertune", "pennant",
}
