package delivery

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// IaCMissing finds systems whose servers nobody could set up again.
var IaCMissing = check.PerProject(check.Doc{
	ID:         "delivery/iac-missing",
	Title:      "No infrastructure as code",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      16,
	Why:        "Servers, networks and databases are as somebody clicked them together. A second environment differs from the first, and after a loss nobody knows what there was.",
	How:        "Describe what the system runs on with Terraform, OpenTofu, Pulumi or Ansible, beginning with what would be hardest to set up again, and let CI plan each change.",
	Holds:      "The infrastructure is described in code",
	References: []string{"https://opentofu.org/docs/intro/", "https://docs.ansible.com/ansible/latest/getting_started/index.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := infrastructure(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	if platform(s) != nil {
		return
	}
	if at, ok := operated(s); ok {
		p.Report(at, "the services are declared, and what they run on is not: no Terraform, Pulumi, CloudFormation, Kubernetes or Ansible").Keyed("none")
	}
})

// infrastructure is the first file that describes what the system runs on.
func infrastructure(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, m := range s.TerraformModules() {
		if m.Role == repo.Production && len(m.Resources)+len(m.Calls) > 0 {
			return m.Files[0].Start(), m.Dir + " describes infrastructure for Terraform", true
		}
	}
	for _, c := range s.HelmCharts() {
		if c.Role == repo.Production {
			return c.Start(), path.Dir(c.Path) + " is a Helm chart", true
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role == repo.Production && !isDevelopmentFile(o.Path) {
			return o.At(o.Node.Span), o.Path + " describes the system for Kubernetes", true
		}
	}
	for _, f := range s.Production() {
		if what := infrastructureFile(f); what != "" {
			return f.Start(), f.Path + " describes infrastructure for " + what, true
		}
	}
	return finding.Location{}, "", false
}

// infrastructureFile is the tool that a file describes infrastructure for; "" for
// none.
func infrastructureFile(f *repo.File) string {
	name := f.Name()
	if f.Blank() {
		return ""
	}
	switch {
	case name == "Pulumi.yaml" || name == "Pulumi.yml":
		return "Pulumi"
	case path.Ext(name) == ".bicep":
		return "Bicep"
	case name == "cdk.json":
		return "the AWS CDK"
	case name == "serverless.yml" || name == "serverless.yaml" || name == "serverless.ts":
		return "the Serverless Framework"
	case name == "ansible.cfg":
		return "Ansible"
	case path.Ext(name) == ".nomad" || strings.HasSuffix(name, ".nomad.hcl"):
		return "Nomad"
	case name == "terragrunt.hcl":
		return "Terragrunt"
	case name == "copilot.yml" || name == "samconfig.toml" || name == "azure.yaml":
		return "its cloud"
	case (f.Lang == repo.YAML || path.Ext(name) == ".json" || path.Ext(name) == ".template") && f.Size < 512<<10 && f.Mentions("AWSTemplateFormatVersion") && says(f, "AWSTemplateFormatVersion"):
		return "CloudFormation"
	case f.Lang == repo.YAML && (strings.Contains(f.Path, "playbook") || strings.Contains(f.Path, "roles/")) && says(f, "- hosts:", "ansible.builtin", "become: "):
		return "Ansible"
	}
	return ""
}
