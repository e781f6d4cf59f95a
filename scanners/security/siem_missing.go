package security

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SIEMMissing asks who watches for attacks.
var SIEMMissing = check.PerProject(check.Doc{
	ID:         "security/siem-missing",
	Title:      "No forwarding of security events",
	Severity:   finding.Info,
	Confidence: finding.NotProven,
	Hours:      8,
	Why:        "Logs that nobody joins and reads show a break-in months later, to whoever looks for its cause.",
	How:        "Send sign-ins, refusals and administrators' actions to a system that joins and alerts on them." + howToAttest,
	Holds:      "Security events are forwarded",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html", "https://docs.aws.amazon.com/guardduty/latest/ug/what-is-guardduty.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, name, ok := resourceUse(s, "aws_guardduty_detector", "aws_securityhub_account", "azurerm_sentinel_log_analytics_workspace_onboarding", "google_scc_source"); ok {
		p.Holds(at, "%s", name)
		return
	}
	if at, image, ok := imageUse(s, "wazuh", "falco", "splunk", "crowdsec", "elastic-agent", "datadog/agent"); ok {
		p.Holds(at, "%s runs", image)
		return
	}
	if door, ok := served(s); ok {
		p.Unproven(door, "whether security events reach somebody who watches is not written in the project")
	}
})
