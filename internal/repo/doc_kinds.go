package repo

import (
	"path"
	"slices"
	"strings"
)

// DocKind is what a document is there for; "" is anything else.
type DocKind string

// The kinds of documents.
const (
	DocReadme       DocKind = "readme"
	DocContributing DocKind = "contributing"
	DocChangelog    DocKind = "changelog"
	DocLicence      DocKind = "licence"
	DocSecurity     DocKind = "security policy"
	DocConduct      DocKind = "code of conduct"
	DocRunbook      DocKind = "runbook" // running, troubleshooting, incidents
	DocArchitecture DocKind = "architecture"
	DocDecision     DocKind = "decision record"
	DocAPI          DocKind = "API reference"
	DocOnboarding   DocKind = "onboarding" // the first steps of a developer or user
	DocDeployment   DocKind = "deployment"
	DocRecovery     DocKind = "disaster recovery" // backup and restore among it
	DocScaling      DocKind = "scaling"
	DocReport       DocKind = "report"   // of an audit, a status, a finished task
	DocTemplate     DocKind = "template" // for issues, pull requests, change notes
	DocAgent        DocKind = "agent"    // instructions for a machine that writes code
)

// docKind is the kind of the document at a path by its name, and by its
// directory where that says it.
func docKind(name string) DocKind {
	base := path.Base(name)
	stem := base
	if i := strings.IndexByte(base, '.'); i > 0 {
		stem = base[:i]
	}
	words := nameWords(stem)
	dir := path.Dir(name)
	if k := fixedKind(strings.ToLower(name), words, dir); k != "" {
		return k
	}
	for up := strings.ToLower(dir); up != "."; up = path.Dir(up) {
		switch path.Base(up) {
		case "adr", "adrs", "decisions", "architecture-decisions", "decision-records":
			return DocDecision
		}
	}
	if len(words) > 1 && words[0] == "adr" {
		return DocDecision
	}
	if isReport(stem, words, strings.ToLower(dir)) {
		return DocReport
	}
	if k := subject(words); k != "" {
		return k
	}
	parent := strings.ToLower(path.Base(dir))
	switch parent {
	case "runbook", "runbooks", "oncall", "on-call", "incidents", "ops", "operations", "troubleshooting":
		return DocRunbook
	case "architecture":
		return DocArchitecture
	case "api", "api-reference", "api-docs":
		return DocAPI
	case "deployment", "deploy", "self-hosting", "self-hosted", "selfhosting":
		return DocDeployment
	case "onboarding", "getting-started", "quickstart":
		return DocOnboarding
	case "disaster-recovery", "backup", "backups":
		return DocRecovery
	}
	return ""
}

// fixedKind knows the names that are conventions.
func fixedKind(lower string, words []string, dir string) DocKind {
	if strings.Contains(lower, "issue_template") || strings.Contains(lower, "pull_request_template") || strings.HasPrefix(lower, ".changeset/") || strings.Contains(lower, "/.changeset/") {
		return DocTemplate
	}
	for _, part := range strings.Split(path.Dir(lower), "/") {
		switch part {
		case ".claude", ".cursor", ".agents", ".windsurf", ".codex", ".gemini":
			return DocAgent
		}
	}
	if len(words) == 0 {
		return ""
	}
	first := words[0]
	switch {
	case first == "readme":
		return DocReadme
	case len(words) == 1 && (first == "claude" || first == "agents" || first == "gemini" || first == "skill"), slices.Equal(words, []string{"copilot", "instructions"}):
		return DocAgent
	case first == "license" || first == "licence" || first == "copying" || first == "unlicense" || dir == "LICENSES":
		return DocLicence
	case has(words, "code", "of", "conduct"):
		return DocConduct
	case first == "security" && (len(words) == 1 && (dir == "." || dir == ".github" || dir == "docs") || has(words, "policy")), has(words, "vulnerability", "disclosure"):
		return DocSecurity
	case first == "contributing" || first == "contribute" || first == "contribution" || first == "contributions":
		return DocContributing
	case first == "changelog" || first == "changes" || first == "releasenotes" || has(words, "release", "notes") || has(words, "change", "log"),
		len(words) == 1 && (first == "history" || first == "releases" || first == "news" && dir == "."):
		return DocChangelog
	}
	return ""
}

