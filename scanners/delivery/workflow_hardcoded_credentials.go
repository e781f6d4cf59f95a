package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/secret"
	"drydock/internal/repo/workflow"
)

// WorkflowHardcodedCredentials finds passwords that are written into pipelines.
var WorkflowHardcodedCredentials = check.PerProject(check.Doc{
	ID:         "delivery/workflow-hardcoded-credentials",
	Title:      "Password in a pipeline",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whoever can read the repository, or a fork or an old clone of it, can log in. The password stays in git's history when the line is gone.",
	How:        "Change the password, store the new one as a secret of the CI system, and name it: password: ${{ secrets.REGISTRY_PASSWORD }}.",
	Holds:      "Pipelines take passwords from the secret store",
	References: []string{"https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets"},
	Peers:      []finding.Peer{check.Same("zizmor", "hardcoded-container-credentials"), check.Same("actionlint", "credentials")},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range s.Pipelines() {
		if w.Role != repo.Production || w.Spec.Kind == workflow.GitHub && !isRead(w) {
			continue
		}
		stored := finding.Span{}
		see := func(what string, v workflow.Var) {
			switch {
			case v.Value == "":
			case secret.Reference(v.Value) || strings.Contains(v.Value, "$") || secret.Placeholder(v.Value):
				stored = v.Span
			default:
				p.Report(w.At(v.ValueSpan), "the password of %s is written in the file", what).Keyed("%s", what)
			}
		}
		for i := range w.Spec.Jobs {
			j := &w.Spec.Jobs[i]
			login(j.ImageLogin, func(v workflow.Var) { see("the image of job "+j.ID, v) })
			for _, service := range j.Services {
				login(service.Login, func(v workflow.Var) { see("the service "+service.Name, v) })
			}
			for k := range j.Steps {
				step := &j.Steps[k]
				for _, v := range step.With {
					if takesPassword(step, v.Name) {
						see("the step "+step.Uses, v)
					}
				}
				loginCommands(p, w, step)
			}
		}
		if stored.Len() > 0 {
			p.Holds(w.At(stored), "%s takes a password from the secret store", w.Path)
		}
	}
})

// login calls see with the password of a login, of which one written twice by an
// alias is seen once.
func login(list []workflow.Var, see func(workflow.Var)) {
	for _, v := range list {
		if v.Name == "password" {
			see(v)
		}
	}
}

// logins are the inputs of well-known actions that hold a password or key.
var logins = map[string][]string{
	"docker/login-action":                   {"password"},
	"azure/docker-login":                    {"password"},
	"redhat-actions/podman-login":           {"password"},
	"redhat-actions/push-to-registry":       {"password"},
	"aws-actions/configure-aws-credentials": {"aws-secret-access-key", "aws-session-token"},
	"appleboy/ssh-action":                   {"password", "key", "passphrase"},
	"appleboy/scp-action":                   {"password", "key", "passphrase"},
	"akhileshns/heroku-deploy":              {"heroku_api_key"},
	"samkirkland/ftp-deploy-action":         {"password"},
	"pypa/gh-action-pypi-publish":           {"password"},
	"codecov/codecov-action":                {"token"},
	"webfactory/ssh-agent":                  {"ssh-private-key"},
}

func takesPassword(step *workflow.Step, input string) bool {
	return slices.Contains(logins[actions.ParseUses(step.Uses).Name()], strings.ToLower(input))
}

// loginCommands reports docker login -p and its like with a literal.
func loginCommands(p *check.Pass, w *repo.Pipeline, step *workflow.Step) {
	for _, c := range step.Commands() {
		if len(c.Words) < 3 || c.Words[1] != "login" || !slices.Contains([]string{"docker", "podman", "helm", "buildah", "skopeo"}, c.Name()) {
			continue
		}
		for i, word := range c.Words {
			value, ok := strings.CutPrefix(word, "--password=")
			if (word == "-p" || word == "--password") && i+1 < len(c.Words) {
				value, ok = c.Words[i+1], true
			}
			if ok && value != "" && !strings.ContainsAny(value, "$`<%") && !secret.Placeholder(value) {
				p.Report(w.At(step.SpanOf(c.Start, c.End)), "the password of %s login is written in the file", c.Name()).Keyed("%s login", c.Name())
			}
		}
	}
}
