package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/secret"
)

// ImageSecretInBuild finds secrets that stay in images.
var ImageSecretInBuild = check.PerProject(check.Doc{
	ID:         "containers/image-secret-in-build",
	Title:      "Secret in the image",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Layers and history keep what ENV, ARG and COPY put in them, even where a later line deletes it. Everybody who can pull the image can read it.",
	How:        "Hand secrets of the build over with RUN --mount=type=secret, those of the running service through its environment. Rotate what has been in an image that was pushed.",
	Holds:      "No secrets in images",
	References: []string{"https://docs.docker.com/build/building/secrets/", "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/"},
	Peers: []finding.Peer{
		check.Broader("trivy", "leaked_secrets"), check.Broader("hadolint", "DL3064"), check.Broader("checkov", "RunChpasswd"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			j := secretJudge{p, s, d.Dockerfile, stage, d.kept[stage]}
			j.variables()
			j.files()
			j.passwords()
		}
	}
})

// secretJudge looks at one stage.
type secretJudge struct {
	*check.Pass
	s     *repo.Snapshot
	d     *repo.Dockerfile
	stage *dockerfile.Stage
	kept  bool // its layers are in an image that is pushed
}

// variables looks at ENV and ARG.
func (j secretJudge) variables() {
	set := map[string]bool{}
	certain := secret.Certain(j.d.Path, j.d.Bytes())
	holds := func(v dockerfile.Setting) bool { // an address with a password in it, a token by its shape
		return v.HasValue && slices.ContainsFunc(certain, func(span finding.Span) bool { return v.Span.Start <= span.Start && span.End <= v.Span.End })
	}
	for _, v := range j.stage.Env() {
		if !isSecretName(v.Name) && !holds(v) {
			continue
		}
		set[v.Name] = true
		at := j.d.At(v.KeySpan)
		literal := v.Value != "" && !strings.Contains(v.Value, "$")
		switch {
		case literal && namesFile(v.Name, v.Value), !literal && !strings.Contains(v.Value, "$"):
		case literal && (secret.Placeholder(v.Value) || isStandIn(v.Value)):
			if j.kept {
				j.Report(at, "the image sets %s to a stand-in: a service that is given no other starts with it", v.Name).As(finding.Low).Keyed("%s", v.Name)
			}
		case literal && j.kept:
			j.Report(at, "ENV %s puts a secret into the image", v.Name).Keyed("%s", v.Name)
		case literal:
			j.Report(at, "ENV %s writes a secret into the Dockerfile", v.Name).As(finding.High).Keyed("%s", v.Name)
		case j.kept:
			j.Report(at, "ENV %s keeps the build's secret in the image", v.Name).As(finding.High).Keyed("%s", v.Name)
		default:
			j.Report(at, "ENV %s keeps the secret in the stage's history", v.Name).As(finding.Medium).Keyed("%s", v.Name)
		}
	}
	for _, v := range j.stage.Args() {
		if !isSecretName(v.Name) && !holds(v) || set[v.Name] {
			continue
		}
		at := j.d.At(v.KeySpan)
		literal := v.HasValue && v.Value != "" && !strings.Contains(v.Value, "$")
		switch {
		case literal && namesFile(v.Name, v.Value):
		case literal && !secret.Placeholder(v.Value) && !isStandIn(v.Value):
			j.Report(at, "ARG %s writes a secret into the Dockerfile", v.Name).As(finding.High).Keyed("%s", v.Name)
		case j.kept:
			j.Report(at, "ARG %s stays in the image's history", v.Name).As(finding.Medium).Keyed("%s", v.Name)
		default:
			j.Report(at, "ARG %s stays in the history of the build's cache", v.Name).As(finding.Low).Keyed("%s", v.Name)
		}
	}
}