// reportWords end the names of what was written about a task that is done.
var reportWords = set("report", "reports", "status", "summary", "complete", "completed", "completion", "audit", "findings", "assessment", "progress", "implemented", "results", "review")

// isReport says whether a document's name is that of a report: at the root, in a
// directory of reports, or all in capitals, which those who write them like.
func isReport(stem string, words []string, dir string) bool {
	place := dir == "." || dir == "docs" || strings.HasSuffix(dir, "reports") || strings.HasSuffix(dir, "audits")
	if len(words) < 2 || !place && stem != strings.ToUpper(stem) {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool { return reportWords[w] })
}

// has says whether the words stand among others, in this order, side by side.
func has(words []string, want ...string) bool {
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.Equal(words[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// subjects are the words that say what a document or a section is about; the
// first that matches decides.
var subjects = []struct {
	kind DocKind
	any  [][]string
}{
	{DocRecovery, [][]string{{"disaster"}, {"dr"}, {"recovery"}, {"backup"}, {"backups"}, {"restore"}, {"restoring"}, {"rto"}, {"rpo"}, {"failover"}}},
	{DocScaling, [][]string{{"scaling"}, {"scalability"}, {"autoscaling"}, {"autoscale"}, {"capacity", "planning"}, {"scale", "out"}, {"scale", "up"}, {"high", "availability"}}},
	{DocRunbook, [][]string{{"runbook"}, {"runbooks"}, {"playbook"}, {"playbooks"}, {"troubleshooting"}, {"troubleshoot"}, {"incident"}, {"incidents"}, {"oncall"}, {"on", "call"}, {"operations"}}},
	{DocDeployment, [][]string{{"deploy"}, {"deploying"}, {"deployment"}, {"deployments"}, {"selfhosting"}, {"self", "hosting"}, {"self", "hosted"}, {"self", "host"}, {"going", "to", "production"}}},
	{DocOnboarding, [][]string{{"onboarding"}, {"getting", "started"}, {"gettingstarted"}, {"get", "started"}, {"quickstart"}, {"quick", "start"}, {"development"}, {"developing"}, {"developer", "guide"}, {"developer", "setup"}, {"local", "setup"}, {"setup", "guide"}, {"hacking"}}},
	{DocArchitecture, [][]string{{"architecture"}, {"architectural"}, {"system", "design"}, {"technical", "design"}}},
	{DocAPI, [][]string{{"api", "reference"}, {"api", "docs"}, {"api", "documentation"}, {"rest", "api"}, {"api", "endpoints"}, {"endpoints"}, {"openapi"}, {"swagger"}}},
}

func subject(words []string) DocKind {
	if len(words) == 1 && words[0] == "api" {
		return DocAPI
	}
	for _, s := range subjects {
		for _, want := range s.any {
			if has(words, want...) {
				return s.kind
			}
		}
	}
	return ""
}

const maxHeadingWords = 8 // a heading with more is a sentence that mentions things

// headingKind is what a section is about.
func headingKind(text string) DocKind {
	words := nameWords(text)
	if len(words) == 0 || len(words) > maxHeadingWords {
		return ""
	}
	switch first := words[0]; {
	case len(words) <= 3 && (first == "license" || first == "licence" || first == "licensing"):
		return DocLicence
	case len(words) <= 3 && (first == "contributing" || first == "contribute" || first == "contribution"):
		return DocContributing
	case len(words) <= 3 && first == "changelog":
		return DocChangelog
	case has(words, "code", "of", "conduct"):
		return DocConduct
	case has(words, "security", "policy"), has(words, "reporting", "a", "vulnerability"), has(words, "reporting", "security"), has(words, "reporting", "vulnerabilities"):
		return DocSecurity
	}
	return subject(words)
}
