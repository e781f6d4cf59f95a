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
	event.repository.description event.workflow_run.name event.workflow.name event.workflow.path`)

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
	if len(parts) > 2 && parts[0] == "event" && !strings.HasPrefix(parts[len(parts)-2], "repo") && freeText[parts[len(parts)-1]] {
		return Writers // of an event that is not among the known ones
	}
	return Nobody
}

// freeText are the fields of events that hold what somebody wrote.
var freeText = map[string]bool{"title": true, "body": true, "message": true, "description": true, "email": true, "name": true, "text": true}

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

// foreign are the outputs of an action that hold what outsiders choose: names of
// files and branches, texts of comments.
type foreign struct {
	outputs []string // * stands for any
	escaped int      // the major version since which they are written so that a shell takes them as they are; 0 for none
	unless  string   // the input that turns this off with "false"
	list    string   // the input that says how names are listed: json, shell and escape are harmless
}

var foreignOutputs = map[string]foreign{
	"tj-actions/changed-files":              {outputs: []string{"*files"}, escaped: 41, unless: "safe_output"},
	"jitterbit/get-changed-files":           {outputs: []string{"*"}},
	"trilom/file-changes-action":            {outputs: []string{"files*"}},
	"dorny/paths-filter":                    {outputs: []string{"*_files"}, list: "list-files"},
	"xt0rted/pull-request-comment-branch":   {outputs: []string{"head_ref", "ref"}},
	"alessbell/pull-request-comment-branch": {outputs: []string{"head_ref", "ref"}},
	"eficode/resolve-pr-refs":               {outputs: []string{"head_ref"}},
	"tj-actions/branch-names":               {outputs: []string{"head_ref_branch", "current_branch", "ref_branch"}, escaped: 7},
	"potiuk/get-workflow-origin":            {outputs: []string{"sourceheadbranch"}},
	"andersfischernielsen/pr-title":         {outputs: []string{"*"}},
	"octokit/request-action":                {outputs: []string{"data"}},
	"peter-evans/find-comment":              {outputs: []string{"comment-body"}},
}

// UntrustedOutput says whether the output of a step that uses an action holds
// text that anyone can choose and that is not made harmless. input gives the
// step's inputs. Of a commit it is not known which version it is, which counts
// for a new one.
func UntrustedOutput(u Uses, output string, input func(name string) string) bool {
	action, ok := foreignOutputs[u.Name()]
	if !ok {
		return false
	}
	if action.escaped > 0 && !(action.unless != "" && input(action.unless) == "false") {
		if !u.Version() || major(u.Ref) >= action.escaped {
			return false
		}
	}
	if how := input(action.list); action.list != "" && (how == "shell" || how == "escape" || how == "json") {
		return false
	}
	for _, pattern := range action.outputs {
		head, tail, star := strings.Cut(pattern, "*")
		o := strings.ToLower(output)
		if o == pattern || star && len(o) >= len(head)+len(tail) && strings.HasPrefix(o, head) && strings.HasSuffix(o, tail) {
			return true
		}
	}
	return false
}

// major is the first number of a version.
func major(ref string) int {
	n := 0
	for _, c := range strings.TrimPrefix(ref, "v") {
		if c < '0' || c > '9' || n > 1_000_000 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}
