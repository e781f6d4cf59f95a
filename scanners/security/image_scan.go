package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// imageScanners are actions that look through images or dependencies for known
// vulnerabilities, by the name of their repository.
var imageScanners = map[string]bool{
	"aquasecurity/trivy-action": true, "anchore/scan-action": true, "snyk/actions": true, "docker/scout-action": true, "azure/container-scan": true, "crazy-max/ghaction-container-scan": true, "google/osv-scanner-action": true, "google/osv-scanner": true, "sysdiglabs/scan-action": true, "lacework/lw-scanner-action": true, "aquasecurity/setup-trivy": false,
}

// ImageScan says where the pipeline looks for known vulnerabilities.
var ImageScan = check.PerProject(check.Doc{
	ID:         "security/image-scan",
	Title:      "No scanner in the pipeline",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "What is known to be vulnerable is found before it is deployed, not by whoever attacks it.",
	How:        "Scan images in the pipeline and let it fail on what is critical and can be mended.",
	Holds:      "The pipeline looks for known vulnerabilities",
	References: []string{"https://trivy.dev/latest/", "https://github.com/anchore/scan-action"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, pipeline := range s.Pipelines() {
		if pipeline.Role != repo.Production {
			continue
		}
		for _, job := range pipeline.Spec.Jobs {
			for _, step := range job.Steps {
				name, _ := step.Action()
				owner := strings.Join(strings.SplitN(name, "/", 3)[:min(2, strings.Count(name, "/")+1)], "/")
				if imageScanners[strings.ToLower(owner)] && !step.ContinueOnError && step.If != "false" {
					p.Holds(pipeline.At(step.UsesSpan), "%s runs %s", pipeline.Path, owner)
					continue
				}
				for _, c := range step.Commands() {
					if tool, ok := scanCommand(c.Words); ok && !step.ContinueOnError && !step.Tolerates(c) {
						p.Holds(pipeline.At(step.RunSpan), "%s runs %s", pipeline.Path, tool)
					}
				}
			}
		}
	}
})

// scanCommand says whether the words of a command look for vulnerabilities.
func scanCommand(words []string) (tool string, ok bool) {
	if len(words) < 2 {
		return "", false
	}
	name := words[0][strings.LastIndexByte(words[0], '/')+1:]
	switch name {
	case "trivy":
		return name, words[1] == "image" || words[1] == "fs" || words[1] == "filesystem" || words[1] == "repo"
	case "grype", "osv-scanner":
		return name, words[1] != "--version" && words[1] != "version" && words[1] != "--help"
	case "snyk":
		return name, words[1] == "test" || words[1] == "container"
	case "docker":
		return "docker scout", words[1] == "scout"
	}
	return "", false
}