// files looks at what COPY and ADD take by name.
func (j secretJudge) files() {
	context := j.d.Dir()
	if builds := j.s.BuildsOf(j.d); len(builds) > 0 {
		context = builds[0].Context
	}
	for _, c := range j.stage.Copies() {
		if c.From != "" {
			continue
		}
		for _, source := range c.Paths {
			what := j.secretFile(path.Join(context, source.Path))
			if what == "" || source.Remote || source.Arg != "" {
				continue
			}
			severity := finding.Critical
			if !j.kept {
				severity = finding.Medium
			}
			j.Report(j.d.At(source.Span), "%s copies %s, %s", c.Cmd, source.Path, what).As(severity).Keyed("%s", source.Path)
		}
	}
}

// secretFile says what is secret about a file that is copied by its name; "" for
// nothing.
func (j secretJudge) secretFile(name string) string {
	base := path.Base(name)
	f := j.s.File(name)
	switch {
	case base == "id_rsa" || base == "id_ed25519" || base == "id_ecdsa":
		return "a private key"
	case strings.HasSuffix(base, ".pem") || strings.HasSuffix(base, ".key"):
		if f != nil && strings.Contains(string(f.Bytes()), "PRIVATE KEY-----") {
			return "a private key"
		}
	case base == ".npmrc" || base == ".pypirc" || base == ".netrc":
		if f != nil && len(secret.Certain(name, f.Bytes())) > 0 {
			return "which holds a token"
		}
	case base == ".env" || strings.HasPrefix(base, ".env.") && !isTemplate(base):
		if f == nil {
			if j.s.Ignored(name) {
				return "an env file that is kept out of git"
			}
			return ""
		}
		for _, e := range j.s.EnvFiles() {
			if e.Path != name {
				continue
			}
			for _, entry := range e.Spec.Entries {
				if entry.HasValue && entry.Value != "" && isSecretName(entry.Key) && !secret.Placeholder(entry.Value) && !secret.Reference(entry.Value) {
					return "which sets " + entry.Key
				}
			}
		}
	}
	return ""
}

func isTemplate(base string) bool {
	return slices.ContainsFunc(secret.Parts(base), func(w string) bool {
		return w == "example" || w == "sample" || w == "template" || w == "dist" || w == "defaults" || w == "test"
	})
}

// passwords looks for passwords of users that a RUN sets.
func (j secretJudge) passwords() {
	all := steps(j.stage)
	for k, c := range all {
		if c.tool != "chpasswd" {
			continue
		}
		if k > 0 && all[k-1].run.Span == c.run.Span && (all[k-1].tool == "echo" || all[k-1].tool == "printf") {
			line := strings.Join(all[k-1].args, " ")
			if _, password, ok := strings.Cut(line, ":"); !ok || strings.HasPrefix(strings.Trim(password, `"'`), "$") {
				continue // a variable, or the password comes from elsewhere
			}
			j.Report(j.d.At(c.Span), "RUN sets a user's password, which stays in the history").As(finding.High).Keyed("chpasswd")
		}
	}
}

// isSecretName says whether a variable's value is a secret by its name, and not one
// that browsers get anyway. Keys of AWS are never theirs.
func isSecretName(name string) bool {
	upper := strings.ToUpper(name)
	if strings.Contains(upper, "AWS_ACCESS_KEY_ID") || strings.Contains(upper, "AWS_SECRET_ACCESS_KEY") {
		return true
	}
	return secret.Name(name) && !secret.Public(name)
}

// namesFile says whether the value names a file, a number or a switch instead of
// being the secret.
func namesFile(name, value string) bool {
	upper := strings.ToUpper(name)
	if strings.HasSuffix(upper, "_FILE") || strings.HasSuffix(upper, "_PATH") || strings.HasSuffix(upper, "_DIR") {
		return true
	}
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "0", "1", "none", "null":
		return true
	}
	return strings.HasPrefix(value, "/") && !strings.ContainsAny(value, " =+")
}

// isStandIn says whether a value only lets a build run that asks for one.
func isStandIn(value string) bool {
	return slices.ContainsFunc(secret.Parts(value), func(w string) bool {
		switch w {
		case "dummy", "fake", "build", "buildtime", "placeholder", "temp", "temporary", "unused", "test", "not", "replace", "changeme", "example", "static", "collectstatic":
			return true
		}
		return false
	})
}
