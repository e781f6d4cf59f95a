package actions

import "strings"

// By says who can choose the text that a context holds.
type By int

// Who chooses a text, from the least to the most dangerous.
const (
	Nobody  By = iota // it cannot hold what a shell would run: numbers, ids, names of restricted letters
	Caller            // an input: whoever calls the workflow or uses the action
	Writers           // people who may push, tag or start workflows
	Anyone            // whoever can open an issue or a pull request
)

// chosenByAnyone are the paths below github that outsiders fill with free text.
var chosenByAnyone = paths(`
	head_ref
	event.issue.title event.issue.body
	event.pull_request.title event.pull_request.body event.pull_request.head.ref event.pull_request.head.label
	event.pull_request.head.repo.default_branch event.pull_request.head.repo.description event.pull_request.head.repo.homepage
	event.comment.body event.review.body event.review_comment.body
	event.discussion.title event.discussion.body
	event.changes.title.from event.changes.body.from event.changes.head.ref.from
	event.pages.*.page_name
	event.commits.*.message event.commits.*.author.email event.commits.*.author.name event.commits.*.committer.email event.commits.*.committer.name
	event.head_commit.message event.head_commit.author.email event.head_commit.author.name event.head_commit.committer.email event.head_commit.committer.name
	event.workflow_run.head_branch event.workflow_run.display_title
	event.workflow_run.head_commit.message event.workflow_run.head_commit.author.email event.workflow_run.head_commit.author.name
	event.workflow_run.head_repository.description event.workflow_run.pull_requests.*.head.ref
	event.check_suite.head_branch event.check_run.check_suite.head_branch event.check_suite.pull_requests.*.head.ref`)

// chosenByWriters are those that only people with rights to the repository fill.
var chosenByWriters = paths(`
	ref ref_name base_ref event.ref event.inputs event.inputs.* event.client_payload event.client_payload.*
	event.release.name event.release.body event.release.tag_name event.release.target_commitish
	event.label.name event.milestone.title event.milestone.description
	event.deployment.ref event.deployment.payload event.deployment.description
	event.pull_request.base.ref event.pull_request.milestone.title event.issue.milestone.title
	event.repository.description event.workflow_run.name`)

func paths(list string) [][]string {
	var out [][]string
	for _, f := range strings.Fields(list) {
		out = append(out, strings.Split(f, "."))
	}
	return out
}

// Chooses says who can choose what the path holds; see expr.Node.Path. An object
// that holds such a text, github.event itself, counts like the text.
func Chooses(path string) By {
	context, rest, _ := strings.Cut(path, ".")
	switch context {
	case "inputs":
		return Caller
	case "github":
	default:
		return Nobody
	}
	var parts []string
	if rest != "" {
		parts = strings.Split(rest, ".")
	}
	for _, known := range chosenByAnyone {
		if covers(parts, known) {
			return Anyone
		}
	}
	for _, known := range chosenByWriters {
		if covers(parts, known) || len(known) < len(parts) && known[len(known)-1] == "*" && covers(parts[:len(known)], known) {
			return Writers
		}
	}
	return Nobody
}

// covers says whether the path names the known one or something that holds it.
func covers(path, known []string) bool {
	if len(path) > len(known) {
		return false
	}
	for i, p := range path {
		if p != known[i] && p != "*" && known[i] != "*" {
			return false
		}
	}
	return true
}

// codeInputs are the inputs of well-known actions that are run as code.
var codeInputs = map[string][]string{
	"actions/github-script":                  {"script"},
	"azure/cli":                              {"inlinescript"},
	"azure/powershell":                       {"inlinescript"},
	"appleboy/ssh-action":                    {"script"},
	"nick-fields/retry":                      {"command", "on_retry_command", "new_command_on_retry"},
	"nick-invision/retry":                    {"command", "on_retry_command"},
	"wandalen/wretry.action":                 {"command"},
	"jannekem/run-python-script-action":      {"script"},
	"mathiasvr/command-output":               {"run"},
	"gabrielbb/xvfb-action":                  {"run"},
	"coactions/setup-xvfb":                   {"run"},
	"addnab/docker-run-action":               {"run"},
	"amadevus/pwsh-script":                   {"script"},
	"cypress-io/github-action":               {"command", "build", "start", "install-command"},
	"reactivecircus/android-emulator-runner": {"script", "pre-emulator-launch-script"},
	"uraimo/run-on-arch-action":              {"run", "setup", "install"},
	"vmactions/freebsd-vm":                   {"run", "prepare"},
	"cross-platform-actions/action":          {"run"},
	"cloudflare/wrangler-action":             {"command", "precommands", "postcommands"},
}

// RunsAsCode says whether the action, by its Name, runs what the input holds.
func RunsAsCode(action, input string) bool {
	for _, i := range codeInputs[action] {
		if strings.EqualFold(i, input) {
			return true
		}
	}
	return false
}

// untrustedOutputs are outputs of well-known actions that hold what outsiders
// choose: names of files and branches, texts of comments. * stands for any.
var untrustedOutputs = map[string][]string{
	"tj-actions/changed-files":              {"*files"},
	"jitterbit/get-changed-files":           {"*"},
	"trilom/file-changes-action":            {"files*"},
	"dorny/paths-filter":                    {"*_files"},
	"xt0rted/pull-request-comment-branch":   {"head_ref", "ref"},
	"alessbell/pull-request-comment-branch": {"head_ref", "ref"},
	"eficode/resolve-pr-refs":               {"head_ref"},
	"tj-actions/branch-names":               {"head_ref_branch", "current_branch", "ref_branch"},
	"potiuk/get-workflow-origin":            {"sourceheadbranch"},
	"andersfischernielsen/pr-title":         {"*"},
	"peter-evans/find-comment":              {"comment-body"},
}

// UntrustedOutput says whether the output of the action, by its Name, holds text
// that anyone can choose.
func UntrustedOutput(action, output string) bool {
	for _, pattern := range untrustedOutputs[action] {
		head, tail, star := strings.Cut(pattern, "*")
		o := strings.ToLower(output)
		if o == pattern || star && len(o) >= len(head)+len(tail) && strings.HasPrefix(o, head) && strings.HasSuffix(o, tail) {
			return true
		}
	}
	return false
}
